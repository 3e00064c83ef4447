"""Clips read a second at the door of the running host, by 1, 8 and 32 clients. `python -m bench.reading`

Host, servers and clients share this machine. Each client is a supervisor with a session of their own, who reads one
clip after the other, each client other clips; each read is four calls of the local Cosmos server (session, clip, trail,
the entry). `alive` is the same client at /api/health, which asks nothing of anybody: what host, loop and client can do
at all.
"""

import asyncio
import itertools
import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import aiohttp

from bench.bare import bare
from bench.served import measured, served
from bench.stock import stocked
from bench.table import keep, show
from local.docking.figures import percentile
from local.tokens import mint
from tests.builders import BOROUGH

CLIENTS, CLIPS = (1, 8, 32), 512
MOST, SECONDS = 3_000, 8.0  # requests of one measurement, and how long it may take
WARM = 1.0


async def measure() -> list[dict[str, object]]:
    async with bare() as store:
        clips = list(stocked(0, CLIPS, now=datetime.now(UTC)))
        await store.fill(clips)
    tokens = await asyncio.gather(*(asyncio.to_thread(_supervisor, number) for number in range(max(CLIENTS))))
    reads = [f"/api/footage/{clip.id}" for clip in clips]
    await _asked(reads, tokens, seconds=WARM)  # what a process pays once, and every supervisor's session
    rows = []
    for clients in CLIENTS:
        alive = await _asked(["/api/health"] * CLIPS, tokens[:clients], seconds=SECONDS / 2)
        read = await _asked(reads, tokens[:clients], seconds=SECONDS)
        rows.append({"clients": clients, **read, **{f"alive_{name}": value for name, value in alive.items()}})
    return rows


def _supervisor(number: int) -> str:
    return mint(os.environ, role="supervisor", officer=f"S{number:03}", borough=BOROUGH)


async def _asked(paths: list[str], tokens: list[str], *, seconds: float) -> dict[str, object]:
    """A client for each token, on a connection of its own, until the time is over or enough was asked."""
    taken, left, until = list[float](), iter(range(MOST)), time.perf_counter() + seconds

    async def client(number: int) -> None:
        async with aiohttp.ClientSession(
            os.environ["PUBLIC_BASE_URL"], headers={"Authorization": f"Bearer {tokens[number]}"}, raise_for_status=True
        ) as session:
            for path in _of_client(paths, number, len(tokens)):
                if time.perf_counter() > until or next(left, None) is None:
                    return
                began = time.perf_counter()
                async with session.get(path) as answer:
                    await answer.read()
                taken.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(client(number) for number in range(len(tokens))))
    rate = len(taken) / (time.perf_counter() - began)
    middle, late = (round((percentile(taken, percent) or 0.0) * 1000) for percent in (50, 95))
    return {"requests": len(taken), "per_s": round(rate), "p50_ms": middle, "p95_ms": late}


def _of_client(paths: list[str], number: int, clients: int) -> Iterator[str]:
    """Over and over, paths that no other client asks for: two at one clip would wait for each other's entries."""
    return itertools.cycle(paths[number::clients])


def main() -> int:
    with served() as stack:
        rows = measured("bench.reading", "measure", stack=stack)
    for row in rows:
        row["read_over_alive"] = round(row["per_s"] / row["alive_per_s"], 2)
    show("reading clips at the door of the local host", rows)
    keep("reading", rows)
    return 0


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(asyncio.run(measure())))
    else:
        sys.exit(main())
