"""How many requests the host works on: `maxConcurrentRequests` at once, `maxOutstandingRequests` with those waiting."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from local.hosting.settings import UNBOUNDED, HttpOptions


class TooManyRequests(Exception):
    """The request is one too many: 429."""


class Throttle:
    def __init__(self, options: HttpOptions) -> None:
        self._most = options.max_outstanding_requests
        bounded = options.max_concurrent_requests != UNBOUNDED
        self._turns = asyncio.Semaphore(options.max_concurrent_requests) if bounded else None
        self._outstanding = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        if self._most != UNBOUNDED and self._outstanding >= self._most:
            raise TooManyRequests
        self._outstanding += 1
        try:
            if self._turns is None:
                yield
            else:
                async with self._turns:
                    yield
        finally:
            self._outstanding -= 1
