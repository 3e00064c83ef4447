"""Categorise: the version seen, the rules of saying so, and one decision for each key."""

from dataclasses import replace

import pytest

from shared.domain.access import Reach
from shared.domain.entry import Change, Operation, Outcome, Reason
from shared.domain.footage import Clip, Decision, Evidential, State
from shared.errors import Condemned, Conflict, Malformed, NotFound, Stale, Weeded
from shared.ports import Held
from shared.usecases.categorise import Category, categorise
from shared.usecases.within import OutOfReach
from tests.builders import (
    FORCE,
    NOW,
    OFFICER,
    OTHER_OFFICER,
    RECORDING,
    a_clip,
    a_condemned_clip,
    a_decision,
    an_asking,
)
from tests.fakes import World
from tests.usecases.scenes import assert_trails_whole, entries, the_clip

ARREST = Category(name="arrest", evidential=Evidential.YES, why="arrested for robbery")


async def say(
    world: World,
    said: Category = ARREST,
    *,
    seen: str = '"00000001"',
    key: str = "key-1",
    reach: Reach = FORCE,
) -> Held[Clip]:
    asking = an_asking(key=key, request=key)
    return await categorise(RECORDING, said, version=seen, reach=reach, asking=asking, records=world.records)


@pytest.fixture
def world() -> World:
    made = World()
    made.records.put(a_clip())
    return made


async def test_the_clip_is_what_was_said_and_the_entry_says_what_it_was(world: World) -> None:
    held = await say(world)
    decision = Decision(category="arrest", evidential=Evidential.YES, by=OFFICER, at=NOW, why=ARREST.why)
    assert held.record == the_clip(world)
    assert held.record.decision == decision
    assert held.record.retention.weed_after is None
    (entry,) = entries(world)
    assert (entry.action, entry.operation, entry.outcome) == (
        "footage.categorised",
        Operation.ALTERATION,
        Outcome.GRANTED,
    )
    assert entry.reason == Reason(code="stated", text=ARREST.why)
    assert entry.changes == (
        Change(field="category", before=None, after="arrest"),
        Change(field="evidential", before="undecided", after="yes"),
    )


async def test_the_version_it_returns_is_good_for_the_next_decision(world: World) -> None:
    held = await say(world)
    again = await say(world, replace(ARREST, name="complaint"), seen=held.version, key="key-2")
    assert again.record.decision.category == "complaint"
    assert_trails_whole(world)


@pytest.mark.parametrize("seen", ['"00000000"', ""])
async def test_a_version_that_is_over_decides_nothing(world: World, seen: str) -> None:
    """Nor does none at all; that there is none is refused at the desk, before the verb."""
    with pytest.raises(Stale):
        await say(world, seen=seen)
    assert_untouched(world)


WEEDING = [
    pytest.param(a_condemned_clip(), Condemned, id="condemned"),
    pytest.param(a_clip(state=State.WEEDED), Weeded, id="weeded"),
]


@pytest.mark.parametrize("clip, refusal", WEEDING)
async def test_it_is_said_that_the_clip_is_going_or_gone_and_not_that_the_version_is_over(
    world: World, clip: Clip, refusal: type[Exception]
) -> None:
    """Whoever is told that it changed reads it again and decides again, and would do so in vain."""
    world.records.put(clip)
    with pytest.raises(refusal):
        await say(world)
    assert entries(world) == []


@pytest.mark.parametrize("clip, refusal", WEEDING)
async def test_weeding_that_comes_between_reading_and_writing_is_said_as_what_it_is(
    world: World, clip: Clip, refusal: type[Exception]
) -> None:
    async def weeding(call: str) -> None:
        if call == "records.write":
            world.records.put(clip)

    world.faults.pause = weeding
    with pytest.raises(refusal):
        await say(world)
    assert (the_clip(world), entries(world)) == (clip, [])


async def test_a_change_between_reading_and_writing_wins(world: World) -> None:
    async def somebody_else(call: str) -> None:
        if call == "records.write":
            world.records.put(a_clip(camera="another"))

    world.faults.pause = somebody_else
    with pytest.raises(Stale):
        await say(world)
    assert the_clip(world).decision == Decision()
    assert entries(world) == []


@pytest.mark.parametrize(
    "clip, refusal",
    [
        pytest.param(a_condemned_clip(), Condemned, id="condemned"),
        pytest.param(a_clip(state=State.WEEDED), Weeded, id="weeded"),
        pytest.param(a_clip(decision=a_decision(evidential=Evidential.YES)), Conflict, id="evidence"),
    ],
)
async def test_what_the_rules_refuse_is_not_written(clip: Clip, refusal: type[Exception]) -> None:
    world = World()
    world.records.put(clip)
    with pytest.raises(refusal):
        await say(world, replace(ARREST, evidential=Evidential.NO))
    assert the_clip(world) == clip
    assert entries(world) == []


async def test_a_reason_too_long_for_an_entry_is_refused(world: World) -> None:
    with pytest.raises(Malformed):
        await say(world, replace(ARREST, why="x" * 201))
    assert_untouched(world)


async def test_out_of_reach_there_is_no_such_clip(world: World) -> None:
    with pytest.raises(OutOfReach):
        await say(world, reach=Reach(officer=OTHER_OFFICER))
    assert_untouched(world)


async def test_of_no_clip_there_is_nothing_to_say() -> None:
    with pytest.raises(NotFound):
        await say(World())


async def test_a_retry_after_another_decision_is_answered_with_the_clip_as_it_is(world: World) -> None:
    held = await say(world)
    await say(world, replace(ARREST, name="complaint"), seen=held.version, key="key-2")
    assert (await say(world)).record.decision.category == "complaint"
    assert [entry.number for entry in entries(world)] == [1, 2]


async def test_a_retry_after_the_weeding_is_answered_with_the_tombstone(world: World) -> None:
    await say(world)
    world.records.put(a_clip(state=State.WEEDED))
    assert (await say(world)).record.state is State.WEEDED


@pytest.mark.parametrize(
    "other",
    [replace(ARREST, name="complaint"), replace(ARREST, why="because"), replace(ARREST, evidential=Evidential.NO)],
)
@pytest.mark.parametrize("current", [True, False])
async def test_a_key_is_good_for_one_decision(world: World, other: Category, current: bool) -> None:
    first = await say(world, replace(ARREST, evidential=Evidential.UNDECIDED))
    decided = the_clip(world)
    with pytest.raises(Conflict, match="another decision"):
        await say(world, other, seen=first.version if current else '"00000001"')
    assert the_clip(world) == decided
    assert len(entries(world)) == 1


def assert_untouched(world: World) -> None:
    assert the_clip(world) == a_clip()
    assert entries(world) == []
