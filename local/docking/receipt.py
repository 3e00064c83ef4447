"""The receipt: the one thing that lets a camera be wiped, and only when it says exactly what this dock knows.

Its text is six lines: `continuity-receipt/v1`, recording, version, size, sha256, time. The dock checks the
signature first, then that recording, size and SHA-256 are its own; version and time are the service's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from local.docking.faults import Untrusted
from local.docking.note import Verifier, verified_text
from local.docking.recording import Fingerprint

HEADING = "continuity-receipt/v1"
LINES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    recording: str
    version: str
    size: int
    sha256: str
    time: datetime
    note: str


def checked_receipt(note: str, *, verifiers: Iterable[Verifier], recording: str, fingerprint: Fingerprint) -> Receipt:
    """The receipt in `note` if it is signed and about this recording; Untrusted otherwise."""
    receipt = _parse(verified_text(note, verifiers), note)
    if receipt.recording != recording:
        raise Untrusted("the receipt is for another recording")
    if receipt.size != fingerprint.size:
        raise Untrusted(f"the receipt is for {receipt.size} bytes, {fingerprint.size} were docked")
    if receipt.sha256 != fingerprint.sha256:
        raise Untrusted("the receipt is for another SHA-256")
    return receipt


def _parse(text: str, note: str) -> Receipt:
    lines = text.removesuffix("\n").split("\n")
    if len(lines) != LINES or lines[0] != HEADING:
        raise Untrusted(f"the receipt is not a {HEADING}")
    _, recording, version, size, sha256, time = lines
    try:
        at = datetime.fromisoformat(time)
        length = int(size)
    except ValueError:
        raise Untrusted("the receipt's size or time cannot be read") from None
    if at.tzinfo is None:
        raise Untrusted("the receipt's time does not say its time zone")
    return Receipt(recording=recording, version=version, size=length, sha256=sha256, time=at, note=note)
