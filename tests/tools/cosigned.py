"""What a force shows of a clip where two witnesses cosign its ledger, made by the real verbs, for verifying."""

import json
from dataclasses import dataclass
from pathlib import Path

from shared.adapters.ed25519 import verifies
from shared.domain.entry import Entry
from shared.domain.ledger import to_base64
from shared.domain.note import parsed_checkpoint, parsed_note
from shared.usecases.export import export
from shared.usecases.prove import consistency, prove
from tests.builders import FORCE, NOW, RECORDING, an_asking, fresh_id
from tests.tools.shown import OTHERS, Shown, shown
from tests.usecases.cosigning import LISTED, ONE, TWO, cosigning

FIRST_KEY, SECOND_KEY = map(str, LISTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosigned:
    """One witness saw the earlier checkpoint, the other the later one."""

    shown: Shown
    trail: bytes
    proof: bytes
    consistency: bytes
    earlier: bytes
    checkpoint: bytes
    sizes: tuple[int, int]

    def files_in(self, folder: Path) -> dict[str, Path]:
        """Each in a file of its name, and the ledger in a folder."""
        given = {name: getattr(self, name) for name in ("trail", "proof", "consistency", "earlier", "checkpoint")}
        for name, raw in given.items():
            (folder / name).write_bytes(raw)
        return {name: folder / name for name in given} | {"ledger": self.shown.ledger_in(folder / "ledger")}


async def cosigned(*, others: int = OTHERS) -> Cosigned:
    made = await shown(others=others)
    world = made.world
    earlier, later = made.earlier.decode(), made.checkpoint.decode()
    lines = [ONE.line(earlier, NOW), TWO.line(later, NOW)]
    for note, line in zip((earlier, later), lines, strict=True):
        await cosigning(world, note + line)
    old, new = (parsed_checkpoint(parsed_note(raw).text).size for raw in (made.earlier, made.checkpoint))
    ports = {"records": world.records, "ledger": world.ledger}
    asking = an_asking(request=fresh_id())
    trail = await export(
        RECORDING,
        reach=FORCE,
        asking=asking,
        keys=world.keys,
        check=verifies,
        witnesses=LISTED,
        **ports,  # type: ignore[arg-type]
    )
    _, hashes = await consistency(old, new, **ports)  # type: ignore[arg-type]
    return Cosigned(
        shown=made,
        trail=trail,
        proof=await _proof(made),
        consistency=_json({"old": old, "new": new, "proof": [to_base64(each) for each in hashes]}),
        earlier=(earlier + lines[0]).encode(),
        checkpoint=(later + lines[1]).encode(),
        sizes=(old, new),
    )


async def _proof(made: Shown) -> bytes:
    """As the door answers it (functions/shown_ledger.py)."""
    world = made.world
    entry = next(e for e in world.records.everything() if isinstance(e, Entry) and (e.pk, e.number) == (RECORDING, 2))
    asking = an_asking(request=fresh_id())
    proven = await prove(entry.id, reach=FORCE, asking=asking, records=world.records, ledger=world.ledger)
    answer = {
        "id": proven.entry.id,
        "commitment": proven.committed,
        "leaf": proven.place.leaf,
        "proof": [to_base64(each) for each in proven.place.proof],
        "checkpoint": proven.checkpoint,
    }
    return _json(answer)


def _json(answer: object) -> bytes:
    """With no byte that says nothing."""
    return json.dumps(answer, separators=(",", ":")).encode()
