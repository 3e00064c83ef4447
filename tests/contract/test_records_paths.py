"""Records, for reconcile: clips by their paths, and the reports of runs."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from shared.domain.footage import Clip
from shared.domain.reconcile import Finding
from shared.domain.reconcile_report import Reconciliation, counted, passed, run_of
from shared.domain.reconcile_rounds import Turn
from shared.ports import Create, Records, Replace
from tests.builders import NOW, a_blob, a_clip, fresh_id


async def a_clip_at(records: Records, path: str) -> Clip:
    recording = fresh_id()
    clip = a_clip(id=recording, blob=a_blob(path=path))
    await records.write(recording, [Create(clip)])
    return clip


def a_report(**changes: Any) -> Reconciliation:
    report = Reconciliation(run=run_of(fresh_id()), dry_run=False, started_at=NOW, round=True)
    return replace(report, **changes)


async def test_clips_are_found_from_the_first_path_to_the_last_in_their_order(records: Records) -> None:
    folder = fresh_id()
    names = ["a", "b/1.mp4", "b/2.mp4", "b/ü.mp4", "c"]
    clips = {name: await a_clip_at(records, f"{folder}/{name}") for name in reversed(names)}
    found = await records.clips_at(f"{folder}/b/1.mp4", f"{folder}/b/ü.mp4", limit=10)
    assert list(found) == [clips["b/1.mp4"], clips["b/2.mp4"], clips["b/ü.mp4"]]


async def test_a_page_of_clips_goes_on_after_its_last_path(records: Records) -> None:
    folder = fresh_id()
    clips = [await a_clip_at(records, f"{folder}/{name}") for name in ("a.mp4", "a.mp4 b", "a.mp4.bak", "b.mp4")]
    found: list[Clip] = []
    first = f"{folder}/"
    while page := await records.clips_at(first, f"{folder}/\uffff", limit=1):
        found += page
        first = page[-1].blob.path + "\x01"
    assert found == clips


async def test_a_report_comes_back_as_it_was_written(records: Records) -> None:
    turn = Turn(night=NOW.date(), prefix="hackney/2026/11/25/")
    report = counted(a_report(), turn, to="hackney/2026/11/25/\uffff", found=[(Finding.MISSING, "x")])
    report = replace(passed(report, turn, whole=False), ended_at=NOW)
    await records.write(report.pk, [Create(report)])
    held = await records.reconciliation(report.run)
    assert held is not None
    assert held.record == report
    await records.write(report.pk, [Replace(replace(report, places_done=9), held.version)])
    again = await records.reconciliation(report.run)
    assert again is not None
    assert again.record.places_done == 9


async def test_a_run_there_is_not_has_no_report(records: Records) -> None:
    assert await records.reconciliation(fresh_id()) is None


async def test_the_last_round_is_the_one_started_last_and_neither_dry_nor_of_a_prefix(records: Records) -> None:
    later = NOW + timedelta(days=365 * 60)
    last = a_report(started_at=later)
    others = [a_report(started_at=later - timedelta(days=1)), a_report(started_at=later, round=False)]
    others += [a_report(started_at=later + timedelta(days=1), round=False)]
    for report in (others[0], last, *others[1:]):
        await records.write(report.pk, [Create(report)])
    assert await records.last_round() == last
