"""What does not fit is refused by the name of its field, and changes nothing."""

import json
from typing import Any

import pytest

from tests.builders import DOCK, RECORDING, a_clip, a_dock
from tests.functions.directory import AUDITOR, DOCK_ITSELF, MANAGER, OFFICER_BYRON
from tests.functions.world import Answered, MemoryService

SAID = {"category": "arrest", "evidential": "yes", "reason": "assault on an emergency worker"}
WANTED = {
    "camera": "AX3-00417",
    "recordedAt": "2026-11-25T14:52:56Z",
    "size": 1,
    "sha256": "0" * 64,
    "contentType": "video/mp4",
}
REGISTERED = {"station": "Camden", "borough": "Camden", "client": "0d0c5a52-9d8a-4a5e-8a39-0a1b2c3d4e5f"}
RIGHT_TO_LEFT, ZERO_WIDTH = "\u202e", "\u200b"
CONTROL = "\x1b[31m"


async def categorise(world: MemoryService, body: Any, **headers: str) -> Answered:
    seen = await world.ask("read", OFFICER_BYRON, route={"id": RECORDING})
    sent = {"If-Match": seen.etag} | headers
    return await world.ask("categorise", OFFICER_BYRON, route={"id": RECORDING}, body=body, headers=sent)


def names(answered: Answered, field: str) -> None:
    """The answer is a problem document that names the field."""
    assert answered.status == 400, answered.raw
    assert answered.content_type == "application/problem+json"
    document = answered.json
    assert (document["status"], document["title"], document["type"]) == (400, "Bad Request", "about:blank")
    assert (document["field"], bool(document["detail"])) == (field, True)


@pytest.mark.parametrize(
    "body, field",
    [
        (SAID | {"colour": "red"}, "colour"),
        (SAID | {"category": 7}, "category"),
        (SAID | {"category": None}, "category"),
        (SAID | {"category": "nonsense"}, "category"),
        (SAID | {"category": "a" * 65}, "category"),
        (SAID | {"evidential": "maybe"}, "evidential"),
        (SAID | {"evidential": True}, "evidential"),
        ({"category": "arrest", "evidential": "yes"}, "reason"),
        (SAID | {"reason": ""}, "reason"),
        (SAID | {"reason": " \t "}, "reason"),
        (SAID | {"reason": "x" * 201}, "reason"),
        (SAID | {"reason": ["assault"]}, "reason"),
        (SAID | {"reason": f"assault{CONTROL}"}, "reason"),
        (SAID | {"reason": "assault\r\nSet-Cookie: a=b"}, "reason"),
        (SAID | {"reason": f"assault {RIGHT_TO_LEFT}tluassa"}, "reason"),
        (SAID | {"reason": f"ass{ZERO_WIDTH}ault"}, "reason"),
        (SAID | {"reason": "assault\x00"}, "reason"),
        ([SAID], "body"),
        ("assault", "body"),
        (b"", "body"),
        (b"{", "body"),
        (json.dumps(SAID).encode() + b"{}", "body"),
        (b'{"category": "arrest", "evidential": "yes", "reason": "\xff\xfe"}', "body"),
        (b'{"category": "arrest", "evidential": "yes", "reason": "\\ud800"}', "body"),
        (b"[" * 50_000, "body"),
        (b'{"reason": "' + b"x" * 10_000_000 + b'"}', "body"),
    ],
)
async def test_a_category_that_does_not_fit_is_refused_by_its_field(
    world: MemoryService, body: Any, field: str
) -> None:
    clip = world.hold(a_clip())
    names(await categorise(world, body), field)
    held = await world.records.clip(clip.id)
    assert held is not None
    assert held.record == clip


@pytest.mark.parametrize(
    "reason", ["x" * 200, "caf\u00e9, \u0645\u0631\u062d\u0628\u0627, \u4f60\u597d", "it's 5 o'clock"]
)
async def test_any_language_and_two_hundred_characters_are_a_reason(world: MemoryService, reason: str) -> None:
    world.hold(a_clip())
    answered = await categorise(world, SAID | {"reason": f"  {reason} "})
    assert (answered.status, answered.json["decision"]["why"]) == (200, reason)


@pytest.mark.parametrize(
    "change, field",
    [
        ({"size": "1"}, "size"),
        ({"size": 1.5}, "size"),
        ({"size": -1}, "size"),
        ({"size": True}, "size"),
        ({"size": 2**53}, "size"),
        ({"sha256": "0" * 63}, "sha256"),
        ({"sha256": "G" * 64}, "sha256"),
        ({"sha256": "0" * 64 + "\n"}, "sha256"),
        ({"camera": "../../other"}, "camera"),
        ({"camera": "AX3\n"}, "camera"),
        ({"camera": "\u0661"}, "camera"),
        ({"camera": ""}, "camera"),
        ({"recordedAt": "2026-11-25T14:52:56"}, "recordedAt"),
        ({"recordedAt": "yesterday"}, "recordedAt"),
        ({"recordedAt": 1_700_000_000}, "recordedAt"),
        ({"contentType": "text/html"}, "contentType"),
        ({"recording": "not-a-uuid"}, "recording"),
        ({"recording": RECORDING.upper()}, "recording"),
        ({"recorded_at": "2026-11-25T14:52:56Z"}, "recorded_at"),
        ({"officer": "P\u202e1"}, "officer"),
    ],
)
async def test_a_grant_that_does_not_fit_is_refused_by_its_field(
    world: MemoryService, change: dict[str, Any], field: str
) -> None:
    world.records.put(a_dock())
    names(await world.ask("grant", DOCK_ITSELF, route={"dock": DOCK}, body=WANTED | change), field)
    assert world.links.made == []


