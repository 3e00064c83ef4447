"""What is signed: notes (C2SP signed-note), checkpoints (tlog-checkpoint) and witnesses' cosignatures to them.

    N1  The text ends in a newline and has no blank line at its end; it is UTF-8 without control characters but
        newline ("note text"). Notes of others may end in blank lines.
    N2  A signature line is `— <key name> <base64 of key id (4 bytes) and signature>`.
    N3  The key id of an Ed25519 key is the first 4 bytes of SHA-256(name, newline, 0x01, public key).
    N4  A verifier key is `<name>+<key id in hex>+<base64 of 0x01 and public key>`; a witness's has 0x04 for 0x01.
    N5  A note is believed when a known key signed it and no known key's signature fails; other lines say nothing.
    N6  A checkpoint is origin, decimal size and base64 root, a line each, and perhaps more lines (tlog-checkpoint).
    N7  A witness signs `cosignature/v1`, `time <seconds>` and the checkpoint; the seconds precede its signature
        (tlog-cosignature, "Ed25519 signed message").

Signing is behind a port and verifying is handed in; here are only texts. They are read strictly, as ledger.py says:
what does not hold raises Unproven and nothing else.
"""

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from shared.domain.ledger import EMPTY_ROOT, LARGEST, Unproven, from_base64, to_base64

ED25519, COSIGNATURE = b"\x01", b"\x04"  # signed-note, "Signature types"
KEY_LENGTH, SIGNATURE_LENGTH = 32, 64  # RFC 8032
ID_LENGTH = 4
MOST_SIGNATURES = 100  # signed-note, "Format": a limit of at least 16
FEWEST_LINES = 3  # of a checkpoint: origin, size, root
SIZE = re.compile("0|[1-9][0-9]{0,18}")
SIGNATURE_LINE = re.compile("\u2014 ([^ ]+) ([^ ]+)")

Check = Callable[[bytes, bytes, bytes], bool]  # (public key, message, signature): does Ed25519 verify


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """The public half of a signing key, by name. `public` is 32 bytes of Ed25519; COSIGNATURE keys are witnesses'."""

    name: str
    public: bytes
    kind: bytes = ED25519

    @property
    def id(self) -> bytes:
        """signed-note, "Signatures"."""
        return hashlib.sha256(self.name.encode() + b"\n" + self.kind + self.public).digest()[:ID_LENGTH]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{to_base64(self.kind + self.public)}"


def parsed_key(text: str) -> VerifierKey:
    """signed-note, "Verifier keys": the key that is written `<name>+<id in hex>+<base64 of kind and public key>`."""
    name, _, rest = text.partition("+")
    raw = from_base64("key", rest.partition("+")[2])
    key = VerifierKey(name=name, public=raw[1:], kind=raw[:1])
    if (
        not _is_name(name)
        or len(key.public) != KEY_LENGTH
        or key.kind not in (ED25519, COSIGNATURE)
        or str(key) != text
    ):
        raise Unproven("key: it is not `<name>+<id>+<key>` of an Ed25519 key")
    return key


def _is_name(name: str) -> bool:
    return name != "" and not any(c <= " " or c.isspace() or c == "+" or "\ud800" <= c <= "\udfff" for c in name)


def signed(text: str, key: VerifierKey, signature: bytes) -> str:
    """signed-note, "Format": the note; ours are lines of text with no blank one at the end."""
    if not text.endswith("\n") or f"\n{text}".endswith("\n\n") or _has_controls(text):
        raise Unproven("note: a note's text is lines of text")
    return f"{text}\n{signature_line(key, signature)}"


def signature_line(key: VerifierKey, signature: bytes) -> str:
    """signed-note, "Signatures": what is put at the end of a note for one more signature."""
    if not _is_name(key.name):
        raise Unproven("note: a key's name is one word without a plus")
    return f"\u2014 {key.name} {to_base64(key.id + signature)}\n"


