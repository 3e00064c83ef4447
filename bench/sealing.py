"""Sealing, every entry of it: `python -m bench.sealing`

On the local stack, real Azurite and the local Cosmos server, for trails of 1 and of 20 entries each:
  sealed_per_s  entries a second, from the first look at the head to the published checkpoint (bar 2,000)
  per_cpu_s     entries for each second of this process's CPU till then: what it could do if no server made it wait
  told_per_s    and what comes after it, reported apart: each entry is told its leaf, a transaction a trail
Then where that time goes, by the steps of usecases/seal.py. `cpu` is this process's; what a step takes beyond it is the
servers'. `bare` is the query for what waits, put by a client that only sends and reads back.

At last the cost of one more seal on trees of 10^3 to 10^7 leaves (bench/right_edge.py). It is to be flat: for no tree
more than 1.5 times what it is for the smallest.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from bench import right_edge
from bench.bare import bare
from bench.served import measured, servers
from bench.steps import Steps
from bench.table import keep, show
from functions.seal import AT_ONCE
from shared.adapters.cosmos.queries import pending
from shared.domain.daily_counts import DailyCount
from shared.domain.entry import Trail, numbered
from shared.domain.seal import Head, Sealing
from shared.ports import Create, Write
from shared.settings import read_settings
from shared.usecases.seal import MOST, seal
from shared.usecases.side_by_side import each
from shared.wiring import Wired
from tests.builders import a_draft, an_asking, fresh_id

A_TRAIL, ROUNDS = (1, 20), 2
LEAST_PER_S = 2_000
PUBLISHED = "5 head: published"
READS = {
    "ledger_head": "1 head",
    "pending": "2 entries read",
    "sealing": "2 batch read back",
    "read": "2 and 4 files read",
    "verifiers": "2 and 4 keys",
    "ledger_signer": "5 signer",
    "daily_counts": "6 counts read",
    "pending_of": "6 entries read",
    "oldest_pending": "what waits still",
    "count": "what waits still",
}


def step(name: str, args: tuple[Any, ...]) -> str:
    if name == "keep":
        return "5 checkpoint" if args[0].startswith("checkpoint/") else "4 files kept"
    return _written(*args) if name == "write" else READS[name]  # KeyError: a call that no step knows yet


def _written(_pk: str, writes: list[Write]) -> str:
    record = writes[0].record
    if isinstance(record, Head):
        done = record.checkpointed == record.size, record.finished == record.size
        return {(False, False): "3 head: committed", (True, False): PUBLISHED, (True, True): "6 head: told"}[done]
    if isinstance(record, DailyCount):
        return "6 entries counted"
    return "2 batch written" if isinstance(record, Sealing) else "6 entries told"


def trails(entries: int, a_trail: int, at: datetime) -> Iterator[tuple[str, list[Write]]]:
    for _ in range(entries // a_trail):
        pk, writes = fresh_id(), list[Write]()
        trail: Trail | None = None
        for number in range(a_trail):
            entry, trail = numbered(a_draft(pk=pk, asking=an_asking(request=str(number), at=at)), trail)
            writes.append(Create(entry))
        yield pk, writes


async def enter(services: Wired, entries: int, a_trail: int) -> float:
    """Entries a second."""
    at, began = datetime.now(UTC) - timedelta(minutes=1), time.perf_counter()

    await each([partial(services.records.write, *trail) for trail in trails(entries, a_trail, at)], AT_ONCE)
    return entries / (time.perf_counter() - began)


async def sealed(services: Wired, a_trail: int) -> dict[str, Any]:
    """One batch, as large as they are, and how long each step of it took."""
    entered, bare_seconds = await enter(services, MOST, a_trail), await _barely()
    steps, began, cpu = Steps(), time.perf_counter(), time.process_time()
    report = await seal(
        asking=an_asking(at=services.now(), key=f"bench {began}"),
        now=services.now,
        origin=services.log_origin,
        records=steps.through(services.records, step),
        feed=steps.through(services.feed, step),
        files=steps.through(services.ledger, step),
        keys=steps.through(services.keys, step),
        check=services.check,
        out_of_time=lambda: False,
        at_once=AT_ONCE,
    )
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    assert report.sealed == MOST
    published = steps[PUBLISHED].ended - began
    taken = {name: (one.calls, one.seconds, one.cpu) for name, one in sorted(steps.items())}
    taken["between: ours"] = (0, seconds - steps.seconds, cpu - steps.cpu)
    taken["2 entries read, bare"] = (1, bare_seconds, 0.0)
    return {"entered": entered, "published": published, "told": seconds - published, "steps": taken}


async def _barely() -> float:
    async with bare() as client:
        began = time.perf_counter()
        rows = await client.query(pending(datetime.now(UTC)), MOST)
        assert len(rows) == MOST
        return time.perf_counter() - began


async def measure() -> list[list[dict[str, Any]]]:
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # the service's clients end with the process
    services = Wired(read_settings())
    await sealed(services, A_TRAIL[-1])  # what it takes once: connections, tokens, the signing key
    return [[await sealed(services, a_trail) for _ in range(ROUNDS)] for a_trail in A_TRAIL]


def rate_row(a_trail: int, runs: list[dict[str, Any]]) -> dict[str, object]:
    best = min(runs, key=lambda run: run["published"])
    worst = max(run["published"] for run in runs)
    cpu = sum(spent for name, (_, _, spent) in best["steps"].items() if not name.startswith("6 "))
    return {
        "entries": MOST,
        "a_trail": a_trail,
        "entered_per_s": round(best["entered"]),
        "sealed_per_s": round(MOST / best["published"]),
        "worst_per_s": round(MOST / worst),
        "per_cpu_s": round(MOST / cpu),
        "told_per_s": round(MOST / min(run["told"] for run in runs)),
        "calls": sum(calls for calls, _, _ in best["steps"].values()),
    }


def step_rows(a_trail: int, runs: list[dict[str, Any]]) -> list[dict[str, object]]:
    best = min(runs, key=lambda run: run["published"])
    return [
        {"a_trail": a_trail, "step": name, "calls": calls, "ms": round(1000 * wall, 1), "cpu_ms": round(1000 * cpu, 1)}
        for name, (calls, wall, cpu) in best["steps"].items()
    ]


def main() -> int:
    with servers() as stack:
        found = measured("bench.sealing", "measure", stack=stack)
    rates = [rate_row(a_trail, runs) for a_trail, runs in zip(A_TRAIL, found, strict=True)]
    steps = [row for a_trail, runs in zip(A_TRAIL, found, strict=True) for row in step_rows(a_trail, runs)]
    more = asyncio.run(right_edge.compared())
    show(f"sealing {MOST} entries on the local stack, as they fill one batch", rates)
    show("where that time goes", steps)
    show("one more seal, every port in memory", more)
    keep("sealing", [*rates, *steps])
    keep("sealing_larger", more)
    fast = all(int(str(row["sealed_per_s"])) >= LEAST_PER_S for row in rates)
    flat = right_edge.is_flat(more)
    print(f"{LEAST_PER_S} a second to the checkpoint: {_said(fast)}; one more seal is flat: {_said(flat)}")
    return 0 if fast and flat else 1


def _said(kept: bool) -> str:  # noqa: FBT001 - the one thing it is about
    return "kept" if kept else "MISSED"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(asyncio.run(measure())))
    else:
        sys.exit(main())
