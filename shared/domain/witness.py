"""Witnesses of the ledger: whose cosignatures are believed (C2SP tlog-cosignature), and how far each has seen it.

W1  A witness is one whose verifier key the force lists. What others sign says nothing here.
W2  One note may be cosigned by several. One listed cosignature that does not hold spoils the whole note.
W3  The time of a cosignature is what the witness says it is, but no more than five minutes from now: one of next
    year would be believed in court, and would hide until then that the witness has fallen silent.
W4  A witness's first cosignature to a checkpoint stands.
W5  What is known of a witness only grows: the largest size it has cosigned, and the one before.
W6  A witness is waited for from when it was first missed, so that one that never comes is silent as well.
"""

import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from shared.domain.ledger import Unproven
from shared.domain.note import COSIGNATURE, Check, Note, VerifierKey, parsed_key, parsed_note, signature_line, signers
from shared.domain.seal import LEDGER

AHEAD = timedelta(minutes=5)
MOST = 15  # with the ledger's own, the 16 signatures that every reader of notes must take (signed-note, "Format")
TIME_LENGTH = 8  # tlog-cosignature, "Format"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosigned:
    """A witness's cosignature: whose, when, and the line of a note that it is."""

    key: VerifierKey
    seconds: int
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """How far a witness has seen the ledger: `size` is 0 and `seconds` since when it is waited for, until it comes.

    `key` is the id of its key in hex, `before` the largest size that it had cosigned before this one.
    """

    kind: ClassVar[str] = "witnessed"
    pk: ClassVar[str] = LEDGER

    key: str
    name: str
    size: int
    seconds: int
    before: int = 0

    @property
    def id(self) -> str:
        return record_id(self.key)

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)


def record_id(key: str) -> str:
    return f"witness-{key}"


def parsed_witnesses(listed: Iterable[str]) -> tuple[VerifierKey, ...]:
    """Rule W1: the keys that are listed. Raises Unproven for what is no witness's key, or is listed twice."""
    keys = tuple(map(parsed_key, listed))
    if any(key.kind != COSIGNATURE for key in keys):
        raise Unproven("key: it is not a witness's")
    if len({key.id for key in keys}) < len(keys):
        raise Unproven("key: one is listed twice")
    if len(keys) > MOST:
        raise Unproven(f"key: there are more than {MOST}")
    return keys


def cosigned(note: Note, witnesses: Sequence[VerifierKey], check: Check) -> list[Cosigned]:
    """Rules W1 and W2: what listed witnesses signed of this note, at least one. Raises Unproven."""
    signed = {(key.name, key.id): (key, seconds) for key, seconds in signers(note, witnesses, check).items()}
    found = []
    for name, key_id, signature in note.signatures:
        key, seconds = signed.get((name, key_id), (None, None))
        if key is not None and seconds is not None:
            found.append(Cosigned(key=key, seconds=seconds, line=signature_line(key, signature)))
    return found


def kept_line(key: VerifierKey, raw: bytes) -> Cosigned:
    """The cosignature of this witness that a file of the ledger is. Raises Unproven if it is none."""
    _, _, signature = parsed_note(b"cosigned\n\n" + raw).signatures[0]
    if signature_line(key, signature).encode("utf-8") != raw:
        raise Unproven(f"cosignature: what is kept as that of {key.name} is not its line")
    return Cosigned(key=key, seconds=int.from_bytes(signature[:TIME_LENGTH], "big"), line=raw.decode("utf-8"))


def must_hold(given: Cosigned, text: str, check: Check) -> None:
    """Raises Unproven if it is not the witness's signature over this text."""
    signers(parsed_note(f"{text}\n{given.line}".encode()), [given.key], check)


def with_cosignatures(note: str, found: Iterable[Cosigned]) -> str:
    """signed-note, "Format": the note with these lines at its end."""
    return note + "".join(each.line for each in found)


def is_ahead(given: Cosigned, now: datetime) -> bool:
    """Rule W3."""
    return given.seconds > (now + AHEAD).timestamp()


def cosignature_path(size: int, key: VerifierKey) -> str:
    return f"cosignature/{size:020}/{key.id.hex()}"


def grown(known: Witnessed | None, *, given: Cosigned, size: int) -> Witnessed:
    """Rule W5: what is known of the witness once it has cosigned that size."""
    if known is not None and known.size >= size:
        return known
    before = known.size if known else 0
    return Witnessed(key=given.key.id.hex(), name=given.key.name, size=size, seconds=given.seconds, before=before)


def awaited(known: Witnessed | None, *, key: VerifierKey, now: datetime) -> Witnessed:
    """Rule W6: what is known of the witness once it was missed."""
    return known or Witnessed(key=key.id.hex(), name=key.name, size=0, seconds=int(now.timestamp()))


def size_within(known: Witnessed, most: int) -> int:
    """The largest size, of those known, that the witness has cosigned and that is no more than that; else 0."""
    return next((size for size in (known.size, known.before) if size <= most), 0)


def longest_silent(known: Iterable[Witnessed]) -> Witnessed | None:
    """The one who has signed nothing for the longest time."""
    return min(known, key=operator.attrgetter("seconds"), default=None)
