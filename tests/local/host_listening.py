"""What listeners are tested with: a worker that does as told, a clock turned by hand, a simulated queue."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from local.hosting.invocation import Function, Input, Outcome, TraceContext
from local.hosting.running import Invocations
from local.hosting.storage_queue import Message

NOON = datetime(2026, 11, 25, 12, 0, 0, tzinfo=UTC)
FAILED = Outcome(error="ValueError('broken')", traceback="Traceback: ValueError: broken")


class ToldWorker:
    """Keeps what each invocation was given; one that is held ends when `go` is set."""

    def __init__(self, outcome: Callable[[Input], Outcome] = lambda _: Outcome()) -> None:
        self.given: list[Input] = []
        self.running = 0
        self.most_running = 0
        self.go = asyncio.Event()
        self.go.set()
        self._outcome = outcome

    async def run(self, function: Function, invocation: str, given: Input, trace: TraceContext) -> Outcome:
        self.given.append(given)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            await self.go.wait()
        finally:
            self.running -= 1
        return self._outcome(given)


class HandClock:
    """Stands still until it is turned."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._turned = asyncio.Event()
        self.awaited: datetime | None = None

    def now(self) -> datetime:
        return self._now

    def turn_to(self, moment: datetime) -> None:
        self._now = moment
        self._turned.set()

    async def reaches(self, moment: datetime, stopping: asyncio.Event) -> bool:
        self.awaited = moment
        try:
            return await self._reached(moment, stopping)
        finally:
            self.awaited = None

    async def _reached(self, moment: datetime, stopping: asyncio.Event) -> bool:
        while self._now < moment and not stopping.is_set():
            self._turned.clear()
            waits = [asyncio.create_task(event.wait()) for event in (self._turned, stopping)]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()
        return self._now >= moment


def invocations(worker: ToldWorker, lines: list[str]) -> Invocations:
    return Invocations(worker, lines.append)


class SimulatedQueue:
    """Keeps WorkQueue's promises: what is hidden is not received, and an old receipt changes nothing."""

    def __init__(self, name: str = "work") -> None:
        self.name = name
        self.messages: dict[str, Message] = {}
        self.hidden: dict[str, timedelta] = {}
        self.poison: list[str] = []
        self.hides = 0
        self.away = False
        self.fails_to: set[str] = set()
        self.closed = False
        self._receipts = itertools.count()

    def send(self, text: str, identity: str | None = None, dequeued: int = 0) -> None:
        identity = identity or f"m{len(self.messages)}"
        self.messages[identity] = Message(
            identity=identity,
            receipt="",
            content=text,
            dequeue_count=dequeued,
            inserted_at=NOON,
            expires_at=NOON + timedelta(days=7),
            visible_at=NOON,
        )

    async def receive(self, most: int, hidden_for: timedelta) -> list[Message]:
        self._may("receive")
        received = []
        for message in [each for each in self.messages.values() if each.identity not in self.hidden][:most]:
            taken = replace(message, receipt=self._receipt(), dequeue_count=message.dequeue_count + 1)
            self._hide(taken, hidden_for)
            received.append(taken)
        return received

    async def hide(self, message: Message, span: timedelta) -> Message:
        self._may("hide")
        self._owned(message)
        renewed = replace(message, receipt=self._receipt())
        self.hides += 1
        self._hide(renewed, span)
        return renewed

    async def delete(self, message: Message) -> None:
        self._may("delete")
        self._owned(message)
        del self.messages[message.identity]
        self.hidden.pop(message.identity, None)

    async def set_aside(self, message: Message) -> None:
        self._may("set aside")
        self.poison.append(message.content)
        await self.delete(message)

    async def aclose(self) -> None:
        self.closed = True

    def _may(self, act: str) -> None:
        if self.away or act in self.fails_to:
            raise ConnectionError("away")

    def _owned(self, message: Message) -> None:
        assert self.messages[message.identity].receipt == message.receipt, "an old receipt"

    def _hide(self, message: Message, span: timedelta) -> None:
        self.messages[message.identity] = message
        self.hidden[message.identity] = span
        if not span:
            del self.hidden[message.identity]

    def _receipt(self) -> str:
        return f"r{next(self._receipts)}"
