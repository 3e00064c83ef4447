"""The doors to footage: what a good request gets, and every way a clip is not there, not yours or not as you saw it."""

import json
from typing import Any

import pytest

from functions.parsing import version_out
from shared.domain.entry import Operation, Outcome
from shared.domain.footage import Clip, ClipId, Evidential, State
from tests.builders import (
    JPEG,
    OFFICER,
    OTHER_BOROUGH,
    OTHER_OFFICER,
    RECORDING,
    a_clip,
    a_condemned_clip,
    a_decision,
    fresh_id,
)
from tests.functions.directory import MANAGER, OFFICER_BYRON, Claims, person
from tests.functions.world import ADDRESS, Answered, MemoryService

SAID = {"category": "arrest", "evidential": "yes", "reason": "assault on an emergency worker"}
CLIP_DOORS = ["read", "poster", "play", "categorise", "trail"]


async def ask(world: MemoryService, door: str, who: Any = MANAGER, **sent: Any) -> Answered:
    """A good request about the clip, whatever the door."""
    bodies = {"play": {"reason": "to prepare my statement"}, "categorise": SAID}
    return await world.ask(door, who, **{"route": {"id": RECORDING}, "body": bodies.get(door)} | sent)


async def etag_of(world: MemoryService) -> str:
    return (await ask(world, "read")).etag


def a_seen_version() -> str:
    """An ETag as the service gives it out."""
    return f'"{version_out("a version")}"'


def a_weeded_clip() -> Clip:
    return a_condemned_clip(state=State.WEEDED, media=None, poster=False)


async def test_reading_shows_the_clip_and_the_version_to_decide_on(world: MemoryService) -> None:
    world.hold(a_clip())
    answered = await ask(world, "read", OFFICER_BYRON)
    assert answered.status == 200
    assert answered.content_type == "application/json"
    shown = answered.json
    assert (shown["id"], shown["officer"], shown["state"]) == (RECORDING, OFFICER, "held")
    assert answered.etag == f'"{shown["version"]}"'
    assert shown["uploadedAt"] == "2026-11-25T18:52:56.123456Z"
    assert not {"blob", "path", "pk", "salt"} & set(shown)


async def test_the_poster_is_the_picture_itself(world: MemoryService) -> None:
    world.hold(a_clip())
    answered = await ask(world, "poster")
    assert (answered.status, answered.content_type, answered.raw) == (200, "image/jpeg", JPEG)


async def test_a_clip_without_a_picture_has_no_poster(world: MemoryService) -> None:
    world.hold(a_clip(poster=False))
    assert (await ask(world, "poster")).status == 404


async def test_playback_is_an_address_for_the_caller_s_own_address(world: MemoryService) -> None:
    world.hold(a_clip())
    answered = await ask(world, "play")
    (link,) = world.links.made
    assert (answered.status, answered.json["url"]) == (200, link.url)
    assert (link.permissions, link.address) == ("r", ADDRESS)
    assert [(e.action, e.reason and e.reason.text) for e in world.entries()] == [
        ("footage.played", "to prepare my statement")
    ]


async def test_playback_is_for_any_address_where_the_force_does_not_bind_it(world: MemoryService) -> None:
    world.hold(a_clip())
    world.bind_addresses = False
    await ask(world, "play")
    assert [link.address for link in world.links.made] == [None]


@pytest.mark.parametrize("forwarded", ["", "unknown", "[2001:db8::1]:443"])
async def test_no_address_is_given_that_cannot_be_bound_to_the_caller_s(world: MemoryService, forwarded: str) -> None:
    world.hold(a_clip())
    answered = await ask(world, "play", headers={"X-Forwarded-For": forwarded})
    assert (answered.status, world.links.made) == (403, [])
    assert [entry.action for entry in world.entries()] == ["refused.play"]


