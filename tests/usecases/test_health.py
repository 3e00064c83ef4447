"""Health: each part is asked for itself and within its time; one that does not answer is named and hides no other."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.domain.entry import Operation
from shared.domain.footage import Weeding
from shared.domain.health import MOST_COUNTED, Backlog, Health, Seen
from shared.domain.reconcile_report import Reconciliation
from shared.domain.seal import head_after, line_of, parts_of
from shared.domain.weeding_run import WeedingRun
from shared.domain.witness import Witnessed
from shared.usecases.health import health_details
from tests.builders import NOW, OFFICER, a_clip, a_condemned_clip, an_asking, an_entry, an_overdue_clip, fresh_id
from tests.fakes import World
from tests.usecases.cosigning import LISTED
from tests.usecases.scenes import entries

PARTS = {
    "records.due": "overdue",
    "records.condemned": "condemned",
    "records.count": "condemned",
    "records.oldest_pending": "pending_entries",
    "records.last_weeding": "last_weeding",
    "records.last_round": "last_round",
    "records.ledger_head": "last_seal",
    "records.witnessed": "witnesses",
}
HOUR = timedelta(hours=1)
DEADLINE_SECONDS = 10.0
SHORT = 0.2  # seconds; whatever does not hang answers at once


async def look(world: World, **more: float) -> Health:
    async with asyncio.timeout(DEADLINE_SECONDS):
        return await health_details(
            asking=an_asking(), records=world.records, probe=world.probe, witnesses=LISTED, **more
        )


def a_weeding_run(run: str, started_at: datetime) -> WeedingRun:
    return WeedingRun(
        run=run,
        started_at=started_at,
        ended_at=started_at + timedelta(minutes=3),
        weeded=12,
        kept=1,
        failed=0,
        late=False,
    )


def a_round(run: str, started_at: datetime) -> Reconciliation:
    return Reconciliation(run=run, dry_run=False, started_at=started_at, round=True)


def a_full_world() -> World:
    world = World()
    begun = Weeding(rule="R5 31 days over", condemned_at=NOW - 3 * HOUR)
    world.records.put(
        an_overdue_clip(id=fresh_id()),
        a_clip(id=fresh_id()),
        a_condemned_clip(id=fresh_id()),
        a_condemned_clip(id=fresh_id(), weeding=begun),
        *an_entry(asking=an_asking(at=NOW - HOUR)),
        *(a_weeding_run(f"weeding-{hours}", NOW - hours * HOUR) for hours in (2, 1, 3)),
        *(a_round(f"round-{hours}", NOW - hours * HOUR) for hours in (48, 24)),
        replace(head_after(None, parts_of(0, [line_of(an_entry()[0])]), now=NOW - 4 * HOUR), finished=1),
    )
    world.records.put(Witnessed(key=LISTED[1].id.hex(), name=LISTED[1].name, size=1, seconds=int(NOW.timestamp())))
    world.probe.waits["fixity"] = Backlog(count=7, oldest=NOW - HOUR)
    return world


async def test_each_part_is_told() -> None:
    told = await look(a_full_world())
    assert told.answers == {"records": True, "footage": True, "queue": True, "vault": True}
    assert told.backlogs == {
        "fixity": Backlog(count=7, oldest=NOW - HOUR),
        "fixity-poison": Backlog(count=0),
        "dead-letters": Backlog(count=0),
    }
    assert told.overdue == Backlog(oldest=NOW - timedelta(minutes=1))
    assert told.condemned == Backlog(count=2, oldest=NOW - 3 * HOUR)
    assert told.pending_entries == Backlog(oldest=NOW - HOUR)
    assert told.last_weeding is not None
    assert told.last_weeding.run == "weeding-1"
    assert told.last_round is not None
    assert told.last_round.run == "round-24"
    assert told.last_seal == NOW - 4 * HOUR
    assert told.witnesses == (
        Seen(name=LISTED[0].name, size=0, cosigned_at=None),
        Seen(name=LISTED[1].name, size=1, cosigned_at=NOW.replace(microsecond=0)),
    )
    assert (told.silent, told.well) == ((), True)


async def test_the_condemned_are_counted_however_many_there_are() -> None:
    world, many = World(), MOST_COUNTED + 1
    for number in range(many):
        begun = Weeding(rule="R5 31 days over", condemned_at=NOW - number * HOUR)
        world.records.put(a_condemned_clip(id=fresh_id(), weeding=begun))
    assert (await look(world)).condemned == Backlog(count=many, oldest=NOW - (many - 1) * HOUR)


async def test_where_nothing_is_nothing_waits_and_all_is_well() -> None:
    told = await look(World())
    assert (told.overdue, told.condemned, told.pending_entries) == (Backlog(), Backlog(count=0), Backlog())
    assert (told.last_weeding, told.last_round, told.last_seal) == (None, None, None)
    assert (told.silent, told.well) == ((), True)


async def test_the_look_is_entered_once() -> None:
    world = World()
    await look(world)
    (entry,) = entries(world)
    assert (entry.pk, entry.action, entry.operation) == (
        f"actor:{OFFICER}",
        "health.read",
        Operation.ADMINISTRATION,
    )


async def without(world: World, *silent: str) -> Health:
    """What a whole look tells but for the parts that are silent."""
    parts = {"overdue": None, "condemned": None, "pending_entries": None, "last_weeding": None, "last_round": None}
    parts |= {"last_seal": None, "witnesses": None}
    gone = {name: value for name, value in parts.items() if name in silent}
    return replace(await look(world), **gone, silent=tuple(sorted(silent)))  # type: ignore[arg-type]


@pytest.mark.parametrize("call, part", PARTS.items())
async def test_a_part_that_fails_is_named_and_hides_no_other(
    call: str, part: str, caplog: pytest.LogCaptureFixture
) -> None:
    whole = await without(a_full_world(), part)
    world = a_full_world()
    world.faults.break_every(call)
    with caplog.at_level(logging.DEBUG):
        told = await look(world)
    assert (told, told.well) == (whole, False)
    assert [record.getMessage() for record in caplog.records] == [f"health: {part} did not answer: Outage"]


def hanging(*calls: str) -> Callable[[str], Awaitable[None]]:
    async def pause(call: str) -> None:
        await (asyncio.Event().wait() if call in calls else asyncio.sleep(0))

    return pause


@pytest.mark.parametrize("call, part", PARTS.items())
async def test_a_part_that_hangs_is_waited_for_no_longer_than_its_time_and_hides_no_other(call: str, part: str) -> None:
    whole = await without(a_full_world(), part)
    world = a_full_world()
    world.faults.pause = hanging(call)
    assert await look(world, patience=SHORT) == whole


async def test_the_parts_are_asked_all_at_once() -> None:
    """Each waits until all were asked: one after another, none but the last would answer."""
    world, asked, all_asked = a_full_world(), set[str](), asyncio.Event()

    async def pause(call: str) -> None:
        asked.add(call)
        if asked >= set(PARTS):
            all_asked.set()
        await (all_asked.wait() if call in PARTS else asyncio.sleep(0))

    world.faults.pause = pause
    assert (await look(world)).silent == ()


async def test_a_backlog_that_does_not_answer_is_named() -> None:
    world = World()
    world.probe.waits["dead-letters"] = None
    told = await look(world)
    assert (told.silent, told.backlogs["fixity"], told.well) == (("dead-letters",), Backlog(count=0), False)


async def test_what_it_rests_on_is_told_by_name() -> None:
    world = World()
    world.probe.answers["vault"] = False
    told = await look(world)
    assert (told.answers["vault"], told.answers["records"], told.silent, told.well) == (False, True, (), False)


async def test_a_store_that_cannot_take_the_entry_is_told_as_not_answering(caplog: pytest.LogCaptureFixture) -> None:
    """On purpose no fault: details are wanted most when the store is down, and they show no person."""
    world = World()
    world.faults.break_every("records.write")
    with caplog.at_level(logging.ERROR):
        told = await look(world)
    assert told.answers == {"records": False, "footage": True, "queue": True, "vault": True}
    assert [record.getMessage() for record in caplog.records] == ["health: the look could not be entered: Outage"]


async def test_a_store_that_hangs_when_the_look_is_entered_holds_up_no_operator() -> None:
    world = World()
    world.faults.pause = hanging("records.write")
    told = await look(world, patience=SHORT)
    assert (told.answers["records"], told.silent) == (False, ())
