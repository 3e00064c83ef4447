"""Corrections and release: on the version seen, once for each key, from and to what, and never past weeding."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from shared.domain.access import Reach
from shared.domain.entry import Change, Operation, Reason
from shared.domain.footage import Clip, OfficerId, State
from shared.errors import Condemned, Conflict, Malformed, Stale, Weeded
from shared.ports import Held
from shared.usecases.correct import Incident, Officer, correct_incident, correct_officer
from shared.usecases.release import release
from shared.usecases.within import OutOfReach
from tests.builders import (
    FORCE,
    NOW,
    OFFICER,
    OTHER_BOROUGH,
    OTHER_OFFICER,
    RECORDING,
    a_clip,
    a_condemned_clip,
    an_asking,
)
from tests.fakes import World
from tests.usecases.scenes import assert_trails_whole, entries, the_clip

FIRST = '"00000001"'
WHY = "the roster says so"
QUARANTINED = a_clip(state=State.QUARANTINED, quarantine=("truncated",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A verb with what the caller says, and what its entry tells of that."""

    verb: Callable[..., Awaitable[Held[Clip]]]
    what: Any
    changes: tuple[Change, ...]
    other: Any

    async def ask(
        self, world: World, *, what: Any = None, seen: str = FIRST, key: str = "key-1", reach: Reach = FORCE
    ) -> Held[Clip]:
        asking = an_asking(key=key, request=key)
        said = what if what is not None else self.what
        return await self.verb(RECORDING, said, version=seen, reach=reach, asking=asking, records=world.records)


WHOSE = Said(
    verb=correct_officer,
    what=Officer(id=OTHER_OFFICER, borough=None, why=WHY),
    changes=(Change(field="officer", before=OFFICER, after=OTHER_OFFICER),),
    other=Officer(id=OfficerId("P5"), borough=None, why=WHY),
)
WHERE = Said(
    verb=correct_officer,
    what=Officer(id=OTHER_OFFICER, borough=OTHER_BOROUGH, why=WHY),
    changes=(*WHOSE.changes, Change(field="borough", before="Hackney", after=OTHER_BOROUGH)),
    other=WHOSE.what,
)
WHICH = Said(
    verb=correct_incident,
    what=Incident(number="CAD 9", why=WHY),
    changes=(Change(field="incident", before=None, after="CAD 9"),),
    other=Incident(number=None, why=WHY),
)
OUT = Said(
    verb=release,
    what=WHY,
    changes=(Change(field="state", before="quarantined", after="held"),),
    other="another reason",
)
EACH = pytest.mark.parametrize("said", [WHOSE, WHERE, WHICH, OUT], ids=["officer", "borough", "incident", "release"])


@pytest.fixture
def world() -> World:
    made = World()
    made.records.put(QUARANTINED)
    return made


@EACH
async def test_the_change_is_entered_with_what_it_was_and_what_it_became(world: World, said: Said) -> None:
    held = await said.ask(world)
    assert held.record == the_clip(world)
    assert held.record != QUARANTINED
    (entry,) = entries(world)
    assert (entry.operation, entry.changes, entry.reason) == (
        Operation.ALTERATION,
        said.changes,
        Reason(code="stated", text=WHY),
    )
    assert_trails_whole(world)


async def test_a_released_clip_is_held_from_the_time_of_asking(world: World) -> None:
    held = await OUT.ask(world)
    assert (held.record.state, held.record.released_at) == (State.HELD, NOW)


@EACH
async def test_a_version_that_is_over_changes_nothing(world: World, said: Said) -> None:
    with pytest.raises(Stale):
        await said.ask(world, seen='"00000000"')
    assert (the_clip(world), entries(world)) == (QUARANTINED, [])


@EACH
async def test_a_retry_is_answered_as_the_first_time(world: World, said: Said) -> None:
    first = await said.ask(world)
    assert await said.ask(world) == first
    assert len(entries(world)) == 1


@EACH
async def test_a_retry_after_another_change_is_answered_with_the_clip_as_it_is(world: World, said: Said) -> None:
    held = await said.ask(world)
    await WHICH.ask(world, what=Incident(number="CAD 7", why=WHY), seen=held.version, key="key-2")
    assert (await said.ask(world)).record.incident == "CAD 7"
    assert len(entries(world)) == 2


@EACH
async def test_a_key_is_good_for_one_change(world: World, said: Said) -> None:
    await said.ask(world)
    changed = the_clip(world)
    with pytest.raises(Conflict, match="Idempotency-Key"):
        await said.ask(world, what=said.other)
    assert the_clip(world) == changed


@EACH
async def test_out_of_reach_there_is_no_such_clip(world: World, said: Said) -> None:
    with pytest.raises(OutOfReach):
        await said.ask(world, reach=Reach(officer=OTHER_OFFICER))
    assert (the_clip(world), entries(world)) == (QUARANTINED, [])


@EACH
@pytest.mark.parametrize("state, refusal", [(State.CONDEMNED, Condemned), (State.WEEDED, Weeded)])
async def test_weeding_that_came_first_is_said(said: Said, state: State, refusal: type[Exception]) -> None:
    world = World()
    world.records.put(a_condemned_clip(state=state))
    for seen in (FIRST, '"00000000"'):
        with pytest.raises(refusal):
            await said.ask(world, seen=seen)
    assert entries(world) == []


@EACH
async def test_weeding_that_comes_between_is_said_as_too_late(world: World, said: Said) -> None:
    async def weeding(call: str) -> None:
        if call == "records.write":
            world.records.put(a_condemned_clip())

    world.faults.pause = weeding
    with pytest.raises(Condemned):
        await said.ask(world)
    assert (the_clip(world), entries(world)) == (a_condemned_clip(), [])


@pytest.mark.parametrize("why", ["", "x" * 201])
async def test_no_reason_and_one_too_long_for_an_entry_are_refused(world: World, why: str) -> None:
    for said, what in ((OUT, why), (WHICH, Incident(number="CAD 9", why=why))):
        with pytest.raises(Malformed):
            await said.verb(RECORDING, what, version=FIRST, reach=FORCE, asking=an_asking(), records=world.records)
    assert entries(world) == []


async def test_what_the_rules_keep_in_quarantine_stays_and_is_not_entered() -> None:
    world = World()
    world.records.put(a_clip(state=State.QUARANTINED, officer=None))
    with pytest.raises(Conflict) as refused:
        await OUT.ask(world)
    assert (refused.value.field, entries(world)) == ("officer", [])


async def test_with_an_officer_said_it_can_be_released() -> None:
    world = World()
    world.records.put(a_clip(state=State.QUARANTINED, officer=None, borough=None))
    held = await WHERE.ask(world)
    assert (await OUT.ask(world, seen=held.version, key="key-2")).record.state is State.HELD
    assert_trails_whole(world)
