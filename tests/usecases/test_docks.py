"""Docks: the register, where nothing is overwritten unseen."""

from dataclasses import replace

import pytest

from shared.domain.entry import Change
from shared.domain.footage import Dock, DockId, Sighting
from shared.errors import Conflict, Malformed, PreconditionMissing, Stale
from shared.ports import Held
from shared.usecases.docks import list_docks, register_dock
from tests.builders import DOCK, UPLOADED, a_dock, an_asking
from tests.fakes import World
from tests.usecases.scenes import entries

PK = f"dock:{DOCK}"


async def register(world: World, dock: Dock, *, seen: str | None = None, key: str = "key-1") -> Held[Dock]:
    return await register_dock(dock, version=seen, asking=an_asking(key=key, request=key), records=world.records)


async def test_a_new_dock_is_entered_with_all_it_is() -> None:
    world = World()
    held = await register(world, a_dock(addresses=("192.0.2.1", "192.0.2.2")))
    assert held.record == a_dock(addresses=("192.0.2.1", "192.0.2.2"))
    (entry,) = entries(world, PK)
    told = {change.field: (change.before, change.after) for change in entry.changes}
    assert told["addresses"] == (None, "192.0.2.1, 192.0.2.2")
    assert told["enabled"] == (None, "yes")
    assert set(told) == {"station", "borough", "client", "addresses", "enabled"}


async def test_a_change_tells_what_changed_and_from_what() -> None:
    world = World()
    first = await register(world, a_dock())
    await register(world, a_dock(station="Hackney"), seen=first.version, key="key-2")
    assert entries(world, PK)[1].changes == (Change(field="station", before="Stoke Newington", after="Hackney"),)


async def test_a_dock_that_is_there_is_not_changed_without_its_version() -> None:
    world = World()
    await register(world, a_dock())
    with pytest.raises(PreconditionMissing) as refused:
        await register(world, a_dock(enabled=False), key="key-2")
    assert refused.value.field == "If-Match"
    assert len(entries(world)) == 1


@pytest.mark.parametrize("there", [True, False])
async def test_a_version_that_is_over_changes_nothing(there: bool) -> None:
    world = World()
    if there:
        world.records.put(a_dock())
    with pytest.raises(Stale):
        await register(world, a_dock(enabled=False), seen='"older"')
    assert entries(world) == []


async def test_the_same_dock_said_again_is_answered_and_not_entered_again() -> None:
    world = World()
    first = await register(world, a_dock())
    assert await register(world, a_dock(), key="key-2") == first
    assert len(entries(world)) == 1


async def test_a_key_is_good_for_one_change() -> None:
    world = World()
    first = await register(world, a_dock())
    with pytest.raises(Conflict, match="another change"):
        await register(world, a_dock(enabled=False), seen=first.version)
    assert (await world.records.dock(DOCK)) == first


async def test_the_list_is_in_order_of_ids_and_the_look_is_entered() -> None:
    world = World()
    other = replace(a_dock(), id=DockId("dock-brixton-01"))
    world.records.put(a_dock(), other)
    world.records.put(Sighting(dock=DOCK, at=UPLOADED))
    listed = await list_docks(asking=an_asking(), records=world.records)
    assert [(dock.held.record, dock.last_seen) for dock in listed] == [(other, None), (a_dock(), UPLOADED)]
    assert [dock.held for dock in listed] == [await world.records.dock(dock.id) for dock in (other, a_dock())]
    assert [entry.action for entry in entries(world, "actor:P1234")] == ["docks.listed"]


async def test_a_borough_that_no_path_can_be_made_of_is_refused() -> None:
    world = World()
    with pytest.raises(Malformed) as refused:
        await register(world, a_dock(borough="£££"))
    assert refused.value.field == "borough"
    assert entries(world) == []
