"""Record a run: what it did is kept with its entry, once; and what is overdue after it is told."""

from datetime import datetime, timedelta

import pytest

from shared.domain.entry import Change, Operation, Outcome
from shared.domain.weeding_run import WeedingRun, weeding_run_of
from shared.usecases.weed import WeedReport
from shared.usecases.weeding_run import record_run
from tests.builders import MICROSECOND, NOW, UPLOADED, a_hold, an_overdue_clip, fresh_id
from tests.fakes import Outage, World
from tests.usecases.scenes import assert_trails_whole, by_the_service, entries

ENDED = NOW + timedelta(minutes=3)
RUN = weeding_run_of("run-1")


async def record(world: World, report: WeedReport, *, key: str = "run-1", ended_at: datetime = ENDED) -> timedelta:
    asking = by_the_service(key=key, request=key)
    return await record_run(report, asking=asking, ended_at=ended_at, records=world.records)


def runs(world: World) -> list[WeedingRun]:
    return [record for record in world.records.everything() if isinstance(record, WeedingRun)]


async def test_a_run_is_kept_with_its_times_and_numbers() -> None:
    world = World()
    await record(world, WeedReport(weeded=7, kept=2, failed=1, late=True))
    kept = WeedingRun(run=RUN, started_at=NOW, ended_at=ENDED, weeded=7, kept=2, failed=1, late=True)
    assert runs(world) == [kept]
    assert kept.pk == f"run:{RUN}"


@pytest.mark.parametrize("failed, outcome", [(0, Outcome.GRANTED), (1, Outcome.FAILED)])
async def test_its_entry_says_the_same_in_the_same_transaction(failed: int, outcome: Outcome) -> None:
    world = World()
    await record(world, WeedReport(weeded=7, kept=2, failed=failed))
    (entry,) = entries(world)
    assert (entry.pk, entry.action, entry.subject) == (f"run:{RUN}", "weeding.ran", RUN)
    assert (entry.operation, entry.outcome, entry.occurred_at) == (Operation.ADMINISTRATION, outcome, ENDED)
    said = {"weeded": "7", "kept": "2", "failed": str(failed), "late": "false"}
    assert entry.changes == tuple(Change(field=name, before=None, after=value) for name, value in said.items())
    assert world.faults.calls.count("records.write") == 1
    assert_trails_whole(world)


async def test_a_run_that_did_nothing_is_kept_too() -> None:
    world = World()
    await record(world, WeedReport())
    assert [(run.weeded, run.kept, run.failed) for run in runs(world)] == [(0, 0, 0)]


async def test_the_same_run_is_kept_once_as_it_was_first_told() -> None:
    world = World()
    await record(world, WeedReport(weeded=7))
    await record(world, WeedReport(weeded=0), ended_at=ENDED + timedelta(minutes=1))
    assert [run.weeded for run in runs(world)] == [7]
    assert len(entries(world)) == 1


async def test_a_run_whose_record_cannot_be_written_is_told() -> None:
    world = World()
    world.faults.break_every("records.write")
    with pytest.raises(Outage):
        await record(world, WeedReport(weeded=7))
    assert runs(world) == []


async def test_what_is_overdue_is_told_by_how_long_the_longest_has_waited() -> None:
    world = World()
    assert await record(world, WeedReport(), key="run-0") == timedelta(0)
    for days in (40, 60, 50):
        world.records.put(an_overdue_clip(id=fresh_id(), uploaded_at=ENDED - timedelta(days=days)))
    world.records.put(an_overdue_clip(id=fresh_id(), uploaded_at=ENDED - timedelta(days=90), holds=(a_hold(),)))
    assert await record(world, WeedReport()) == timedelta(days=60 - 31)


@pytest.mark.parametrize("off", [-MICROSECOND, timedelta(0), MICROSECOND])
async def test_a_clip_is_overdue_from_the_very_moment_on(off: timedelta) -> None:
    world = World()
    world.records.put(an_overdue_clip(uploaded_at=UPLOADED))
    waited = await record(world, WeedReport(), ended_at=UPLOADED + timedelta(days=31) + off)
    assert waited == max(off, timedelta(0))