def _has_controls(text: str) -> bool:
    return any(c < " " and c != "\n" for c in text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A text and who is said to have signed it: key name, key id, signature."""

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]


def parsed_note(raw: bytes) -> Note:
    """signed-note, "Format". Nothing in it is to be believed before `signers` has named somebody."""
    try:
        text, blank, lines = raw.decode("utf-8").rpartition("\n\n")
    except UnicodeDecodeError:
        raise Unproven("note: it is not UTF-8") from None
    if not blank or not lines.endswith("\n") or _has_controls(text + lines):
        raise Unproven("note: it is not a text, a blank line and lines of signatures")
    marks = [SIGNATURE_LINE.fullmatch(line) for line in lines[:-1].split("\n")]
    if len(marks) > MOST_SIGNATURES or not all(mark and _is_name(mark[1]) for mark in marks):
        raise Unproven("note: there are too many signatures, or a line that is none")
    found = [(mark[1], from_base64("note", mark[2])) for mark in marks if mark]
    if any(len(signature) <= ID_LENGTH for _, signature in found):
        raise Unproven("note: a signature is no longer than its key id")
    return Note(text=text + "\n", signatures=tuple((name, raw[:ID_LENGTH], raw[ID_LENGTH:]) for name, raw in found))


def signers(note: Note, keys: Iterable[VerifierKey], check: Check) -> dict[VerifierKey, int | None]:
    """signed-note, "Signatures": which of these keys signed, a witness's with its time. One bad signature is enough."""
    known = {(key.name, key.id): key for key in keys}
    found: dict[VerifierKey, int | None] = {}
    for name, key_id, signature in note.signatures:
        key = known.get((name, key_id))
        if key in found:
            raise Unproven(f"note: {name} signed it twice")
        if key is not None:
            found[key] = _signed_at(note.text, key, signature, check)
    if not found:
        raise Unproven("note: it has no signature of a known key")
    return found


def _signed_at(text: str, key: VerifierKey, signature: bytes, check: Check) -> int | None:
    seconds = None
    if key.kind == COSIGNATURE:
        seconds, signature = int.from_bytes(signature[:8], "big"), signature[8:]
        text = cosigned_text(text, seconds)
    if len(signature) != SIGNATURE_LENGTH or not check(key.public, text.encode(), signature):
        raise Unproven(f"note: the signature of {key.name} is not over this text")
    return seconds


def cosigned_text(text: str, seconds: int) -> str:
    """tlog-cosignature, "Ed25519 signed message": what a witness signs who saw a checkpoint's text at this time."""
    parsed_checkpoint(text)
    if not 0 <= seconds <= LARGEST:
        raise Unproven("cosignature: there is no such time")
    return f"cosignature/v1\ntime {seconds}\n{text}"


def cosignature(seconds: int, signature: bytes) -> bytes:
    """tlog-cosignature, "Format": what stands in a witness's signature line, after its key id."""
    return seconds.to_bytes(8, "big") + signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """tlog-checkpoint, "Note text": whose tree it is, how large, and its root; `str` of it is the text."""

    origin: str
    size: int
    root: bytes
    extension: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        lines = (self.origin, *self.extension)
        if any(line == "" or "\n" in line or _has_controls(line) for line in lines):
            raise Unproven("checkpoint: an origin or extension is not a line of text")
        if not 0 <= self.size <= LARGEST or len(self.root) != len(EMPTY_ROOT):
            raise Unproven("checkpoint: the size or the root hash is none")

    def __str__(self) -> str:
        return "".join(f"{line}\n" for line in (self.origin, self.size, to_base64(self.root), *self.extension))


def parsed_checkpoint(text: str) -> Checkpoint:
    """tlog-checkpoint, "Note text": origin, size, root hash, and perhaps more lines."""
    lines = text.split("\n")[:-1]
    if len(lines) < FEWEST_LINES:
        raise Unproven("checkpoint: it is not three or more lines")
    origin, size, root, *extension = lines
    if SIZE.fullmatch(size) is None:
        raise Unproven("checkpoint: the size is not a decimal number")
    checkpoint = Checkpoint(
        origin=origin, size=int(size), root=from_base64("checkpoint", root), extension=tuple(extension)
    )
    if str(checkpoint) != text:
        raise Unproven("checkpoint: it is not written as the standard says")
    return checkpoint
