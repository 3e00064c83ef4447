"""A grant and its ingest at the same time: each sees what the other did, and no grant is met that was not."""

from dataclasses import replace

import pytest

from shared.domain.footage import Grant
from shared.errors import Conflict
from shared.usecases.grant import grant
from shared.usecases.ingest import Ingested, ingest
from tests.builders import DOCK, NOW, RECORDING, a_dock
from tests.fakes import World
from tests.usecases.rows import WANTED
from tests.usecases.scenes import ITSELF, a_landed_blob, assert_trails_whole, by_the_service, intake, the_clip


async def the_grant(world: World) -> Grant:
    held = await world.records.grant(RECORDING)
    assert held is not None
    return held.record


def a_world() -> tuple[World, str]:
    world = World()
    world.records.put(a_dock())
    return world, a_landed_blob(world)


async def test_taking_footage_in_meets_its_grant() -> None:
    world, path = a_world()
    assert not (await the_grant(world)).met
    await ingest(path, etag=None, asking=by_the_service(), intake=intake(world))
    assert (await the_grant(world)).met


async def test_a_grant_renewed_while_its_footage_is_taken_in_is_met_as_renewed() -> None:
    world, path = a_world()
    renewed = replace(await the_grant(world), expires=NOW)
    done = False

    async def the_dock(call: str) -> None:
        nonlocal done
        if call == "records.write" and not done:
            done = True
            world.records.put(renewed)

    world.faults.pause = the_dock
    outcome = await ingest(path, etag=None, asking=by_the_service(), intake=intake(world))
    assert outcome is Ingested.TAKEN_IN
    assert await the_grant(world) == replace(renewed, met=True)
    assert the_clip(world).id == RECORDING
    assert_trails_whole(world)


async def test_footage_taken_in_while_its_grant_is_renewed_is_told_to_the_dock_as_ingested() -> None:
    world, path = a_world()
    done = False

    async def the_event(call: str) -> None:
        nonlocal done
        if call == "records.write" and not done:
            done = True
            await ingest(path, etag=None, asking=by_the_service(), intake=intake(world))

    world.faults.pause = the_event
    asked = replace(WANTED, recording=RECORDING)
    with pytest.raises(Conflict, match="ingested already"):
        await grant(
            DOCK, asked, reach=ITSELF, asking=by_the_service(key="k-2"), records=world.records, links=world.links
        )
    assert (await the_grant(world)).met
    assert world.links.made == []
    assert_trails_whole(world)
