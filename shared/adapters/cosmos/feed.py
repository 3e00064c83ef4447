"""CosmosFeed keeps the promises of Feed on the container that CosmosRecords keeps its own on.

A query's text is put together from the constants here and what domain/odata writes, which has nothing of a caller's
in it (compiling.py); the bounds stand beside the filter (bounds.py). Pages are by sort key, as everywhere (queries.py);
what is skipped is skipped by the store, and never more than options.py admits.
"""

from collections.abc import Mapping, Sequence

from azure.cosmos.aio import ContainerProxy

from shared.adapters.cosmos.asking import Document, number_of, rows_of
from shared.adapters.cosmos.queries import Query
from shared.domain.odata.bounds import bounded, keyed
from shared.domain.odata.compiling import compiled
from shared.domain.odata.options import Order
from shared.domain.odata.ordering import after as beyond
from shared.domain.odata.ordering import ordered
from shared.domain.odata.syntax import All, Condition
from shared.ports.feed import Last, Rows

ROWS = "SELECT * FROM c WHERE "
COUNT_ROWS = "SELECT VALUE COUNT(1) FROM c WHERE "
SKIPPING = " OFFSET @skip LIMIT @limit"


class CosmosFeed:
    def __init__(self, container: ContainerProxy) -> None:
        self._container = container

    async def page(self, asked: Rows, order: Order, *, after: Last | None, skip: int, limit: int) -> Sequence[Document]:
        query = paging(asked, order, after=after, skip=skip, limit=limit)
        return await rows_of(self._container, query, limit)

    async def count(self, asked: Rows) -> int:
        return await number_of(self._container, _of(Query(COUNT_ROWS, {}), asked))

    async def one(self, asked: Rows, key: str) -> Document | None:
        rows = await rows_of(self._container, _of(Query(ROWS, {}), asked, keyed(asked.entities, key)), 1)
        return rows[0] if rows else None


def paging(asked: Rows, order: Order, *, after: Last | None, skip: int, limit: int) -> Query:
    query = _of(Query(ROWS, {}), asked)
    if after is not None:
        further, values = beyond(order, after.value, after.key)
        query = _and(query, further, values)
    clause = ordered(order)
    query = query.where(clause)
    return query.where(SKIPPING, skip=skip, limit=limit) if skip else query


def _of(query: Query, asked: Rows, besides: Condition | None = None) -> Query:
    condition = bounded(asked.entities, until=asked.until, borough=asked.borough, within=asked.filter)
    text, values = compiled(All((besides, condition)) if besides else condition)
    clause = asked.entities.within
    return _and(query.where(clause), text, values)


def _and(query: Query, text: str, values: Mapping[str, object]) -> Query:
    """`text` is domain/odata's, which says of each clause that AND may join it."""
    clause = " AND " + text
    return query.where(clause, **values)
