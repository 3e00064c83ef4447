"""The knocks of access_knocks.py at the doors of the ledger."""

from typing import TYPE_CHECKING

from shared.domain.seal import checkpoint_path
from tests.builders import BOROUGH, NOW, OTHER_BOROUGH, an_entry
from tests.fakes import MemoryWitness
from tests.functions.world import Answered
from tests.usecases.sealed import seal_by_hand

if TYPE_CHECKING:
    from tests.functions.access_knocks import Knock


def a_ledger(knock: "Knock") -> str:
    """Of one entry; its id."""
    entry, trail = an_entry(borough=OTHER_BOROUGH if knock.where == "other" else BOROUGH)
    knock.world.records.put(entry, trail)
    seal_by_hand(knock.world)
    return entry.id


async def at_the_proof(knock: "Knock") -> Answered:
    return await knock.ask(route={"id": a_ledger(knock)})


async def at_the_checkpoint(knock: "Knock") -> Answered:
    a_ledger(knock)
    return await knock.ask()


async def at_a_tile(knock: "Knock") -> Answered:
    a_ledger(knock)
    return await knock.ask(route={"path": "entries/000.p/1"})


async def at_the_cosignatures(knock: "Knock") -> Answered:
    """Whoever brings it: it is the witness who signed."""
    a_ledger(knock)
    witness, note = MemoryWitness(), knock.world.ledger.files[checkpoint_path(1)].decode()
    knock.world.witnesses = (witness.key,)
    return await knock.ask(body={"checkpoint": note + witness.line(note, NOW)})


async def at_the_consistency(knock: "Knock") -> Answered:
    a_ledger(knock)
    return await knock.ask()
