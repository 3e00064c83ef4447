"""Runs invocations: one task and one log line each, counted so that a stop can wait for them.

The line has time, function, invocation id, outcome and milliseconds; a failure adds the app's traceback. Headers
and bodies are never printed. An invocation outlives the connection that asked for it, as in Azure.
"""

import asyncio
import re
import secrets
import time
import traceback
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from local.hosting.invocation import Function, Input, Outcome, TraceContext

_TRACE_PARENT = re.compile("[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


SECONDS_TO_BREAK_OFF = 1.0


class Runs(Protocol):
    """What the worker does for the host."""

    async def run(self, function: Function, invocation: str, given: Input, trace: TraceContext) -> Outcome: ...


def trace_context(parent: str = "", state: str = "") -> TraceContext:
    """The caller's W3C trace when it is one, else a new one."""
    if _TRACE_PARENT.fullmatch(parent):
        return TraceContext(parent=parent, state=state)
    return TraceContext(parent=f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01")


class Invocations:
    """Everything that is running now."""

    def __init__(self, worker: Runs, report: Callable[[str], None]) -> None:
        self._worker = worker
        self._report = report
        self._running: set[asyncio.Task[Outcome]] = set()

    def start(self, function: Function, given: Input, trace: TraceContext) -> asyncio.Task[Outcome]:
        """Begin in a task of its own: context variables of one invocation never reach another."""
        task = asyncio.create_task(self._invoke(function, given, trace), name=f"invocation of {function.name}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def run(self, function: Function, given: Input, trace: TraceContext | None = None) -> Outcome:
        """Begin and wait; a caller that is cancelled leaves the invocation running."""
        return await asyncio.shield(self.start(function, given, trace or trace_context()))

    async def drain(self, seconds: float) -> int:
        """Wait until nothing runs or the time is over; cancels and counts what is left."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)
        left = [task for task in self._running if not task.done()]
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=SECONDS_TO_BREAK_OFF)
        return len(left)

    async def _invoke(self, function: Function, given: Input, trace: TraceContext) -> Outcome:
        invocation, began = str(uuid.uuid4()), time.monotonic()
        word = "cancelled"
        try:
            outcome = await self._attempt(function, invocation, given, trace)
            word = "succeeded" if outcome.succeeded else "failed"
        finally:
            elapsed = (time.monotonic() - began) * 1000
            now = datetime.now(UTC).isoformat(timespec="milliseconds")
            self._report(f"{now} {function.name} {invocation} {word} {elapsed:.0f} ms")
        if not outcome.succeeded:
            self._report(outcome.traceback.rstrip() or str(outcome.error))
        return outcome

    async def _attempt(self, function: Function, invocation: str, given: Input, trace: TraceContext) -> Outcome:
        try:
            return await self._worker.run(function, invocation, given, trace)
        except Exception as fault:  # noqa: BLE001 - an input the library cannot take must not end a listener
            return Outcome(error=repr(fault), traceback=traceback.format_exc())
