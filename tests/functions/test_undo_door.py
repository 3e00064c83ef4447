"""The door of undo: an officer takes back what they just said, on the version they saw, and is told why not."""

from typing import Any

import pytest

from shared.domain.entry import Outcome
from shared.domain.footage import Decision, Evidential
from tests.builders import OFFICER, OTHER_OFFICER, RECORDING, a_clip, a_decision
from tests.functions.directory import MANAGER, OFFICER_BYRON
from tests.functions.world import Answered, MemoryService

WHY = {"reason": "that was the other clip"}


async def etag_of(world: MemoryService) -> str:
    return (await world.ask("read", MANAGER, route={"id": RECORDING})).etag


async def undo(world: MemoryService, who: Any = OFFICER_BYRON, *, body: Any = WHY, **headers: str) -> Answered:
    sent = {"If-Match": await etag_of(world)} | {name.replace("_", "-"): value for name, value in headers.items()}
    return await world.ask("undo", who, route={"id": RECORDING}, body=body, headers=sent)


async def decide(world: MemoryService, evidential: str = "no", who: Any = OFFICER_BYRON) -> Answered:
    body = {"category": "arrest", "evidential": evidential, "reason": "nothing to see"}
    return await world.ask(
        "categorise", who, route={"id": RECORDING}, body=body, headers={"If-Match": await etag_of(world)}
    )


async def test_what_an_officer_just_said_is_taken_back(world: MemoryService) -> None:
    world.hold(a_clip())
    before = (await world.ask("read", OFFICER_BYRON, route={"id": RECORDING})).json
    assert before["undoable"] is False
    decided = await decide(world)
    assert decided.json["undoable"] is True
    undone = await undo(world)
    assert undone.status == 200
    assert undone.etag == await etag_of(world) != decided.etag
    assert undone.json == {**before, "version": undone.json["version"]}


async def test_the_trail_tells_of_both(world: MemoryService) -> None:
    world.hold(a_clip())
    await decide(world)
    await undo(world)
    told = [entry for entry in world.entries(RECORDING) if entry.action.startswith("footage.categor")]
    assert [entry.action for entry in told] == ["footage.categorised", "footage.category-undone"]
    assert [(change.before, change.after) for change in told[1].changes] == [("arrest", None), ("no", "undecided")]


async def test_a_retry_under_the_same_key_is_answered_as_the_first_time(world: MemoryService) -> None:
    world.hold(a_clip())
    etag = (await decide(world)).etag
    first = await undo(world, If_Match=etag, Idempotency_Key="once")
    again = await undo(world, If_Match=etag, Idempotency_Key="once")
    assert (again.status, again.json) == (200, first.json)
    other = await undo(world, body={"reason": "another"}, If_Match=etag, Idempotency_Key="once")
    assert (other.status, other.json["field"]) == (409, "Idempotency-Key")


@pytest.mark.parametrize("reason", [None, "", "x" * 201, 7])
async def test_a_reason_is_given(world: MemoryService, reason: Any) -> None:
    world.hold(a_clip(decision=a_decision(), undoable=Decision()))
    answered = await undo(world, body={} if reason is None else {"reason": reason})
    assert (answered.status, answered.json["field"]) == (400, "reason")


async def test_a_version_is_named_and_is_the_one_there_is(world: MemoryService) -> None:
    world.hold(a_clip(decision=a_decision(), undoable=Decision()))
    assert (await undo(world, If_Match="")).status == 428
    assert (await undo(world, If_Match='"b2xk"')).status == 412


async def test_where_there_is_nothing_to_undo_it_is_said(world: MemoryService) -> None:
    world.hold(a_clip())
    answered = await undo(world)
    assert (answered.status, answered.json["field"]) == (409, "decision")


async def test_that_it_is_evidence_is_not_undone_alone_and_the_attempt_is_on_the_trail(world: MemoryService) -> None:
    world.hold(a_clip())
    await decide(world, "yes")
    answered = await undo(world)
    assert (answered.status, answered.json["field"]) == (409, "evidential")
    assert "second person" in answered.json["detail"]
    refused = [entry.action for entry in world.entries(RECORDING) if entry.outcome is Outcome.REFUSED]
    assert refused == ["refused.undo"]


async def test_what_somebody_else_said_last_is_theirs_to_undo_whatever_one_s_role(world: MemoryService) -> None:
    """The manager may decide anew under their own name, and the officer may not take that back."""
    decided = a_decision(evidential=Evidential.NO, by=OTHER_OFFICER)
    world.hold(a_clip(officer=OFFICER, decision=decided, undoable=Decision()))
    for who in (OFFICER_BYRON, MANAGER):
        answered = await undo(world, who)
        assert (answered.status, "only who made" in answered.json["detail"]) == (403, True)
    refused = [(entry.subject, entry.action) for entry in world.entries() if entry.outcome is Outcome.REFUSED]
    assert refused == [(RECORDING, "refused.undo")] * 2
