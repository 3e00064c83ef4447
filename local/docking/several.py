"""Several things at once, at most so many: the next begins when one is done, whatever became of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def each_of(things: AsyncIterator[T], work: Callable[[T], Awaitable[None]], *, at_most: int) -> None:
    """Things are made one at a time, when somebody is free for them. What `work` raises ends it all."""
    turn = asyncio.Lock()

    async def one_after_another() -> None:
        while True:
            async with turn:
                try:
                    thing = await anext(things)
                except StopAsyncIteration:
                    return
            await work(thing)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(at_most):
                group.create_task(one_after_another())
    except ExceptionGroup as several:
        raise several.exceptions[0] from several
