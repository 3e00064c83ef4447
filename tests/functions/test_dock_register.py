"""The register of docks as an evidence manager sees it: which dock is sick, and how to disable one that was stolen."""

from datetime import timedelta

import pytest

from tests.builders import CLIENT, DOCK, NOW, RECORDING, SHA256, SIZE, a_clip, a_dock, a_grant, fresh_id
from tests.functions.directory import DOCK_ITSELF, MANAGER
from tests.functions.world import Answered, MemoryService

STOLEN = {"station": "Stoke Newington", "borough": "Hackney", "client": CLIENT, "enabled": False}
WANTED = {
    "camera": "AX3-00417",
    "recordedAt": "2026-11-25T14:52:56Z",
    "size": SIZE,
    "sha256": SHA256,
    "contentType": "video/mp4",
}


async def look(world: MemoryService, dock: str = DOCK) -> Answered:
    return await world.ask("read_dock", MANAGER, route={"dock": dock})


async def last_seen(world: MemoryService) -> str | None:
    (dock,) = (await world.ask("list_docks", MANAGER)).json["docks"]
    seen: str | None = dock["lastSeen"]
    return seen


async def grant(world: MemoryService) -> Answered:
    return await world.ask("grant", DOCK_ITSELF, route={"dock": DOCK}, body=WANTED)


async def receipt(world: MemoryService) -> Answered:
    return await world.ask("receipt", DOCK_ITSELF, route={"dock": DOCK, "recording": RECORDING})


@pytest.mark.parametrize("looked", ["list", "read"])
async def test_a_stolen_dock_is_disabled_in_two_calls(world: MemoryService, looked: str) -> None:
    world.records.put(a_dock())
    listed = await world.ask("list_docks", MANAGER)
    version = listed.json["docks"][0]["version"] if looked == "list" else (await look(world)).json["version"]
    answered = await world.ask(
        "register_dock", MANAGER, route={"dock": DOCK}, body=STOLEN, headers={"If-Match": f'"{version}"'}
    )
    assert (answered.status, answered.json["enabled"]) == (200, False)
    assert (await grant(world)).status == 403


async def test_a_dock_is_shown_with_its_version_and_what_it_did(world: MemoryService) -> None:
    world.records.put(a_dock(), a_clip(), a_clip(id=fresh_id(), quarantine=("truncated",)))
    answered = await look(world)
    assert (answered.status, answered.etag) == (200, f'"{answered.json["version"]}"')
    activity = answered.json["activity"]
    assert activity["days"][-1] == {"date": "2026-11-25", "clips": 2, "bytes": 2 * SIZE}
    assert (len(activity["days"]), activity["quarantined"]) == (7, [{"of": "truncated", "number": 1}])
    assert (activity["mismatches"], activity["unmetGrants"], activity["refused"]) == (0, 0, [])


async def test_a_call_that_was_refused_is_among_what_went_wrong(world: MemoryService) -> None:
    world.records.put(a_dock(enabled=False))
    await grant(world)
    await receipt(world)
    assert (await look(world)).json["activity"]["refused"] == [{"of": "not-allowed", "number": 2}]


async def test_a_dock_nobody_registered_is_not_there(world: MemoryService) -> None:
    assert (await look(world)).status == 404
    assert (await look(world, "dock 1")).status == 400


@pytest.mark.parametrize("call", [grant, receipt])
async def test_a_grant_and_a_receipt_each_let_the_dock_be_seen(world: MemoryService, call: object) -> None:
    world.records.put(a_dock(), a_grant())
    assert await last_seen(world) is None
    assert callable(call)
    await call(world)
    assert await last_seen(world) == "2026-11-25T20:52:56.123456Z"
    assert (await look(world)).json["lastSeen"] == "2026-11-25T20:52:56.123456Z"


async def test_who_is_not_the_dock_does_not_let_it_be_seen(world: MemoryService) -> None:
    world.records.put(a_dock(client="another"))
    await grant(world)
    assert await last_seen(world) is None


async def test_the_dock_s_own_calls_go_on_where_it_cannot_be_noted(world: MemoryService) -> None:
    world.records.put(a_dock(), a_grant())
    world.faults.break_every("records.sighting")
    assert ((await grant(world)).status, (await receipt(world)).status) == (201, 202)
    world.faults.mend()
    assert await last_seen(world) is None
    world.time = NOW + timedelta(minutes=1)
    await grant(world)
    assert await last_seen(world) == "2026-11-25T20:53:56.123456Z"
