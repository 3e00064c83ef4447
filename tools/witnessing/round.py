"""One round of a witness: look, compare with what was kept, write down, and only then sign.

    1. read what was kept; where there is nothing, the first checkpoint given, else none
    2. fetch the checkpoint, and believe it only if the log signed it (seen.py)
    3. it must be how what was kept goes on: as large or larger, and begin with it. Else AnotherHistory
    4. write it down; from here on no other history can be signed, whatever happens to this process
    5. sign it, with the time; then hand it in
    6. write down that it has arrived

A crash between 4 and 6 signs the same checkpoint once more, later: never another one. Whatever is wrong before 4 leaves
everything as it was.
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from shared.domain.ledger import Unproven, check_consistency
from shared.domain.note import Checkpoint, VerifierKey
from tools.witnessing.ledger import Ledger
from tools.witnessing.seen import Seen, believed
from tools.witnessing.state import Kept
from tools.witnessing.trouble import AnotherHistory, Trouble


class Memory(Protocol):
    """What tools/witnessing/state.py promises."""

    def read(self) -> Kept | None: ...

    def keep(self, kept: Kept) -> None: ...


class Cosigner(Protocol):
    def cosigned(self, checkpoint: Checkpoint, seconds: int) -> str:
        """The checkpoint as a note with the witness's signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """`now` is in seconds. `first` counts only as long as nothing was kept."""

    key: Cosigner
    log_keys: Sequence[VerifierKey]
    ledger: Ledger
    memory: Memory
    now: Callable[[], int]
    first: Seen | None = None

    def round(self) -> str:
        """What it did, in a line. Raises Trouble, Unusable and AnotherHistory."""
        kept = self.memory.read()
        shown = believed(self.ledger.checkpoint(), self.log_keys)
        before = kept.seen if kept else self.first
        if before is not None:
            self._must_go_on(before, shown)
        if kept and kept.handed_in and kept.seen.checkpoint == shown.checkpoint:
            return f"nothing new: {shown}, cosigned at seconds={kept.seconds}"
        mine = Kept(seen=shown, seconds=self._seconds(kept), handed_in=False)
        self.memory.keep(mine)
        if not self.ledger.hand_in(self.key.cosigned(shown.checkpoint, mine.seconds)):
            why = "they refuse the cosignature, for they published another checkpoint of this size"
            raise AnotherHistory(why, {"shown.note": shown.note})
        self.memory.keep(replace(mine, handed_in=True))
        told = f"cosigned: {shown} seconds={mine.seconds}"
        return told if before else f"{told} (the first one seen: it is trusted as it came, for nothing was kept)"

    def _seconds(self, kept: Kept | None) -> int:
        """A witness says what the largest ledger was that it had seen at a time: times go forward as sizes do."""
        seconds = self.now()
        if kept and seconds < kept.seconds:
            raise Trouble("the clock of this machine stands before the time that was last signed")
        return seconds

    def _must_go_on(self, kept: Seen, shown: Seen) -> None:
        """RFC 9162 section 2.1.4: nobody can make up a proof between two roots that do not go on from each other."""
        old, new = kept.checkpoint, shown.checkpoint
        notes = {"kept.note": kept.note, "shown.note": shown.note}
        if old.origin != new.origin:
            raise Trouble(f"what was kept is of the ledger {old.origin}, and what is shown of {new.origin}")
        proof = self.ledger.consistency(old.size, new.size) if 0 < old.size < new.size else []
        try:
            check_consistency(old.size, old.root, new.size, new.root, proof)
        except Unproven as no:
            notes["proof.json"] = json.dumps([base64.b64encode(each).decode("ascii") for each in proof])
            raise AnotherHistory(f"what is shown, {shown}, does not begin with {kept}: {no}", notes) from None
