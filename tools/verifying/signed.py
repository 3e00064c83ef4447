"""What the force signed: receipts of footage, and checkpoints of its ledger (shared/domain/note.py)."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.domain.ledger import Unproven
from shared.domain.note import COSIGNATURE, Checkpoint, VerifierKey, parsed_checkpoint, parsed_note, signers
from tools.verifying.report import Report

RECEIPT = "continuity-receipt/v1"
RECEIPT_LINES = 6
Keys = Sequence[VerifierKey]


def ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def check_receipt(raw: bytes, keys: Keys, report: Report, footage: Path | None) -> None:
    note = parsed_note(raw)
    found = signers(note, keys, ed25519)
    lines = note.text.removesuffix("\n").split("\n")
    if len(lines) != RECEIPT_LINES or lines[0] != RECEIPT:
        raise Unproven("receipt: what is signed is no receipt")
    _, recording, version, size, sha256, at = lines
    report.checked.append(f"the receipt is signed by {_names(found)}")
    report.checked.append(f"it confirms recording {recording}, version {version}: {size} bytes, SHA-256 {sha256},")
    report.checked.append(f"read back and hashed by the force at {at}")
    if footage is None:
        report.unchecked.append("the footage itself: give it with --footage to compare it")
        return
    with footage.open("rb") as video:
        digest, length = hashlib.file_digest(video, "sha256").hexdigest(), video.tell()
    if (str(length), digest) != (size, sha256):
        raise Unproven(f"footage: it is {length} bytes with SHA-256 {digest}, not what the receipt confirms")
    report.checked.append(f"the footage {footage} is, byte for byte, what the receipt confirms")


def checked_checkpoint(raw: bytes, keys: Keys, report: Report) -> Checkpoint:
    """tlog-checkpoint: a note whose origin is the name of the key that signed it; witnesses may have signed as well."""
    note = parsed_note(raw)
    found, checkpoint = signers(note, keys, ed25519), parsed_checkpoint(note.text)
    if not any(key.name == checkpoint.origin and key.kind != COSIGNATURE for key in found):
        raise Unproven("checkpoint: the log that it names has not signed it")
    said = f"the checkpoint of {checkpoint.origin}: {checkpoint.size} entries, root {checkpoint.root.hex()}"
    report.checked.append(f"{said}; signed by {_names(found)}")
    return checkpoint


def _names(found: dict[VerifierKey, int | None]) -> str:
    return ", ".join(
        f"{key.name} (witness, Unix time {at})" if at is not None else key.name for key, at in found.items()
    )
