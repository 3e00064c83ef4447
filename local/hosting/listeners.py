"""The listeners of an app: one loop for each timer and queue function that is not disabled."""

import asyncio
import os
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

from local.hosting.connections import HOST_STORAGE, Connections
from local.hosting.errors import HostError
from local.hosting.invocation import QUEUE, TIMER, Function
from local.hosting.queues import HIDDEN_WHILE_RUNNING, QueueListener
from local.hosting.running import Invocations
from local.hosting.settings import QueueOptions, is_disabled, resolved
from local.hosting.timer_statuses import TimerStatuses
from local.hosting.timers import Clock, TimerListener, timer_options


class Listeners:
    """HostError from the constructor or `prepare` names the function that cannot be listened for."""

    def __init__(
        self,
        functions: Iterable[Function],
        queue_options: QueueOptions,
        *,
        app: Path,
        invocations: Invocations,
        connections: Connections,
        clock: Clock,
        report: Callable[[str], None],
        hidden_while_running: timedelta = HIDDEN_WHILE_RUNNING,
    ) -> None:
        self._hidden_while_running = hidden_while_running
        self._queue_options = queue_options
        self._app = app
        self._invocations = invocations
        self._connections = connections
        self._clock = clock
        self._report = report
        self._statuses = list[TimerStatuses]()  # one, made when the first timer needs it
        self._tasks: list[asyncio.Task[None]] = []
        enabled = [function for function in functions if not is_disabled(function.name, os.environ)]
        self._timers = [self._timer(function) for function in enabled if function.kind == TIMER]
        self._queues = [self._queue(function) for function in enabled if function.kind == QUEUE]

    async def prepare(self) -> None:
        try:
            for timer in self._timers:
                await timer.prepare()
        except HostError:
            await self.close()
            raise

    def start(self) -> None:
        for listener in self._all():
            task = asyncio.create_task(listener.run())
            task.add_done_callback(self._ended)
            self._tasks.append(task)

    async def stop(self, within: float) -> None:
        """Begin nothing more, and wait for what has begun to be settled: status kept, message deleted or freed."""
        for listener in self._all():
            listener.stop()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        for statuses in self._statuses:
            await statuses.aclose()

    def _all(self) -> list[TimerListener | QueueListener]:
        return [*self._timers, *self._queues]

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            self._report(f"a listener ended: {task.exception()!r}")

    def _timer(self, function: Function) -> TimerListener:
        expression = resolved(str(function.trigger["schedule"]), os.environ, f"function {function.name!r}")
        options = timer_options(function, expression, self._clock.now())
        if not self._statuses:
            self._statuses.append(self._connections.timer_statuses(self._app))
        return TimerListener(
            function,
            options,
            invocations=self._invocations,
            statuses=self._statuses[0],
            clock=self._clock,
            report=self._report,
        )

    def _queue(self, function: Function) -> QueueListener:
        where = f"function {function.name!r}"
        name = resolved(str(function.trigger["queueName"]), os.environ, where).lower()
        connection = resolved(str(function.trigger.get("connection") or HOST_STORAGE), os.environ, where)
        return QueueListener(
            function,
            self._connections.work_queue(connection, name),
            self._queue_options,
            invocations=self._invocations,
            report=self._report,
            hidden_while_running=self._hidden_while_running,
        )
