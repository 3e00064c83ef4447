"""Side by side: what a run of many does so many at a time; they share nothing, and each has its own end."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
Try = Callable[[], Coroutine[Any, Any, None]]


async def side_by_side(tries: list[Coroutine[None, None, T]]) -> list[T]:
    """What became of each; one alone needs no task of its own."""
    return [await tries[0]] if len(tries) == 1 else await asyncio.gather(*tries)


async def each(tries: Sequence[Try], at_once: int) -> None:
    """All of them, so many side by side; after a fault none is begun, and it is raised when those begun have ended."""
    left = deque(tries)

    async def some() -> None:
        try:
            while left:
                await left.popleft()()
        finally:
            left.clear()

    if min(at_once, len(tries)) <= 1:  # one alone needs no task of its own
        await some()
        return
    for ended in await asyncio.gather(*(some() for _ in tries[:at_once]), return_exceptions=True):
        if isinstance(ended, BaseException):
            raise ended


def in_parts(listed: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """All there are in their order, `size` at a time; the last may be fewer."""
    for start in range(0, len(listed), size):
        yield listed[start : start + size]


async def in_groups(coming: AsyncIterator[T], size: int) -> AsyncIterator[list[T]]:
    """As `in_parts`, of what is still to come."""
    group: list[T] = []
    async for one in coming:
        group.append(one)
        if len(group) == size:
            yield group
            group = []
    if group:
        yield group
