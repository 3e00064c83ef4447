"""Approvals: each is of one decision, on which a key asks or decides once; what comes between is met, and is told."""

from dataclasses import replace

import pytest

from shared.domain.approve import Standing, Verdict
from shared.domain.entry import Change
from shared.errors import Conflict, Stale
from tests.builders import (
    BOROUGH,
    NOW,
    OFFICER,
    OTHER_BOROUGH,
    OTHER_OFFICER,
    RECORDING,
    an_actor,
)
from tests.fakes import World
from tests.fakes.faults import let_others_run
from tests.usecases.approving import (
    NO,
    WRONG,
    YES,
    ask,
    by_the_manager,
    categorise_again,
    correct,
    decide,
    evidence,
)
from tests.usecases.scenes import actions, entries


@pytest.fixture
def world() -> World:
    return evidence()


async def test_a_retry_of_asking_is_answered_with_the_approval_as_it_is_by_then(world: World) -> None:
    first = await ask(world)
    assert await ask(world) == first
    decided = await decide(world, NO)
    assert await ask(world) == decided
    with pytest.raises(Conflict) as refused:
        await ask(world, replace(WRONG, category="complaint"))
    assert (refused.value.field, refused.value.about) == ("Idempotency-Key", RECORDING)


async def test_a_key_that_asked_for_one_approval_asks_for_no_other(world: World) -> None:
    """The first was refused, and somebody else has asked since."""
    await ask(world)
    await decide(world, NO)
    another = await ask(world, key="theirs", actor=an_actor(id="P5"), subject="their account")
    with pytest.raises(Conflict, match="an approval before this one") as refused:
        await ask(world)
    assert (refused.value.field, refused.value.about) == ("Idempotency-Key", RECORDING)
    assert await world.records.approval(RECORDING) == another


@pytest.mark.parametrize("verdict", [YES, NO])
async def test_a_key_that_decided_on_one_approval_decides_on_no_other(world: World, verdict: Verdict) -> None:
    await ask(world)
    await decide(world, verdict)
    if verdict.granted:
        await categorise_again(world)
    await ask(world, key="ask again")
    with pytest.raises(Conflict, match="an approval before this one") as refused:
        await decide(world, verdict)
    assert refused.value.field == "Idempotency-Key"
    held = await world.records.approval(RECORDING)
    assert held is not None
    assert held.record.state is Standing.OPEN
    await decide(world, verdict, asking=replace(by_the_manager("theirs"), actor=an_actor(id="P6")))
    with pytest.raises(Conflict, match="an approval before this one"):
        await decide(world, verdict)


@pytest.mark.parametrize("verdict", [YES, NO])
async def test_a_retry_of_a_verdict_is_answered_as_the_first_time(world: World, verdict: Verdict) -> None:
    seen = (await ask(world)).version
    first = await decide(world, verdict, version=seen)
    assert await decide(world, verdict, version=seen) == first
    with pytest.raises(Conflict) as refused:
        await decide(world, replace(verdict, why="another reason"), version=seen)
    assert refused.value.field == "Idempotency-Key"
    assert len(actions(world)) == 2


async def test_the_other_verdict_under_the_same_key_is_refused(world: World) -> None:
    await ask(world)
    await decide(world, YES)
    with pytest.raises(Conflict, match="granted before"):
        await decide(world, NO)


async def test_while_one_is_open_another_cannot_be_asked_for(world: World) -> None:
    await ask(world)
    with pytest.raises(Conflict, match="open already") as refused:
        await ask(world, key="ask again")
    assert refused.value.about == RECORDING


async def test_that_an_approval_was_overtaken_is_told_where_it_was_and_a_retry_is_still_the_same(world: World) -> None:
    await ask(world)
    seen = await world.records.clip(RECORDING)
    assert seen is not None
    await categorise_again(world)
    entry = entries(world)[-1]
    assert entry.action == "footage.categorised"
    assert entry.changes[-1] == Change(field="approval", before="open", after="overtaken")
    await categorise_again(world, version=seen.version)
    assert entries(world)[-1] == entry


async def test_asked_of_a_decision_that_the_asker_did_not_see_nothing_is_asked(world: World) -> None:
    held = await world.records.clip(RECORDING)
    assert held is not None
    await categorise_again(world)
    with pytest.raises(Stale, match="ask again"):
        await ask(world, version=held.version)
    assert actions(world) == ["footage.categorised"]
    assert await world.records.approval(RECORDING) is None


async def test_nor_if_somebody_decided_while_it_was_asked(world: World) -> None:
    """Between the first look at the clip and the transaction."""

    async def meanwhile(call: str) -> None:
        if call == "records.trail":
            world.faults.pause = let_others_run
            await categorise_again(world)

    world.faults.pause = meanwhile
    with pytest.raises(Stale, match="ask again"):
        await ask(world)
    assert actions(world) == ["footage.categorised"]


async def test_another_decision_overtakes_the_approval_in_its_own_transaction(world: World) -> None:
    await ask(world)
    await categorise_again(world)
    held = await world.records.approval(RECORDING)
    assert held is not None
    assert held.record.state is Standing.OVERTAKEN
    with pytest.raises(Conflict, match="ask again"):
        await decide(world)
    assert (await ask(world, key="ask again")).record.of_decision_at == NOW


async def test_where_an_approval_went_is_told_where_the_clip_went(world: World) -> None:
    await ask(world)
    await correct(world)
    await correct(world)  # again, under the same key
    (entry,) = [entry for entry in entries(world) if entry.action == "footage.officer-corrected"]
    assert entry.changes[2:] == (
        Change(field="approval.officer", before=OFFICER, after=OTHER_OFFICER),
        Change(field="approval.borough", before=BOROUGH, after=OTHER_BOROUGH),
    )


async def test_a_correction_takes_the_approval_along(world: World) -> None:
    await ask(world)
    await correct(world)
    moved = await world.records.approval(RECORDING)
    assert moved is not None
    assert (moved.record.officer, moved.record.borough) == (OTHER_OFFICER, OTHER_BOROUGH)
    assert moved.record.state is Standing.OPEN
