"""How much is on the worklists: as many as the lists show, within whose reach, and entered before it is told."""

import asyncio
from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.access import Reach
from shared.domain.approve import Standing
from shared.domain.entry import Operation
from shared.domain.footage import Evidential, Fixity, Integrity, OfficerId, State
from shared.domain.retention import KEPT_FOR
from shared.domain.worklist import EXPIRING_WITHIN, UNMET_AFTER, Worklist
from shared.usecases.worklists import Counts, Mine, ToDecide, Waiting, worklists
from tests.builders import (
    BOROUGH,
    FORCE,
    MICROSECOND,
    NOW,
    OFFICER,
    OTHER_BOROUGH,
    OTHER_OFFICER,
    a_clip,
    a_decision,
    a_grant,
    an_approval,
    an_asking,
    fresh_id,
)
from tests.fakes import Outage, World
from tests.usecases.scenes import entries
from tests.usecases.test_worklist import ids

OLD = NOW - KEPT_FOR + EXPIRING_WITHIN - MICROSECOND
OWN, IN_BOROUGH = Reach(officer=OFFICER), Reach(borough=BOROUGH)
DEADLINE_SECONDS = 10.0
WAITING_COUNTS = len(fields(Waiting))
UNION = Reach(officer=OFFICER, borough=BOROUGH)


async def count(world: World, reach: Reach, mine: OfficerId | None = None, *, manages: bool = False) -> Counts:
    return await worklists(mine=mine, manages=manages, reach=reach, asking=an_asking(), records=world.records)


def three_of(world: World, **whose: Any) -> None:
    """One that goes within seven days, one that does not, one that is decided on; and two that are not held."""
    for changes in (
        {"uploaded_at": OLD},
        {},
        {"decision": a_decision(evidential=Evidential.NO)},
        {"state": State.QUARANTINED},
        {"state": State.WEEDED},
    ):
        world.records.put(a_clip(id=fresh_id(), **changes, **whose))


def everybodys(world: World) -> None:
    three_of(world)
    three_of(world, borough=OTHER_BOROUGH)
    three_of(world, officer=OTHER_OFFICER)
    three_of(world, officer=OTHER_OFFICER, borough=OTHER_BOROUGH)


def times(number: int) -> ToDecide:
    return ToDecide(undecided=2 * number, expiring=number)


def own(number: int) -> Mine:
    return Mine(held=3 * number, undecided=2 * number, expiring=number)


@pytest.mark.parametrize(
    "reach, mine, expected",
    [
        (OWN, OFFICER, (own(2), times(2))),
        (IN_BOROUGH, None, (None, times(2))),
        (IN_BOROUGH, OFFICER, (own(1), times(2))),
        (UNION, OFFICER, (own(2), times(3))),
        (FORCE, None, (None, times(4))),
        (FORCE, OFFICER, (own(2), times(4))),
        (OWN, OTHER_OFFICER, (own(0), times(2))),
        (Reach(), OFFICER, (own(0), times(0))),
    ],
)
async def test_the_counts_are_of_the_caller_s_own_and_of_all_within_reach(
    reach: Reach, mine: OfficerId | None, expected: tuple[Mine | None, ToDecide]
) -> None:
    world = World()
    everybodys(world)
    counts = await count(world, reach, mine)
    assert (counts.mine, counts.within, counts.waiting) == (*expected, None)


async def test_a_list_shows_as_many_as_are_counted() -> None:
    world = World()
    everybodys(world)
    counts = await count(world, UNION, OFFICER)
    for mine, of in ((OFFICER, counts.mine), (None, counts.within)):
        assert of is not None
        assert len(await ids(world, Worklist.UNDECIDED, reach=UNION, mine=mine)) == of.undecided
        assert len(await ids(world, Worklist.EXPIRING, reach=UNION, mine=mine)) == of.expiring


async def test_who_manages_evidence_is_told_what_waits_for_them() -> None:
    world = World()
    waits: list[dict[str, Any]] = [
        {"state": State.QUARANTINED},
        {"integrity": Integrity(state=Fixity.MISMATCH)},
        {"integrity": Integrity(gave_up_at=NOW)},
    ]
    for number, changes in enumerate(waits, start=1):
        world.records.put(*[a_clip(id=fresh_id(), **changes) for _ in range(number)])
    for given in (NOW - UNMET_AFTER, NOW - UNMET_AFTER + MICROSECOND):
        world.records.put(a_grant(recording=fresh_id(), granted_at=given))
    world.records.put(a_grant(recording=fresh_id(), granted_at=NOW - timedelta(days=9), met=True))
    for state in (Standing.OPEN, Standing.OPEN, *Standing):
        world.records.put(an_approval(clip=fresh_id(), state=state))
    waiting = (await count(world, FORCE, manages=True)).waiting
    assert waiting == Waiting(quarantine=1, mismatch=2, poison=3, unmet_grants=1, approvals=3)


async def test_the_numbers_are_entered_as_they_are_told() -> None:
    world = World()
    three_of(world)
    await count(world, UNION, OFFICER, manages=True)
    (entry,) = entries(world, f"actor:{OFFICER}")
    assert (entry.action, entry.operation) == ("worklist.counted", Operation.CONSULTATION)
    assert {change.field: change.after for change in entry.changes} == {
        "mine_held": "3",
        "mine_undecided": "2",
        "mine_expiring": "1",
        "within_undecided": "2",
        "within_expiring": "1",
        "waiting_quarantine": "1",
        "waiting_mismatch": "0",
        "waiting_poison": "0",
        "waiting_unmet_grants": "0",
        "waiting_approvals": "0",
    }


async def test_what_cannot_be_entered_is_not_told() -> None:
    world = World()
    world.faults.break_every("records.write")
    with pytest.raises(Outage):
        await count(world, FORCE)


async def test_what_is_counted_is_counted_side_by_side() -> None:
    """Each waits until all were asked: one after another, none but the last would answer."""
    world, together = World(), asyncio.Barrier(5 + WAITING_COUNTS)

    async def pause(call: str) -> None:
        if call.startswith("records.count"):
            await together.wait()

    world.faults.pause = pause
    async with asyncio.timeout(DEADLINE_SECONDS):
        counts = await count(world, FORCE, OFFICER, manages=True)
    assert len([call for call in world.faults.calls if call.startswith("records.count")]) == 5 + WAITING_COUNTS
    assert counts.waiting is not None


async def test_an_officer_who_reaches_their_own_clips_alone_is_counted_once() -> None:
    world = World()
    await count(world, OWN, OFFICER)
    assert world.faults.calls.count("records.count") == 3
