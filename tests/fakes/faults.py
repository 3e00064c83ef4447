"""Where every fake passes before and after its effect: calls are counted, broken on request, and may be held up.

A test learns from `calls` how many port calls a verb makes, then runs it again with each of them broken, once
before and once after its effect. An interleaving test hands in a `pause` of its own and decides there which task
goes on. A call that ends in an exception its promise names had no effect, and cannot also be broken after it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from enum import Enum

Pause = Callable[[str], Awaitable[None]]


class Outage(Exception):
    """The fault a test asked for. Whether the call had its effect is not for the caller to know."""


class Moment(Enum):
    BEFORE = "before its effect"
    AFTER = "after its effect"


async def let_others_run(_call: str) -> None:
    """Real servers let other tasks run during every call; so do the fakes."""
    await asyncio.sleep(0)


class Faults:
    """Shared by all fakes of one world. Calls are numbered from 1 in the order in which they begin."""

    def __init__(self, pause: Pause = let_others_run) -> None:
        self.calls: list[str] = []
        self.pause = pause
        self._rules: list[tuple[Callable[[int, str], bool], Moment]] = []

    def break_call(self, number: int, moment: Moment) -> None:
        """The call with this number raises Outage."""
        self._rules.append((lambda at, _name: at == number, moment))

    def break_every(self, name: str, moment: Moment = Moment.BEFORE) -> None:
        """Every call of this name raises Outage, until `mend`."""
        self._rules.append((lambda _at, called: called == name, moment))

    def mend(self) -> None:
        """Nothing is broken any more, and counting begins again at 1."""
        self._rules.clear()
        self.calls.clear()

    @asynccontextmanager
    async def call(self, name: str) -> AsyncIterator[None]:
        """The body is the call's effect, all of it at once: it must not await."""
        self.calls.append(name)
        number = len(self.calls)
        await self.pause(name)
        self._raise_if(number, name, Moment.BEFORE)
        yield
        self._raise_if(number, name, Moment.AFTER)

    def _raise_if(self, number: int, name: str, moment: Moment) -> None:
        if any(when is moment and matches(number, name) for matches, when in self._rules):
            raise Outage(f"call {number}, {name}: broken {moment.value}")
