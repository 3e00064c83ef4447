"""Trying again: what is transient is tried until it works or patience runs out; nothing else is tried twice.

The pause doubles up to a cap, and half of it is chance, so that a station full of docks does not come back
in step after an outage. A `Retry-After` from the other side is obeyed, up to a limit. Time and chance are
handed in.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from local.docking.faults import GaveUp

LONGEST_OBEYED = 120.0

T = TypeVar("T")


class Clock(Protocol):
    """`monotonic` never goes back; `sleep` returns once at least `seconds` have passed on it."""

    def monotonic(self) -> float: ...
    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Transient(Exception):
    """It failed now and may work in a while. `after` is what the other side asked for, in seconds."""

    def __init__(self, why: str, *, after: float = 0.0) -> None:
        super().__init__(why)
        self.after = after


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    clock: Clock
    randomness: random.Random
    deadline: float = 300.0
    first_pause: float = 0.5
    longest_pause: float = 30.0

    async def until_done(self, what: str, attempt: Callable[[], Awaitable[T]], told: Callable[[str], None]) -> T:
        """The result of `attempt`, repeated while it raises Transient; GaveUp when the deadline is nearer."""
        ends = self.clock.monotonic() + self.deadline
        tries = 0
        while True:
            try:
                return await attempt()
            except Transient as fault:
                wait = max(fault.after, self._pause(tries))
                tries += 1
                if self.clock.monotonic() + wait > ends:
                    raise GaveUp(f"{what}: {fault}; gave up after {tries} tries") from None
                told(f"{what}: {fault}; trying again in {wait:.1f} s")
                await self.clock.sleep(wait)

    def _pause(self, tries: int) -> float:
        # the exponent is bounded too: a float cannot hold 2 ** 1024, and a long outage gets there
        full = min(self.longest_pause, self.first_pause * 2.0 ** min(tries, 30))
        return full / 2 + self.randomness.uniform(0, full / 2)


def seconds_asked(retry_after: str | None, *, otherwise: float = 0.0) -> float:
    """A `Retry-After` header in seconds; its date form would need a right wall clock, which docks lack."""
    if retry_after is None or not retry_after.strip().isdecimal():
        return otherwise
    return min(float(retry_after), LONGEST_OBEYED)
