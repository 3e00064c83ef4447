"""How fast a station may send: one bucket of tokens, a byte each, that all recordings under way take from.

    B1  Whoever wants to send waits until the bucket has what it needs, first come first served.
    B2  A block larger than the bucket goes once the bucket is full, and leaves it in debt: the average holds.
    B3  What is sent a second time, after a fault, is charged too, but does not wait: its patience is running.

The grain is a block: within one, the line decides. Time is handed in.
"""

import asyncio
from typing import Protocol

from local.docking.patience import Clock


class Bandwidth(Protocol):
    async def take(self, count: int, /) -> None:
        """Returns when `count` bytes may be sent."""

    def charge(self, count: int, /) -> None:
        """Counts bytes that are sent without asking."""


class Unlimited:
    async def take(self, count: int, /) -> None:
        pass

    def charge(self, count: int, /) -> None:
        pass


class Bucket:
    def __init__(self, *, rate: float, largest: int, clock: Clock) -> None:
        """`rate` in bytes a second; `largest` is what may go at once after a silence."""
        self._rate, self._largest, self._clock = rate, float(largest), clock
        self._tokens, self._at = self._largest, clock.monotonic()
        self._queue = asyncio.Lock()

    async def take(self, count: int, /) -> None:
        needed = min(float(count), self._largest)
        async with self._queue:  # its waiters are woken in the order they came
            self._refill()
            if self._tokens < needed:  # once: the clock promises that the time has passed, rounding does not
                await self._clock.sleep((needed - self._tokens) / self._rate)
                self._refill()
            self._tokens -= count

    def charge(self, count: int, /) -> None:
        self._refill()
        self._tokens -= count

    def _refill(self) -> None:
        now = self._clock.monotonic()
        self._tokens = min(self._largest, self._tokens + (now - self._at) * self._rate)
        self._at = now
