"""What a force shows of one clip, made by the real verbs over a ledger sealed by hand, for the verifier's tests."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.adapters.ed25519 import verifies
from shared.domain.entry import Change, Entry, Operation
from shared.domain.seal import checkpoint_path
from shared.ports import Delete
from shared.usecases.commit import commit
from shared.usecases.export import export
from shared.usecases.receipt import receipt
from tests.builders import DOCK, FORCE, RECORDING, a_dock, a_draft, a_grant, an_asking, fresh_id
from tests.fakes import World
from tests.usecases.scenes import CONTENT, HASH, ITSELF, a_verified_clip
from tests.usecases.sealed import seal_by_hand

ENTRIES = 6  # of the clip's trail: two looks, the receipt, two looks more, and its export
OTHERS = 150  # entries of others, in each of two seals: tiles of two levels, and partial ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The files somebody outside has. `earlier` is a checkpoint of the first seal."""

    world: World
    trail: bytes
    receipt: bytes
    checkpoint: bytes
    earlier: bytes

    @property
    def export(self) -> Any:
        return json.loads(self.trail)

    def ledger_in(self, folder: Path) -> Path:
        return self.world.ledger.laid_in(folder)


async def shown(*, erased: bool = False, others: int = OTHERS) -> Shown:
    """`erased`: the second entry of the trail is, and a later one tells of it."""
    world = World()
    a_verified_clip(world)
    world.records.put(a_dock(), a_grant(size=len(CONTENT), sha256=HASH))
    await _looked_at(world, RECORDING, 2)
    note = await receipt(DOCK, RECORDING, reach=ITSELF, asking=an_asking(), records=world.records, keys=world.keys)
    await _looked_at(world, fresh_id(), others)
    seal_by_hand(world)
    first = max(path for path in world.ledger.files if path.startswith("checkpoint"))
    if erased:
        await _erase(world, 2)
    await _looked_at(world, RECORDING, 2)
    await _looked_at(world, fresh_id(), others)
    seal_by_hand(world)
    head = await world.records.ledger_head()
    assert head is not None
    assert isinstance(note, str)
    return Shown(
        world=world,
        trail=await exported(world, RECORDING),
        receipt=note.encode(),
        checkpoint=world.ledger.files[checkpoint_path(head.record.size)],
        earlier=world.ledger.files[first],
    )


async def exported(world: World, clip: str) -> bytes:
    ports = {"records": world.records, "ledger": world.ledger, "keys": world.keys, "check": verifies}
    return await export(clip, reach=FORCE, asking=an_asking(request=fresh_id()), **ports)  # type: ignore[arg-type]


async def _looked_at(world: World, pk: str, times: int) -> None:
    for _ in range(times):
        await commit(world.records, a_draft(pk=pk, subject=pk, asking=an_asking(request=fresh_id())))


async def _erase(world: World, number: int) -> None:
    """As a court orders it: nothing of the service does this by itself."""
    (entry,) = (
        e for e in world.records.everything() if isinstance(e, Entry) and (e.pk, e.number) == (RECORDING, number)
    )
    held = world.records._read(Entry, RECORDING, entry.id)
    assert held is not None
    await world.records.write(RECORDING, [Delete(entry, held.version)])
    told = {"number": str(number), "entry": entry.id, "leaf": entry.leaf}
    changes = tuple(Change(field=name, before=before, after=None) for name, before in told.items())
    draft = a_draft(action="entry.erased", operation=Operation.ERASURE, changes=changes)
    await commit(world.records, draft)