async def test_the_trail_is_in_order_and_ends_with_the_reading_of_it(world: MemoryService) -> None:
    world.hold(a_clip())
    await ask(world, "read")
    await ask(world, "play")
    entries = (await ask(world, "trail")).json["entries"]
    assert [entry["action"] for entry in entries] == ["footage.read", "footage.played", "trail.read"]
    assert [entry["number"] for entry in entries] == [1, 2, 3]
    assert not any("salt" in entry for entry in entries)


async def test_a_category_is_taken_on_the_version_that_was_seen(world: MemoryService) -> None:
    world.hold(a_clip())
    seen = await etag_of(world)
    answered = await ask(world, "categorise", OFFICER_BYRON, headers={"If-Match": seen})
    assert (answered.status, answered.json["decision"]["category"]) == (200, "arrest")
    assert answered.etag not in ("", seen)
    last = world.entries(RECORDING)[-1]
    assert (last.action, last.operation) == ("footage.categorised", Operation.ALTERATION)


async def test_a_change_must_say_which_version_it_changes(world: MemoryService) -> None:
    world.hold(a_clip())
    answered = await ask(world, "categorise")
    assert (answered.status, answered.json["field"]) == (428, "If-Match")


async def test_a_change_of_what_changed_meanwhile_is_stale(world: MemoryService) -> None:
    world.hold(a_clip())
    seen = await etag_of(world)
    assert (await ask(world, "categorise", headers={"If-Match": seen})).status == 200
    again = {"If-Match": seen, "Idempotency-Key": "another"}
    assert (await ask(world, "categorise", headers=again)).status == 412


async def test_a_repeat_under_the_same_key_is_answered_as_the_first_time(world: MemoryService) -> None:
    world.hold(a_clip())
    headers = {"If-Match": await etag_of(world), "Idempotency-Key": "1f0c"}
    first = await ask(world, "categorise", headers=headers)
    second = await ask(world, "categorise", headers=headers)
    assert (second.status, second.json, second.etag) == (first.status, first.json, first.etag)
    assert first.status == 200
    assert [e.action for e in world.entries(RECORDING)].count("footage.categorised") == 1


async def test_a_key_is_good_for_one_decision(world: MemoryService) -> None:
    world.hold(a_clip())
    headers = {"If-Match": await etag_of(world), "Idempotency-Key": "1f0c"}
    await ask(world, "categorise", headers=headers)
    answered = await ask(world, "categorise", headers=headers, body=SAID | {"category": "complaint"})
    assert (answered.status, answered.json["field"]) == (409, "Idempotency-Key")


async def test_a_key_is_its_caller_s_own(world: MemoryService) -> None:
    world.hold(a_clip())
    headers = {"If-Match": await etag_of(world), "Idempotency-Key": "1f0c"}
    await ask(world, "categorise", OFFICER_BYRON, headers=headers)
    assert (await ask(world, "categorise", MANAGER, headers=headers)).status == 412


@pytest.mark.parametrize("door", ["read", "play", "poster", "trail"])
async def test_nobody_looks_twice_under_one_entry_whatever_key_they_send(world: MemoryService, door: str) -> None:
    world.hold(a_clip())
    for _ in range(2):
        assert (await ask(world, door, headers={"Idempotency-Key": "look-1"})).status == 200
    assert len(world.entries(RECORDING)) == 2


@pytest.mark.parametrize(
    "door, who", [("list_docks", MANAGER), ("health_details", person("operator")), ("search", OFFICER_BYRON)]
)
async def test_nobody_looks_twice_under_one_entry_under_whatever_heading_a_look_comes(
    world: MemoryService, door: str, who: Claims
) -> None:
    for _ in range(3):
        assert (await world.ask(door, who, headers={"Idempotency-Key": "look-1"})).status == 200
    looks = [entry for entry in world.entries() if entry.action != "session.started"]
    assert len(looks) == 3


