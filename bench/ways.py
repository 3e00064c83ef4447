"""The same request put in several ways to a world in memory: to the bare verb, at our door, and to FastAPI.

Each way is made for a world of its own and called again and again there; every call must be answered 200. `agree` holds
the answers of the doors against each other: what is compared must be the same work.
"""

import itertools
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import azure.functions as func

from bench.fastapi_peer import called, peer_of
from functions.asking import stranger
from shared import wiring
from shared.domain.access import Permission, Reach, reach
from shared.domain.claims import caller as caller_of
from shared.domain.entry import Asking
from shared.domain.footage import ClipId, Evidential
from shared.ports import ClipFilter
from shared.usecases.categorise import Category, categorise
from shared.usecases.read import read
from shared.usecases.search import search
from tests.builders import NOW, a_clip, fresh_id
from tests.functions.directory import EXPECTED, person, token
from tests.functions.opened import DOORS, user_function
from tests.functions.world import MemoryService

CLIPS = 50
OFFICER = person("officer")
SAID = {"category": "stop-and-search", "evidential": "no", "reason": "searched under section 1 PACE"}
Work = Callable[[], Awaitable[bytes]]  # one call; the body of the answer, if the way has one


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One request. `changes`: it is made on the version that the one before it left."""

    what: str
    door: str
    permission: Permission = Permission.SEE
    body: bytes = field(default=b"")
    changes: bool = False

    @property
    def route(self) -> str:
        return DOORS[self.door].route


REQUESTS = (
    Wanted(what="read a clip", door="read"),
    Wanted(what=f"search, a page of {CLIPS}", door="search"),
    Wanted(
        what="categorise a clip",
        door="categorise",
        permission=Permission.DESCRIBE,
        body=json.dumps(SAID).encode(),
        changes=True,
    ),
)


Way = Callable[[MemoryService, Wanted], Work]


def a_world() -> MemoryService:
    world = MemoryService()
    for _ in range(CLIPS):
        world.hold(a_clip(id=fresh_id()))
    return world


def first_clip(world: MemoryService) -> ClipId:
    return ClipId(next(record.id for record in world.records.everything() if record.kind == "clip"))


def askings(world: MemoryService, permission: Permission) -> Iterator[Asking]:
    """What the desk makes of the officer's requests, one after the other."""
    caller = caller_of(OFFICER, EXPECTED, now=NOW)
    request = func.HttpRequest(method="GET", url="/", body=b"")
    asking = replace(stranger(request, request_id="", now=NOW, seed=world.seed()), actor=caller.actor(permission))
    return (replace(asking, request=f"r{number}", key=f"r{number}") for number in itertools.count())


def by_verb(world: MemoryService, wanted: Wanted) -> Work:
    each = askings(world, wanted.permission)
    reached = reach(caller_of(OFFICER, EXPECTED, now=NOW), wanted.permission)
    verbs = {"read": _reading, "search": _searching, "categorise": _categorising}
    return verbs[wanted.door](world, each, reached)


def _reading(world: MemoryService, each: Iterator[Asking], reached: Reach) -> Work:
    clip = first_clip(world)

    async def work() -> bytes:
        await read(clip, reach=reached, asking=next(each), records=world.records)
        return b""

    return work


def _searching(world: MemoryService, each: Iterator[Asking], reached: Reach) -> Work:
    asked = ClipFilter(reach=reached)

    async def work() -> bytes:
        await search(asked, after=None, limit=CLIPS, asking=next(each), records=world.records)
        return b""

    return work


def _categorising(world: MemoryService, each: Iterator[Asking], reached: Reach) -> Work:
    clip, said = first_clip(world), Category(name="other", evidential=Evidential.NO, why="it is another")
    version = ""

    async def work() -> bytes:
        nonlocal version
        version = version or await _version_of(world, clip)
        held = await categorise(clip, said, version=version, reach=reached, asking=next(each), records=world.records)
        version = held.version
        return b""

    return work


async def _version_of(world: MemoryService, clip: ClipId) -> str:
    held = await world.records.clip(clip)
    assert held is not None
    return held.version


def at_door(world: MemoryService, wanted: Wanted) -> Work:
    headers, clip = _headers(), first_clip(world)
    route = {"id": clip} if "{id}" in wanted.route else {}
    wiring.services = lambda: world  # type: ignore[assignment]

    async def work() -> bytes:
        request = func.HttpRequest(
            method=DOORS[wanted.door].method,
            url=f"https://continuity.test/api/{wanted.route}",
            headers=headers,
            route_params=route,
            body=wanted.body,
        )
        answer = await user_function(wanted.door)(request, world.invocation())
        assert answer.status_code == 200, answer.get_body()
        if wanted.changes:
            headers["If-Match"] = answer.headers["ETag"]
        content: bytes = answer.get_body()
        return content

    return _from_the_version_shown(work, headers, world, wanted)


def at_peer(world: MemoryService, wanted: Wanted, *, ready: bool) -> Work:
    app, headers = peer_of(world, ready=ready), _headers()
    path = f"/api/{wanted.route}".replace("{id}", first_clip(world))

    async def work() -> bytes:
        sent = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        status, answered, content = await called(app, DOORS[wanted.door].method, path, sent, wanted.body)
        assert status == 200, content
        if wanted.changes:
            headers["If-Match"] = answered[b"etag"].decode()
        return content

    return _from_the_version_shown(work, headers, world, wanted)


def _headers() -> dict[str, str]:
    return {
        "Authorization": f"Bearer {token(OFFICER)}",
        "Content-Type": "application/json",
        "X-Forwarded-For": "192.0.2.17",
    }


def _from_the_version_shown(work: Work, headers: dict[str, str], world: MemoryService, wanted: Wanted) -> Work:
    """The first change is made on the version that the clip shows."""
    if not wanted.changes:
        return work

    async def begun() -> bytes:
        if "If-Match" not in headers:
            shown = await at_peer(world, REQUESTS[0], ready=True)()
            headers["If-Match"] = f'"{json.loads(shown)["version"]}"'
        return await work()

    return begun


WAYS: Mapping[str, Way] = {
    "verb": by_verb,
    "door": at_door,
    "fastapi": lambda world, wanted: at_peer(world, wanted, ready=False),
    "fastapi_ready": lambda world, wanted: at_peer(world, wanted, ready=True),
}


async def agree(wanted: Wanted) -> None:
    """Raises AssertionError if the doors do not answer the same, but for the version that a change makes."""
    world = a_world()
    answers: list[dict[str, Any]] = [
        json.loads(await WAYS[way](world, wanted)()) for way in ("door", "fastapi", "fastapi_ready")
    ]
    told = [{**answer, "version": None} for answer in answers]
    assert all(answer == told[0] for answer in told), f"{wanted.what}: the doors differ"
