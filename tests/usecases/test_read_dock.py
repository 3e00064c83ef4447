"""How a dock does: from its clips, grants and refusals alone, each of this dock and of these seven days."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.activity import Day, Number
from shared.domain.entry import Entry, Outcome, Reason
from shared.domain.footage import DockId, Fixity, Integrity, Sighting
from shared.domain.worklist import UNMET_AFTER
from shared.errors import NotFound
from shared.usecases.docks import PAGE, Observed, read_dock
from tests.builders import DOCK, MICROSECOND, NOW, UPLOADED, a_clip, a_dock, a_grant, an_asking, an_entry, fresh_id
from tests.fakes import World
from tests.usecases.scenes import entries

FIRST = datetime(2026, 11, 19, tzinfo=UTC)
ELSE = DockId("dock-camden-02")


@pytest.fixture
def world() -> World:
    made = World()
    made.records.put(a_dock())
    return made


async def look(world: World) -> Observed:
    return await read_dock(DOCK, asking=an_asking(), records=world.records)


def clip(world: World, **changes: Any) -> None:
    world.records.put(a_clip(**{"id": fresh_id(), **changes}))


def refused(world: World, subject: str, *, code: str = "conflict", action: str = "refused.receipt", **at: Any) -> None:
    entry: Entry = an_entry(
        pk=f"actor:{fresh_id()}",
        action=action,
        subject=subject,
        outcome=Outcome.REFUSED,
        reason=Reason(code=code),
        asking=an_asking(**at),
    )[0]
    world.records.put(entry)


async def test_a_dock_that_never_did_anything(world: World) -> None:
    observed = await look(world)
    assert (observed.held, observed.last_seen) == (await world.records.dock(DOCK), None)
    assert [day.clips for day in observed.activity.days] == [0] * 7
    assert [entry.action for entry in entries(world)] == ["dock.read"]


async def test_a_dock_never_registered_is_not_found_and_nothing_is_entered() -> None:
    world = World()
    with pytest.raises(NotFound):
        await look(world)
    assert entries(world) == []


async def test_its_clips_of_seven_days_count_and_no_others(world: World) -> None:
    clip(world, uploaded_at=FIRST)
    clip(world, uploaded_at=FIRST - MICROSECOND)
    clip(world, uploaded_at=NOW, dock=ELSE)
    clip(world, uploaded_at=NOW, dock=None)
    days = (await look(world)).activity.days
    assert [day for day in days if day.clips] == [Day(date=FIRST.date(), clips=1, bytes=a_clip().blob.size)]


async def test_what_a_release_lets_out_still_tells_of_the_dock(world: World) -> None:
    clip(world, quarantine=("truncated",), integrity=Integrity(state=Fixity.MISMATCH))
    told = (await look(world)).activity
    assert (told.quarantined, told.mismatches) == ((Number(of="truncated", number=1),), 1)


async def test_its_unmet_grants_of_seven_days_count_and_no_others(world: World) -> None:
    old = NOW - UNMET_AFTER
    for changes in ({}, {"met": True}, {"dock": ELSE}, {"granted_at": FIRST - MICROSECOND}, {"granted_at": NOW}):
        world.records.put(a_grant(**{"recording": fresh_id(), "granted_at": old, **changes}))
    assert (await look(world)).activity.unmet_grants == 1


async def test_its_refused_calls_of_seven_days_count_and_no_others(world: World) -> None:
    refused(world, DOCK, code="not-allowed", action="refused.grant", at=FIRST)
    refused(world, f"{DOCK}/{fresh_id()}")
    refused(world, f"{DOCK}-2/{fresh_id()}")
    refused(world, ELSE)
    refused(world, DOCK, action="refused.register_dock")
    refused(world, DOCK, at=FIRST - MICROSECOND)
    told = (await look(world)).activity.refused
    assert told == (Number(of="conflict", number=1), Number(of="not-allowed", number=1))


@pytest.mark.parametrize("newest", ["grant", "clip", "sighting"])
async def test_it_was_last_seen_at_its_newest_grant_clip_or_answer(world: World, newest: str) -> None:
    times = {name: NOW if name == newest else UPLOADED for name in ("grant", "clip", "sighting")}
    world.records.put(a_grant(granted_at=times["grant"]), Sighting(dock=DOCK, at=times["sighting"]))
    world.records.put(a_grant(recording=fresh_id(), granted_at=UPLOADED - timedelta(days=20)))
    clip(world, uploaded_at=times["clip"])
    clip(world, uploaded_at=UPLOADED - timedelta(days=1))
    assert (await look(world)).last_seen == NOW


async def test_more_clips_than_a_page_are_all_counted(world: World) -> None:
    for _ in range(PAGE + 1):
        clip(world)
    assert (await look(world)).activity.days[-1].clips == PAGE + 1
