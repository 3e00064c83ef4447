"""What a witness tells of its rounds: a line each with its time, and the exit code that it comes to.

A round that fails says how many have failed in a row, and what time was signed last: a ledger that never proves how it
goes on shall not be silent about it for being asked politely again and again.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from tools.witnessing.exchange import first_words
from tools.witnessing.state import MOST_ALIKE, StateFile
from tools.witnessing.trouble import AnotherHistory, NoProof, Trouble, Unusable

DONE = 0
UNUSABLE, NOT_NOW, NO_PROOF, ANOTHER_HISTORY = range(2, 6)  # with 1 Python ends where it cannot run a program at all
WHOM_TO_TELL = """\
The log's key has signed two ledgers that are not of one history: the force did it, or somebody has its key. The notes
prove it to anybody. Nothing was signed here. Keep those notes and the state file as they are, and give copies to the
force's security officer, to the police regulator, and to the other witnesses and whoever relies on this ledger: not to
one of them alone. Do not start this witness again before somebody has found out which history is the true one."""


class Rounds(Protocol):
    def round(self) -> str:
        """As Witness.round (tools/witnessing/round.py)."""


@dataclass(slots=True, kw_only=True)
class Teller:
    """Of one process: it counts from its start on."""

    witness: Rounds
    state: StateFile
    failed: int = field(default=0, init=False)

    def turn(self) -> int:
        """One round, told; its exit code. Raises Unusable."""
        try:
            tell(self.witness.round())
        except AnotherHistory as found:
            self._tell_all(found)
            return ANOTHER_HISTORY
        except NoProof as no:
            tell(f"NO PROOF THAT IT GOES ON, not signed: {no} {self._standing()} {self._kept('no-proof', no.notes)}")
            return NO_PROOF
        except Trouble as no:
            tell(f"not signed: {no} {self._standing()}")
            return NOT_NOW
        self.failed = 0
        return DONE

    def turn_whatever_happens(self) -> int:
        """The same, of which a fault of this program is trouble like any other. Raises Unusable."""
        try:
            return self.turn()
        except Unusable:
            raise
        except Exception as fault:  # noqa: BLE001 - what a log may answer must not end a witness
            tell(f"not signed, by a fault of this program: {fault_in_words(fault)} {self._standing()}")
            return NOT_NOW

    def _tell_all(self, found: AnotherHistory) -> None:
        tell(f"ANOTHER HISTORY: {found}")
        for name, text in found.notes.items():  # in the log as well, should the folder be lost
            print(f"{name}:\n{text}", flush=True)
        tell(f"{self._kept('another-history', found.notes)}\n{WHOM_TO_TELL}")

    def _kept(self, kind: str, notes: dict[str, str]) -> str:
        try:
            folder = self.state.keep_evidence(kind, notes)
        except Unusable as no:
            return f"({no})"
        if folder is None:
            return f"(the notes are not kept: {MOST_ALIKE} like them are)"
        return f"(the notes are kept in {folder})"

    def _standing(self) -> str:
        self.failed += 1
        kept = self.state.read()
        last = f"seconds={kept.seconds} were signed last" if kept else "nothing was ever signed"
        return f"(failed in a row: {self.failed}; {last})"


def tell(line: str) -> None:
    print(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {line}", flush=True)


def fault_in_words(fault: Exception) -> str:
    return f"{type(fault).__name__}: {first_words(fault)}"
