"""What the front desk costs over the bare verb: `python -m bench.doors`.

Every port is in memory, so that what is left is our own work: recognising the caller (an RS256 signature verified by
`cryptography`), the right, parsing, the verb with its entry and commitment, and the answer as JSON. CPU microseconds
a call, the best round of several; the token verification is shown apart, because it is most of it and not ours.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

import azure.functions as func

from bench.table import keep, show
from functions.asking import stranger
from shared import wiring
from shared.domain.access import Permission, reach
from shared.domain.claims import caller as caller_of
from shared.domain.entry import Asking
from shared.ports import ClipFilter
from shared.usecases.read import read
from shared.usecases.search import search
from tests.builders import NOW, a_clip, fresh_id
from tests.functions.directory import EXPECTED, person, token
from tests.functions.opened import DOORS, user_function
from tests.functions.world import MemoryService

ROUNDS, CALLS, CLIPS = 7, 300, 50
Work = Callable[[], Awaitable[object]]


async def timed(make: Callable[[], Work]) -> float:
    """CPU microseconds a call, best of the rounds; each round on a world of its own, for trails grow."""
    rounds = []
    for _ in range(ROUNDS):
        work = make()
        begun = time.process_time()
        for _ in range(CALLS):
            await work()
        rounds.append((time.process_time() - begun) / CALLS * 1e6)
    return min(rounds)


async def measured() -> list[Mapping[str, object]]:
    verify = MemoryService()
    signed = token(person("officer"))
    verification = await timed(lambda: lambda: verify.tokens.claims(signed))
    rows: list[Mapping[str, object]] = [{"what": "verify the token", "bare_us": "", "door_us": round(verification)}]
    rows.append(await compared("read a clip", "read", _read, verification))
    rows.append(await compared(f"search, a page of {CLIPS}", "search", _search, verification))
    return rows


async def compared(
    what: str, door: str, bare: Callable[[MemoryService, Asking], Work], verification: float
) -> Mapping[str, object]:
    """The verb alone, and the same through its door."""

    def alone() -> Work:
        world = _world()
        return bare(world, _asking(world))

    def behind() -> Work:
        world = _world()
        wiring.services = lambda: world  # type: ignore[assignment]
        return _through(world, door)

    bare_us, door_us = await timed(alone), await timed(behind)
    over = door_us - bare_us
    return {
        "what": what,
        "bare_us": round(bare_us),
        "door_us": round(door_us),
        "over_us": round(over),
        "over_without_token_us": round(over - verification),
    }


def _through(service: MemoryService, door: str) -> Work:
    """One request, knocked with again and again; each call is an invocation of its own."""
    request = func.HttpRequest(
        method="GET",
        url=f"https://continuity.test/api/{DOORS[door].route}",
        headers={"Authorization": f"Bearer {token(person('officer'))}"},
        params={},
        route_params={"id": _first(service)} if door == "read" else {},
        body=b"",
    )

    async def work() -> None:
        answer = await user_function(door)(request, service.invocation())
        assert answer.status_code == 200

    return work


def _world() -> MemoryService:
    service = MemoryService()
    for _ in range(CLIPS):
        service.hold(a_clip(id=fresh_id()))
    return service


def _first(service: MemoryService) -> str:
    return next(record.id for record in service.records.everything() if record.kind == "clip")


def _asking(service: MemoryService) -> Asking:
    request = func.HttpRequest(method="GET", url="/", body=b"")
    return stranger(request, request_id="bench", now=NOW, seed=service.seed())


def _read(service: MemoryService, asking: Asking) -> Work:
    caller = caller_of(person("officer"), EXPECTED, now=NOW)
    reached, clip, number = reach(caller, Permission.SEE), _first(service), iter(range(10**9))

    async def work() -> None:
        each = replace(asking, actor=caller.actor(Permission.SEE), request=str(next(number)))
        await read(clip, reach=reached, asking=each, records=service.records)  # type: ignore[arg-type]

    return work


def _search(service: MemoryService, asking: Asking) -> Work:
    caller = caller_of(person("officer"), EXPECTED, now=NOW)
    asked, number = ClipFilter(reach=reach(caller, Permission.SEE)), iter(range(10**9))

    async def work() -> None:
        each = replace(asking, actor=caller.actor(Permission.SEE), request=str(next(number)))
        await search(asked, after=None, limit=CLIPS, asking=each, records=service.records)

    return work


def main() -> int:
    rows = asyncio.run(measured())
    wide = [{**dict.fromkeys(rows[-1], ""), **row} for row in rows]
    show("the front desk over the bare verb: CPU microseconds a call, every port in memory", wide)
    keep("doors", wide)
    return 0


if __name__ == "__main__":
    sys.exit(main())
