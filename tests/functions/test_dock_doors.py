"""The doors of docks: the register, leave to write, and the receipt."""

from typing import Any

import pytest

from shared.domain.entry import Outcome
from shared.domain.footage import DockId, Fixity, Integrity, Sha256, State
from tests.builders import (
    CLIENT,
    DOCK,
    NOW,
    RECORDING,
    SHA256,
    SIZE,
    a_clip,
    a_dock,
    a_grant,
)
from tests.functions.directory import DOCK_ITSELF, MANAGER
from tests.functions.world import Answered, MemoryService

REGISTERED = {"station": "Stoke Newington", "borough": "Hackney", "client": CLIENT}
WANTED = {
    "camera": "AX3-00417",
    "officer": "P1234",
    "recordedAt": "2026-11-25T15:52:56+01:00",
    "size": SIZE,
    "sha256": SHA256,
    "contentType": "video/mp4",
}
VERIFIED = Integrity(state=Fixity.VERIFIED, claimed=SHA256, sha256=SHA256, verified_at=NOW)


async def register(world: MemoryService, *, headers: dict[str, str] | None = None, **changes: Any) -> Answered:
    return await world.ask(
        "register_dock", MANAGER, route={"dock": DOCK}, body=REGISTERED | changes, headers=headers or {}
    )


async def grant(world: MemoryService, *, headers: dict[str, str] | None = None, **changes: Any) -> Answered:
    return await world.ask("grant", DOCK_ITSELF, route={"dock": DOCK}, body=WANTED | changes, headers=headers or {})


async def receipt(world: MemoryService) -> Answered:
    return await world.ask("receipt", DOCK_ITSELF, route={"dock": DOCK, "recording": RECORDING})


async def test_a_dock_is_registered_changed_and_listed(world: MemoryService) -> None:
    new = await register(world)
    assert (new.status, new.json["enabled"]) == (200, True)
    moved = await register(world, headers={"If-Match": new.etag}, addresses=["2001:DB8::17"], enabled=False)
    assert (moved.status, moved.json["enabled"], moved.json["addresses"]) == (200, False, ["2001:db8::17"])
    listed = await world.ask("list_docks", MANAGER)
    assert listed.json == {"docks": [moved.json | {"lastSeen": None}]}
    assert moved.etag == f'"{moved.json["version"]}"'
    assert [entry.action for entry in world.entries(f"dock:{DOCK}")] == ["dock.registered", "dock.registered"]


async def test_a_registered_dock_is_changed_only_on_the_version_that_was_seen(world: MemoryService) -> None:
    seen = await register(world)
    assert (await register(world, station="Camden")).status == 428
    assert (await register(world, headers={"If-Match": seen.etag}, station="Camden")).status == 200
    assert (await register(world, headers={"If-Match": seen.etag}, station="Islington")).status == 412


async def test_the_same_registration_again_is_answered_and_not_entered_again(world: MemoryService) -> None:
    first = await register(world)
    again = await register(world)
    assert (again.status, again.etag, len(world.entries())) == (200, first.etag, 1)


async def test_a_grant_is_leave_to_write_one_path_for_an_hour(world: MemoryService) -> None:
    world.records.put(a_dock())
    answered = await grant(world)
    assert answered.status == 201
    (link,) = world.links.made
    assert (link.permissions, answered.json["url"]) == ("cw", link.url)
    assert answered.json["recording"] in link.path
    assert answered.json["expires"] == "2026-11-25T21:52:56.123456Z"
    held = await world.records.grant(answered.json["recording"])
    assert held is not None
    assert held.record.recorded_at.isoformat() == "2026-11-25T14:52:56+00:00"


async def test_a_grant_asked_again_under_the_same_key_is_the_same(world: MemoryService) -> None:
    world.records.put(a_dock())
    first = await grant(world, headers={"Idempotency-Key": "upload-1"})
    again = await grant(world, headers={"Idempotency-Key": "upload-1"})
    assert (again.status, again.json["recording"]) == (201, first.json["recording"])
    assert len(world.entries()) == 1


async def test_two_grants_are_two_recordings(world: MemoryService) -> None:
    world.records.put(a_dock())
    assert (await grant(world)).json["recording"] != (await grant(world)).json["recording"]


