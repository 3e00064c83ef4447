"""A client of Cosmos DB that only sends and reads back: the peer of the SDK and our adapter, and how a store is filled.

It shows no token, so that only the local server, which asks for none, lets it in.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from shared.adapters.cosmos.queries import Query
from shared.domain.document import to_document
from shared.ports import Record
from shared.wiring import CONTAINER, DATABASE

AT_ONCE = 16
VERSION = {"x-ms-version": "2020-07-15"}
QUERY = {
    "Content-Type": "application/query+json",
    "x-ms-documentdb-isquery": "True",
    "x-ms-documentdb-query-enablecrosspartition": "True",
}


class Bare:
    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session, self._documents = session, f"/dbs/{DATABASE}/colls/{CONTAINER}/docs/"

    async def query(self, query: Query, limit: int) -> list[dict[str, Any]]:
        """The first page of that many rows."""
        parameters = [{"name": f"@{name}", "value": value} for name, value in query.values.items()]
        sent = json.dumps({"query": query.text, "parameters": parameters})
        headers = QUERY | {"x-ms-max-item-count": str(limit)}
        async with self._session.post(self._documents, data=sent, headers=headers) as answer:
            rows: list[dict[str, Any]] = (await answer.json())["Documents"]
        return rows

    async def create(self, record: Record) -> str:
        """The store's version of the new document."""
        document = {**to_document(record), "id": record.id, "pk": record.pk, "kind": record.kind}
        headers = {"x-ms-documentdb-partitionkey": json.dumps([record.pk])}
        async with self._session.post(self._documents, json=document, headers=headers) as answer:
            return str((await answer.json())["_etag"])

    async def fill(self, records: Iterable[Record]) -> list[str]:
        """All of them, some side by side; their versions, in their order."""
        left, versions = enumerate(records), dict[int, str]()

        async def some() -> None:
            for number, record in left:
                versions[number] = await self.create(record)

        await asyncio.gather(*(some() for _ in range(AT_ONCE)))
        return [versions[number] for number in sorted(versions)]


@asynccontextmanager
async def bare() -> AsyncIterator[Bare]:
    """To the store whose address is in the environment."""
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    endpoint = os.environ["COSMOS_ENDPOINT"]
    async with aiohttp.ClientSession(endpoint, connector=connector, headers=VERSION, raise_for_status=True) as session:
        yield Bare(session)
