"""The doors of approvals: asked, decided and listed with real tokens; the same person in every guise is refused."""

from datetime import timedelta
from typing import Any

import pytest

from functions.parsing import version_out
from shared.domain.entry import Outcome
from shared.domain.footage import Clip, Evidential, State
from tests.builders import (
    NOW,
    OFFICER,
    OTHER_OFFICER,
    RECORDING,
    a_clip,
    a_condemned_clip,
    a_decision,
    an_approval,
    fresh_id,
)
from tests.functions.directory import MANAGER, OFFICER_BYRON, Claims, person
from tests.functions.world import Answered, MemoryService

ASKED = {"clip": RECORDING, "category": "other", "evidential": "no", "reason": "it is the wrong clip"}
GRANTED = {"granted": True, "reason": "I watched it"}
BYRON_AS_MANAGER = person("evidence-manager", sid="session-2")
OTHER_ACCOUNT = person("evidence-manager", oid="7d4a3c52-0000-4000-8000-0000000000aa", sid="session-4")
WITHOUT_OFFICER = person("evidence-manager", sid="session-3", employeeid=None)
ADMINISTRATOR = {name: value for name, value in OTHER_ACCOUNT.items() if name != "employeeid"}
APPLICATION = person("evidence-manager", oid="7d4a3c52-0000-4000-8000-0000000000ac", employeeid="P2002", idtyp="app")
SUPERVISOR = person("supervisor", oid="7d4a3c52-0000-4000-8000-0000000000ad", employeeid="P4001")
WITHHELD = ("category", "evidential", "why", "askedBy", "askedName", "decidedBy", "decidedWhy")
LOWER_CASE = person("evidence-manager", oid="7d4a3c52-0000-4000-8000-0000000000ab", employeeid=OFFICER.lower())


def evidence(**changes: Any) -> Clip:
    return a_clip(decision=a_decision(evidential=Evidential.YES, at=NOW - timedelta(days=1)), **changes)


@pytest.fixture
def held(world: MemoryService) -> MemoryService:
    world.hold(evidence())
    return world


async def ask(
    world: MemoryService, who: Claims = OFFICER_BYRON, key: str | None = None, etag: str | None = "", **changes: Any
) -> Answered:
    """Of the clip as it is, unless `etag` says otherwise."""
    body = {name: value for name, value in (ASKED | changes).items() if value is not ...}
    held = await world.records.clip(RECORDING)
    seen = f'"{version_out(held.version if held else "none")}"' if etag == "" else etag
    headers = {"If-Match": seen, "Idempotency-Key": key}
    sent = {name: value for name, value in headers.items() if value}
    return await world.ask("ask_approval", who, body=body, headers=sent)


async def read(world: MemoryService, who: Claims = MANAGER) -> Answered:
    return await world.ask("approval", who, route={"id": RECORDING})


async def decide(world: MemoryService, etag: str | None, who: Claims = MANAGER, **changes: Any) -> Answered:
    body = {name: value for name, value in (GRANTED | changes).items() if value is not ...}
    sent = {"If-Match": etag} if etag else {}
    return await world.ask("decide_approval", who, route={"id": RECORDING}, body=body, headers=sent)


async def clip_shown(world: MemoryService) -> Any:
    return (await world.ask("read", MANAGER, route={"id": RECORDING})).json


async def test_what_was_asked_is_where_the_answer_says_with_its_version(held: MemoryService) -> None:
    asked = await ask(held)
    assert (asked.status, asked.headers["Location"]) == (201, f"/api/approvals/{RECORDING}")
    assert (asked.json["state"], asked.json["askedBy"], asked.json["askedName"]) == ("open", OFFICER, "PC Ada Byron")
    found = await read(held)
    assert (found.json, found.etag) == (asked.json, asked.etag)
    assert not {"askedSubject", "subject"} & set(found.json)


