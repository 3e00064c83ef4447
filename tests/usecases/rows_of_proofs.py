"""The verbs of whoever checks the ledger: the published files, proofs, and a trail to take away."""

from collections.abc import Coroutine
from typing import Any

from shared.adapters.ed25519 import verifies
from shared.domain.entry import Asking
from shared.usecases.export import export
from shared.usecases.prove import checkpoint, consistency, prove, tile
from shared.usecases.transcribe import print_out, transcribe
from tests.builders import FORCE, RECORDING, an_entry
from tests.fakes import MemoryWitness, World
from tests.usecases.rows import Anew, Row
from tests.usecases.scenes import a_stored_clip
from tests.usecases.sealed import seal_by_hand

FIRST, TRAIL = an_entry()
WITNESSES = (MemoryWitness().key,)
LOOKED = ("footage.read", "")
SERVICE = "https://continuity.example"


def a_ledger(world: World) -> None:
    """Of one entry, about a clip that is there."""
    a_stored_clip(world)
    world.records.put(FIRST, TRAIL)
    seal_by_hand(world)


def exporting(world: World, asking: Asking) -> Coroutine[Any, Any, bytes]:
    return export(
        RECORDING,
        reach=FORCE,
        asking=asking,
        records=world.records,
        ledger=world.ledger,
        keys=world.keys,
        check=verifies,
    )


def printing_out(world: World, asking: Asking) -> Coroutine[Any, Any, bytes]:
    return print_out(
        RECORDING,
        reach=FORCE,
        asking=asking,
        records=world.records,
        ledger=world.ledger,
        printer=world.printer,
        public_base_url=SERVICE,
    )


ROWS = (
    Row(
        name="export, of nothing sealed",
        verb=export,
        scene=a_stored_clip,
        run=exporting,
        enters=(("trail.exported", "form"),),
        anew=Anew.ENTRY,
        answers=len,
    ),
    Row(
        name="export",
        verb=export,
        scene=a_ledger,
        run=exporting,
        enters=(LOOKED, ("trail.exported", "form")),
        anew=Anew.ENTRY,
        answers=len,
    ),
    Row(
        name="transcribe",
        verb=transcribe,
        scene=a_ledger,
        run=lambda w, a: transcribe(RECORDING, reach=FORCE, asking=a, records=w.records, ledger=w.ledger),
        enters=(LOOKED, ("trail.exported", "form")),
        anew=Anew.ENTRY,
        answers=lambda table: table.count(b"\r\n"),
    ),
    Row(
        name="print out",
        verb=print_out,
        scene=a_ledger,
        run=printing_out,
        enters=(LOOKED, ("trail.exported", "form")),
        anew=Anew.ENTRY,
        answers=len,
    ),
    Row(
        name="print out, of nothing sealed",
        verb=print_out,
        scene=a_stored_clip,
        run=printing_out,
        enters=(("trail.exported", "form"),),
        anew=Anew.ENTRY,
        answers=len,
    ),
    Row(
        name="prove",
        verb=prove,
        scene=a_ledger,
        run=lambda w, a: prove(FIRST.id, reach=FORCE, asking=a, records=w.records, ledger=w.ledger),
        enters=(LOOKED, ("entry.proven", "")),
        anew=Anew.ENTRY,
        answers=lambda proven: (proven.committed, proven.place, proven.checkpoint),
    ),
    Row(
        name="checkpoint",
        verb=checkpoint,
        scene=a_ledger,
        run=lambda w, _a: checkpoint(None, witnesses=WITNESSES, check=verifies, records=w.records, ledger=w.ledger),
        enters=(LOOKED,),
        answers=str,
    ),
    Row(
        name="tile",
        verb=tile,
        scene=a_ledger,
        run=lambda w, _a: tile("tile/entries/000.p/1", ledger=w.ledger),
        enters=(LOOKED,),
        answers=bytes,
    ),
    Row(
        name="consistency",
        verb=consistency,
        scene=a_ledger,
        run=lambda w, _a: consistency(1, None, records=w.records, ledger=w.ledger),
        enters=(LOOKED,),
        answers=lambda found: found,
    ),
)
