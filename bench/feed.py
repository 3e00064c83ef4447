"""The OData feed at the door of the running host, over 1,000 to 100,000 entries. `python -m bench.feed`

First a page of 5,000 rows without the store (bench/feed_page.py). Then on the local stack, by one client that takes
gzip:

  filtered pages  a hundred rows of each question, milliseconds, the middle one of the rounds; `bare` is the same query
                  posted by a client that only sends and reads back: the server's own time
  a full reading  every entry, by its links, each page of 5,000; rows a second, and then the same pages by `bare`

The local Cosmos server has no indexes: for every page it goes through all that it holds and sorts it. So its part grows
with the store, and says nothing of Azure; what is left when it is taken off is the host's, the app's and the client's.
Bar: a page of 5,000 rows takes at most three times the CPU of json and gzip alone.
"""

import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
from azure.cosmos.aio import CosmosClient
from azure.identity.aio import DefaultAzureCredential

from bench import feed_page
from bench.bare import Bare, bare
from bench.served import measured, served
from bench.table import keep, show
from functions.feed_asking import PAGE
from local.tokens import mint
from shared.adapters.cosmos.feed import paging
from shared.domain.document import timestamp
from shared.domain.odata.bounds import watermark
from shared.domain.odata.options import parsed_options
from shared.domain.odata.sets import AUDIT_ENTRIES
from shared.ports import Last, Rows
from shared.wiring import CONTAINER, DATABASE
from tests.plenty import BOROUGHS, entries, write

STEPS = {1_000: 9, 10_000: 9, 100_000: 5}  # entries: how often each page is timed
FEW, MOST_TIMES = 100, 3.0
ADDRESS = "/api/odata/AuditEntries"
Figures = dict[str, object]


def questions(until: datetime, subject: str) -> Mapping[str, str]:
    week, day = timestamp(until - timedelta(days=7)), (until - timedelta(days=3)).date().isoformat()
    return {
        "the newest": "action ne null",
        "about a clip": f"subject eq '{subject}'",
        "a week of a borough": f"borough eq '{BOROUGHS[3]}' and occurredAt ge {week}",
        "a day in London": f"localDate eq {day}",
        "words of a reason": "contains(reasonText,'O''Brien')",
    }


async def measure() -> dict[str, list[Figures]]:
    until, filled = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1), 0
    pages, readings = list[Figures](), list[Figures]()
    token = await asyncio.to_thread(mint, os.environ, role="auditor", officer="9009")
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}
    async with bare() as peer, aiohttp.ClientSession(headers=headers, raise_for_status=True) as session:
        for held, rounds in STEPS.items():
            await _filled(filled, held, until)
            filled = held
            pages += [{"entries": held, **row} for row in await _pages(session, peer, until, rounds)]
        readings += [{"entries": filled, **await _reading(session, peer, way)} for way in ("occurredAt desc", "id")]
    return {"pages": pages, "readings": readings}


async def _filled(first: int, last: int, until: datetime) -> None:
    began = time.perf_counter()
    async with (
        DefaultAzureCredential() as credential,
        CosmosClient(os.environ["COSMOS_ENDPOINT"], credential) as client,
    ):
        container = client.get_database_client(DATABASE).get_container_client(CONTAINER)
        await write(container, entries(first, last, until=until))
    rate = (last - first) / (time.perf_counter() - began)
    print(f"{last} entries, filled at {rate:.0f} a second", file=sys.stderr, flush=True)


async def _pages(session: aiohttp.ClientSession, peer: Bare, until: datetime, rounds: int) -> list[Figures]:
    subject = str(next(entries(0, 1, until=until))["subject"])
    rows = list[Figures]()
    for what, said in questions(until, subject).items():
        at_door, by_peer, found = list[float](), list[float](), 0
        for _ in range(rounds):
            began = time.perf_counter()
            found = len((await _got(session, _address({"$filter": said, "$top": str(FEW)})))["value"])
            at_door.append(time.perf_counter() - began)
            by_peer.append(await _barely(peer, {"$filter": said}, None, FEW))
        door, bare_ms = (round(statistics.median(each) * 1000, 1) for each in (at_door, by_peer))
        rows.append(
            {"question": what, "rows": found, "door_ms": door, "bare_ms": bare_ms, "ours_ms": round(door - bare_ms, 1)}
        )
    return rows


def _address(options: Mapping[str, str]) -> str:
    return f"{os.environ['PUBLIC_BASE_URL']}{ADDRESS}?{urlencode(options, quote_via=quote)}"


async def _got(session: aiohttp.ClientSession, address: str) -> dict[str, Any]:
    async with session.get(address) as answer:
        return dict(json.loads(await answer.read()))


async def _barely(peer: Bare, options: Mapping[str, str], after: Last | None, limit: int) -> float:
    """Seconds of the same page by a client that does nothing with it."""
    said = parsed_options(options.items(), AUDIT_ENTRIES)
    asked = Rows(entities=AUDIT_ENTRIES, until=watermark(datetime.now(UTC)), filter=said.filter)
    query = paging(asked, said.order, after=after, skip=0, limit=limit)
    began = time.perf_counter()
    await peer.query(query, limit)
    return time.perf_counter() - began


async def _reading(session: aiohttp.ClientSession, peer: Bare, order: str) -> Figures:
    """All of it by its links; then its pages again, by the peer, who is told where each begins."""
    address: str | None = _address({"$orderby": order})
    began, pages = time.perf_counter(), list[list[dict[str, Any]]]()
    while address:
        page = await _got(session, address)
        pages.append(page["value"])
        address = page.get("@odata.nextLink")
    seconds = time.perf_counter() - began
    read = [row["id"] for page in pages for row in page]
    assert len(read) == len(set(read)), "a row came twice"
    by = parsed_options([("$orderby", order)], AUDIT_ENTRIES).order
    lasts = [None, *(Last(str(page[-1][by.column.name]), page[-1]["id"]) for page in pages[:-1])]
    by_peer = sum([await _barely(peer, {"$orderby": order}, last, PAGE + 1) for last in lasts])
    return {
        "order": order,
        "rows": len(read),
        "pages": len(pages),
        "seconds": round(seconds, 1),
        "rows_per_s": round(len(read) / seconds),
        "bare_s": round(by_peer, 1),
        "ours_s": round(seconds - by_peer, 1),
    }


def main() -> int:
    page = feed_page.main_rows()
    with served() as stack:
        found = measured("bench.feed", "measure", stack=stack)
    show(f"a page of {PAGE} rows, every port in memory", page)
    show(f"a filtered page of at most {FEW}, on the local Cosmos server, which has no indexes", found["pages"])
    show("the whole feed, read by its links", found["readings"])
    keep("feed_page", page)
    keep("feed", [*found["pages"], *found["readings"]])
    kept = all(float(str(row["door_over_json_gzip"])) <= MOST_TIMES for row in page)
    print(f"a page within {MOST_TIMES:g} times json and gzip alone: {'kept' if kept else 'MISSED'}")
    return 0 if kept else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(asyncio.run(measure())))
    else:
        sys.exit(main())
