"""Timer triggers: run at each occurrence of a schedule in UTC, one run at a time.

1. On start: an occurrence missed while the host was away is one immediate run with IsPastDue, however many were
   missed; else `runOnStartup` is one run; else wait.
2. The next occurrence is reckoned after a run has ended, so runs never overlap and a failing one stops nothing.
3. When it last ran and runs next is kept between starts (`useMonitor`), but not for schedules with two occurrences
   within a minute.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from local.hosting.errors import HostError
from local.hosting.invocation import Function, JsonInput
from local.hosting.ncrontab import Schedule, ScheduleError, parse
from local.hosting.running import Invocations
from local.hosting.timer_statuses import TimerStatus, TimerStatuses

MINIMUM_MONITORED = timedelta(minutes=1)


class Clock(Protocol):
    """Tells the time and waits for it."""

    def now(self) -> datetime: ...

    async def reaches(self, moment: datetime, stopping: asyncio.Event) -> bool:
        """True once `moment` has come, False as soon as `stopping` is set before."""
        ...


class WallClock:
    """The machine's clock, asked again at least once a minute: a laptop sleeps, and its clock is set."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def reaches(self, moment: datetime, stopping: asyncio.Event) -> bool:
        while not stopping.is_set():
            remaining = (moment - self.now()).total_seconds()
            if remaining <= 0:
                return True
            try:
                await asyncio.wait_for(stopping.wait(), min(remaining, 60))
            except TimeoutError:
                continue
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerOptions:
    schedule: Schedule
    run_on_startup: bool
    monitored: bool


def timer_options(function: Function, expression: str, now: datetime) -> TimerOptions:
    try:
        schedule = parse(expression)
    except ScheduleError as problem:
        raise HostError(f"function {function.name!r}: schedule {expression!r}: {problem}") from problem
    first = schedule.next_after(now)
    second = schedule.next_after(first) if first else None
    if first is None or second is None:
        raise HostError(f"function {function.name!r}: schedule {expression!r} never occurs")
    return TimerOptions(
        schedule=schedule,
        run_on_startup=bool(function.trigger.get("runOnStartup")),
        monitored=bool(function.trigger.get("useMonitor", True)) and second - first >= MINIMUM_MONITORED,
    )


def timer_input(status: TimerStatus | None, *, past_due: bool) -> JsonInput:
    payload: Mapping[str, Any] = {
        "Schedule": {"AdjustForDST": True},
        "ScheduleStatus": status.as_json() if status else None,
        "IsPastDue": past_due,
    }
    return JsonInput(text=json.dumps(payload))


class TimerListener:
    """The loop of one timer function."""

    def __init__(
        self,
        function: Function,
        options: TimerOptions,
        *,
        invocations: Invocations,
        statuses: TimerStatuses,
        clock: Clock,
        report: Callable[[str], None],
    ) -> None:
        self._function = function
        self._options = options
        self._invocations = invocations
        self._statuses = statuses
        self._clock = clock
        self._report = report
        self._stopping = asyncio.Event()
        self._status: TimerStatus | None = None

    def stop(self) -> None:
        self._stopping.set()

    async def prepare(self) -> None:
        """Read what was kept; HostError when the store cannot be asked, for then nothing would be past due."""
        if self._options.monitored:
            try:
                self._status = await self._recorded(self._clock.now())
            except Exception as fault:
                raise HostError(
                    f"function {self._function.name!r}: the timer's status cannot be read: {fault}"
                ) from fault

    async def run(self) -> None:
        """Until stopped; a run that has begun ends first."""
        occurred = self._clock.now()
        if self._status is not None and occurred > self._status.next:
            await self._invoke(past_due=True)
        elif self._options.run_on_startup:
            await self._invocations.run(self._function, timer_input(self._status, past_due=False))
        while True:
            moment = self._next(max(self._clock.now(), occurred))
            if not await self._clock.reaches(moment, self._stopping):
                return
            occurred = moment
            await self._invoke(past_due=False)

    async def _recorded(self, now: datetime) -> TimerStatus:
        """What was kept, its next occurrence reckoned again: the schedule may have changed since."""
        kept = await self._statuses.read(self._function.name)
        if kept is None:
            status = TimerStatus(last=None, next=self._next(now), updated=now)
        else:
            status = replace(kept, next=self._next(kept.updated))
        if status != kept:
            await self._keep(status)
        return status

    async def _invoke(self, *, past_due: bool) -> None:
        began = self._clock.now()
        await self._invocations.run(self._function, timer_input(self._status, past_due=past_due))
        if self._options.monitored:
            now = self._clock.now()
            self._status = TimerStatus(last=began, next=self._next(now), updated=now)
            await self._keep(self._status)

    async def _keep(self, status: TimerStatus) -> None:
        try:
            await self._statuses.write(self._function.name, status)
        except Exception as fault:  # noqa: BLE001 - a store that is away must not stop the schedule
            self._report(f"timer {self._function.name!r}: its status was not kept: {type(fault).__name__}")

    def _next(self, moment: datetime) -> datetime:
        following = self._options.schedule.next_after(moment)
        if following is None:
            raise RuntimeError(f"the schedule of {self._function.name!r} ended")
        return following
