"""A backlog far larger than a batch drains over runs that each end in time, and no more than two batches are held."""

import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from shared.domain.entry import Entry
from shared.domain.seal import MOST_LINES
from shared.domain.tiles import FULL, LEVELS
from shared.ports import Held
from shared.usecases.seal import SealReport
from tests.builders import NOW
from tests.fakes import MemoryRecords, World
from tests.usecases.sealing import LATER, checkpoints, must_be_one_history, sealing, the_head, wait

CALL = timedelta(milliseconds=500)  # of servers on their worst evening
PER_TRAIL = 50


class Page(list[Held[Entry]]):
    """What a store handed out; it can be told whether anybody still holds it."""


class Paged(MemoryRecords):
    """A store that knows which of the pages it handed out are held, and the largest it was asked for."""

    def __init__(self, world: World) -> None:
        super().__init__(world.faults)
        self.asked = 0
        self.most_held = 0
        self._handed: list[weakref.ref[Page]] = []

    async def pending(self, before: datetime, *, limit: int) -> Sequence[Held[Entry]]:
        self.asked = max(self.asked, limit)
        page = Page(await super().pending(before, limit=limit))
        self._handed = [*(ref for ref in self._handed if ref()), weakref.ref(page)]
        self.most_held = max(self.most_held, len(self._handed))
        return page


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Time that passes with the calls to ports alone; a run's time is over after `lasts`."""

    world: World
    begun: int
    lasts: timedelta

    def passed(self) -> timedelta:
        return CALL * (len(self.world.faults.calls) - self.begun)

    def now(self) -> datetime:
        return LATER + self.passed()

    def is_over(self) -> bool:
        return self.passed() > self.lasts


def longest_batch(most: int) -> timedelta:
    """What a run may take beyond its time: its last batch, whose calls are those of its trails, tiles and documents."""
    calls: int = 2 * (most // PER_TRAIL) + most // FULL + most // MOST_LINES + 4 * LEVELS + 20
    return CALL * calls


@pytest.mark.parametrize(
    ("backlog", "most", "lasts"),
    [
        (1_200, 100, timedelta(seconds=40)),
        pytest.param(50_000, 5_000, timedelta(minutes=4), marks=pytest.mark.slow),
    ],
)
async def test_a_backlog_drains_over_several_runs_each_of_which_ends_in_time(
    backlog: int, most: int, lasts: timedelta
) -> None:
    world, sealed, reports = World(), 0, list[SealReport]()
    world.records = records = Paged(world)
    for trail in range(backlog // PER_TRAIL):
        wait(world, PER_TRAIL, pk=f"clip-{trail}", at=NOW + timedelta(milliseconds=trail))
    while not reports or reports[-1].late:
        clock = Clock(world=world, begun=len(world.faults.calls), lasts=lasts)
        reports.append(await sealing(world, now=clock.now, out_of_time=clock.is_over, most=most))
        assert clock.passed() <= lasts + longest_batch(most)
        assert reports[-1].sealed > 0
        sealed += reports[-1].sealed
        assert (the_head(world).size, the_head(world).finished) == (sealed, sealed)
    assert len(reports) > 2
    assert records.asked == most
    assert records.most_held <= 2
    must_be_one_history(world, entries=backlog)
    assert sorted(checkpoints(world)) == list(range(most, backlog + 1, most))