async def test_granted_the_clip_says_who_asked_and_who_approved(held: MemoryService) -> None:
    decided = await decide(held, (await ask(held)).etag)
    assert (decided.status, decided.json["state"], decided.json["decidedBy"]) == (200, "granted", "P2001")
    assert decided.etag == (await read(held)).etag
    decision = (await clip_shown(held))["decision"]
    assert (decision["category"], decision["evidential"], decision["why"]) == ("other", "no", ASKED["reason"])
    assert (decision["by"], decision["approvedBy"]) == (OFFICER, "P2001")


async def test_refused_it_stays_evidence(held: MemoryService) -> None:
    decided = await decide(held, (await ask(held)).etag, granted=False)
    assert (decided.status, decided.json["state"], decided.json["decidedWhy"]) == (200, "refused", GRANTED["reason"])
    assert (await clip_shown(held))["decision"]["evidential"] == "yes"


@pytest.mark.parametrize("asker", [OFFICER_BYRON, BYRON_AS_MANAGER])
@pytest.mark.parametrize("who", [BYRON_AS_MANAGER, OTHER_ACCOUNT])
async def test_nobody_decides_on_what_they_asked_for_in_any_session_role_or_token(
    held: MemoryService, asker: Claims, who: Claims
) -> None:
    asked = await ask(held, asker)
    for etag in (asked.etag, '"b2xk"'):
        answered = await decide(held, etag, who)
        assert (answered.status, "another person" in answered.json["detail"]) == (403, True)
    refusals = [entry for entry in held.entries(RECORDING) if entry.action == "refused.decide_approval"]
    assert [(e.outcome, e.reason.code if e.reason else "") for e in refusals] == [(Outcome.REFUSED, "same-person")] * 2
    assert (await clip_shown(held))["decision"]["evidential"] == "yes"


@pytest.mark.parametrize("who", [OTHER_ACCOUNT, LOWER_CASE])
async def test_nor_with_another_account_of_the_same_officer(held: MemoryService, who: Claims) -> None:
    assert (await decide(held, (await ask(held)).etag, who)).status == 403


@pytest.mark.parametrize("who", [WITHOUT_OFFICER, ADMINISTRATOR, APPLICATION])
async def test_nobody_asks_or_decides_who_does_not_say_which_officer_they_are(held: MemoryService, who: Claims) -> None:
    answered = [await ask(held, who), await decide(held, (await ask(held)).etag, who)]
    said = [(each.status, "which officer or member of staff" in each.json["detail"]) for each in answered]
    assert said == [(403, True)] * 2
    refusals = [entry for entry in held.entries() if entry.outcome is Outcome.REFUSED]
    assert [entry.reason.code if entry.reason else "" for entry in refusals] == ["not-allowed"] * 2
    assert (await clip_shown(held))["decision"]["evidential"] == "yes"


async def test_a_supervisor_who_agrees_cannot_grant(held: MemoryService) -> None:
    assert (await decide(held, (await ask(held)).etag, SUPERVISOR)).status == 403


async def test_a_verdict_names_the_version_that_was_seen(held: MemoryService) -> None:
    await ask(held)
    assert (await decide(held, None)).status == 428
    assert (await decide(held, '"b2xk"')).status == 412


async def test_asking_names_the_version_of_the_clip_that_was_seen(held: MemoryService) -> None:
    seen = await held.ask("read", OFFICER_BYRON, route={"id": RECORDING})
    said = {"category": "arrest", "evidential": "yes", "reason": "it is the arrest"}
    await held.ask("categorise", MANAGER, route={"id": RECORDING}, body=said, headers={"If-Match": seen.etag})
    assert [(await ask(held, etag=etag)).status for etag in (None, seen.etag)] == [428, 412]
    assert (await read(held)).status == 404
    now = await held.ask("read", OFFICER_BYRON, route={"id": RECORDING})
    assert (await ask(held, etag=now.etag)).status == 201


