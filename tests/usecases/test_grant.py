"""Grant: written down before the address is given out, for the dock itself, for one path."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.access import Reach
from shared.domain.footage import ClipId, DockId
from shared.domain.grant import recording_id
from shared.errors import Conflict, Malformed, NotAllowed, NotFound
from shared.usecases.grant import Granted, grant
from tests.builders import DOCK, NOW, RECORDING, a_clip, a_dock, a_grant, an_asking
from tests.fakes import Outage, World
from tests.usecases.rows import WANTED
from tests.usecases.scenes import CONTENT, HASH, ITSELF, assert_trails_whole, entries

AGAIN = replace(WANTED, recording=RECORDING)
HOUR = timedelta(hours=1)


@pytest.fixture
def world() -> World:
    made = World()
    made.records.put(a_dock())
    return made


async def ask(
    world: World, wanted: object = WANTED, *, key: str = "key-1", at: timedelta = timedelta(0), reach: Reach = ITSELF
) -> Granted:
    asking = an_asking(key=key, at=NOW + at)
    return await grant(DOCK, wanted, reach=reach, asking=asking, records=world.records, links=world.links)  # type: ignore[arg-type]


def test_the_two_records_of_what_is_wanted_agree() -> None:
    assert (WANTED.size, WANTED.sha256) == (len(CONTENT), HASH)


async def test_the_address_is_for_one_path_to_create_and_write_for_an_hour(world: World) -> None:
    granted = await ask(world)
    (link,) = world.links.made
    assert (link.permissions, link.until, link.url) == ("cw", NOW + HOUR, granted.url)
    assert granted.recording == recording_id(DOCK, "key-1")
    assert granted.recording in link.path
    held = await world.records.grant(granted.recording)
    assert held is not None
    assert (held.record.path, held.record.expires) == (link.path, granted.expires)
    assert [entry.action for entry in entries(world, granted.recording)] == ["footage.granted"]


async def test_no_entry_no_address(world: World) -> None:
    world.faults.break_every("records.write")
    with pytest.raises(Outage):
        await ask(world)
    assert world.links.made == []


async def test_another_key_is_another_recording(world: World) -> None:
    assert (await ask(world)).recording != (await ask(world, key="key-2")).recording


async def test_asked_again_later_the_path_is_the_same_and_the_hour_is_new(world: World) -> None:
    first = await ask(world)
    again = await ask(world, replace(WANTED, recording=first.recording), key="key-2", at=3 * HOUR)
    assert (again.recording, again.expires) == (first.recording, NOW + 4 * HOUR)
    assert len({link.path for link in world.links.made}) == 1
    assert len(entries(world, first.recording)) == 2
    assert_trails_whole(world)


async def test_a_retry_gives_the_same_hour_and_not_a_new_one(world: World) -> None:
    first = await ask(world)
    retried = await ask(world, at=timedelta(minutes=59))
    assert (retried.recording, retried.expires) == (first.recording, first.expires)


async def test_a_retry_when_the_hour_is_over_is_refused_by_name(world: World) -> None:
    first = await ask(world)
    with pytest.raises(Conflict) as refused:
        await ask(world, at=HOUR)
    assert refused.value.field == "Idempotency-Key"
    assert len(entries(world, first.recording)) == 1


async def test_once_ingested_there_is_no_leave_to_write(world: World) -> None:
    world.records.put(a_grant(size=len(CONTENT), sha256=HASH), a_clip())
    with pytest.raises(Conflict, match="ingested already") as refused:
        await ask(world, AGAIN)
    assert refused.value.field == "recording"
    assert world.links.made == []


async def test_a_late_retry_of_what_was_ingested_gets_no_leave_either(world: World) -> None:
    first = await ask(world)
    world.records.put(a_clip(id=first.recording))
    with pytest.raises(Conflict, match="ingested already"):
        await ask(world)
    assert len(world.links.made) == 1


async def test_the_same_key_for_other_bytes_is_refused(world: World) -> None:
    await ask(world)
    with pytest.raises(Malformed, match="other bytes"):
        await ask(world, replace(WANTED, size=1))


@pytest.mark.parametrize("owner", [None, DockId("another-dock")])
async def test_a_recording_never_granted_to_this_dock_is_not_found(world: World, owner: DockId | None) -> None:
    if owner:
        world.records.put(a_grant(dock=owner, size=len(CONTENT), sha256=HASH))
    with pytest.raises(NotFound):
        await ask(world, AGAIN)
    assert entries(world) == []


@pytest.mark.parametrize("reach", [Reach(client="another"), Reach(), Reach(force=True)])
async def test_nobody_asks_for_another_dock(world: World, reach: Reach) -> None:
    with pytest.raises(NotAllowed):
        await ask(world, reach=reach)
    assert (entries(world), world.links.made) == ([], [])


async def test_a_dock_that_is_not_in_the_register_gets_the_same_refusal() -> None:
    with pytest.raises(NotAllowed, match="may not act for this dock"):
        await ask(World())


async def test_a_recording_id_cannot_be_chosen_by_the_dock(world: World) -> None:
    with pytest.raises(NotFound):
        await ask(world, replace(WANTED, recording=ClipId("7a0b1c2d-0b1d-4c57-9a43-2f0f5f3f7a11")))