async def test_a_recording_that_is_ingested_has_no_second_grant(world: MemoryService) -> None:
    world.records.put(a_dock(), a_grant(), a_clip())
    answered = await grant(world, recording=RECORDING)
    assert (answered.status, answered.json["field"]) == (409, "recording")


async def test_a_recording_never_granted_has_no_fresh_grant(world: MemoryService) -> None:
    world.records.put(a_dock())
    assert (await grant(world, recording=RECORDING)).status == 404


@pytest.mark.parametrize("dock", [a_dock(enabled=False), a_dock(client="another-client"), a_dock(id=DockId("dock-2"))])
async def test_a_dock_that_is_not_itself_or_not_enabled_gets_no_leave(world: MemoryService, dock: Any) -> None:
    world.records.put(dock)
    assert (await grant(world)).status == 403
    assert world.links.made == []


async def test_there_is_no_receipt_before_the_bytes_were_read_back(world: MemoryService) -> None:
    world.records.put(a_dock(), a_grant(), a_clip())
    answered = await receipt(world)
    assert (answered.status, answered.json, answered.headers["Retry-After"]) == (202, {"indexed": True}, "2")


async def test_there_is_no_receipt_before_the_recording_arrived(world: MemoryService) -> None:
    world.records.put(a_dock(), a_grant())
    answered = await receipt(world)
    assert (answered.status, answered.json) == (202, {"indexed": False})


async def test_a_receipt_is_a_signed_note_and_entered_once(world: MemoryService) -> None:
    world.records.put(a_dock(), a_grant(), a_clip(integrity=VERIFIED))
    answered = await receipt(world)
    assert (answered.status, answered.sent_type) == (200, "text/plain; charset=utf-8")
    lines = answered.raw.decode().splitlines()
    assert lines[:2] == ["continuity-receipt/v1", RECORDING]
    assert SHA256 in lines
    keys = await world.ask("keys")
    assert lines[-1].split()[1] == keys.json["keys"][0]["name"]
    assert (await receipt(world)).raw == answered.raw
    assert [entry.action for entry in world.entries()] == ["receipt.issued"]


async def test_doubtful_footage_in_quarantine_has_no_receipt_until_a_person_releases_it(world: MemoryService) -> None:
    clip = a_clip(integrity=VERIFIED, state=State.QUARANTINED, quarantine=("truncated",))
    world.records.put(a_dock(), a_grant(), clip)
    answered = await receipt(world)
    assert answered.status == 409
    assert "keep the recording on the camera" in answered.json["detail"]
    assert "receipt.issued" not in [entry.action for entry in world.entries()]
    world.records.put(clip.moved(State.HELD))
    assert (await receipt(world)).status == 200


async def test_a_receipt_that_is_refused_is_entered_with_the_dock_and_the_recording(world: MemoryService) -> None:
    clip = a_clip(integrity=VERIFIED, state=State.QUARANTINED, quarantine=("truncated",))
    world.records.put(a_dock(), a_grant(), clip)
    await receipt(world)
    (entry,) = world.entries()
    assert (entry.action, entry.outcome, entry.subject) == (
        "refused.receipt",
        Outcome.REFUSED,
        f"{DOCK}/{RECORDING}",
    )
    assert (entry.pk, entry.reason and entry.reason.code) == (f"actor:{entry.actor.id}", "conflict")


async def test_a_mismatch_is_told_with_both_hashes(world: MemoryService) -> None:
    other = Sha256("a" * 64)
    mismatch = Integrity(state=Fixity.MISMATCH, claimed=SHA256, sha256=other, verified_at=NOW)
    world.records.put(a_dock(), a_grant(), a_clip(integrity=mismatch))
    answered = await receipt(world)
    assert answered.status == 409
    assert SHA256 in answered.json["detail"]
    assert other in answered.json["detail"]


async def test_a_recording_of_another_dock_has_no_receipt_here(world: MemoryService) -> None:
    world.records.put(a_dock(), a_grant(dock=DockId("dock-2")), a_clip(integrity=VERIFIED))
    assert (await receipt(world)).status == 404
