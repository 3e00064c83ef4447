"""Queue triggers: receive, run, then delete, free or set aside each message.

1. A message is hidden for ten minutes, renewed at half time, while its invocation runs; success deletes it.
2. Failure makes it visible again after host.json's `visibilityTimeout`; the `maxDequeueCount`-th failure moves it
   to `<queue>-poison`. A message of a poison queue that fails stays hidden, so that it does not spin.
3. The next `batchSize` messages are fetched when no more than `newBatchSize` are running.
4. An empty queue is asked again after 100 ms, then ever later up to `maxPollingInterval`.
"""

import asyncio
import base64
import binascii
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from local.hosting.invocation import Function, MessageInput
from local.hosting.running import Invocations
from local.hosting.settings import QueueOptions
from local.hosting.storage_queue import POISON, Message, WorkQueue

HIDDEN_WHILE_RUNNING = timedelta(minutes=10)
FIRST_PAUSE = timedelta(milliseconds=100)
LONGEST_PAUSE_HERE = timedelta(milliseconds=500)  # in Azure a minute; one person at a laptop does not wait that long


def message_input(message: Message, queue: str, *, base64_encoded: bool) -> MessageInput:
    """What the function sees; ValueError when the content is not what host.json says it is."""
    return MessageInput(
        body=_body(message.content) if base64_encoded else message.content,
        metadata={
            "QueueTrigger": queue,
            "Id": message.identity,
            "DequeueCount": message.dequeue_count,
            "PopReceipt": message.receipt,
            "InsertionTime": _text(message.inserted_at),
            "ExpirationTime": _text(message.expires_at),
            "NextVisibleTime": _text(message.visible_at),
        },
    )


def started_by_hand(text: str, queue: str, identity: str) -> MessageInput:
    """A message that was never in the queue: POST /admin/functions/{name}."""
    metadata: dict[str, Any] = {"QueueTrigger": queue, "Id": identity, "DequeueCount": 1}
    return MessageInput(body=text, metadata=metadata)


def _body(content: str) -> str | bytes:
    try:
        raw = base64.b64decode(content, validate=True)
    except binascii.Error:
        raise ValueError("the message is not base64, as host.json's messageEncoding says it is") from None
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw


def _text(moment: datetime) -> str:
    return moment.isoformat()


class QueueListener:
    """The loop of one queue function."""

    def __init__(
        self,
        function: Function,
        queue: WorkQueue,
        options: QueueOptions,
        *,
        invocations: Invocations,
        report: Callable[[str], None],
        hidden_while_running: timedelta = HIDDEN_WHILE_RUNNING,
    ) -> None:
        self._function = function
        self._queue = queue
        self._options = options
        self._invocations = invocations
        self._report = report
        self._hidden = hidden_while_running
        self._stopping = asyncio.Event()
        self._working: set[asyncio.Task[None]] = set()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Until stopped; messages that are being worked on are settled first, unless this is cancelled."""
        try:
            await self._poll()
            if self._working:
                await asyncio.wait(self._working)
        finally:
            for task in self._working:
                task.cancel()
            await asyncio.gather(*self._working, return_exceptions=True)
            await self._queue.aclose()

    async def _poll(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            messages = await self._received()
            for message in messages:
                task = asyncio.create_task(self._work(message), name=f"message of {self._function.name}")
                self._working.add(task)
                task.add_done_callback(self._working.discard)
            if messages:
                pause = FIRST_PAUSE
                await self._until_few_are_running()
            else:
                await self._sleep(pause)
                pause = min(pause * 2, self._options.max_polling_interval or LONGEST_PAUSE_HERE)

    async def _received(self) -> list[Message]:
        try:
            return await self._queue.receive(self._options.batch_size, self._hidden)
        except Exception as fault:  # noqa: BLE001 - storage that is away for a while must not end the listener
            self._report(f"queue {self._queue.name!r} could not be read: {type(fault).__name__}")
            return []

    async def _until_few_are_running(self) -> None:
        while len(self._working) > self._options.new_batch_size and not self._stopping.is_set():
            stopped = asyncio.create_task(self._stopping.wait())
            await asyncio.wait({*self._working, stopped}, return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()

    async def _sleep(self, pause: timedelta) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), pause.total_seconds())

    async def _work(self, message: Message) -> None:
        try:
            await self._settle(message)
        except Exception as fault:  # noqa: BLE001 - the message comes back by itself when its time is over
            self._report(f"queue {self._queue.name!r}: message {message.identity} not settled: {type(fault).__name__}")

    async def _settle(self, message: Message) -> None:
        if message.dequeue_count > self._options.max_dequeue_count and not self._is_poison_queue:
            await self._set_aside(message)  # it brought the host down before its last failure could be noted
            return
        message, succeeded = await self._run(message)
        if succeeded:
            await self._queue.delete(message)
        elif self._is_poison_queue:
            return
        elif message.dequeue_count >= self._options.max_dequeue_count:
            await self._set_aside(message)
        else:
            await self._queue.hide(message, self._options.visibility_timeout)

    @property
    def _is_poison_queue(self) -> bool:
        return self._queue.name.endswith(POISON)

    async def _set_aside(self, message: Message) -> None:
        await self._queue.set_aside(message)
        self._report(
            f"queue {self._queue.name!r}: message {message.identity} failed "
            f"{self._options.max_dequeue_count} times and was moved to '{self._queue.name}{POISON}'"
        )

    async def _run(self, message: Message) -> tuple[Message, bool]:
        """Run the function, keeping the message hidden; answers with the newest receipt."""
        try:
            given = message_input(message, self._queue.name, base64_encoded=self._options.base64)
        except ValueError as problem:
            self._report(f"queue {self._queue.name!r}: message {message.identity}: {problem}")
            return message, False
        running = asyncio.ensure_future(self._invocations.run(self._function, given))
        half = (self._hidden / 2).total_seconds()
        while not (await asyncio.wait({running}, timeout=half))[0]:
            message = await self._renewed(message)
        return message, running.result().succeeded

    async def _renewed(self, message: Message) -> Message:
        try:
            return await self._queue.hide(message, self._hidden)
        except Exception as fault:  # noqa: BLE001 - the work goes on; settling will tell whether it is still ours
            self._report(f"queue {self._queue.name!r}: message {message.identity} not renewed: {type(fault).__name__}")
            return message
