"""Undo: one's own last decision is taken back on the version seen, with an entry from and to, once for each key."""

import pytest

from shared.domain.access import Reach
from shared.domain.entry import Change, Operation, Reason
from shared.domain.footage import Clip, Decision, Evidential, State
from shared.errors import Conflict, NotAllowed, Refusal, Stale, Weeded
from shared.ports import Held
from shared.usecases.categorise import Category, categorise
from shared.usecases.undo import undo
from shared.usecases.within import OutOfReach
from tests.builders import FORCE, OTHER_OFFICER, RECORDING, a_clip, a_decision, an_actor, an_asking
from tests.fakes import World
from tests.usecases.scenes import actions, assert_trails_whole, entries, the_clip

WHY = "that was the other clip"
FIRST = '"00000001"'
NOTHING = Category(name="arrest", evidential=Evidential.NO, why="nothing to see")
BEFORE = a_decision(category="complaint", by=OTHER_OFFICER)
DECIDED = a_clip(decision=a_decision(evidential=Evidential.NO), undoable=BEFORE)


async def take_back(
    world: World, *, seen: str = FIRST, key: str = "undo-1", why: str = WHY, reach: Reach = FORCE
) -> Held[Clip]:
    asking = an_asking(key=key, request=key)
    return await undo(RECORDING, why, version=seen, reach=reach, asking=asking, records=world.records)


async def say(world: World, *, seen: str, key: str, by: str | None = None) -> Held[Clip]:
    asking = an_asking(key=key, request=key, **({"actor": an_actor(id=by)} if by else {}))
    return await categorise(RECORDING, NOTHING, version=seen, reach=FORCE, asking=asking, records=world.records)


@pytest.fixture
def world() -> World:
    made = World()
    made.records.put(DECIDED)
    return made


async def test_the_clip_is_what_it_was_said_to_be_and_the_entry_says_from_what_to_what(world: World) -> None:
    held = await take_back(world)
    assert held.record == the_clip(world)
    assert (held.record.decision, held.record.undoable) == (BEFORE, None)
    (entry,) = entries(world)
    assert (entry.action, entry.operation) == ("footage.category-undone", Operation.ALTERATION)
    assert entry.reason == Reason(code="stated", text=WHY)
    assert entry.changes == (
        Change(field="category", before="stop-and-search", after="complaint"),
        Change(field="evidential", before="no", after="undecided"),
    )


async def test_what_was_just_decided_can_be_undone_on_the_version_it_gave() -> None:
    world = World()
    world.records.put(a_clip())
    decided = await say(world, seen=FIRST, key="decide-1")
    undone = await take_back(world, seen=decided.version)
    assert undone.record == a_clip()
    assert_trails_whole(world)


async def test_a_retry_is_answered_with_the_clip_as_it_is_and_nothing_is_undone_twice(world: World) -> None:
    held = await take_back(world)
    assert await take_back(world) == held
    await say(world, seen=held.version, key="decide-2")
    assert (await take_back(world)).record.decision.category == "arrest"
    assert actions(world) == ["footage.category-undone", "footage.categorised"]


async def test_a_retry_on_a_version_it_did_not_see_undoes_nothing_more(world: World) -> None:
    """The key alone says that it is the same request."""
    held = await take_back(world)
    decided = await say(world, seen=held.version, key="decide-2")
    assert (await take_back(world, seen=decided.version)).record == decided.record
    assert len(entries(world)) == 2


async def test_a_key_is_good_for_one_undo(world: World) -> None:
    await take_back(world)
    with pytest.raises(Conflict, match="another decision"):
        await take_back(world, why="another reason")
    assert len(entries(world)) == 1


async def test_without_the_key_there_is_no_second_step(world: World) -> None:
    held = await take_back(world)
    with pytest.raises(Conflict, match="one step back"):
        await take_back(world, seen=held.version, key="undo-2")
    assert the_clip(world) == held.record


async def test_who_did_not_decide_cannot_undo_and_nothing_is_written() -> None:
    world = World()
    world.records.put(a_clip())
    decided = await say(world, seen=FIRST, key="decide-1", by=OTHER_OFFICER)
    with pytest.raises(NotAllowed):
        await take_back(world, seen=decided.version)
    assert the_clip(world) == decided.record
    assert actions(world) == ["footage.categorised"]


@pytest.mark.parametrize("clip, refusal", [(DECIDED, OutOfReach), (a_clip(state=State.WEEDED), Weeded)])
async def test_what_is_refused_changes_nothing(clip: Clip, refusal: type[Refusal]) -> None:
    world = World()
    world.records.put(clip)
    with pytest.raises(refusal):
        await take_back(world, reach=Reach(officer=OTHER_OFFICER) if refusal is OutOfReach else FORCE)
    assert (the_clip(world), entries(world)) == (clip, [])


async def test_a_version_that_is_over_undoes_nothing(world: World) -> None:
    with pytest.raises(Stale):
        await take_back(world, seen='"00000000"')
    assert (the_clip(world), entries(world)) == (DECIDED, [])


async def test_a_decision_that_comes_between_reading_and_writing_stands(world: World) -> None:
    anew = a_clip(decision=a_decision(category="use-of-force"), undoable=Decision())

    async def somebody_else(call: str) -> None:
        if call == "records.write":
            world.records.put(anew)

    world.faults.pause = somebody_else
    with pytest.raises(Stale):
        await take_back(world)
    assert (the_clip(world), entries(world)) == (anew, [])
