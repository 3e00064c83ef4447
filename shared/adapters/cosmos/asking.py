"""How the store is asked: within a time, again where two writers met inside it, and never by an id it could not have.

The client's own timeout is looked at only between its attempts, and the retry of writers who met it leaves to us.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import CosmosBatchOperationError, CosmosHttpResponseError

from shared.adapters.cosmos.queries import Query

T = TypeVar("T")
Document = Mapping[str, Any]

PATIENCE_SECONDS = 20
RETRY_WITH = 449
WAITS_SECONDS = (0.05, 0.2, 0.8)
UNADDRESSABLE = frozenset("/\\?#\t\r\n")
LONGEST_ID = 255


def addressable(name: str) -> bool:
    """The store refuses these characters in an id, so nothing can be stored under such a one."""
    return 0 < len(name) <= LONGEST_ID and not UNADDRESSABLE & set(name)


async def patiently(call: Callable[[], Awaitable[T]]) -> T:
    async with asyncio.timeout(PATIENCE_SECONDS):
        for wait in WAITS_SECONDS:
            try:
                return await call()
            except (CosmosHttpResponseError, CosmosBatchOperationError) as error:
                if error.status_code != RETRY_WITH:
                    raise
            await asyncio.sleep(wait)
        return await call()


async def rows_of(
    container: ContainerProxy, query: Query, limit: int | None, *, pk: str | None = None
) -> list[Document]:
    one_partition: dict[str, Any] = {"partition_key": pk} if pk is not None else {}
    pages = container.query_items(
        query.text,
        parameters=[{"name": f"@{name}", "value": value} for name, value in query.values.items()],
        max_item_count=limit,
        **one_partition,
    )
    rows: list[Document] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for row in pages:
            rows.append(row)
            if len(rows) == limit:
                break
    return rows


async def number_of(container: ContainerProxy, query: Query) -> int:
    """The answer to a `VALUE COUNT(1)`; where the client hands on a number for each partition, their sum."""
    numbers: list[Any] = [*await rows_of(container, query, None)]
    return sum(numbers)