async def test_nobody_is_refused_twice_under_one_entry_whatever_key_they_send(world: MemoryService) -> None:
    world.hold(a_clip(borough=OTHER_BOROUGH))
    for _ in range(2):
        await ask(world, "read", person("supervisor"), headers={"Idempotency-Key": "look-1"})
    assert [entry.action for entry in world.entries(RECORDING)] == ["refused.read", "refused.read"]


async def test_evidence_stays_evidence_without_a_second_person(world: MemoryService) -> None:
    world.hold(a_clip(decision=a_decision(evidential=Evidential.YES)))
    headers = {"If-Match": await etag_of(world)}
    answered = await ask(world, "categorise", headers=headers, body=SAID | {"evidential": "no"})
    assert (answered.status, answered.json["field"]) == (409, "evidential")


@pytest.mark.parametrize("door", CLIP_DOORS)
async def test_another_borough_s_clip_is_not_there_and_the_asking_is_on_its_trail(
    world: MemoryService, door: str
) -> None:
    """The entry is of the clip's borough, so that whoever watches over its footage sees who tried."""
    supervisor = person("supervisor")
    seen = {"If-Match": a_seen_version()}
    never_was = await ask(world, door, supervisor, headers=seen)
    clip = world.hold(a_clip(borough=OTHER_BOROUGH, officer=OTHER_OFFICER))
    answered = await ask(world, door, supervisor, headers=seen)
    assert (answered.status, answered.json, never_was.status) == (404, never_was.json, 404)
    (entry,) = world.entries(clip.id)
    assert (entry.action, entry.outcome, entry.subject) == (f"refused.{door}", Outcome.REFUSED, clip.id)
    assert (entry.reason and entry.reason.code, entry.actor.id, entry.borough) == ("not-found", OFFICER, OTHER_BOROUGH)


@pytest.mark.parametrize("door", ["poster", "play", "categorise"])
@pytest.mark.parametrize("clip, status", [(a_condemned_clip(), 409), (a_weeded_clip(), 410)])
async def test_footage_that_is_going_or_gone_can_be_neither_seen_nor_changed(
    world: MemoryService, door: str, clip: Clip, status: int
) -> None:
    world.hold(clip)
    answered = await ask(world, door, headers={"If-Match": await etag_of(world)})
    assert answered.status == status
    assert answered.content_type == "application/problem+json"
    assert world.links.made == []


@pytest.mark.parametrize("door", ["read", "trail"])
async def test_of_a_weeded_clip_the_tombstone_and_the_trail_are_shown(world: MemoryService, door: str) -> None:
    world.hold(a_weeded_clip())
    assert (await ask(world, door)).status == 200


async def test_search_asks_for_what_the_query_names(world: MemoryService) -> None:
    wanted = world.hold(a_clip(id=fresh_id(), incident="CAD 4711", decision=a_decision()))
    world.hold(a_clip(id=fresh_id(), incident="CAD 4712"))
    query = {"incident": "CAD 4711", "category": "stop-and-search", "evidential": "undecided", "state": "held"}
    answered = await world.ask("search", MANAGER, query=query)
    assert [clip["id"] for clip in answered.json["clips"]] == [wanted.id]
    assert answered.json["next"] is None
    (entry,) = world.entries()
    assert {change.field: change.after for change in entry.changes} == query | {"order": "newest", "shown": wanted.id}


async def test_search_for_a_colleague_s_clips_does_not_widen_what_an_officer_sees(world: MemoryService) -> None:
    world.hold(a_clip(officer=OTHER_OFFICER))
    answered = await world.ask("search", OFFICER_BYRON, query={"officer": OTHER_OFFICER})
    assert answered.json["clips"] == []


async def test_text_of_any_language_is_shown_as_it_is(world: MemoryService) -> None:
    world.hold(a_clip(id=ClipId(RECORDING), incident="Caf\u00e9 \u00d1"))
    assert "Caf\u00e9 \u00d1".encode() in (await ask(world, "read")).raw
    assert json.loads((await ask(world, "read")).raw)["incident"] == "Caf\u00e9 \u00d1"
