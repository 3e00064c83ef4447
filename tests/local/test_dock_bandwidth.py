"""The bandwidth of a station: the average over any stretch of time, whoever sends; on a clock that does not wait."""

import asyncio
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from local.dock import dock
from local.docking.bandwidth import Bucket
from local.docking.upload import BLOCK
from tests.local.dock_stand_in import Service, status
from tests.local.dock_station import QuickClock, Station, clip


async def test_what_fits_goes_at_once_and_the_rest_waits_its_time() -> None:
    clock = QuickClock()
    bucket = Bucket(rate=10, largest=40, clock=clock)
    await bucket.take(40)
    assert clock.slept == []
    await bucket.take(20)
    await bucket.take(30)
    assert clock.slept == [2.0, 3.0]


async def test_a_silence_fills_the_bucket_and_no_more() -> None:
    clock = QuickClock()
    bucket = Bucket(rate=10, largest=40, clock=clock)
    await bucket.take(40)
    await clock.sleep(1000)
    clock.slept.clear()
    await bucket.take(40)
    await bucket.take(10)
    assert clock.slept == [1.0]


async def test_what_is_larger_than_the_bucket_is_paid_for_afterwards() -> None:
    clock = QuickClock()
    bucket = Bucket(rate=10, largest=40, clock=clock)
    await bucket.take(100)
    await bucket.take(10)
    assert clock.slept == [7.0]


async def test_what_is_charged_does_not_wait_and_everybody_after_it_does() -> None:
    clock = QuickClock()
    bucket = Bucket(rate=10, largest=40, clock=clock)
    bucket.charge(90)
    assert clock.slept == []
    await bucket.take(10)
    assert clock.slept == [6.0]


async def test_several_at_once_are_served_in_the_order_they_came_and_share_one_rate() -> None:
    clock, served = QuickClock(), list[tuple[int, float]]()
    bucket = Bucket(rate=10, largest=10, clock=clock)

    async def wants(number: int) -> None:
        await bucket.take(10)
        served.append((number, clock.now))

    await asyncio.gather(*(wants(number) for number in range(5)))
    assert served == [(0, 0.0), (1, 1.0), (2, 2.0), (3, 3.0), (4, 4.0)]


@given(st.lists(st.tuples(st.integers(1, 100), st.floats(0, 20)), min_size=1, max_size=30))
def test_over_any_stretch_no_more_goes_than_the_rate_and_one_bucket(sends: list[tuple[int, float]]) -> None:
    async def sent() -> list[tuple[float, int]]:
        clock = QuickClock()
        bucket, log = Bucket(rate=10, largest=100, clock=clock), list[tuple[float, int]]()
        for count, silence in sends:
            await clock.sleep(silence)
            await bucket.take(count)
            log.append((clock.now, count))
        return log

    log = asyncio.run(sent())
    for first in range(len(log)):
        for last in range(first, len(log)):
            stretch = log[last][0] - log[first][0]
            went = sum(count for _, count in log[first : last + 1])
            assert went <= 10 * stretch + 100 + 1e-6


class Listening:
    """Lets everything through and remembers what was asked."""

    def __init__(self) -> None:
        self.taken, self.charged = list[int](), list[int]()

    async def take(self, count: int, /) -> None:
        self.taken.append(count)

    def charge(self, count: int, /) -> None:
        self.charged.append(count)


async def test_a_block_sent_again_after_a_fault_is_charged_and_did_not_wait(
    service: Service, station: Station, tmp_path: Path
) -> None:
    bandwidth = Listening()
    service.fail("block", status(503))
    await dock(clip(tmp_path, BLOCK), door=station.door, progress=station.events.append, bandwidth=bandwidth)
    assert (bandwidth.taken, bandwidth.charged) == ([BLOCK], [BLOCK])
