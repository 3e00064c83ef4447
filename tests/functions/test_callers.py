"""Who is asking: tokens, nobody in particular, addresses, and how much a flood of nobodies writes."""

from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest

from shared.domain.entry import Outcome
from shared.domain.footage import Fixity, Integrity
from tests.builders import CLIENT, NOW, OFFICER, RECORDING, SHA256, a_clip, a_dock, a_grant
from tests.functions.directory import (
    AUDIENCE,
    DOCK_ITSELF,
    EXPECTED,
    ISSUER,
    KEY_ID,
    MANAGER,
    OFFICER_BYRON,
    Claims,
    person,
    signing_key,
    token,
)
from tests.functions.world import ADDRESS, Answered, MemoryService

HOUR = "refusals:2026-11-25T20"
VERIFIED = Integrity(state=Fixity.VERIFIED, claimed=SHA256, sha256=SHA256, verified_at=NOW)
PRINCIPAL = b64encode(b'{"claims":[{"typ":"roles","val":"evidence-manager"}]}').decode()


def at(**change: float) -> int:
    return int((NOW + timedelta(**change)).timestamp())


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


async def read_with(world: MemoryService, headers: dict[str, str]) -> Answered:
    return await world.ask("read", route={"id": RECORDING}, headers=headers)


@pytest.mark.parametrize(
    "headers, code",
    [
        ({}, "missing"),
        ({"Authorization": ""}, "missing"),
        ({"Authorization": "Bearer"}, "missing"),
        ({"Authorization": "Basic dXNlcjpwYXNz"}, "missing"),
        ({"X-MS-CLIENT-PRINCIPAL": PRINCIPAL, "X-MS-CLIENT-PRINCIPAL-ID": OFFICER}, "missing"),
        (bearer("x" * 20_000), "malformed"),
        (bearer("not a token"), "malformed"),
        (bearer("p\u00e9.q.r"), "malformed"),
        (bearer(jwt.encode({"roles": ["officer"]}, "", algorithm="none")), "algorithm"),
        (bearer(jwt.encode(dict(OFFICER_BYRON), "k" * 32, "HS256", headers={"kid": KEY_ID})), "algorithm"),
        (bearer(token(OFFICER_BYRON, key=signing_key("another directory's"))), "signature"),
        (bearer(token(OFFICER_BYRON, key_id="key-2")), "key"),
    ],
)
async def test_nobody_in_particular_is_told_to_bring_a_token(
    world: MemoryService, headers: dict[str, str], code: str
) -> None:
    world.hold(a_clip())
    answered = await read_with(world, headers)
    assert answered.status == 401
    assert answered.headers["WWW-Authenticate"].startswith("Bearer ")
    assert answered.content_type == "application/problem+json"
    assert [(e.reason and e.reason.code, e.address) for e in world.entries(HOUR)] == [(code, ADDRESS)]
    assert world.metrics.counts[f"refused.{code}"] == 1
    assert world.entries(RECORDING) == []


@pytest.mark.parametrize(
    "claims, code",
    [
        (person("officer", iss="https://elsewhere.test"), "issuer"),
        (person("officer", iss=None), "issuer"),
        (person("officer", aud="api://another"), "audience"),
        (person("officer", exp=at(seconds=-60)), "expired"),
        (person("officer", exp=None), "expired"),
        (person("officer", exp="tomorrow"), "expired"),
        (person("officer", nbf=at(seconds=61)), "not-yet"),
        (person("officer", oid=None), "subject"),
        (person("officer", oid=7), "subject"),
    ],
)
async def test_a_good_signature_under_wrong_claims_is_nobody(world: MemoryService, claims: Claims, code: str) -> None:
    world.hold(a_clip())
    assert (await read_with(world, bearer(token(claims)))).status == 401
    assert [e.reason and e.reason.code for e in world.entries(HOUR)] == [code]


@pytest.mark.parametrize(
    "claims",
    [
        person("officer", exp=at(seconds=-59)),
        person("officer", nbf=at(seconds=60)),
        person("officer", aud=["api://another", "api://continuity"]),
        person(roles="officer"),
    ],
)
async def test_a_good_token_is_taken(world: MemoryService, claims: Claims) -> None:
    world.hold(a_clip())
    assert (await read_with(world, bearer(token(claims)))).status == 200


V1 = "https://sts.example.test/tenant/"
APPLICATION = "c0ffee00-0000-4000-8000-000000000001"


@pytest.mark.parametrize("audience", [AUDIENCE, APPLICATION])
@pytest.mark.parametrize("issuer, client", [(ISSUER, "azp"), (V1, "appid")])
async def test_a_token_of_either_version_is_taken_for_each_of_our_names(
    world: MemoryService, issuer: str, client: str, audience: str
) -> None:
    world.expected = replace(EXPECTED, issuers=(ISSUER, V1), audiences=(AUDIENCE, APPLICATION))
    world.hold(a_clip())
    officer = person("officer", iss=issuer, aud=audience, **{"azp": None, client: CLIENT})
    assert (await read_with(world, bearer(token(officer)))).status == 200
    edge = at(seconds=-59)
    assert (await read_with(world, bearer(token({**officer, "exp": edge})))).status == 200
    assert (await read_with(world, bearer(token({**officer, "exp": edge - 1})))).status == 401
    for other in ({"iss": f"{issuer}x"}, {"aud": f"{audience}x"}):
        assert (await read_with(world, bearer(token({**officer, **other})))).status == 401


