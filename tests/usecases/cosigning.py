"""Scenes of cosigning: a ledger of some sizes, two witnesses, and what they sign of it."""

from collections.abc import Coroutine
from datetime import datetime
from typing import Any

from shared.adapters.ed25519 import verifies
from shared.domain.seal import checkpoint_path
from shared.domain.witness import Witnessed
from shared.usecases.cosign import Kept, cosign
from tests.builders import NOW
from tests.fakes import MemoryWitness, World
from tests.fakes.signing import LEDGER_KEY, OTHER_WITNESS_KEY
from tests.functions.memory import MemoryPorts
from tests.usecases.scenes import by_the_service
from tests.usecases.sealed import seal_by_hand
from tests.usecases.sealing import wait

ONE, TWO, UNLISTED = MemoryWitness(), MemoryWitness(OTHER_WITNESS_KEY, b"v" * 32), MemoryWitness("unlisted.test")
LISTED = (ONE.key, TWO.key)


def a_ledger_of(world: World, *numbers: int) -> None:
    """It grew by so many entries at a time, all of the service itself."""
    for number in numbers:
        wait(world, number, asking=by_the_service())
        seal_by_hand(world)


def note_of(world: World | MemoryPorts, size: int) -> str:
    return world.ledger.files[checkpoint_path(size)].decode()


def a_cosigned_note(world: World | MemoryPorts, size: int, *witnesses: MemoryWitness, at: datetime = NOW) -> str:
    note = note_of(world, size)
    return note + "".join(witness.line(note, at) for witness in witnesses)


def cosigning(world: World | MemoryPorts, note: str, *, now: datetime = NOW) -> Coroutine[Any, Any, Kept]:
    return cosign(
        note,
        now=now,
        origin=LEDGER_KEY,
        witnesses=LISTED,
        check=verifies,
        records=world.records,
        ledger=world.ledger,
        metrics=world.metrics,
    )


def cosignatures(world: World) -> dict[str, bytes]:
    """The files of cosignatures there are."""
    return {path: raw for path, raw in world.ledger.files.items() if path.startswith("cosignature/")}


def known_of(world: World, witness: MemoryWitness) -> Witnessed | None:
    found = [record for record in world.records.everything() if isinstance(record, Witnessed)]
    return next((record for record in found if record.key == witness.key.id.hex()), None)
