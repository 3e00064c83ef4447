"""Approvals: what is asked and decided is entered, and the clip changes with it or not at all."""

from typing import Any

import pytest

from shared.domain.access import Reach
from shared.domain.approve import Standing
from shared.domain.entry import ActorKind, Asking, Change, Operation
from shared.domain.footage import Evidential, State
from shared.errors import Condemned, NotAllowed, NotFound, Refusal, SamePerson, Stale, Weeded
from shared.ports import Place
from shared.usecases.approve import approval, approvals
from tests.builders import (
    BOROUGH,
    FORCE,
    MICROSECOND,
    NOW,
    OFFICER,
    OTHER_BOROUGH,
    RECORDING,
    a_clip,
    an_actor,
    an_approval,
    an_asking,
    fresh_id,
)
from tests.fakes import World
from tests.usecases.approving import EVIDENCE, LATER, NO, WRONG, YES, ask, decide, evidence
from tests.usecases.scenes import actions, assert_trails_whole, entries, the_clip


@pytest.fixture
def world() -> World:
    return evidence()


async def test_what_is_asked_is_on_the_trail_and_the_clip_is_as_it_was(world: World) -> None:
    held = await ask(world)
    assert held.record.state is Standing.OPEN
    (entry,) = entries(world)
    assert (entry.action, entry.operation, entry.pk) == ("approval.asked", Operation.ADMINISTRATION, RECORDING)
    assert entry.reason is not None
    assert entry.reason.text == WRONG.why
    assert entry.changes == (
        Change(field="category", before="stop-and-search", after="other"),
        Change(field="evidential", before="yes", after="no"),
    )
    assert the_clip(world) == a_clip(decision=EVIDENCE)


async def test_granted_clip_approval_and_entry_change_in_one_transaction(world: World) -> None:
    await ask(world)
    world.faults.mend()
    held = await decide(world)
    assert world.faults.calls.count("records.write") == 1
    assert (held.record.state, held.record.decided_by) == (Standing.GRANTED, "P2001")
    decision = the_clip(world).decision
    assert (decision.category, decision.evidential, decision.why) == ("other", Evidential.NO, WRONG.why)
    assert (decision.by, decision.approved_by, decision.at) == (OFFICER, "P2001", LATER)
    entry = entries(world)[-1]
    assert (entry.action, entry.operation, entry.actor.id) == ("approval.granted", Operation.ALTERATION, "P2001")
    assert [(c.field, c.before, c.after) for c in entry.changes] == [
        ("category", "stop-and-search", "other"),
        ("evidential", "yes", "no"),
    ]
    assert_trails_whole(world)


async def test_refused_the_clip_stays_as_it_is_and_another_can_be_asked_for(world: World) -> None:
    await ask(world)
    assert (await decide(world, NO)).record.state is Standing.REFUSED
    assert the_clip(world) == a_clip(decision=EVIDENCE)
    assert (await ask(world, key="ask again")).record.state is Standing.OPEN
    assert actions(world) == ["approval.asked", "approval.refused", "approval.asked"]
    assert entries(world)[1].operation is Operation.ADMINISTRATION  # it altered nothing


async def test_a_verdict_is_on_the_version_that_was_seen(world: World) -> None:
    await ask(world)
    with pytest.raises(Stale):
        await decide(world, version='"an older one"')
    assert actions(world) == ["approval.asked"]


@pytest.mark.parametrize(
    "asking",
    [
        an_asking(subject="ada", key="v", session="another session"),
        an_asking(subject="ada", key="v", actor=an_actor(id="ada", role="evidence-manager")),
        an_asking(subject="another account", key="v", actor=an_actor(role="evidence-manager")),
    ],
)
async def test_nobody_decides_on_what_they_asked_for(world: World, asking: Asking) -> None:
    await ask(world)
    for version in (None, '"an older one"'):
        with pytest.raises(SamePerson):
            await decide(world, asking=asking, version=version)
    assert the_clip(world).decision == EVIDENCE