@pytest.mark.parametrize(
    "dock, change, field",
    [
        ("dock 1", {}, "dock"),
        ("d" * 65, {}, "dock"),
        ("..", {}, "dock"),
        ("dock-2", {"client": "no client"}, "client"),
        ("dock-2", {"addresses": ["everywhere"]}, "addresses.0"),
        ("dock-2", {"addresses": ["192.0.2.17", "192.0.2.0/24"]}, "addresses.1"),
        ("dock-2", {"addresses": "192.0.2.17"}, "addresses"),
        ("dock-2", {"enabled": "yes"}, "enabled"),
    ],
)
async def test_a_dock_that_does_not_fit_is_refused_by_its_field(
    world: MemoryService, dock: str, change: dict[str, Any], field: str
) -> None:
    names(await world.ask("register_dock", MANAGER, route={"dock": dock}, body=REGISTERED | change), field)
    assert await world.records.docks() == []


@pytest.mark.parametrize(
    "door, query, field",
    [
        ("search", {"colour": "red"}, "colour"),
        ("search", {"limit": "0"}, "limit"),
        ("search", {"limit": "101"}, "limit"),
        ("search", {"limit": "many"}, "limit"),
        ("search", {"state": "lost"}, "state"),
        ("search", {"evidential": ""}, "evidential"),
        ("search", {"incident": "a\u202eb"}, "incident"),
        ("search", {"incident": "CAD 4711: Mrs Doe, 7 Elm Row"}, "incident"),
        ("search", {"officer": "P" * 201}, "officer"),
        ("search", {"page": "x" * 501}, "page"),
        ("search", {"reach": "force"}, "reach"),
        ("audit", {"limit": "501"}, "limit"),
        ("audit", {"since": "2026-11-25"}, "since"),
        ("audit", {"since": "0001-01-01T00:00:00+14:00"}, "since"),
        ("audit", {"until": "9999-12-31T23:59:59-14:00"}, "until"),
        ("audit", {"until": "2026-11-25T20:00:00"}, "until"),
        ("audit", {"actor": "\x00"}, "actor"),
    ],
)
async def test_a_question_that_does_not_fit_is_refused_by_its_field(
    world: MemoryService, door: str, query: dict[str, str], field: str
) -> None:
    who = AUDITOR if door == "audit" else OFFICER_BYRON
    names(await world.ask(door, who, query=query), field)


@pytest.mark.parametrize("etag", ['"__79"', '"\u00e9"', "*", '"a", "b"', '""', '"'])
async def test_an_if_match_that_is_no_etag_of_ours_is_refused(world: MemoryService, etag: str) -> None:
    world.hold(a_clip())
    names(await categorise(world, SAID, **{"If-Match": etag}), "If-Match")


@pytest.mark.parametrize("key", ["x" * 129, "two words", "\u00e9", "tab\there", "\x00"])
async def test_an_idempotency_key_that_is_no_key_is_refused(world: MemoryService, key: str) -> None:
    world.hold(a_clip())
    names(await categorise(world, SAID, **{"Idempotency-Key": key}), "Idempotency-Key")


@pytest.mark.parametrize("given", ["nonsense", RECORDING.upper(), f"{RECORDING}\n", "..", "\u202e", "x" * 5_000])
@pytest.mark.parametrize("door", ["read", "poster", "trail"])
async def test_what_is_no_id_of_ours_names_no_clip(world: MemoryService, door: str, given: str) -> None:
    world.hold(a_clip())
    answered = await world.ask(door, MANAGER, route={"id": given})
    assert (answered.status, answered.json["detail"]) == (404, "there is no such clip")


@pytest.mark.parametrize("given", ["nonsense", "a/b", "", "x" * 5_000, RECORDING.upper()])
async def test_what_is_no_id_of_ours_names_no_recording(world: MemoryService, given: str) -> None:
    world.records.put(a_dock())
    answered = await world.ask("receipt", DOCK_ITSELF, route={"dock": DOCK, "recording": given})
    assert answered.status == 404


async def test_a_refusal_never_repeats_what_was_sent(world: MemoryService) -> None:
    world.hold(a_clip())
    for body in (SAID | {"evidential": "Mrs Doe"}, SAID | {"reason": "Mrs Doe" * 40}, b'"Mrs Doe'):
        assert b"Mrs Doe" not in (await categorise(world, body)).raw


async def test_somebody_not_allowed_is_told_so_before_their_body_is_looked_at(world: MemoryService) -> None:
    world.hold(a_clip())
    answered = await world.ask("categorise", AUDITOR, route={"id": RECORDING}, body=b"{")
    assert answered.status == 403
