"""Play: no entry, no address; and the address is for the pinned version, for a while, for the caller."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.access import Reach
from shared.domain.entry import Operation, Reason
from shared.domain.footage import State
from shared.errors import Condemned, NotAllowed, Weeded
from shared.usecases.play import Playback, play
from shared.usecases.within import OutOfReach
from tests.builders import FORCE, NOW, OTHER_OFFICER, RECORDING, UPLOADED, an_asking
from tests.fakes import Outage, World
from tests.usecases.scenes import PATH, a_stored_clip, actions, entries

WHY = "reviewing my own evidence"


async def watch(
    world: World,
    why: str = WHY,
    *,
    bind: bool = False,
    reach: Reach = FORCE,
    request: str = "req-1",
    address: str | None = "192.0.2.17",
) -> Playback:
    asking = an_asking(request=request, address=address)
    return await play(RECORDING, why, bind=bind, reach=reach, asking=asking, records=world.records, links=world.links)


async def test_the_address_reads_the_pinned_version_for_its_length_and_a_quarter_of_an_hour() -> None:
    world = World()
    clip = a_stored_clip(world)
    world.footage.put(PATH, b"a second content", at=UPLOADED)
    playback = await watch(world)
    (link,) = world.links.made
    assert (link.permissions, link.path, link.version) == ("r", PATH, clip.blob.version)
    assert link.until == playback.expires == NOW + timedelta(minutes=15, seconds=12)
    assert playback.url == link.url


@pytest.mark.parametrize("bind, address", [(True, "192.0.2.17"), (False, None)])
async def test_the_address_is_bound_to_the_callers_own_where_that_is_wanted(bind: bool, address: str | None) -> None:
    world = World()
    a_stored_clip(world)
    await watch(world, bind=bind)
    assert world.links.made[0].address == address


@pytest.mark.parametrize("address", [None, "2001:db8::1"])
async def test_where_no_address_can_be_bound_none_is_given_and_none_is_entered(address: str | None) -> None:
    world = World()
    a_stored_clip(world)
    with pytest.raises(NotAllowed):
        await watch(world, bind=True, address=address)
    assert (entries(world), world.links.made) == ([], [])
    assert (await watch(world, address=address)).url


async def test_the_entry_has_the_reason_and_is_a_consultation() -> None:
    world = World()
    a_stored_clip(world)
    await watch(world)
    (entry,) = entries(world)
    assert (entry.action, entry.operation) == ("footage.played", Operation.CONSULTATION)
    assert entry.reason == Reason(code="stated", text=WHY)


async def test_no_entry_no_address() -> None:
    world = World()
    a_stored_clip(world)
    world.faults.break_every("records.write")
    with pytest.raises(Outage):
        await watch(world)
    assert world.links.made == []


@pytest.mark.parametrize("state, refusal", [(State.CONDEMNED, Condemned), (State.WEEDED, Weeded)])
async def test_what_is_being_weeded_is_not_shown(state: State, refusal: type[Exception]) -> None:
    world = World()
    clip = a_stored_clip(world)
    world.records.put(replace(clip, state=state))
    with pytest.raises(refusal):
        await watch(world)
    assert (entries(world), world.links.made) == ([], [])


async def test_out_of_reach_there_is_nothing_to_play() -> None:
    world = World()
    a_stored_clip(world)
    with pytest.raises(OutOfReach):
        await watch(world, reach=Reach(officer=OTHER_OFFICER))
    assert (entries(world), world.links.made) == ([], [])


async def test_each_address_has_an_entry_whatever_key_it_is_asked_with() -> None:
    world = World()
    a_stored_clip(world)
    await watch(world)
    await watch(world, "another reason", request="req-2")
    assert actions(world) == ["footage.played"] * len(world.links.made) == ["footage.played"] * 2
