"""Timers: what was missed runs once, nothing overlaps, nothing stops the schedule, and all of it is remembered."""

import asyncio
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local.hosting.errors import HostError
from local.hosting.invocation import TIMER, Function, JsonInput
from local.hosting.timer_statuses import FolderTimerStatuses, TimerStatus, timer_status
from local.hosting.timers import TimerListener, WallClock, timer_options
from tests.local.host_listening import FAILED, NOON, HandClock, ToldWorker, invocations
from tests.local.host_process import until

HOUR = timedelta(hours=1)
HOURLY = "0 0 * * * *"


class KeptStatuses:
    """Simulates the store; can be away."""

    def __init__(self, status: TimerStatus | None = None) -> None:
        self.status = status
        self.away = False

    async def read(self, timer: str) -> TimerStatus | None:
        self._here()
        return self.status

    async def write(self, timer: str, status: TimerStatus) -> None:
        self._here()
        self.status = status

    async def aclose(self) -> None: ...

    def _here(self) -> None:
        if self.away:
            raise ConnectionError("away")


class Bench:
    """One timer, its clock at noon, and what came of it."""

    def __init__(
        self,
        expression: str = HOURLY,
        *,
        status: TimerStatus | None = None,
        worker: ToldWorker | None = None,
        **trigger: Any,
    ) -> None:
        self.clock = HandClock(NOON)
        self.statuses = KeptStatuses(status)
        self.worker = worker or ToldWorker()
        self.lines: list[str] = []
        function = Function(name="tick", identity="1", trigger={"type": TIMER, "name": "t", **trigger}, bindings=())
        self.listener = TimerListener(
            function,
            timer_options(function, expression, NOON),
            invocations=invocations(self.worker, self.lines),
            statuses=self.statuses,
            clock=self.clock,
            report=self.lines.append,
        )

    async def start(self) -> None:
        await self.listener.prepare()
        self.task = asyncio.create_task(self.listener.run())

    async def waits_for(self, moment: datetime) -> None:
        await until(lambda: self.clock.awaited == moment, f"it waits for {moment}")

    async def stop(self) -> None:
        self.listener.stop()
        await asyncio.wait_for(self.task, 10)

    @property
    def payloads(self) -> list[dict[str, Any]]:
        return [json.loads(given.text) for given in self.worker.given if isinstance(given, JsonInput)]


def kept(last: datetime) -> TimerStatus:
    return TimerStatus(last=last, next=last + HOUR, updated=last)


async def test_it_runs_at_each_occurrence_and_only_then() -> None:
    bench = Bench()
    await bench.start()
    for hours in (1, 2, 3):
        await bench.waits_for(NOON + hours * HOUR)
        assert len(bench.payloads) == hours - 1
        bench.clock.turn_to(NOON + hours * HOUR)
    await bench.waits_for(NOON + 4 * HOUR)
    await bench.stop()
    assert [payload["IsPastDue"] for payload in bench.payloads] == [False] * 3
    assert bench.payloads[0]["Schedule"] == {"AdjustForDST": True}


async def test_the_status_is_kept_and_told_to_the_next_run() -> None:
    bench = Bench()
    await bench.start()
    await bench.waits_for(NOON + HOUR)
    assert bench.statuses.status == TimerStatus(last=None, next=NOON + HOUR, updated=NOON)
    bench.clock.turn_to(NOON + HOUR)
    await bench.waits_for(NOON + 2 * HOUR)
    assert bench.statuses.status == TimerStatus(last=NOON + HOUR, next=NOON + 2 * HOUR, updated=NOON + HOUR)
    bench.clock.turn_to(NOON + 2 * HOUR)
    await bench.waits_for(NOON + 3 * HOUR)
    await bench.stop()
    assert [payload["ScheduleStatus"]["Last"] for payload in bench.payloads] == [
        "0001-01-01T00:00:00",
        (NOON + HOUR).isoformat(),
    ]


async def test_what_was_missed_runs_once_at_once_however_much_it_was() -> None:
    bench = Bench(status=kept(NOON - 30 * HOUR), runOnStartup=True)
    await bench.start()
    await bench.waits_for(NOON + HOUR)
    await bench.stop()
    assert [payload["IsPastDue"] for payload in bench.payloads] == [True]
    assert bench.payloads[0]["ScheduleStatus"]["Next"] == (NOON - 29 * HOUR).isoformat()
    assert bench.statuses.status == kept(NOON)


@pytest.mark.parametrize("last", [NOON - timedelta(seconds=1), NOON - HOUR])
async def test_nothing_is_missed_until_the_moment_has_passed(last: datetime) -> None:
    bench = Bench(status=kept(last))
    await bench.start()
    await bench.waits_for(NOON + HOUR)
    await bench.stop()
    assert bench.payloads == []


async def test_a_changed_schedule_is_reckoned_from_when_it_last_ran() -> None:
    yearly = TimerStatus(last=NOON - 3 * HOUR, next=NOON + 900 * HOUR, updated=NOON - 3 * HOUR)
    bench = Bench(status=yearly)
    await bench.start()
    await bench.waits_for(NOON + HOUR)
    await bench.stop()
    assert [payload["IsPastDue"] for payload in bench.payloads] == [True]


