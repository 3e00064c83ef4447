"""What was signed: receipts of footage, checkpoints of the ledger, and the cosignatures of those who saw them.

A checkpoint is the log's own word. A witness's cosignature on it is another's: that at this time it saw the ledger at
this size, having checked that it goes on from all that it had seen before (C2SP tlog-cosignature).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.domain.ledger import Unproven
from shared.domain.note import COSIGNATURE, Checkpoint, Note, VerifierKey, parsed_checkpoint, parsed_note, signers
from tools.verifying.report import Report

RECEIPT = "continuity-receipt/v1"
RECEIPT_LINES = 6
Keys = Sequence[VerifierKey]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A checkpoint, the log's key, the witnesses of known keys and their times, and whose keys are not known."""

    checkpoint: Checkpoint
    log: VerifierKey | None
    witnesses: Mapping[VerifierKey, int]
    unknown: Sequence[str]


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
    report.checked.append(f"the receipt is signed by {', '.join(key.name for key in found)}")
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


def signed_checkpoint(raw: bytes, keys: Keys, name: str = "checkpoint") -> Signed:
    """tlog-checkpoint: a note whose origin is the name of the key that signed it; witnesses may have signed as well."""
    note = parsed_note(raw)
    found = _signed(note, keys, signers(note, keys, ed25519))
    if found.log is None:
        raise Unproven(f"{name}: the log that it names has not signed it")
    return found


def cosigned_checkpoint(raw: bytes, keys: Keys) -> Signed:
    """The same where a witness's word is what counts: the log's own key may be an older one that was not given."""
    note = parsed_note(raw)
    known = {(key.name, key.id) for key in keys}
    heard = any((name, key) in known for name, key, _ in note.signatures)
    found = _signed(note, keys, signers(note, keys, ed25519) if heard else {})
    if not any(name == found.checkpoint.origin for name, _, _ in note.signatures):
        raise Unproven("the log that it names has not signed it")
    return found


def _signed(note: Note, keys: Keys, found: Mapping[VerifierKey, int | None]) -> Signed:
    checkpoint = parsed_checkpoint(note.text)
    known = {(key.name, key.id) for key in keys}
    return Signed(
        checkpoint=checkpoint,
        log=next((key for key in found if key.name == checkpoint.origin and key.kind != COSIGNATURE), None),
        witnesses={key: at for key, at in found.items() if at is not None},
        unknown=[name for name, key, _ in note.signatures if (name, key) not in known],
    )


def checked_checkpoint(raw: bytes, keys: Keys, report: Report) -> Checkpoint:
    """And what it says, and who saw it, is in the report."""
    return _reported(raw, keys, report).checkpoint


def check_checkpoint(raw: bytes, keys: Keys, report: Report) -> None:
    missed(keys, _reported(raw, keys, report).witnesses, report)


def _reported(raw: bytes, keys: Keys, report: Report) -> Signed:
    found = signed_checkpoint(raw, keys)
    report.checked.append(f"{said(found.checkpoint)}; signed by {found.log}")
    for witness, at in found.witnesses.items():
        report.checked.append(f"witness {witness.name} saw it at {moment(at)}")
    if found.unknown:
        report.beside.append(f"signatures on it of keys that were not given: {', '.join(found.unknown)}")
    return found


def missed(keys: Keys, heard: Mapping[VerifierKey, object], report: Report) -> None:
    """A witness whose key was given has said nothing: it may never have seen this, or its word was left out."""
    for witness in (key for key in keys if key.kind == COSIGNATURE and key not in heard):
        report.unchecked.append(f"what witness {witness.name} saw: no cosignature of its key is here")


def said(checkpoint: Checkpoint) -> str:
    return f"the checkpoint of {checkpoint.origin}: {checkpoint.size} entries, root {checkpoint.root.hex()}"


def moment(seconds: int) -> str:
    """A witness's time; it may have signed one that no calendar has."""
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (OverflowError, OSError, ValueError):
        return f"Unix time {seconds}"
