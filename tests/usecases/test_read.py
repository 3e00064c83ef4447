"""Read, poster, trail, and within reach: the looking is entered first, and outside one's reach nothing is there."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from shared.domain.access import Reach
from shared.domain.entry import Operation
from shared.domain.footage import State
from shared.errors import Condemned, NotFound, Weeded
from shared.usecases.read import poster, read
from shared.usecases.trail import PAGE, trail
from shared.usecases.within import OutOfReach, within
from tests.builders import (
    BOROUGH,
    FORCE,
    JPEG,
    OFFICER,
    OTHER_BOROUGH,
    OTHER_OFFICER,
    RECORDING,
    a_clip,
    an_asking,
    an_entry,
)
from tests.fakes import Outage, World
from tests.usecases.scenes import a_stored_clip, actions, assert_trails_whole, entries

Look = Callable[[World, Reach], Awaitable[Any]]
ELSEWHERE = [Reach(), Reach(officer=OTHER_OFFICER), Reach(borough=OTHER_BOROUGH), Reach(client="a dock")]


def reading(world: World, reach: Reach = FORCE, key: str = "key-1", request: str = "req-1") -> Awaitable[Any]:
    return read(RECORDING, reach=reach, asking=an_asking(key=key, request=request), records=world.records)


def looking(world: World, reach: Reach = FORCE) -> Awaitable[bytes]:
    return poster(RECORDING, reach=reach, asking=an_asking(), records=world.records, footage=world.footage)


def tracing(world: World, reach: Reach = FORCE, request: str = "req-1") -> Awaitable[Any]:
    return trail(RECORDING, reach=reach, asking=an_asking(request=request), records=world.records)


LOOKS = [pytest.param(look, id=look.__name__) for look in (reading, looking, tracing)]


@pytest.fixture
def world() -> World:
    made = World()
    a_stored_clip(made)
    return made


async def test_a_clip_read_is_as_it_stands_and_the_entry_is_a_consultation(world: World) -> None:
    held = await reading(world)
    assert held == await world.records.clip(RECORDING)
    (entry,) = entries(world)
    assert (entry.action, entry.operation, entry.borough) == ("footage.read", Operation.CONSULTATION, BOROUGH)


async def test_the_tombstone_of_a_weeded_clip_can_be_read(world: World) -> None:
    world.records.put(a_clip(state=State.WEEDED))
    assert (await reading(world)).record.state is State.WEEDED


async def test_a_poster_is_the_picture_and_a_consultation(world: World) -> None:
    assert await looking(world) == JPEG
    assert actions(world) == ["footage.poster-shown"]


@pytest.mark.parametrize("look", LOOKS)
async def test_no_entry_no_look(world: World, look: Look) -> None:
    world.faults.break_every("records.write")
    with pytest.raises(Outage):
        await look(world, FORCE)
    assert "footage.poster" not in world.faults.calls
    assert "records.entries" not in world.faults.calls


@pytest.mark.parametrize("reach", ELSEWHERE)
@pytest.mark.parametrize("look", LOOKS)
async def test_out_of_reach_it_is_as_if_it_were_not_there(world: World, look: Look, reach: Reach) -> None:
    with pytest.raises(NotFound) as hidden:
        await look(world, reach)
    with pytest.raises(NotFound) as absent:
        await look(World(), reach)
    assert str(hidden.value) == str(absent.value)
    assert isinstance(hidden.value, OutOfReach)
    assert not isinstance(absent.value, OutOfReach)
    assert entries(world) == []


@pytest.mark.parametrize("reach", [FORCE, Reach(officer=OFFICER), Reach(borough=BOROUGH)])
async def test_within_reach_it_is_the_clip_and_its_version(world: World, reach: Reach) -> None:
    assert await within(world.records, RECORDING, reach) == await world.records.clip(RECORDING)


@pytest.mark.parametrize("state, refusal", [(State.CONDEMNED, Condemned), (State.WEEDED, Weeded)])
async def test_of_what_is_being_weeded_no_picture_is_shown(
    world: World, state: State, refusal: type[Exception]
) -> None:
    world.records.put(a_clip(state=state))
    with pytest.raises(refusal):
        await looking(world)
    assert entries(world) == []


async def test_where_no_picture_could_be_made_there_is_none(world: World) -> None:
    world.records.put(a_clip(poster=False))
    with pytest.raises(NotFound, match="no poster"):
        await looking(world)
    assert entries(world) == []


async def test_a_picture_that_goes_meanwhile_is_gone(world: World) -> None:
    world.footage.posters.clear()
    with pytest.raises(NotFound, match="gone"):
        await looking(world)


async def test_each_look_is_entered_whatever_key_it_is_sent_with(world: World) -> None:
    for number in range(3):
        await reading(world, key="the same", request=f"req-{number}")
    assert actions(world) == ["footage.read"] * 3
    assert_trails_whole(world)


async def test_the_trail_is_all_entries_in_order_and_its_own_reading_is_the_last(world: World) -> None:
    await reading(world)
    await looking(world)
    listed = await tracing(world, request="req-2")
    assert [entry.action for entry in listed] == ["footage.read", "footage.poster-shown", "trail.read"]
    assert list(listed) == entries(world)


async def test_a_trail_longer_than_a_page_is_whole(world: World) -> None:
    last = None
    for number in range(PAGE + 1):
        entry, last = an_entry(last, key=f"key-{number}")
        world.records.put(entry)
    assert last is not None
    world.records.put(last)
    listed = await tracing(world)
    assert [entry.number for entry in listed] == list(range(1, PAGE + 3))