async def test_run_on_startup_is_one_run_that_is_not_past_due() -> None:
    bench = Bench(runOnStartup=True)
    await bench.start()
    await bench.waits_for(NOON + HOUR)
    await bench.stop()
    assert [payload["IsPastDue"] for payload in bench.payloads] == [False]


async def test_occurrences_during_a_run_are_left_out_and_never_overlap() -> None:
    bench = Bench()
    bench.worker.go.clear()
    await bench.start()
    await bench.waits_for(NOON + HOUR)
    bench.clock.turn_to(NOON + HOUR)
    await until(lambda: bench.worker.running == 1, "it runs")
    bench.clock.turn_to(NOON + 5 * HOUR)
    bench.worker.go.set()
    await bench.waits_for(NOON + 6 * HOUR)
    await bench.stop()
    assert (len(bench.payloads), bench.worker.most_running) == (1, 1)


async def test_a_failing_run_does_not_stop_the_schedule() -> None:
    bench = Bench(worker=ToldWorker(lambda _: FAILED))
    await bench.start()
    for hours in (1, 2):
        await bench.waits_for(NOON + hours * HOUR)
        bench.clock.turn_to(NOON + hours * HOUR)
    await bench.waits_for(NOON + 3 * HOUR)
    await bench.stop()
    assert len(bench.payloads) == 2
    assert bench.statuses.status == kept(NOON + 2 * HOUR)


async def test_a_clock_set_back_does_not_repeat_an_occurrence() -> None:
    bench = Bench()
    bench.worker.go.clear()
    await bench.start()
    await bench.waits_for(NOON + HOUR)
    bench.clock.turn_to(NOON + HOUR)
    await until(lambda: bench.worker.running == 1, "it runs")
    bench.clock.turn_to(NOON + HOUR - timedelta(minutes=1))
    bench.worker.go.set()
    await bench.waits_for(NOON + 2 * HOUR)
    await bench.stop()


async def test_a_store_that_is_away_stops_the_start_but_not_the_schedule() -> None:
    bench = Bench()
    bench.statuses.away = True
    with pytest.raises(HostError, match=r"'tick'.*status cannot be read: away"):
        await bench.start()
    bench.statuses.away = False
    await bench.start()
    await bench.waits_for(NOON + HOUR)
    bench.statuses.away = True
    bench.clock.turn_to(NOON + HOUR)
    await bench.waits_for(NOON + 2 * HOUR)
    await bench.stop()
    assert "timer 'tick': its status was not kept: ConnectionError" in bench.lines


async def test_a_stop_lets_the_run_end_and_keeps_its_status() -> None:
    bench = Bench()
    bench.worker.go.clear()
    await bench.start()
    await bench.waits_for(NOON + HOUR)
    bench.clock.turn_to(NOON + HOUR)
    await until(lambda: bench.worker.running == 1, "it runs")
    bench.listener.stop()
    bench.worker.go.set()
    await bench.stop()
    assert bench.statuses.status == kept(NOON + HOUR)


@pytest.mark.parametrize(
    ("expression", "trigger", "monitored"),
    [
        (HOURLY, {}, True),
        ("0 * * * * *", {}, True),
        ("*/30 * * * * *", {}, False),
        ("0,1 0 0 * * *", {}, False),
        (HOURLY, {"useMonitor": False}, False),
    ],
)
async def test_schedules_within_a_minute_are_not_monitored(
    expression: str, trigger: dict[str, Any], monitored: bool
) -> None:
    bench = Bench(expression, status=kept(NOON - 30 * HOUR), **trigger)
    await bench.start()
    await until(lambda: bench.clock.awaited is not None, "it waits")
    await bench.stop()
    assert [payload["IsPastDue"] for payload in bench.payloads] == [True] * monitored


async def test_an_unmonitored_timer_is_told_no_status() -> None:
    bench = Bench(runOnStartup=True, useMonitor=False)
    await bench.start()
    await bench.waits_for(NOON + HOUR)
    await bench.stop()
    assert bench.payloads[0]["ScheduleStatus"] is None
    assert bench.statuses.status is None


async def test_the_wall_clock_waits_for_a_moment_or_for_the_stop() -> None:
    clock, stopping = WallClock(), asyncio.Event()
    moment = clock.now() + timedelta(milliseconds=50)
    assert await clock.reaches(moment, stopping)
    assert clock.now() >= moment
    waiting = asyncio.create_task(clock.reaches(clock.now() + HOUR, stopping))
    stopping.set()
    assert not await asyncio.wait_for(waiting, 10)


async def test_a_folder_remembers_a_status(tmp_path: Path) -> None:
    statuses = FolderTimerStatuses(tmp_path / "timers")
    assert await statuses.read("tick") is None
    for status in (TimerStatus(last=None, next=NOON, updated=NOON), kept(NOON)):
        await statuses.write("tick", status)
        assert await FolderTimerStatuses(tmp_path / "timers").read("tick") == status
    assert await statuses.read("other") is None


def test_a_status_the_real_host_wrote_can_be_read() -> None:
    text = (
        '{"Last":"2026-11-25T12:00:00.0012345+00:00","Next":"2026-11-25T13:00:00","LastUpdated":"2026-11-25T12:00:00Z"}'
    )
    status = timer_status(text)
    assert status.last == NOON.replace(microsecond=1234)
    assert (status.next, status.updated) == (NOON + HOUR, NOON)