async def test_what_is_no_evidence_is_nothing_to_approve_and_the_refusal_is_on_the_clip_s_trail(
    world: MemoryService,
) -> None:
    world.hold(a_clip())
    answered = await ask(world)
    assert (answered.status, answered.json["field"]) == (409, "clip")
    assert [(entry.action, entry.subject) for entry in world.entries(RECORDING)] == [
        ("refused.ask_approval", RECORDING)
    ]


async def test_one_is_open_at_a_time_and_a_retry_is_not_another(held: MemoryService) -> None:
    first = await ask(held, key="once")
    assert (await ask(held, key="once")).json == first.json
    assert (await ask(held)).status == 409
    other = await ask(held, key="once", category="complaint")
    assert (other.status, other.json["field"]) == (409, "Idempotency-Key")


async def test_decided_once_it_is_decided(held: MemoryService) -> None:
    await decide(held, (await ask(held)).etag, granted=False)
    again = await decide(held, (await read(held)).etag)
    assert (again.status, again.json["field"]) == (409, "state")


async def test_a_new_decision_overtakes_what_was_asked(held: MemoryService) -> None:
    await ask(held)
    seen = await held.ask("read", MANAGER, route={"id": RECORDING})
    said = {"category": "arrest", "evidential": "yes", "reason": "it is the arrest"}
    await held.ask("categorise", MANAGER, route={"id": RECORDING}, body=said, headers={"If-Match": seen.etag})
    found = await read(held)
    assert found.json["state"] == "overtaken"
    answered = await decide(held, found.etag)
    assert (answered.status, "ask again" in answered.json["detail"]) == (409, True)


@pytest.mark.parametrize("state, status", [(State.CONDEMNED, 409), (State.WEEDED, 410)])
async def test_too_late_is_said_and_entered_on_the_clip_s_trail(
    world: MemoryService, state: State, status: int
) -> None:
    world.hold(a_condemned_clip(state=state, poster=False))
    world.records.put(an_approval())
    answered = [await ask(world), await read(world), await decide(world, '"b2xk"')]
    assert [each.status for each in answered] == [status] * 3
    doors = ("ask_approval", "approval", "decide_approval")
    assert [entry.action for entry in world.entries(RECORDING)] == [f"refused.{door}" for door in doors]


async def test_where_nothing_was_asked_nothing_is_found(held: MemoryService) -> None:
    assert (await read(held)).status == 404
    assert (await decide(held, '"b2xk"')).status == 404


@pytest.mark.parametrize(
    "change, field",
    [
        ({"clip": ...}, "clip"),
        ({"clip": "no-uuid"}, "clip"),
        ({"category": "picnic"}, "category"),
        ({"evidential": "yes"}, "evidential"),
        ({"evidential": "maybe"}, "evidential"),
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 201}, "reason"),
        ({"reason": "a\u202eb"}, "reason"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_what_does_not_say_what_is_asked_is_refused_by_its_field(
    held: MemoryService, change: dict[str, Any], field: str
) -> None:
    answered = await ask(held, **change)
    assert (answered.status, answered.json["field"]) == (400, field)


@pytest.mark.parametrize(
    "change, field", [({"granted": ...}, "granted"), ({"granted": "true"}, "granted"), ({"reason": ...}, "reason")]
)
async def test_a_verdict_says_yes_or_no_and_why(held: MemoryService, change: dict[str, Any], field: str) -> None:
    answered = await decide(held, (await ask(held)).etag, **change)
    assert (answered.status, answered.json["field"]) == (400, field)


async def test_a_clip_out_of_reach_is_not_there_to_ask_about_and_who_tried_is_on_its_trail(
    world: MemoryService,
) -> None:
    world.hold(evidence(officer=OTHER_OFFICER))
    answered = await ask(world)
    assert (answered.status, answered.json["detail"]) == (404, "there is no such clip")
    assert [entry.action for entry in world.entries(RECORDING)] == ["refused.ask_approval"]
    assert (await ask(world, clip=fresh_id())).json == answered.json
