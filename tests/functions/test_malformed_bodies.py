"""Every field of every body, and every body as a whole, with whatever cannot be right: made of the declarations.

Each is refused by the name of what was wrong and never by its value, and nothing is written.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.functions.directory import Claims
from tests.functions.opened import DOORS
from tests.functions.proper import BODIES, BODILESS, LET_IN, asking, body, may, meddled
from tests.functions.unfit import MARK, Path, in_body, named, objects, put, required, take
from tests.functions.world import Answered, MemoryService

LARGE = 10_000_000
WRONG = [(door, path, why, value) for door in BODIES for path, why, value in in_body(door)]
NAMES: Mapping[str, str] = {
    "colour": "colour",
    f"{MARK}\u202e": "unreadable",
    MARK * 1_000: "unreadable",
    "\x00": "unreadable",
    "": "unreadable",
}
AS_A_WHOLE: Mapping[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "blank": lambda _: b" \r\n ",
    "no JSON": lambda _: f"{MARK}".encode(),
    "an array of it": lambda good: b"[" + good + b"]",
    "a text": lambda good: json.dumps(good.decode()).encode(),
    "null": lambda _: b"null",
    "a number": lambda _: b"7",
    "cut": lambda good: good[:-1],
    "two of it": lambda good: good + good,
    "something behind it": lambda good: good + b"\x00",
    "a byte order mark": lambda good: b"\xef\xbb\xbf" + good,
    "UTF-16": lambda good: good.decode().encode("utf-16"),
    "UTF-32": lambda good: good.decode().encode("utf-32"),
    "bytes of no UTF-8": lambda good: good[:-1] + b', "x": "\xff\xfe"}',
    "an over-long NUL": lambda good: good[:-1] + b', "x": "\xc0\x80"}',
    "a surrogate in UTF-8": lambda good: good[:-1] + b', "x": "\xed\xa0\x80"}',
    "half a surrogate pair": lambda good: good[:-1] + b', "x": "\\ud83d"}',
    "brackets without end": lambda _: b"[" * 60_000,
    "objects without end": lambda _: b'{"x":' * 12_000,
    "objects as deep as a well": lambda good: good[:-1] + b', "x": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    "comments": lambda good: b"/* " + MARK.encode() + b" */" + good,
    "single quotes": lambda good: good.replace(b'"', b"'"),
}


async def send(world: MemoryService, door: str, content: Any) -> Answered:
    """By somebody who may and has come; whether anything was written, and the value repeated, is seen here."""
    who = await come(world, door)
    before = world.records.everything()
    answered = await world.ask(door, who, **asking(door) | {"body": content})
    assert world.records.everything() == before
    assert MARK.encode() not in answered.raw
    assert len(answered.raw) < 1_000
    return answered


async def come(world: MemoryService, door: str) -> Claims | None:
    who, _ = may(door)
    await world.ask("log_on", who)
    return who


def names(answered: Answered, field: str) -> None:
    assert answered.status == 400, answered.raw
    if "error" in answered.json:  # as OData says it
        assert (answered.json["error"]["code"], answered.json["error"]["target"]) == ("BadRequest", field)
        return
    assert answered.content_type == "application/problem+json"
    assert answered.json["field"] == field
    assert answered.json["detail"]


@pytest.mark.parametrize("door, path, why, value", WRONG, ids=[f"{w[0]}-{named(w[1])}-{w[2]}" for w in WRONG])
async def test_a_field_that_does_not_fit_is_refused_by_its_name(
    world: MemoryService, door: str, path: Path, why: str, value: Any
) -> None:
    names(await send(world, door, put(_with(door, path), path, value)), named(path))


@pytest.mark.parametrize("door, path", [(door, path) for door in BODIES for path in required(door)])
async def test_a_field_that_is_not_said_is_missed_by_its_name(world: MemoryService, door: str, path: Path) -> None:
    names(await send(world, door, take(body(door), path)), named(path))


@pytest.mark.parametrize("name", list(NAMES))
@pytest.mark.parametrize("door, path", [(door, path) for door in BODIES for path in objects(door)])
async def test_a_field_that_nobody_knows_is_refused_by_its_name_if_it_is_one(
    world: MemoryService, door: str, path: Path, name: str
) -> None:
    content = put(body(door), (*path, name), MARK)
    names(await send(world, door, content), named((*path, NAMES[name])))


@pytest.mark.parametrize("door", BODIES)
async def test_half_a_surrogate_pair_in_any_field_is_no_json(world: MemoryService, door: str) -> None:
    for path in required(door):
        names(await send(world, door, put(body(door), path, f"{MARK}\ud800")), "body")


@pytest.mark.parametrize("door, path", [(door, path) for door in BODIES for path in required(door)])
async def test_a_field_that_is_said_twice_is_refused_though_both_say_the_same(
    world: MemoryService, door: str, path: Path
) -> None:
    name = str(path[-1])
    again = json.dumps(put(body(door), (*path[:-1], f"again {name}"), _value(body(door), path)))
    names(await send(world, door, again.replace(f'"again {name}"', f'"{name}"').encode()), name)


@pytest.mark.parametrize("how", list(AS_A_WHOLE))
@pytest.mark.parametrize("door", BODIES)
async def test_what_is_not_one_object_in_json_in_utf_8_is_refused_as_a_whole(
    world: MemoryService, door: str, how: str
) -> None:
    names(await send(world, door, AS_A_WHOLE[how](json.dumps(body(door)).encode())), "body")


@pytest.mark.parametrize("door", BODIES)
async def test_a_body_may_be_as_large_as_the_door_says_and_no_larger(world: MemoryService, door: str) -> None:
    good = json.dumps(body(door)).encode()
    largest = DOORS[door].largest
    who = await come(world, door)
    allowed = await world.ask(door, who, **asking(door) | {"body": good.ljust(largest)})
    assert allowed.status != 400, allowed.raw
    for size in (largest + 1, LARGE):
        refused = await send(world, door, good.ljust(size))
        names(refused, "body")
        assert str(largest) in refused.json["detail"]


@pytest.mark.parametrize("door", BODILESS)
async def test_where_no_body_is_declared_one_is_not_read(world: MemoryService, door: str) -> None:
    """A client may send one with any method, and some send `{}` with every POST: it means nothing, so it is nothing."""
    for content in (b"{}", b'{"reach": "force"', b"\xff\xfe" * 50_000):
        answered, _ = await meddled(world, door, body=content)
        assert str(answered.status) in LET_IN


def _with(door: str, path: Path) -> Any:
    """A good body that has something at the path."""
    content = body(door)
    place: Any = content
    for step in path[:-1]:
        place = place[step]
    if isinstance(place, list) and not place:
        place.append(None)
    return content


def _value(content: Any, path: Path) -> Any:
    for step in path:
        content = content[step]
    return content
