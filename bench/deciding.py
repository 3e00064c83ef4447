"""A hundred clips categorised at the running host's door: in one request, in a hundred. `python -m bench.deciding`

Each way has clips of its own, which nobody touched, in the real local store; each decision is the same, with its entry.
  one      POST /api/footage/categories of all hundred
  singles  PUT /api/footage/{id}/category, one after the other on one connection
  eight    the same, eight at a time on eight connections: as many as the one request has on their way at once
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import aiohttp

from bench.bare import bare
from bench.served import measured, served
from bench.stock import stocked
from bench.table import keep, show
from functions.parsing import version_out
from local.tokens import mint
from shared.usecases.categorise_many import AT_ONCE

CLIPS, ROUNDS = 100, 3
SAID = {"category": "stop-and-search", "evidential": "no", "reason": "searched under section 1 PACE, nothing found"}
Shown = tuple[str, str]  # a clip and the version of it that its officer saw


async def one(session: aiohttp.ClientSession, clips: Sequence[Shown]) -> None:
    body = {"clips": [{"id": clip, "version": version, **SAID} for clip, version in clips]}
    async with session.post("/api/footage/categories", json=body) as answer:
        results = (await answer.json())["results"]
    assert [result["status"] for result in results] == [200] * len(clips)


async def singles(session: aiohttp.ClientSession, clips: Sequence[Shown]) -> None:
    for clip, version in clips:
        path = f"/api/footage/{clip}/category"
        async with session.put(path, json=SAID, headers={"If-Match": f'"{version}"'}) as answer:
            await answer.read()


async def eight(session: aiohttp.ClientSession, clips: Sequence[Shown]) -> None:
    await asyncio.gather(*(singles(session, clips[number::AT_ONCE]) for number in range(AT_ONCE)))


WAYS: dict[str, Callable[[aiohttp.ClientSession, Sequence[Shown]], Awaitable[None]]] = {
    "one": one,
    "singles": singles,
    "eight": eight,
}


async def measure() -> dict[str, list[float]]:
    """Milliseconds of each round of each way, taken in turn; one round in front does not count."""
    signed = mint(os.environ, role="evidence-manager", officer="9001")
    taken = {way: list[float]() for way in WAYS}
    async with aiohttp.ClientSession(
        os.environ["PUBLIC_BASE_URL"], headers={"Authorization": f"Bearer {signed}"}, raise_for_status=True
    ) as session:
        for turn in range(ROUNDS + 1):
            for number, way in enumerate(WAYS):
                clips = await _untouched(turn * len(WAYS) + number)
                began = time.perf_counter()
                await WAYS[way](session, clips)
                if turn:
                    taken[way].append((time.perf_counter() - began) * 1000)
    return taken


async def _untouched(batch: int) -> list[Shown]:
    clips = [*stocked(batch * CLIPS, (batch + 1) * CLIPS, now=datetime.now(UTC))]
    async with bare() as store:
        versions = await store.fill(clips)
    return [(clip.id, version_out(version)) for clip, version in zip(clips, versions, strict=True)]


def main() -> int:
    with served() as stack:
        taken: dict[str, list[float]] = measured("bench.deciding", "measure", stack=stack)
    best = {way: min(each) for way, each in taken.items()}
    rows = [
        {
            "way": way,
            "clips": CLIPS,
            "best_ms": round(best[way]),
            "worst_ms": round(max(each)),
            "ms_a_clip": round(best[way] / CLIPS, 1),
            "over_one": round(best[way] / best["one"], 2),
        }
        for way, each in taken.items()
    ]
    show(f"{CLIPS} clips categorised at the door of the local host", rows)
    keep("deciding", rows)
    return 0


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(asyncio.run(measure())))
    else:
        sys.exit(main())
