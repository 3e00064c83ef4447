"""A page of fifty out of 1,000 to 100,000 clips, on the local Cosmos server. `python -m bench.searching`

That server has no indexes: it goes through every document it holds for every query, in JavaScript, and sorts what is
left. So the time grows with the store here, and does not say what it is in Azure. What is ours is told apart:

  bare    the same query text and values, posted by a client that only sends and reads back: the server's own time
  port    Records.search: the SDK, and documents made into clips
  verb    search: that, and the entry of what was shown (one read, one transaction)

Each in turn, milliseconds of the wall, the middle one of the rounds; `worst` is the verb's slowest.
"""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

from bench.bare import Bare, bare
from bench.served import measured, servers
from bench.stock import stocked
from bench.table import keep, show
from shared.adapters.cosmos.searching import searching
from shared.domain.access import Reach
from shared.ports import ClipFilter, Order, Place, Records, place_in
from shared.settings import read_settings
from shared.usecases.search import search
from shared.wiring import Wired
from tests.builders import BOROUGH, OFFICER, an_asking, fresh_id

ROUNDS = {1_000: 15, 10_000: 15, 100_000: 7}  # clips: how often each is timed
PAGE, PAGES = 50, (1, 20)
REACHES = {"own": Reach(officer=OFFICER), "borough": Reach(borough=BOROUGH)}
Ask = Callable[[], Awaitable[list[str]]]
Figures = dict[str, object]


async def measure() -> list[Figures]:
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # the service's clients end with the process
    records, now, held, rows = Wired(read_settings()).records, datetime.now(UTC), 0, list[Figures]()
    async with bare() as peer:
        for clips, rounds in ROUNDS.items():
            began = time.perf_counter()
            await peer.fill(stocked(held, clips, now=now))
            rate, held = (clips - held) / (time.perf_counter() - began), clips
            print(f"{clips} clips, filled at {rate:.0f} a second", file=sys.stderr, flush=True)
            rows += [{"clips": clips, **row} for row in await _of_this_store(records, peer, rounds)]
    return rows


async def _of_this_store(records: Records, peer: Bare, rounds: int) -> list[Figures]:
    rows = list[Figures]()
    for whose, reach in REACHES.items():
        for order in Order:
            wanted = ClipFilter(reach=reach, order=order)
            for page in PAGES:
                after = await _place_before(page, wanted, records)
                figures = await _compared(wanted, after, records, peer, rounds)
                rows.append({"whose": whose, "order": order.value, "page": page, **figures})
    return rows


async def _place_before(page: int, wanted: ClipFilter, records: Records) -> Place | None:
    before = (page - 1) * PAGE
    if before == 0:
        return None
    found = await records.search(wanted, after=None, limit=before)
    return place_in(wanted.order, found[-1].record)


async def _compared(
    wanted: ClipFilter, after: Place | None, records: Records, peer: Bare, rounds: int
) -> dict[str, object]:
    """The three ways in turn, one more in front that does not count; all find the same clips."""
    query = searching(wanted, after)
    assert query is not None

    async def by_peer() -> list[str]:
        return [str(row["id"]) for row in await peer.query(query, PAGE + 1)][:PAGE]

    async def by_port() -> list[str]:
        return [str(held.record.id) for held in await records.search(wanted, after=after, limit=PAGE + 1)][:PAGE]

    async def by_verb() -> list[str]:
        asking = an_asking(at=datetime.now(UTC), key=fresh_id())
        found, _ = await search(wanted, after=after, limit=PAGE, asking=asking, records=records)
        return [str(held.record.id) for held in found]

    ways: Mapping[str, Ask] = {"bare": by_peer, "port": by_port, "verb": by_verb}
    taken = await _in_turn(ways, rounds)
    middle = {way: statistics.median(each) for way, each in taken.items()}
    return {
        **{f"{way}_ms": round(each, 1) for way, each in middle.items()},
        "worst_ms": round(max(taken["verb"]), 1),
        "verb_over_bare": round(middle["verb"] / middle["bare"], 2),
        "ours_ms": round(middle["verb"] - middle["bare"], 1),
    }


async def _in_turn(ways: Mapping[str, Ask], rounds: int) -> dict[str, list[float]]:
    taken = {way: list[float]() for way in ways}
    for turn in range(rounds + 1):
        found = []
        for way, ask in ways.items():
            began = time.perf_counter()
            found.append(await ask())
            if turn:
                taken[way].append((time.perf_counter() - began) * 1000)
        assert len(found[0]) == PAGE
        assert all(clips == found[0] for clips in found), "the ways did not find the same"
    return taken


def main() -> int:
    with servers() as stack:
        rows = measured("bench.searching", "measure", stack=stack)
    show(f"search, a page of {PAGE}, on the local Cosmos server, which has no indexes", rows)
    keep("searching", rows)
    return 0


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(asyncio.run(measure())))
    else:
        sys.exit(main())
