"""A checkpoint as a witness believes it: signed by the log whose keys it was given, and saying nothing else.

W1  A key of the log signed it, and no signature of a key of the log is wrong (signed-note).
W2  Its first line is the name of that key (tlog-checkpoint): a ledger cannot be passed off as another.
W3  It has no lines after the root: nobody has told a witness what it would vouch for with them.
W4  Of no entries it has the root of no entries: any ledger begins with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.domain.ledger import EMPTY_ROOT, Unproven, to_base64
from shared.domain.note import Checkpoint, VerifierKey, parsed_checkpoint, parsed_note, signers
from tools.witnessing.trouble import Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The note as it came, and what it says."""

    note: str
    checkpoint: Checkpoint

    def __str__(self) -> str:
        return f"size={self.checkpoint.size} root={to_base64(self.checkpoint.root)}"


def ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def believed(raw: bytes, log_keys: Sequence[VerifierKey]) -> Seen:
    """Raises Trouble, naming what does not hold."""
    try:
        seen = parsed(raw)
        found = signers(parsed_note(raw), log_keys, ed25519)
    except Unproven as no:
        raise Trouble(f"what is shown is no checkpoint of this ledger: {no}") from None
    if not any(key.name == seen.checkpoint.origin for key in found):
        raise Trouble(f"what is shown is the checkpoint of another ledger than {log_keys[0].name}")
    if seen.checkpoint.extension:
        raise Trouble("the checkpoint has more lines than origin, size and root: a witness does not vouch for them")
    if seen.checkpoint.size == 0 and seen.checkpoint.root != EMPTY_ROOT:
        raise Trouble("what is shown is a checkpoint of no entries with a root that is not that of none")
    return seen


def parsed(raw: bytes) -> Seen:
    """Read, and not believed. Raises Unproven."""
    return Seen(note=raw.decode("utf-8", "replace"), checkpoint=parsed_checkpoint(parsed_note(raw).text))