@pytest.mark.parametrize(
    "unnumbered",
    [
        {"actor": an_actor(id="an account"), "subject": "an account", "officer": None},
        {"actor": an_actor(id="an application", kind=ActorKind.SERVICE), "subject": "an application"},
        {"actor": an_actor(id="P2001", kind=ActorKind.SERVICE), "subject": "an application", "officer": "P2001"},
    ],
)
async def test_whoever_is_nobody_by_number_neither_asks_nor_decides(world: World, unnumbered: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed, match="which officer or member of staff you are"):
        await ask(world, **unnumbered)
    await ask(world)
    for verdict in (YES, NO):
        with pytest.raises(NotAllowed, match="which officer or member of staff you are"):
            await decide(world, verdict, asking=an_asking(key="v", request="v", **unnumbered))
    assert actions(world) == ["approval.asked"]
    assert the_clip(world).decision == EVIDENCE


async def test_where_nothing_was_asked_there_is_nothing_to_decide_or_to_read(world: World) -> None:
    with pytest.raises(NotFound, match="nobody has asked"):
        await decide(world)
    with pytest.raises(NotFound, match="nobody has asked"):
        await approval(RECORDING, reach=FORCE, asking=an_asking(), records=world.records)


@pytest.mark.parametrize("state, refusal", [(State.CONDEMNED, Condemned), (State.WEEDED, Weeded)])
async def test_of_what_is_going_or_gone_nothing_is_asked_decided_or_shown(
    world: World, state: State, refusal: type[Refusal]
) -> None:
    world.records.put(a_clip(state=state, decision=EVIDENCE), an_approval(of_decision_at=EVIDENCE.at))
    with pytest.raises(refusal) as refused:
        await ask(world)
    assert refused.value.about == RECORDING
    with pytest.raises(refusal):
        await decide(world)
    with pytest.raises(refusal):
        await approval(RECORDING, reach=FORCE, asking=an_asking(), records=world.records)
    assert entries(world) == []


async def test_out_of_reach_nothing_is_asked_or_read(world: World) -> None:
    world.records.put(an_approval())
    elsewhere = Reach(borough=OTHER_BOROUGH)
    with pytest.raises(NotFound, match="no such clip"):
        await ask(world, reach=elsewhere)
    with pytest.raises(NotFound, match="no such clip"):
        await approval(RECORDING, reach=elsewhere, asking=an_asking(), records=world.records)


async def page(world: World, **asked: Any) -> tuple[list[str], Place | None]:
    given = {"state": Standing.OPEN, "after": None, "limit": 2, "reach": FORCE} | asked
    state = given.pop("state")
    found, following = await approvals(state, asking=an_asking(), records=world.records, **given)
    return [held.record.clip for held in found], following


async def test_a_list_is_oldest_first_page_by_page_and_each_page_is_entered(world: World) -> None:
    clips = [fresh_id() for _ in range(5)]
    for number in (3, 0, 4, 1, 2):
        world.records.put(an_approval(clip=clips[number], asked_at=NOW + number * MICROSECOND))
    found, after = await page(world)
    while after is not None:
        more, after = await page(world, after=after)
        found += more
    assert found == clips
    listed = entries(world, f"actor:{OFFICER}")
    assert [entry.action for entry in listed] == ["approvals.read"]  # the same request: one entry for each
    assert [(c.field, c.after) for c in listed[0].changes] == [("state", "open"), ("shown", " ".join(clips[:2]))]


async def test_a_list_is_of_one_state_within_reach(world: World) -> None:
    other = fresh_id()
    world.records.put(an_approval(), an_approval(clip=other, borough=OTHER_BOROUGH, state=Standing.REFUSED))
    assert await page(world) == ([RECORDING], None)
    assert await page(world, state=Standing.REFUSED) == ([other], None)
    assert await page(world, state=Standing.REFUSED, reach=Reach(borough=BOROUGH)) == ([], None)