@pytest.mark.parametrize("issuer, client", [(ISSUER, "azp"), (V1, "appid")])
async def test_a_dock_is_known_by_its_client_in_either_version(world: MemoryService, issuer: str, client: str) -> None:
    world.expected = replace(EXPECTED, issuers=(ISSUER, V1))
    dock = a_dock()
    world.records.put(dock, a_grant(), a_clip(integrity=VERIFIED))
    nameless = {name: value for name, value in DOCK_ITSELF.items() if name != "azp"}
    itself = {**nameless, "iss": issuer, client: CLIENT}
    assert (await _receipt(world, itself)).status == 200
    assert (await _receipt(world, {**itself, client: "another"})).status == 403


async def _receipt(world: MemoryService, claims: Claims) -> Answered:
    return await world.ask("receipt", claims, route={"dock": a_dock().id, "recording": RECORDING})


async def test_the_scheme_is_the_same_in_any_case(world: MemoryService) -> None:
    world.hold(a_clip())
    assert (await read_with(world, {"Authorization": f"bearer {token(OFFICER_BYRON)}"})).status == 200


async def test_a_flood_of_nobodies_is_entered_once_for_each_address_reason_and_minute(world: MemoryService) -> None:
    for _ in range(3):
        await read_with(world, {})
        await read_with(world, bearer("not a token"))
        await read_with(world, {"X-Forwarded-For": "198.51.100.9"})
        world.time += timedelta(seconds=1)
    assert len(world.entries()) == 3
    assert world.metrics.counts["refused.missing"] == 6
    world.time += timedelta(minutes=1)
    await read_with(world, {})
    assert len(world.entries(HOUR)) == 4
    world.time += timedelta(hours=1)
    await read_with(world, {})
    assert len(world.entries("refusals:2026-11-25T21")) == 1
    assert {entry.outcome for entry in world.entries()} == {Outcome.REFUSED}


async def test_nobody_meets_the_same_answer_whether_the_clip_is_there_or_not(world: MemoryService) -> None:
    without = await read_with(world, {})
    world.hold(a_clip())
    assert (await read_with(world, {})).json == without.json


@pytest.mark.parametrize(
    "forwarded, address",
    [
        ("192.0.2.17", "192.0.2.17"),
        ("192.0.2.17:50123", "192.0.2.17"),
        ("203.0.113.5, 192.0.2.17:50123", "192.0.2.17"),
        ("192.0.2.17, 203.0.113.5", "203.0.113.5"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("2001:db8:0:0:0:0:0:1", "2001:db8::1"),
        ("::ffff:192.0.2.17", "192.0.2.17"),
        ("", None),
        ("unknown", None),
        ("192.0.2.17, ", None),
        ("1.2.3.4.5", None),
        ("...", None),
        ("[2001:db8::1", None),
        ("fe80::1%eth0", None),
        ("<script>", None),
    ],
)
async def test_the_address_is_the_right_most_that_was_forwarded(
    world: MemoryService, forwarded: str, address: str | None
) -> None:
    world.hold(a_clip())
    await world.ask("read", OFFICER_BYRON, route={"id": RECORDING}, headers={"X-Forwarded-For": forwarded})
    assert [entry.address for entry in world.entries(RECORDING)] == [address]


@pytest.mark.parametrize("forwarded, status", [(ADDRESS, 201), (f"198.51.100.9, {ADDRESS}:4711", 201)])
async def test_a_dock_is_let_in_from_its_own_address(world: MemoryService, forwarded: str, status: int) -> None:
    assert await _granted_from(world, forwarded) == status


@pytest.mark.parametrize("forwarded", [f"{ADDRESS}, 198.51.100.9", "", "unknown"])
async def test_a_dock_is_refused_from_any_other_address(world: MemoryService, forwarded: str) -> None:
    assert await _granted_from(world, forwarded) == 403


async def _granted_from(world: MemoryService, forwarded: str) -> int:
    dock = a_dock(addresses=(ADDRESS,))
    world.records.put(dock)
    body: dict[str, Any] = {
        "camera": "AX3-1",
        "recordedAt": "2026-11-25T14:52:56Z",
        "size": 1,
        "sha256": "0" * 64,
        "contentType": "video/mp4",
    }
    headers = {"X-Forwarded-For": forwarded}
    return (await world.ask("grant", DOCK_ITSELF, route={"dock": dock.id}, body=body, headers=headers)).status


async def test_an_entry_says_who_asked_as_they_were_then(world: MemoryService) -> None:
    world.hold(a_clip())
    await world.ask("read", MANAGER, route={"id": RECORDING})
    (entry,) = world.entries(RECORDING)
    actor = entry.actor
    assert (actor.id, actor.kind, actor.name, actor.role) == ("P2001", "person", "Insp Lovelace", "evidence-manager")
    (started,) = [begun for begun in world.entries(coming_on=True) if begun.action == "session.started"]
    assert (entry.session, entry.address, entry.occurred_at) == (started.subject, ADDRESS, NOW)
    assert entry.request == "invocation-1"
