"""Tokens under attack, at a real door: each attempt is refused, written down and counted, and nothing of it is told."""

import json
import logging
from base64 import b64encode
from typing import Any

import pytest

from shared.domain.document import to_document
from shared.domain.entry import Outcome
from shared.domain.footage import Evidential
from tests.builders import OFFICER, RECORDING, a_clip
from tests.functions.directory import OFFICER_BYRON, token
from tests.functions.forged_tokens import GOOD, NO_TOKEN, NOT_ALLOWED, NOT_OURS, at, claiming, headed
from tests.functions.world import ADDRESS, Answered, MemoryService

HOUR = "refusals:2026-11-25T20"
SHORTEST_TOLD = 10  # letters of a token that would be recognised in a log
PRINCIPAL = b64encode(b'{"claims":[{"typ":"roles","val":"evidence-manager"}]}').decode()
PRINCIPALS = {"X-MS-CLIENT-PRINCIPAL": PRINCIPAL, "X-MS-CLIENT-PRINCIPAL-ID": OFFICER}


async def read(world: MemoryService, authorization: str | None, **more: Any) -> Answered:
    headers = {**more.pop("headers", {}), **({"Authorization": authorization} if authorization is not None else {})}
    return await world.ask("read", route={"id": RECORDING}, headers=headers, **more)


def parts(*texts: str) -> set[str]:
    """What of a token would be recognised: its parts, and so what is in them."""
    return {part for text in texts for part in text.split(".") if len(part) >= SHORTEST_TOLD}


def everything_told(world: MemoryService, answered: Answered, caplog: pytest.LogCaptureFixture) -> str:
    kept = json.dumps([to_document(entry) for entry in world.entries()])
    logged = "\n".join(f"{record.getMessage()} {record.exc_text or ''}" for record in caplog.records)
    return f"{answered.raw.decode()}\n{dict(answered.headers)}\n{kept}\n{logged}"


def assert_nobody(world: MemoryService, answered: Answered, code: str) -> None:
    """401 in the words of RFC 9457 and 6750, one entry under the hour, one count, nothing on the clip's trail."""
    assert (answered.status, answered.content_type) == (401, "application/problem+json")
    assert answered.headers["WWW-Authenticate"].startswith("Bearer ")
    (entry,) = world.entries()
    told = (entry.pk, entry.action, entry.outcome, entry.reason and entry.reason.code, entry.address)
    assert told == (HOUR, "refused.nobody", Outcome.REFUSED, code, ADDRESS)
    assert world.metrics.counts == {f"refused.{code}": 1}


async def test_the_token_the_attacks_are_made_of_is_good(world: MemoryService) -> None:
    world.hold(a_clip())
    for good in (GOOD, headed(), claiming(exp=at(seconds=-59)), claiming(nbf=at(seconds=60))):
        assert (await read(world, f"Bearer {good}")).status == 200


@pytest.mark.parametrize("attack", [*NO_TOKEN, *NOT_OURS])
async def test_a_token_that_is_none_of_ours_is_nobody(
    world: MemoryService, caplog: pytest.LogCaptureFixture, attack: str
) -> None:
    sent, code = {**NO_TOKEN, **NOT_OURS}[attack]
    world.hold(a_clip())
    with caplog.at_level(logging.DEBUG):
        answered = await read(world, f"Bearer {sent}")
    assert_nobody(world, answered, code)
    told = everything_told(world, answered, caplog)
    assert [part for part in parts(sent) if part in told] == []
    assert not [text for text in ("passwd", "OR 1=1", "evil", "their-key", "kkkk", OFFICER, "Byron") if text in told]


@pytest.mark.parametrize("attack", NOT_ALLOWED)
async def test_somebody_without_the_right_is_refused_under_their_own_name(
    world: MemoryService, caplog: pytest.LogCaptureFixture, attack: str
) -> None:
    claims, actor = NOT_ALLOWED[attack]
    sent = token(claims)
    world.hold(a_clip())
    with caplog.at_level(logging.DEBUG):
        answered = await read(world, f"Bearer {sent}")
    assert answered.status == 403
    (entry,) = [entry for entry in world.entries() if entry.outcome is not Outcome.GRANTED]
    told = (entry.pk, entry.action, entry.outcome, entry.reason and entry.reason.code)
    assert told == (f"actor:{actor}", "refused.read", Outcome.REFUSED, "not-allowed")
    assert world.metrics.counts["refused.forbidden"] == 1
    everything = everything_told(world, answered, caplog)
    assert [part for part in parts(sent) if part in everything] == []
    assert "Byron" not in answered.raw.decode() + caplog.text


@pytest.mark.parametrize(
    "headers, code",
    [
        (PRINCIPALS, "missing"),
        ({**PRINCIPALS, "Authorization": "Bearer garbage"}, "malformed"),
        ({**PRINCIPALS, "Authorization": "Bearer"}, "missing"),
        ({"Authorization": f"Basic {b64encode(f'x:{GOOD}'.encode()).decode()}"}, "missing"),
        ({"Authorization": f"DPoP {GOOD}"}, "missing"),
        ({"Authorization": GOOD}, "missing"),
        ({"Authorization": f"Bearer\t{GOOD}"}, "missing"),
        ({"X-Forwarded-Access-Token": GOOD, "X-MS-TOKEN-AAD-ACCESS-TOKEN": GOOD}, "missing"),
        ({"Cookie": f"access_token={GOOD}; AppServiceAuthSession={GOOD}"}, "missing"),
    ],
)
async def test_what_is_no_bearer_token_is_nobody(
    world: MemoryService, caplog: pytest.LogCaptureFixture, headers: dict[str, str], code: str
) -> None:
    world.hold(a_clip())
    with caplog.at_level(logging.DEBUG):
        answered = await read(world, None, headers=headers)
    assert_nobody(world, answered, code)
    told = everything_told(world, answered, caplog)
    assert [part for part in parts(GOOD, PRINCIPAL) if part in told] == []


async def test_a_token_in_the_address_or_in_the_body_is_none(world: MemoryService) -> None:
    world.hold(a_clip())
    answered = await read(world, None, query={"access_token": GOOD}, body={"access_token": GOOD})
    assert_nobody(world, answered, "missing")


async def test_a_principal_beside_a_good_token_adds_no_role(world: MemoryService) -> None:
    """The header claims an evidence manager; the token's officer may see this clip and manage nothing."""
    world.hold(a_clip())
    assert (await read(world, f"Bearer {GOOD}", headers=PRINCIPALS)).status == 200
    answered = await world.ask("list_docks", OFFICER_BYRON, headers=PRINCIPALS)
    assert answered.status == 403


async def test_an_attack_changes_nothing(world: MemoryService) -> None:
    clip = world.hold(a_clip())
    body = {"category": "arrest", "evidential": Evidential.NO, "reason": "nothing happened"}
    for sent, _ in NO_TOKEN.values():
        headers = {"Authorization": f"Bearer {sent}", "If-Match": "*"}
        assert (await world.ask("categorise", route={"id": clip.id}, body=body, headers=headers)).status == 401
    held = await world.records.clip(clip.id)
    assert held is not None
    assert held.record == clip
    assert {entry.pk for entry in world.entries()} == {HOUR}
