"""Queue triggers: hidden while running, deleted on success, freed on failure, set aside after the last one."""

import asyncio
import base64
from dataclasses import replace
from datetime import timedelta
from typing import Any, Self

import pytest

from local.hosting.invocation import QUEUE, Function, Input, MessageInput, Outcome
from local.hosting.queues import QueueListener
from local.hosting.settings import QueueOptions
from tests.local.host_listening import FAILED, SimulatedQueue, ToldWorker, invocations
from tests.local.host_process import until

TEN_MINUTES = timedelta(minutes=10)
OPTIONS = QueueOptions(
    batch_size=2,
    new_batch_size=1,
    max_dequeue_count=3,
    visibility_timeout=timedelta(0),
    max_polling_interval=timedelta(milliseconds=20),
    base64=True,
)


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


class Bench:
    """A listener at work on a simulated queue."""

    def __init__(
        self,
        queue: SimulatedQueue | None = None,
        worker: ToldWorker | None = None,
        hidden: timedelta = TEN_MINUTES,
        **options: Any,
    ) -> None:
        self.queue = queue or SimulatedQueue()
        self.worker = worker or ToldWorker()
        self.lines: list[str] = []
        self.listener = QueueListener(
            Function(name="take", identity="1", trigger={"type": QUEUE, "name": "m"}, bindings=()),
            self.queue,
            replace(OPTIONS, **options),
            invocations=invocations(self.worker, self.lines),
            report=self.lines.append,
            hidden_while_running=hidden,
        )

    async def __aenter__(self) -> Self:
        self.task = asyncio.create_task(self.listener.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.worker.go.set()
        self.listener.stop()
        await asyncio.wait_for(self.task, 10)
        assert self.queue.closed

    async def until_empty(self) -> None:
        await until(lambda: not self.queue.messages, "the queue is empty")

    @property
    def bodies(self) -> list[str | bytes]:
        return [given.body for given in self.given]

    @property
    def given(self) -> list[MessageInput]:
        return [given for given in self.worker.given if isinstance(given, MessageInput)]


async def test_a_message_that_succeeds_is_run_once_and_deleted() -> None:
    async with Bench() as bench:
        bench.queue.send(encoded("häm"), "m1")
        await bench.until_empty()
    assert bench.bodies == ["häm"]
    assert bench.given[0].metadata == {
        "QueueTrigger": "work",
        "Id": "m1",
        "DequeueCount": 1,
        "PopReceipt": "r0",
        "InsertionTime": "2026-11-25T12:00:00+00:00",
        "ExpirationTime": "2026-12-02T12:00:00+00:00",
        "NextVisibleTime": "2026-11-25T12:00:00+00:00",
    }
    assert bench.queue.poison == []


async def test_a_failing_message_comes_again_with_its_count_and_is_set_aside_after_the_last() -> None:
    async with Bench(worker=ToldWorker(lambda _: FAILED)) as bench:
        bench.queue.send(encoded("broken"), "m1")
        await bench.until_empty()
    assert [given.metadata["DequeueCount"] for given in bench.given] == [1, 2, 3]
    assert bench.queue.poison == [encoded("broken")]
    assert bench.queue.hides == 2  # freed after the first and the second failure, not after the last
    assert "queue 'work': message m1 failed 3 times and was moved to 'work-poison'" in bench.lines


async def test_a_failing_message_is_hidden_for_the_visibility_timeout() -> None:
    async with Bench(worker=ToldWorker(lambda _: FAILED), visibility_timeout=timedelta(seconds=30)) as bench:
        bench.queue.send(encoded("broken"), "m1")
        await until(lambda: bench.queue.hidden.get("m1") == timedelta(seconds=30), "it is hidden for 30 s")
    assert len(bench.given) == 1


async def test_a_message_beyond_its_count_is_set_aside_without_a_run() -> None:
    async with Bench() as bench:
        bench.queue.send(encoded("fatal"), dequeued=3)
        await bench.until_empty()
    assert bench.bodies == []
    assert bench.queue.poison == [encoded("fatal")]


async def test_a_message_that_is_not_base64_is_a_failure_and_keeps_its_content() -> None:
    async with Bench() as bench:
        bench.queue.send("{not base64}", "m1")
        await bench.until_empty()
    assert bench.bodies == []
    assert bench.queue.poison == ["{not base64}"]
    assert any(line.startswith("queue 'work': message m1: the message is not base64") for line in bench.lines)
    assert "{not" not in "".join(bench.lines)


async def test_an_unencoded_message_is_taken_as_it_is_where_host_json_says_so() -> None:
    async with Bench(base64=False) as bench:
        bench.queue.send("{plain}")
        await bench.until_empty()
    assert bench.bodies == ["{plain}"]


async def test_bytes_that_are_no_text_arrive_as_bytes() -> None:
    async with Bench() as bench:
        bench.queue.send(base64.b64encode(b"\xff\x00").decode())
        await bench.until_empty()
    assert bench.bodies == [b"\xff\x00"]


async def test_a_long_run_keeps_its_message_hidden_and_deletes_it_with_the_newest_receipt() -> None:
    async with Bench(hidden=timedelta(milliseconds=40)) as bench:
        bench.worker.go.clear()
        bench.queue.send(encoded("long"))
        await until(lambda: bench.queue.hides >= 3, "it is renewed")
        bench.worker.go.set()
        await bench.until_empty()
    assert bench.bodies == ["long"]


async def test_a_renewal_that_fails_does_not_end_the_run() -> None:
    async with Bench(hidden=timedelta(milliseconds=40)) as bench:
        bench.worker.go.clear()
        bench.queue.fails_to.add("hide")
        bench.queue.send(encoded("long"), "m1")
        await until(lambda: "queue 'work': message m1 not renewed: ConnectionError" in bench.lines, "it fails")
        bench.worker.go.set()
        await bench.until_empty()


async def test_no_more_run_at_once_than_the_batch_and_the_new_batch() -> None:
    async with Bench() as bench:
        bench.worker.go.clear()
        for _ in range(7):
            bench.queue.send(encoded("one"))
        await until(lambda: bench.worker.running == 2, "a batch runs")
        bench.worker.go.set()
        await bench.until_empty()
    assert len(bench.bodies) == 7
    assert bench.worker.most_running <= OPTIONS.batch_size + OPTIONS.new_batch_size


async def test_a_slow_message_does_not_hold_up_the_next_batch() -> None:
    slow = asyncio.Event()

    class SlowFirst(ToldWorker):
        async def run(self, *given: Any) -> Outcome:
            self.given.append(given[2])
            if given[2].body == "slow":
                await slow.wait()
            return Outcome()

    async with Bench(worker=SlowFirst()) as bench:
        for text in ("slow", "b", "c", "d", "e"):
            bench.queue.send(encoded(text))
        await until(lambda: len(bench.queue.messages) == 1, "all but the slow one are done")
        slow.set()
        await bench.until_empty()


async def test_storage_that_is_away_for_a_while_is_asked_again() -> None:
    async with Bench() as bench:
        bench.queue.away = True
        await until(lambda: "queue 'work' could not be read: ConnectionError" in bench.lines, "it is away")
        bench.queue.away = False
        bench.queue.send(encoded("after"))
        await bench.until_empty()
    assert bench.bodies == ["after"]


async def test_a_message_that_cannot_be_settled_is_said_and_the_others_go_on() -> None:
    async with Bench() as bench:
        bench.queue.fails_to.add("delete")
        bench.queue.send(encoded("one"), "m1")
        await until(lambda: "queue 'work': message m1 not settled: ConnectionError" in bench.lines, "it is said")
        bench.queue.fails_to.clear()
        bench.queue.send(encoded("two"), "m2")
        await until(lambda: "m2" not in bench.queue.messages, "the other is done")


@pytest.mark.parametrize(("outcome", "left"), [(FAILED, ["m1"]), (Outcome(), [])])
async def test_a_poison_queues_own_failures_stay_hidden_so_that_they_do_not_spin(
    outcome: Outcome, left: list[str]
) -> None:
    def told(_: Input) -> Outcome:
        return outcome

    async with Bench(SimulatedQueue("work-poison"), ToldWorker(told)) as bench:
        bench.queue.send(encoded("poison"), "m1", dequeued=9)
        await until(lambda: any(" take " in line for line in bench.lines), "it has run")
    assert list(bench.queue.messages) == left
    assert bench.queue.hidden == dict.fromkeys(left, TEN_MINUTES)
    assert bench.queue.poison == []


async def test_a_listener_whose_time_is_over_lets_go_of_its_messages() -> None:
    bench = Bench()
    bench.worker.go.clear()
    async with bench:
        bench.queue.send(encoded("stuck"), "m1")
        await until(lambda: bench.worker.running == 1, "it runs")
        bench.task.cancel()
        assert await asyncio.wait({bench.task}, timeout=10) == ({bench.task}, set())
        bench.task = asyncio.create_task(bench.listener.run())
    assert bench.queue.hidden == {"m1": TEN_MINUTES}


async def test_a_stop_settles_what_runs_and_takes_nothing_more() -> None:
    bench = Bench()
    bench.worker.go.clear()
    async with bench:
        bench.queue.send(encoded("running"), "m1")
        await until(lambda: bench.worker.running == 1, "it runs")
        bench.listener.stop()
        bench.queue.send(encoded("late"), "m2")
    assert list(bench.queue.messages) == ["m2"]
    assert bench.bodies == ["running"]
