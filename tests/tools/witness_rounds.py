"""Rounds of a witness that writes no file."""

from shared.domain.note import Checkpoint, Note, VerifierKey, parsed_checkpoint, parsed_note, signers
from tests.tools.witness_ledgers import KEYS, NOW, WITNESS, History, MadeUp, seen
from tools.witnessing.round import Memory, Witness
from tools.witnessing.seen import Seen, ed25519
from tools.witnessing.state import Kept


class Remembered:
    """A memory that is no file."""

    def __init__(self, kept: Kept | None = None) -> None:
        self.kept = kept

    def read(self) -> Kept | None:
        return self.kept

    def keep(self, kept: Kept) -> None:
        self.kept = kept


def witness(ledger: MadeUp, memory: Memory, *, now: int = NOW, first: Seen | None = None) -> Witness:
    return Witness(key=WITNESS, log_keys=KEYS, ledger=ledger, memory=memory, now=lambda: now, first=first)


def cosigned(note: str) -> tuple[Checkpoint, int | None]:
    """What is cosigned in a note, by whoever verifies it."""
    read = parsed_note(note.encode())
    return parsed_checkpoint(read.text), _signers(read)[WITNESS.verifier]


def _signers(note: Note) -> dict[VerifierKey, int | None]:
    return signers(note, [WITNESS.verifier], ed25519)


def kept(history: History, *, handed_in: bool = True) -> Kept:
    return Kept(seen=seen(history), seconds=NOW, handed_in=handed_in)
