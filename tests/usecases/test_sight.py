"""Sight: a dock is noted at most once a minute, and whatever goes wrong with that is nothing to the dock."""

import asyncio
from datetime import datetime, timedelta

import pytest

from shared.domain.footage import Sighting
from shared.usecases.sight import sight
from tests.builders import DOCK, MICROSECOND, NOW, a_dock, an_asking
from tests.fakes import Moment, World

MINUTE = timedelta(minutes=1)


async def at(world: World, when: datetime, patience: float = 60.0) -> None:
    await sight(DOCK, asking=an_asking(at=when), records=world.records, patience=patience)


async def seen(world: World) -> datetime | None:
    held = await world.records.sighting(DOCK)
    return held.record.at if held else None


async def test_a_dock_is_noted_the_first_time() -> None:
    world = World()
    await at(world, NOW)
    assert world.records.everything() == [Sighting(dock=DOCK, at=NOW)]


@pytest.mark.parametrize(
    "later, noted", [(MICROSECOND, False), (MINUTE - MICROSECOND, False), (MINUTE, True), (-MINUTE, False)]
)
async def test_again_only_after_a_minute_and_never_back(later: timedelta, noted: bool) -> None:
    world = World()
    await at(world, NOW)
    await at(world, NOW + later)
    assert await seen(world) == (NOW + later if noted else NOW)


async def test_the_version_of_the_dock_is_not_touched() -> None:
    world = World()
    world.records.put(a_dock())
    before = await world.records.dock(DOCK)
    await at(world, NOW)
    assert await world.records.dock(DOCK) == before


@pytest.mark.parametrize("call", ["records.sighting", "records.write"])
@pytest.mark.parametrize("moment", list(Moment))
async def test_a_store_that_fails_does_not_fail_the_dock(call: str, moment: Moment) -> None:
    world = World()
    world.faults.break_every(call, moment)
    await at(world, NOW)
    assert world.faults.calls[0] == "records.sighting"


async def test_two_calls_at_once_are_one_sighting_and_no_fault() -> None:
    world = World()
    await asyncio.gather(at(world, NOW), at(world, NOW))
    assert world.records.everything() == [Sighting(dock=DOCK, at=NOW)]


async def test_a_store_that_does_not_answer_does_not_hold_the_dock_up() -> None:
    world = World()
    never = asyncio.Event()

    async def hang(_call: str) -> None:
        await never.wait()

    world.faults.pause = hang
    await at(world, NOW, patience=0.01)
    assert world.records.everything() == []
