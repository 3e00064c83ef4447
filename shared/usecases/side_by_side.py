"""Side by side: what a run of many does so many at a time; they share nothing, and each has its own end."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import TypeVar

T = TypeVar("T")


async def side_by_side(tries: list[Coroutine[None, None, T]]) -> list[T]:
    """What became of each; one alone needs no task of its own."""
    return [await tries[0]] if len(tries) == 1 else await asyncio.gather(*tries)


async def in_groups(each: AsyncIterator[T], size: int) -> AsyncIterator[list[T]]:
    """All there are in their order, `size` at a time; the last may be fewer."""
    group: list[T] = []
    async for one in each:
        group.append(one)
        if len(group) == size:
            yield group
            group = []
    if group:
        yield group
