"""The doors of approvals: asked, decided and listed with real tokens; the same person in every guise is refused."""

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.approve import Standing
from shared.domain.entry import Outcome
from shared.domain.footage import Clip, Evidential, State
from tests.builders import (
    NOW,
    OFFICER,
    OTHER_BOROUGH,
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
WITHOUT_OFFICER = person("evidence-manager", sid="session-3", employeeid=None)
OTHER_ACCOUNT = person("evidence-manager", oid="7d4a3c52-0000-4000-8000-0000000000aa", sid="session-4")
LOWER_CASE = person("evidence-manager", oid="7d4a3c52-0000-4000-8000-0000000000ab", employeeid=OFFICER.lower())


def evidence(**changes: Any) -> Clip:
    return a_clip(decision=a_decision(evidential=Evidential.YES, at=NOW - timedelta(days=1)), **changes)


@pytest.fixture
def held(world: MemoryService) -> MemoryService:
    world.hold(evidence())
    return world


async def ask(world: MemoryService, who: Claims = OFFICER_BYRON, key: str | None = None, **changes: Any) -> Answered:
    body = {name: value for name, value in (ASKED | changes).items() if value is not ...}
    return await world.ask("ask_approval", who, body=body, headers={"Idempotency-Key": key} if key else {})


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


@pytest.mark.parametrize("asker", [OFFICER_BYRON, WITHOUT_OFFICER, BYRON_AS_MANAGER])
@pytest.mark.parametrize("who", [BYRON_AS_MANAGER, WITHOUT_OFFICER])
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


async def test_a_supervisor_who_agrees_cannot_grant(held: MemoryService) -> None:
    supervisor = person("supervisor", oid="7d4a3c52-0000-4000-8000-0000000000ac", employeeid="P4001")
    assert (await decide(held, (await ask(held)).etag, supervisor)).status == 403


async def test_a_verdict_names_the_version_that_was_seen(held: MemoryService) -> None:
    await ask(held)
    assert (await decide(held, None)).status == 428
    assert (await decide(held, '"b2xk"')).status == 412


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


def asked_about(world: MemoryService, number: int, **changes: Any) -> list[str]:
    """Approvals of as many clips, every two of one instant, the first asked first."""
    made = [an_approval(clip=fresh_id(), asked_at=NOW + timedelta(seconds=n // 2), **changes) for n in range(number)]
    world.records.put(*made)
    return [each.clip for each in made]


@pytest.mark.parametrize("number", [0, 1, 2, 3, 5])
async def test_paging_through_shows_each_once_oldest_first_and_enters_every_page(
    world: MemoryService, number: int
) -> None:
    clips = asked_about(world, number)
    page = await world.ask("approvals", MANAGER, query={"limit": "2"})
    found, pages = list(page.json["approvals"]), 1
    while page.json["next"]:
        page = await world.ask("approvals", MANAGER, query={"limit": "2", "page": page.json["next"]})
        found, pages = [*found, *page.json["approvals"]], pages + 1
    assert sorted(row["clip"] for row in found) == sorted(clips)
    keys = [(row["askedAt"], row["clip"]) for row in found]
    assert keys == sorted(keys)
    assert [entry.action for entry in world.entries("actor:P2001")].count("approvals.read") == pages


async def test_a_list_is_of_the_open_ones_or_of_the_state_that_is_asked_for(world: MemoryService) -> None:
    each = {state: asked_about(world, 1, state=state) for state in Standing}
    for state in Standing:
        rows = (await world.ask("approvals", MANAGER, query={"state": state})).json["approvals"]
        assert [row["clip"] for row in rows] == each[state]
    assert [row["clip"] for row in (await world.ask("approvals", MANAGER)).json["approvals"]] == each[Standing.OPEN]


async def test_an_officer_sees_what_was_asked_about_their_own_clips_alone(world: MemoryService) -> None:
    (own,) = asked_about(world, 1)
    asked_about(world, 1, officer=OTHER_OFFICER)
    asked_about(world, 1, officer=OTHER_OFFICER, borough=OTHER_BOROUGH)
    rows = (await world.ask("approvals", OFFICER_BYRON)).json["approvals"]
    assert [row["clip"] for row in rows] == [own]


async def test_a_token_is_good_for_its_state_and_its_caller_alone(world: MemoryService) -> None:
    asked_about(world, 3)
    token = (await world.ask("approvals", MANAGER, query={"limit": "2"})).json["next"]
    refused = [
        await world.ask("approvals", MANAGER, query={"page": token, "state": "granted"}),
        await world.ask("approvals", BYRON_AS_MANAGER, query={"page": token}),
        await world.ask("search", MANAGER, query={"page": token}),
    ]
    assert [(answered.status, answered.json["field"]) for answered in refused] == [(400, "page")] * 3


@pytest.mark.parametrize("query, field", [({"limit": "0"}, "limit"), ({"limit": "101"}, "limit"), ({"a": "b"}, "a")])
async def test_a_question_that_does_not_fit_is_refused_by_its_field(
    world: MemoryService, query: dict[str, str], field: str
) -> None:
    answered = await world.ask("approvals", MANAGER, query=query)
    assert (answered.status, answered.json["field"]) == (400, field)
