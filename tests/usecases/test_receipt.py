"""Receipt: signed, entered once, and only for the dock that was granted the recording."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.domain.access import Reach
from shared.domain.footage import DockId, Fixity, Integrity, State
from shared.errors import Conflict, NotAllowed, NotFound
from shared.usecases.receipt import Pending, receipt
from tests.builders import DOCK, RECORDING, UPLOADED, a_clip, a_dock, a_grant, an_asking
from tests.fakes import Outage, World
from tests.usecases.scenes import CONTENT, HASH, ITSELF, a_verified_clip, actions


@pytest.fixture
def world() -> World:
    made = World()
    made.records.put(a_dock(), a_grant(size=len(CONTENT), sha256=HASH))
    return made


async def ask(world: World, *, reach: Reach = ITSELF, key: str = "key-1") -> str | Pending:
    asking = an_asking(key=key, request=key)
    return await receipt(DOCK, RECORDING, reach=reach, asking=asking, records=world.records, keys=world.keys)


async def test_the_note_is_about_the_stored_bytes_and_its_signature_holds(world: World) -> None:
    clip = a_verified_clip(world)
    note = await ask(world)
    assert isinstance(note, str)
    text, _, line = note.rpartition("\n\n")
    assert text.splitlines()[1:5] == [RECORDING, clip.blob.version, str(len(CONTENT)), HASH]
    verifier = (await world.keys.verifiers())[0]
    raw = base64.b64decode(line.split(" ")[2])
    Ed25519PublicKey.from_public_bytes(verifier.public).verify(raw[4:], f"{text}\n".encode())


async def test_fetched_often_it_is_one_receipt_and_one_entry(world: World) -> None:
    a_verified_clip(world)
    notes = {await ask(world, key=f"key-{number}") for number in range(3)}
    assert len(notes) == 1
    assert actions(world) == ["receipt.issued"]


async def test_before_the_clip_or_its_hash_there_is_no_answer_and_no_entry(world: World) -> None:
    assert await ask(world) == Pending(indexed=False)
    world.records.put(a_clip())
    assert await ask(world) == Pending(indexed=True)
    assert actions(world) == []


async def test_no_entry_no_receipt(world: World) -> None:
    a_verified_clip(world)
    world.faults.break_every("records.write")
    with pytest.raises(Outage):
        await ask(world)
    assert "keys.receipt_signer" not in world.faults.calls


async def test_a_mismatch_has_no_receipt(world: World) -> None:
    wrong = Integrity(state=Fixity.MISMATCH, claimed=HASH, sha256=HASH, verified_at=UPLOADED)
    world.records.put(a_clip(integrity=wrong, state=State.QUARANTINED))
    with pytest.raises(Conflict):
        await ask(world)
    assert actions(world) == []


async def test_a_recording_granted_to_another_dock_is_not_found(world: World) -> None:
    a_verified_clip(world)
    world.records.put(a_grant(dock=DockId("another")))
    with pytest.raises(NotFound):
        await ask(world)


async def test_a_clip_that_came_without_a_grant_has_no_receipt() -> None:
    world = World()
    world.records.put(a_dock())
    a_verified_clip(world)
    with pytest.raises(NotFound):
        await ask(world)


async def test_nobody_asks_for_another_dock(world: World) -> None:
    a_verified_clip(world)
    with pytest.raises(NotAllowed):
        await ask(world, reach=Reach(client="another"))
    assert actions(world) == []
