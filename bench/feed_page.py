"""A page of 5,000 rows at the feed's door, every port in memory: where its CPU goes, beside json and gzip alone.

CPU milliseconds, the best of several rounds in turn:
  json_gzip  the finished rows, written and packed by the standard library: what no feed of these rows can go below
  rows       the stored documents made into rows
  door       all of it: token, session, right, the question read and entered, rows, page token, answer packed
The store's part, which reads the documents, is in none of them (bench/feed.py).
"""

import asyncio
import gzip
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import azure.functions as func

from functions.feed import GZIP_LEVEL
from functions.feed_asking import PAGE
from shared import wiring
from shared.domain.odata.columns import Document
from shared.domain.odata.rows import rows
from shared.domain.odata.sets import AUDIT_ENTRIES
from tests.builders import NOW
from tests.fakes import MemoryFeed
from tests.functions.directory import person, token
from tests.functions.opened import DOORS, user_function
from tests.functions.world import ADDRESS, MemoryService
from tests.plenty import entries

ROUNDS = 9
SELECTED = "id,occurredAt,action,actorId,subject,borough,outcome"
AUDITOR = person("auditor", borough=None)


class Handed(MemoryFeed):
    """Hands on the same documents whatever it is asked."""

    def __init__(self, world: MemoryService, documents: Sequence[Document]) -> None:
        super().__init__(world.records)
        self.documents = documents

    async def page(self, *_asked: Any, limit: int, **_where: Any) -> Sequence[Document]:
        return self.documents[:limit]


def main_rows() -> list[dict[str, object]]:
    documents = list(entries(0, PAGE + 1, until=NOW - timedelta(hours=1)))
    return [asyncio.run(_measured(documents, select)) for select in (None, SELECTED)]


async def _measured(documents: list[dict[str, Any]], select: str | None) -> dict[str, object]:
    columns = [column for column in AUDIT_ENTRIES.columns if select is None or column.name in select.split(",")]
    whole, page = documents[:PAGE], rows(AUDIT_ENTRIES, documents[:PAGE], columns)
    world = MemoryService()
    world.feed = Handed(world, documents)
    wiring.services = lambda: world  # type: ignore[assignment]

    async def by_door() -> bytes:
        answer: func.HttpResponse = await user_function("feed")(_request(select), world.invocation())
        assert answer.status_code == 200
        return answer.get_body()

    async def by_library() -> bytes:
        return gzip.compress(json.dumps({"value": page}).encode(), GZIP_LEVEL)

    async def rows_alone() -> list[Any]:
        return rows(AUDIT_ENTRIES, whole, columns)

    taken = await _in_turn({"json_gzip": by_library, "rows": rows_alone, "door": by_door})
    packed = await by_door()
    said = gzip.decompress(packed)
    assert json.loads(said)["value"] == page
    return {
        "columns": len(columns),
        **{f"{way}_ms": round(each, 1) for way, each in taken.items()},
        "door_over_json_gzip": round(taken["door"] / taken["json_gzip"], 2),
        "kb": round(len(said) / 1000),
        "packed_kb": round(len(packed) / 1000),
        "bytes_a_row": round(len(said) / PAGE),
        "packed_a_row": round(len(packed) / PAGE),
    }


async def _in_turn(ways: Mapping[str, Callable[[], Awaitable[object]]]) -> dict[str, float]:
    taken = {way: list[float]() for way in ways}
    for _ in range(ROUNDS):
        for way, take in ways.items():
            began = time.process_time()
            await take()
            taken[way].append((time.process_time() - began) * 1000)
    return {way: min(each) for way, each in taken.items()}


def _request(select: str | None) -> func.HttpRequest:
    chosen = f"?$select={select}" if select else ""
    return func.HttpRequest(
        DOORS["feed"].method,
        f"https://continuity.test/api/odata/AuditEntries{chosen}",
        headers={"X-Forwarded-For": ADDRESS, "Authorization": f"Bearer {token(AUDITOR)}", "Accept-Encoding": "gzip"},
        route_params={"resource": "AuditEntries"},
        body=b"",
    )
