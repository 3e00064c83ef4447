"""Every field of every query with whatever cannot be right, and every token of a page: made of the declarations.

Each is refused by the name of what was wrong and never by its value, and nothing is entered: nothing was looked at.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.footage import Evidential, State
from shared.ports import Order
from tests.builders import NOW, a_clip, a_decision, a_session, an_approval, an_entry, fresh_id
from tests.functions.directory import Claims, person
from tests.functions.opened import DOORS
from tests.functions.promised import operation
from tests.functions.proper import QUERIES, asking, may
from tests.functions.test_malformed_bodies import names
from tests.functions.unfit import MARK, in_query
from tests.functions.world import Answered, MemoryService

WRONG = [(door, name, why, text) for door in QUERIES for name, why, text in in_query(door)]
EVERYBODY = person("officer", "evidence-manager", "auditor")
ANOTHER = person("officer", "evidence-manager", "auditor", oid="5b8f0f7e-0000-4000-8000-00000000000a", sid="session-2")
GOOD_FOR = timedelta(hours=1)


async def send(world: MemoryService, door: str, who: Claims | None, query: Any) -> Answered:
    """Whether anything was written, and what was sent repeated, is seen here."""
    if DOORS[door].attends:
        await world.ask("log_on", who)
    before = world.records.everything()
    answered = await world.ask(door, who, **asking(door) | {"query": query})
    assert world.records.everything() == before
    assert MARK.encode() not in answered.raw
    return answered


def values(door: str) -> Mapping[str, str]:
    """A good one for each name the query may have."""
    said = operation(door)["parameters"]
    return {part["name"]: _text(part["example"]) for part in said if part["in"] == "query"}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


PAGED = [door for door in QUERIES if "page" in values(door)]


@pytest.mark.parametrize("door, name, why, text", WRONG, ids=[f"{w[0]}-{w[1]}-{w[2]}" for w in WRONG])
async def test_a_question_that_does_not_fit_is_refused_by_its_name(
    world: MemoryService, door: str, name: str, why: str, text: str
) -> None:
    names(await send(world, door, may(door)[0], {name: text}), name)


@pytest.mark.parametrize("door, name", [(door, name) for door in QUERIES for name in values(door)])
async def test_a_question_that_is_asked_twice_is_refused_though_both_are_the_same(
    world: MemoryService, door: str, name: str
) -> None:
    value = values(door)[name]
    names(await send(world, door, may(door)[0], [(name, value), (name, value)]), name.lower())
    names(await send(world, door, may(door)[0], [(name, value), (name.upper(), value)]), name.lower())


@pytest.mark.parametrize("door", sorted(name for name, door in DOORS.items() if not door.manner))
async def test_a_question_that_nobody_knows_is_refused_at_every_door(world: MemoryService, door: str) -> None:
    for name, field in {"colour": "colour", "reach": "reach", f"{MARK}\u202e": "unreadable"}.items():
        names(await send(world, door, may(door)[0], {name: MARK}), field)


def two_clips(world: MemoryService) -> None:
    for number in range(2):
        decided = a_decision(evidential=Evidential.YES)
        clip = world.hold(a_clip(id=fresh_id(), state=State.QUARANTINED, decision=decided))
        world.records.put(an_approval(clip=clip.id, asked_at=NOW - timedelta(seconds=number)))


def two_sessions(world: MemoryService) -> None:
    for number in range(2):
        world.records.put(a_session(key=f"{number:032x}", number=1))


async def two_of_mine(world: MemoryService) -> None:
    await world.ask("log_on", EVERYBODY)
    await world.ask("log_off", EVERYBODY)
    await world.ask("log_on", EVERYBODY)


def two_entries(world: MemoryService) -> None:
    entry, trail = an_entry()
    world.records.put(entry)
    world.records.put(*an_entry(trail, key="another"))


ROWS: Mapping[str, Callable[[MemoryService], Any]] = {
    "search": two_clips,
    "approvals": two_clips,
    "worklist": two_clips,
    "sessions": two_sessions,
    "my_sessions": two_of_mine,
    "audit": two_entries,
}


async def page(
    world: MemoryService, door: str, token: str | None, who: Claims = EVERYBODY, query: Mapping[str, str] | None = None
) -> Answered:
    asked = {"limit": "1", **({} if token is None else {"page": token}), **(query or {})}
    return await world.ask(door, who, route={"name": "quarantine"}, query=asked)


async def first_token(world: MemoryService, door: str) -> str:
    set_scene = ROWS[door](world)
    if set_scene is not None:
        await set_scene
    return str((await page(world, door, None)).json["next"])


def test_every_door_that_turns_pages_is_tried() -> None:
    assert sorted(ROWS) == PAGED


@pytest.mark.parametrize("door", PAGED)
async def test_a_token_that_was_spoilt_opens_no_page(world: MemoryService, door: str) -> None:
    token = await first_token(world, door)
    assert (await page(world, door, token)).status == 200
    before = world.records.everything()
    spoilt = [token[:-4], token[4:], token[::-1], f"{token}AAAA", f"{token}===="]
    spoilt += [f"{token[:8]}!{token[8:]}", f"{token} ", f"\n{token}", token.lower(), token * 2, token[:99]]
    spoilt += ["A" * 44, f"{'A' * 43}{token[43:]}", MARK, "null", "0", "-", "é" * 20, "x" * 10_000]
    for other in spoilt:
        names(await page(world, door, other), "page")
    assert world.records.everything() == before


@pytest.mark.parametrize("door", PAGED)
async def test_a_token_is_its_caller_s_alone(world: MemoryService, door: str) -> None:
    token = await first_token(world, door)
    names(await page(world, door, token, ANOTHER), "page")


@pytest.mark.parametrize("door", PAGED)
async def test_a_token_of_any_door_is_none_at_another(world: MemoryService, door: str) -> None:
    tokens = {other: await first_token(world, other) for other in PAGED if other != door}
    for other, token in tokens.items():
        assert (await page(world, other, token)).status == 200
        names(await page(world, door, token), "page")


@pytest.mark.parametrize(
    "door, name",
    [(door, name) for door in PAGED for name in values(door) if name not in ("page", "limit", "mine")],
)
async def test_a_token_is_good_for_the_question_it_was_given_for(world: MemoryService, door: str, name: str) -> None:
    token = await first_token(world, door)
    other = {"order": Order.SOONEST, "state": "overtaken" if door == "approvals" else "held"}
    changed = {name: other.get(name, values(door)[name])}
    names(await page(world, door, token, query=changed), "page")


@pytest.mark.parametrize("door", PAGED)
async def test_a_token_is_good_for_an_hour_at_every_door(world: MemoryService, door: str) -> None:
    token = await first_token(world, door)
    world.time += GOOD_FOR
    assert (await page(world, door, token)).status == 200
    world.time += timedelta(microseconds=1)
    names(await page(world, door, token), "page")
