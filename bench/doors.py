"""What the front desk costs over the bare verb, and beside the same route in FastAPI: `python -m bench.doors`.

Every port is in memory, so that what is left is work of this process. CPU microseconds a call, the best of several
rounds, the ways taken in turn:
  verb           gather, decide, apply, with the entry and its commitment
  door           our front desk before it: token, session, right, parsing, and the answer as JSON
  fastapi        the same in FastAPI, which also writes the answer (bench/fastapi_peer.py)
  fastapi_ready  the same with the answer written before FastAPI gets it
Sockets and the worker or server are in none of them; FastAPI's own routing is, ours is the host's. Then, step by step,
where the time at our door goes.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Mapping

import azure.functions as func

from bench.table import keep, show
from bench.ways import OFFICER, REQUESTS, WAYS, Wanted, Way, a_world, agree, askings
from functions.attending import attended
from functions.parsing import parsed_body, parsed_query
from functions.shown import ShownClip, ShownClips
from shared.domain.claims import caller as caller_of
from shared.domain.footage import Clip
from shared.ports import Held
from tests.builders import NOW
from tests.functions.directory import EXPECTED, token
from tests.functions.opened import DOORS
from tests.functions.world import MemoryService

ROUNDS, CALLS = 5, 200
Step = Callable[[], Awaitable[object]]
Make = Callable[[], Step]


async def best_of(made: Mapping[str, Make]) -> dict[str, float]:
    """CPU microseconds a call of each, best of the rounds; each round on a world of its own, for trails grow."""
    taken = {name: list[float]() for name in made}
    for _ in range(ROUNDS):
        for name, make in made.items():
            step = make()
            await step()
            begun = time.process_time()
            for _ in range(CALLS):
                await step()
            taken[name].append((time.process_time() - begun) / CALLS * 1e6)
    return {name: min(each) for name, each in taken.items()}


async def compared(wanted: Wanted) -> tuple[dict[str, object], dict[str, object]]:
    """The request in every way, and the steps of it at our door."""
    await agree(wanted)
    ways = await best_of({name: _making(way, wanted) for name, way in WAYS.items()})
    steps = await best_of(_steps(wanted))
    rest = ways["door"] - ways["verb"] - sum(steps.values())
    row = {
        "what": wanted.what,
        **{f"{way}_us": round(each) for way, each in ways.items()},
        "door_over_verb": round(ways["door"] / ways["verb"], 2),
        "door_over_fastapi": round(ways["door"] / ways["fastapi"], 2),
        "door_over_ready": round(ways["door"] / ways["fastapi_ready"], 2),
    }
    of_step = {**steps, "verb": ways["verb"], "rest": rest, "door": ways["door"]}
    return row, {"what": wanted.what, **{f"{name}_us": round(each) for name, each in of_step.items()}}


def _making(way: Way, wanted: Wanted) -> Make:
    return lambda: way(a_world(), wanted)


def _steps(wanted: Wanted) -> dict[str, Make]:
    return {
        "token": lambda: _verifying(a_world()),
        "caller": _recognising,
        "session": lambda: _attending(a_world(), wanted),
        "parsing": lambda: _parsing(wanted),
        "answer": lambda: _answering(a_world(), wanted),
    }


def _verifying(world: MemoryService) -> Step:
    signed = token(OFFICER)
    return lambda: world.tokens.claims(signed)


def _recognising() -> Step:
    async def step() -> None:
        caller_of(OFFICER, EXPECTED, now=NOW)

    return step


def _attending(world: MemoryService, wanted: Wanted) -> Step:
    caller, each = caller_of(OFFICER, EXPECTED, now=NOW), askings(world, wanted.permission)
    return lambda: attended(caller, next(each), world)


def _parsing(wanted: Wanted) -> Step:
    door = DOORS[wanted.door]
    request = func.HttpRequest(method=door.method, url="/", body=wanted.body)

    async def step() -> None:
        if door.query:
            parsed_query(door.query, request)
        if door.body:
            parsed_body(door.body, request)

    return step


def _answering(world: MemoryService, wanted: Wanted) -> Step:
    held = [Held(record, "1") for record in world.records.everything() if isinstance(record, Clip)]

    async def step() -> None:
        if wanted.door == "search":
            ShownClips(clips=tuple(ShownClip.of(each) for each in held), next=None).model_dump_json(by_alias=True)
        else:
            ShownClip.of(held[0]).model_dump_json(by_alias=True)

    return step


async def measured() -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    both = [await compared(wanted) for wanted in REQUESTS]
    return [row for row, _ in both], [steps for _, steps in both]


def main() -> int:
    rows, steps = asyncio.run(measured())
    show("the front desk: CPU microseconds a call, every port in memory", rows)
    show("where they go at our door", steps)
    keep("doors", rows)
    keep("desk", steps)
    return 0


if __name__ == "__main__":
    sys.exit(main())
