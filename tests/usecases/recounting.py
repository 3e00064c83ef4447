"""Scenes of recounting: entries of some days, sealed and counted, and the night after them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from shared.domain.entry import Asking
from shared.usecases.recount import Recounted, recount
from tests.builders import NOW
from tests.fakes import World
from tests.usecases.scenes import by_the_service
from tests.usecases.sealing import daily_counts, sealing, wait

DAY = NOW.date()
YESTERDAY, DAYS_AGO = DAY - timedelta(days=1), DAY - timedelta(days=20)
NIGHT = NOW + timedelta(hours=7)


async def counted_days() -> World:
    """Two entries twenty days ago, three yesterday, and today one and two of another kind."""
    world = World()
    wait(world, 2, at=NOW - timedelta(days=20))
    wait(world, 3, at=NOW - timedelta(days=1))
    wait(world, 1)
    wait(world, 2, pk="clip-2")
    await sealing(world)
    return world


async def recounting(
    world: World, *, asking: Asking | None = None, now: Callable[[], datetime] | None = None, dry_run: bool = False
) -> Recounted:
    """`now`: the clock, which stands still at the time of the asking unless told otherwise."""
    asked = asking or by_the_service(at=NIGHT, key="night")
    return await recount(
        asking=asked,
        now=now or (lambda: asked.at),
        records=world.records,
        feed=world.feed,
        out_of_time=lambda: False,
        at_once=1,
        dry_run=dry_run,
    )


def counts(world: World, day: date = DAY) -> dict[str | None, int]:
    """Of that day, by borough."""
    return {count.borough: count.n for count in daily_counts(world) if count.day == day}


def edit(world: World, n: int, *, day: date = DAY, borough: str = "clip-1") -> None:
    """As somebody does who may write to the record store."""
    (count,) = [each for each in daily_counts(world) if (each.day, each.borough) == (day, borough)]
    world.records.put(replace(count, n=n))
