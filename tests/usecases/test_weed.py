"""Weed: what is due and nobody kept is erased, and nothing else; one bad clip does not shelter the rest."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.domain.entry import Change, Operation, Outcome, Reason
from shared.domain.footage import Clip, ClipId, Decision, Evidential, Retention, State
from shared.domain.retention import KEPT_FOR
from shared.usecases.weed import PAGE, WeedReport, weed
from tests.builders import (
    MICROSECOND,
    NOW,
    RECORDING,
    UPLOADED,
    a_clip,
    a_condemned_clip,
    a_decision,
    a_hold,
    an_overdue_clip,
)
from tests.fakes import MemoryFootage, Moment, Outage, World
from tests.usecases.scenes import (
    PATH,
    a_condemned_stored_clip,
    a_stored_clip,
    an_overdue_stored_clip,
    by_the_service,
    entries,
    the_clip,
)


async def run(
    world: World,
    *,
    key: str = "run-1",
    at: datetime = NOW,
    now: Callable[[], datetime] | None = None,
    out_of_time: Callable[[], bool] = lambda: False,
    at_once: int = 1,
) -> WeedReport:
    asking = by_the_service(key=key, request=key, at=at)
    return await weed(
        asking=asking,
        now=now or (lambda: at),
        records=world.records,
        footage=world.footage,
        out_of_time=out_of_time,
        at_once=at_once,
    )


def numbered_id(number: int) -> ClipId:
    return ClipId(f"00000000-0000-4000-8000-{number:012}")


async def test_a_clip_that_is_due_goes_with_everything_made_of_it() -> None:
    world = World()
    clip = an_overdue_stored_clip(world)
    world.footage.renditions[RECORDING] = {"small.mp4": b"small"}
    assert await run(world) == WeedReport(weeded=1)
    assert world.footage.versions(PATH) == []
    assert (world.footage.posters, world.footage.renditions) == ({}, {})
    stone = the_clip(world)
    assert (stone.state, stone.id, stone.blob) == (State.WEEDED, clip.id, clip.blob)
    assert stone.weeding is not None
    assert (stone.weeding.condemned_at, stone.weeding.weeded_at) == (NOW, NOW)


async def test_the_trail_says_by_which_rule_in_two_steps() -> None:
    world = World()
    an_overdue_stored_clip(world)
    await run(world)
    told = [(e.action, e.operation, e.outcome, e.reason, e.changes) for e in entries(world)]
    erasure = (Operation.ERASURE, Outcome.GRANTED, Reason(code="R5"))
    assert told == [
        ("footage.condemned", *erasure, (Change(field="state", before="held", after="condemned"),)),
        ("footage.weeded", *erasure, (Change(field="state", before="condemned", after="weeded"),)),
    ]


async def test_the_entry_is_there_before_the_deed() -> None:
    world = World()
    an_overdue_stored_clip(world)
    await run(world)
    deeds = [call for call in world.faults.calls if call == "records.write" or call.startswith("footage.")]
    assert deeds == [
        "records.write",
        "footage.must_be_erasable",
        "footage.erase",
        "footage.erase_derived",
        "footage.erase_other_versions",
        "records.write",
    ]


@pytest.mark.parametrize("off, weeded", [(-MICROSECOND, 0), (timedelta(0), 1), (MICROSECOND, 1)])
async def test_it_is_weeded_at_31_days_and_not_a_microsecond_before(off: timedelta, weeded: int) -> None:
    world = World()
    a_stored_clip(world)
    assert (await run(world, at=UPLOADED + KEPT_FOR + off)).weeded == weeded
    assert bool(world.footage.versions(PATH)) == (not weeded)


KEPT = [
    pytest.param({"holds": (a_hold(),)}, id="on hold"),
    pytest.param({"state": State.QUARANTINED, "quarantine": ("no-grant",)}, id="in quarantine"),
    pytest.param({"decision": a_decision(evidential=Evidential.YES)}, id="evidence"),
    pytest.param({"uploaded_at": NOW - KEPT_FOR + MICROSECOND}, id="31 days running"),
    pytest.param({"retention": Retention(rule="evidence")}, id="never by itself"),
]


@pytest.mark.parametrize("changes", KEPT)
async def test_what_a_rule_keeps_is_not_touched(changes: dict[str, Any]) -> None:
    world = World()
    clip = an_overdue_stored_clip(world, **changes)
    await run(world)
    assert the_clip(world) == clip
    assert world.footage.versions(PATH) == [clip.blob]
    assert entries(world) == []


@pytest.mark.parametrize("changes", KEPT[:3])
async def test_what_a_rule_keeps_is_kept_though_a_wrong_date_says_it_is_due(changes: dict[str, Any]) -> None:
    world = World()
    due = Retention(rule="31 days", weed_after=NOW - timedelta(days=1))
    clip = an_overdue_stored_clip(world, **{"retention": due, **changes})
    await run(world)
    assert the_clip(world) == clip
    assert entries(world) == []


async def test_a_wrong_date_does_not_shorten_31_days() -> None:
    world = World()
    clip = a_stored_clip(world, retention=Retention(rule="31 days", weed_after=NOW - timedelta(days=1)))
    assert await run(world) == WeedReport(kept=1)
    assert the_clip(world) == clip


async def test_what_changed_after_it_was_listed_is_decided_afresh() -> None:
    world = World()
    clip = an_overdue_stored_clip(world)
    evidence = an_overdue_clip(blob=clip.blob, decision=a_decision(evidential=Evidential.YES))

    async def an_officer_decides(call: str) -> None:
        if call == "records.clip":
            world.records.put(evidence)

    world.faults.pause = an_officer_decides
    assert await run(world) == WeedReport(kept=1)
    assert the_clip(world) == evidence


async def test_each_entry_is_dated_by_its_own_time_and_not_by_the_run_s() -> None:
    world = World()
    for number in range(2):
        an_overdue_stored_clip(world, id=numbered_id(number))
    hours = iter(range(1, 5))
    await run(world, now=lambda: NOW + timedelta(hours=next(hours)))
    for number in range(2):
        condemned_at, weeded_at = (NOW + timedelta(hours=2 * number + hour) for hour in (1, 2))
        assert [entry.occurred_at for entry in entries(world, numbered_id(number))] == [condemned_at, weeded_at]
        weeding = the_clip(world, numbered_id(number)).weeding
        assert weeding is not None
        assert (weeding.condemned_at, weeding.weeded_at) == (condemned_at, weeded_at)


async def test_what_falls_due_during_a_run_waits_for_the_next() -> None:
    world = World()
    an_overdue_stored_clip(world, id=numbered_id(0))
    an_overdue_stored_clip(world, id=numbered_id(1), uploaded_at=NOW - KEPT_FOR + MICROSECOND)
    assert await run(world, now=lambda: NOW + timedelta(minutes=5)) == WeedReport(weeded=1)
    assert the_clip(world, numbered_id(1)).state is State.HELD


async def test_other_versions_at_the_path_go_too() -> None:
    world = World()
    an_overdue_stored_clip(world)
    world.footage.put(PATH, b"a second content", at=UPLOADED)
    assert (await run(world)).weeded == 1
    assert world.footage.versions(PATH) == []


async def test_what_an_earlier_run_began_is_finished_first() -> None:
    world = World()
    a_condemned_stored_clip(world, id=numbered_id(2))
    an_overdue_stored_clip(world, id=numbered_id(1))
    finished: list[str] = []

    async def note(call: str) -> None:
        if call == "footage.erase_derived":
            finished.extend(clip.id for clip in clips(world) if clip.state is State.CONDEMNED)

    world.faults.pause = note
    assert (await run(world)).weeded == 2
    assert finished == [numbered_id(2), numbered_id(1)]


async def test_one_bad_clip_does_not_shelter_the_rest(caplog: pytest.LogCaptureFixture) -> None:
    world = World()
    for number in range(3):
        an_overdue_stored_clip(world, id=numbered_id(number))
    first_erase = 8
    world.faults.break_call(first_erase, Moment.BEFORE)
    with caplog.at_level(logging.ERROR):
        report = await run(world)
    assert world.faults.calls[first_erase - 1] == "footage.erase"
    assert report == WeedReport(weeded=2, failed=1)
    assert [record.getMessage() for record in caplog.records] == [f"weed: clip={numbered_id(0)} failed: Outage"]
    world.faults.mend()
    assert await run(world, key="run-2") == WeedReport(weeded=1)


async def test_it_stops_when_its_time_is_over_and_says_so() -> None:
    world = World()
    for number in range(3):
        an_overdue_stored_clip(world, id=numbered_id(number))
    answers = iter([False, True])
    report = await run(world, out_of_time=lambda: next(answers))
    assert (report.weeded, report.late) == (1, True)
    assert await run(world, key="run-2") == WeedReport(weeded=2)


async def test_longest_overdue_goes_first() -> None:
    world = World()
    for number, days in enumerate((40, 60, 50)):
        an_overdue_stored_clip(world, id=numbered_id(number), uploaded_at=NOW - timedelta(days=days))
    answers = iter([False, True])
    await run(world, out_of_time=lambda: next(answers))
    assert [clip.id for clip in clips(world) if clip.state is State.WEEDED] == [numbered_id(1)]


async def test_more_than_a_page_of_due_clips_are_weeded_in_one_run() -> None:
    world = World()
    world.records.put(*(_bare(an_overdue_clip, number) for number in range(PAGE + 5)))
    assert await run(world) == WeedReport(weeded=PAGE + 5)


async def test_more_than_a_page_of_clips_begun_are_finished_in_one_run() -> None:
    world = World()
    world.records.put(*(_bare(a_condemned_clip, number) for number in range(PAGE + 5)))
    assert await run(world) == WeedReport(weeded=PAGE + 5)


class Stubborn(MemoryFootage):
    """A storage that fails at whatever is made of the first clips."""

    async def erase_derived(self, clip: ClipId) -> None:
        if clip < numbered_id(PAGE):
            raise Outage(clip)
        await super().erase_derived(clip)


async def test_a_page_of_clips_that_cannot_be_finished_does_not_block_the_others() -> None:
    world = World()
    world.footage = Stubborn(world.faults)
    world.records.put(*(_bare(a_condemned_clip, number) for number in range(PAGE + 1)))
    assert await run(world) == WeedReport(weeded=1, failed=PAGE)
    assert the_clip(world, numbered_id(PAGE)).state is State.WEEDED


async def test_with_nothing_due_nothing_is_written() -> None:
    world = World()
    world.records.put(a_clip())
    assert await run(world) == WeedReport()
    assert "records.write" not in world.faults.calls


async def test_a_tombstone_says_nothing_anybody_wrote() -> None:
    world = World()
    why = "the girl in the blue coat"
    said = Decision(category="other", by="P1", at=UPLOADED, why=why)
    an_overdue_stored_clip(world, decision=said, undoable=said, incident=why)
    await run(world)
    assert why not in str(world.records.everything())


def clips(world: World) -> list[Clip]:
    return [record for record in world.records.everything() if isinstance(record, Clip)]


def _bare(build: Callable[..., Clip], number: int) -> Clip:
    """A clip whose bytes are gone already, as after a crash."""
    return build(id=numbered_id(number))
