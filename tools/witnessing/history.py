"""Are two checkpoints of one history? What proves that they are, what that they are not, and what proves nothing.

Nobody but the log can sign a checkpoint. A consistency proof is signed by nobody: the server, or whoever stands before
it, can send a wrong one between two checkpoints that are genuine, or none, or an old answer.

H1  Of one history: the larger begins with the smaller, by a proof that leads from the one root to the other (RFC 9162
    section 2.1.4). Nobody can make one up between two that do not.
H2  Of two, and what was shown proves it to anybody who has the log's key:
    a. two signed notes of one size with different roots: the two in question, or one of them and the one that the log
       says it published at that size
    b. a proof that leads to the larger one's root, but from another beginning of the smaller one's size. No proof can
       lead there from both, or the hash is broken. (If that size is a power of two a proof does not say so.)
H3  Everything else is NoProof: it may be a fault, and it may be a fork that is not owned up to. It is asked anew.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.ledger import Unproven, check_consistency, node_hash, to_base64
from shared.domain.note import Checkpoint, VerifierKey
from tools.witnessing.ledger import Ledger
from tools.witnessing.seen import Seen, believed
from tools.witnessing.trouble import AnotherHistory, NoProof, Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What a log says of its own past."""

    ledger: Ledger
    log_keys: Sequence[VerifierKey]

    def must_be_one(self, kept: Seen, shown: Seen) -> None:
        """Raises NoProof, AnotherHistory, and Trouble for another ledger."""
        if kept.checkpoint.origin != shown.checkpoint.origin:
            before, now = kept.checkpoint.origin, shown.checkpoint.origin
            raise Trouble(f"what was kept is of the ledger {before}, and what is shown of {now}")
        notes = {"kept.note": kept.note, "shown.note": shown.note}
        if shown.checkpoint.size == kept.checkpoint.size:
            if shown.checkpoint.root != kept.checkpoint.root:
                raise AnotherHistory(f"what is shown, {shown}, is of one size with {kept}", notes)
            return
        smaller, larger = (kept, shown) if kept.checkpoint.size < shown.checkpoint.size else (shown, kept)
        if smaller.checkpoint.size:
            self._must_begin(smaller, larger, notes, kept)

    def must_be_published(self, shown: Seen, notes: dict[str, str]) -> None:
        """After the log said that it published another one of this size. Raises NoProof and AnotherHistory."""
        published = self._published(shown.checkpoint.size)
        refused = f"they refuse the cosignature of {shown}, as if they had published another of that size, and"
        if published is None:
            raise NoProof(f"{refused} show none", notes)
        notes = {**notes, "published.note": published.note}
        if published.checkpoint.root == shown.checkpoint.root:
            raise NoProof(f"{refused} show the same", notes)
        raise AnotherHistory(f"what was shown, {shown}, is not what was published, {published}", notes)

    def _must_begin(self, smaller: Seen, larger: Seen, notes: dict[str, str], kept: Seen) -> None:
        """H1; where that fails, H2 and H3."""
        old, new = smaller.checkpoint, larger.checkpoint
        between = f"that {larger} begins with {smaller}"
        try:
            proof = self.ledger.consistency(old.size, new.size)
        except Trouble as no:
            self._must_not_contradict(kept, notes)
            raise NoProof(f"no proof came {between}: {no}", notes) from None
        try:
            check_consistency(old.size, old.root, new.size, new.root, proof)
        except Unproven as no:
            notes = {**notes, "proof.json": _as_answered(old.size, new.size, proof)}
            _must_not_lead_elsewhere(old, new, proof, notes)
            self._must_not_contradict(kept, notes)
            raise NoProof(f"what came does not prove {between}: {no}", notes) from None

    def _must_not_contradict(self, kept: Seen, notes: dict[str, str]) -> None:
        """H2 a: what is published now at the size of what was kept."""
        published = self._published(kept.checkpoint.size)
        if published and published.checkpoint.root != kept.checkpoint.root:
            notes = {**notes, "published.note": published.note}
            raise AnotherHistory(f"what is published, {published}, is of one size with {kept}", notes)

    def _published(self, size: int) -> Seen | None:
        try:
            found = believed(self.ledger.checkpoint(size).raw, self.log_keys)
        except Trouble:
            return None
        return found if found.checkpoint.size == size else None


def _must_not_lead_elsewhere(old: Checkpoint, new: Checkpoint, proof: Sequence[bytes], notes: dict[str, str]) -> None:
    """H2 b."""
    roots = roots_of(old.size, new.size, proof)
    if roots and roots[1] == new.root and roots[0] != old.root:
        other, own = f"size={old.size} root={to_base64(roots[0])}", f"root={to_base64(old.root)}"
        raise AnotherHistory(
            f"the ledger of size={new.size} is proven to begin with {other}, and not with {own}", notes
        )


def roots_of(old: int, new: int, proof: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """RFC 9162 section 2.1.4.2: the older and the newer root that a proof leads to; None where it does not say.

    It does not if `old` is a power of two, for such a proof begins with the older root and so does not have it.
    """
    if not 0 < old < new or not old & (old - 1) or not proof:
        return None
    first, last = old - 1, new - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    older = newer = proof[0]
    for beside in proof[1:]:
        if last == 0:
            return None
        if first & 1 or first == last:
            older, newer = node_hash(beside, older), node_hash(beside, newer)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            newer = node_hash(newer, beside)
        first, last = first >> 1, last >> 1
    return (older, newer) if last == 0 else None


def _as_answered(old: int, new: int, proof: Sequence[bytes]) -> str:
    """As /api/ledger/consistency answers, so that the verifier can read it."""
    return json.dumps({"old": old, "new": new, "proof": [to_base64(each) for each in proof]})
