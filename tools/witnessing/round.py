"""One round of a witness: look, compare with what was kept, write down, and only then sign.

    1. read what was kept; where there is nothing, the first checkpoint given, else none
    2. fetch the checkpoint, and believe it only if the log signed it (seen.py)
    3. it must be of one history with what was kept (history.py), and no older
    4. the clock of this machine must be right, or nothing is signed
    5. write it down; from here on no other history can be signed, whatever happens to this process
    6. sign it, with the time; then hand it in
    7. write down that it has arrived

A crash between 5 and 7 signs the same checkpoint once more, later: never another one. Whatever is wrong before 5 leaves
everything as it was.

A time that was signed cannot be taken back: whoever was handed the cosignature has it, also if they refused it. Were a
clock years ahead believed once, nothing could be signed for years but what contradicts it. So step 4 asks two clocks,
this machine's and that of the answer, and the second one can stop a signature, never put a time into it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from shared.domain.note import Checkpoint, VerifierKey
from tools.witnessing.history import History
from tools.witnessing.ledger import Ledger
from tools.witnessing.seen import Seen, believed
from tools.witnessing.state import Kept
from tools.witnessing.trouble import Trouble

APART = 300  # seconds, two clocks that are both called right; the service refuses what is signed further ahead


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
        """What it did, in a line. Raises Trouble, NoProof, Unusable and AnotherHistory."""
        kept = self.memory.read()
        came = self.ledger.checkpoint()
        shown = believed(came.raw, self.log_keys)
        before = kept.seen if kept else self.first
        if before is not None:
            self._must_go_on(before, shown)
        if kept and kept.handed_in and kept.seen.checkpoint == shown.checkpoint:
            return f"nothing new: {shown}, cosigned at seconds={kept.seconds}"
        mine = Kept(seen=shown, seconds=self._seconds(kept, came.seconds), handed_in=False)
        self.memory.keep(mine)
        if not self.ledger.hand_in(self.key.cosigned(shown.checkpoint, mine.seconds)):
            notes = {"kept.note": before.note} if before else {}
            self._history().must_be_published(shown, {**notes, "shown.note": shown.note})
        self.memory.keep(replace(mine, handed_in=True))
        told = f"cosigned: {shown} seconds={mine.seconds}"
        return told if before else f"{told} (the first one seen: it is trusted as it came, for nothing was kept)"

    def _must_go_on(self, kept: Seen, shown: Seen) -> None:
        self._history().must_be_one(kept, shown)
        if shown.checkpoint.size < kept.checkpoint.size:
            raise Trouble(f"an older checkpoint was shown, {shown}: {kept} goes on from it, and was seen before")

    def _history(self) -> History:
        return History(ledger=self.ledger, log_keys=self.log_keys)

    def _seconds(self, kept: Kept | None, answered: int | None) -> int:
        """A witness says what the largest ledger was that it had seen at a time: times go forward as sizes do."""
        seconds = self.now()
        if answered is None:
            raise Trouble("the answer bears no date to hold the clock of this machine against")
        if abs(seconds - answered) > APART:
            raise Trouble(
                f"a clock is wrong, or the answer is an old one: seconds={seconds} on this machine,"
                f" and seconds={answered} in the answer"
            )
        if kept and seconds < kept.seconds:
            raise Trouble(f"the clock of this machine stands before the time that was last signed, {kept.seconds}")
        return seconds
