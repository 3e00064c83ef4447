"""Interleavings, one after another and always the same: who goes on is decided here and nowhere else.

A task stops before every port call and waits for its turn. A schedule is the list of choices made among the tasks that
wait, the first task first; every schedule beyond what a caller fixes takes the first. `every_schedule` walks all of
them, as one walks a tree; `some_schedules` takes as many as asked, by chance from a seed. Calls to a port that only one
of the tasks uses commute with all calls of the others, so they need no choice: `alone` names such ports.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.fakes import World

PATIENCE_SECONDS = 10
Choose = Callable[[int], int]
Play = Callable[[Choose], Awaitable[list["Ended"]]]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a task ended: with an answer, or with what it raised."""

    answer: Any = None
    raised: BaseException | None = None


@dataclass(slots=True)
class _Turns:
    """The tasks that stand before a port call, by their place in the order of starting."""

    alone: tuple[str, ...] = ()
    waiting: dict[int, asyncio.Future[None]] = field(default_factory=dict)
    places: dict[asyncio.Task[Any], int] = field(default_factory=dict)

    async def pause(self, call: str) -> None:
        task = asyncio.current_task()
        if task is None or task not in self.places:
            raise AssertionError("a port was called outside the tasks of the schedule")
        if call.startswith(self.alone):
            return
        turn = self.waiting[self.places[task]] = asyncio.get_running_loop().create_future()
        await turn

    def let_go(self, choice: int) -> None:
        self.waiting.pop(sorted(self.waiting)[choice]).set_result(None)


async def interleave(
    world: World, coroutines: Sequence[Coroutine[Any, Any, Any]], choose: Choose, *, alone: tuple[str, ...] = ()
) -> list[Ended]:
    """Run all of them to their ends, one port call at a time, as `choose` says (number of tasks waiting -> which)."""
    turns = _Turns(alone)
    world.faults.pause = turns.pause
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    turns.places.update({task: place for place, task in enumerate(tasks)})
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not all(task.done() for task in tasks):
            if len(turns.waiting) == sum(not task.done() for task in tasks):
                turns.let_go(choose(len(turns.waiting)))
            await asyncio.sleep(0)
    return [_ended(task) for task in tasks]


def _ended(task: asyncio.Task[Any]) -> Ended:
    fault = task.exception()
    return Ended(raised=fault) if fault else Ended(answer=task.result())


async def every_schedule(play: Play, *, at_most: int) -> AsyncIterator[list[Ended]]:
    """`play` under every schedule there is. More than `at_most` of them is a fault of the test."""
    prefix: list[int] | None = []
    for _ in range(at_most):
        if prefix is None:
            return
        made: list[tuple[int, int]] = []
        ended = await play(_following(prefix, made))
        yield ended
        prefix = _next(made)
    if prefix is not None:
        raise AssertionError(f"there are more than {at_most} schedules")


def _following(prefix: Sequence[int], made: list[tuple[int, int]]) -> Choose:
    def choose(options: int) -> int:
        choice = prefix[len(made)] if len(made) < len(prefix) else 0
        made.append((choice, options))
        return choice

    return choose


def _next(made: Sequence[tuple[int, int]]) -> list[int] | None:
    """The schedule after this one: the last choice that had another option takes it."""
    for place in reversed(range(len(made))):
        choice, options = made[place]
        if choice + 1 < options:
            return [earlier for earlier, _ in made[:place]] + [choice + 1]
    return None


def some_schedules(number: int, *, seed: int) -> Iterator[Choose]:
    for each in range(number):
        yield random.Random(f"{seed} {each}").randrange  # noqa: S311 - chance that can be repeated, not secrecy
