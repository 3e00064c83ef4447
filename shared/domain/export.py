"""The export of a clip's trail, as tools/verify.py takes it: entries with salts, proofs, checkpoint, keys.

It is one JSON object in canonical form; docs/api/trail.md says what each name means. An entry is exactly what its
commitment binds, so that a reader makes the commitment again without knowing how the service keeps it.

    X1  An entry that is not in the ledger of the checkpoint has neither leaf nor proof.
    X2  Where a number is missing and an entry tells of its erasure, what the ledger still has of it stands there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.domain.entry import Entry, stored
from shared.domain.ledger import bound, canonical, to_base64

FORMAT = "continuity-trail/v1"
EXPORTED, ERASED = "trail.exported", "entry.erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What an entry tells of one that was erased: its number in the trail, its id, and its leaf."""

    number: int
    id: str
    leaf: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in the ledger a line is, and the way from it to the root."""

    leaf: int
    proof: Sequence[bytes]


def leaf_of(entry: Entry, size: int) -> int | None:
    """The leaf of the entry in a ledger of that size; None if it is not in it."""
    leaf = None if entry.leaf is None else int(entry.leaf)
    return leaf if leaf is not None and leaf < size else None


def erased(entries: Iterable[Entry]) -> list[Erased]:
    """What these entries say was erased of their trail."""
    told = [{change.field: change.before or "" for change in e.changes} for e in entries if e.action == ERASED]
    return [Erased(number=int(each["number"]), id=each["entry"], leaf=int(each["leaf"])) for each in told]


def item(entry: Entry, place: Place | None) -> dict[str, Any]:
    return {"entry": bound(stored(entry)), "salt": entry.salt, **_placed(place)}


def erased_item(gone: Erased, committed: str, place: Place) -> dict[str, Any]:
    """`committed`: the commitment that the ledger has at its leaf."""
    return {"erased": {"number": gone.number, "id": gone.id, "commitment": committed}, **_placed(place)}


def _placed(place: Place | None) -> dict[str, Any]:
    if place is None:
        return {"leaf": None, "proof": None}
    return {"leaf": place.leaf, "proof": [to_base64(each) for each in place.proof]}


def witnessed_item(note: str, proof: Sequence[bytes]) -> dict[str, Any]:
    """A checkpoint that a witness cosigned, and that the ledger of the main checkpoint begins with its ledger."""
    return {"checkpoint": note, "proof": [to_base64(each) for each in proof]}


def document(
    subject: str,
    *,
    checkpoint: str | None,
    keys: Iterable[str],
    items: Mapping[int, Mapping[str, Any]],
    witnessed: Sequence[Mapping[str, Any]] = (),
) -> bytes:
    """The export; `items` by their numbers in the trail, `witnessed` one for each witness that cosigned any."""
    return canonical(
        {
            "format": FORMAT,
            "subject": subject,
            "checkpoint": checkpoint,
            "keys": list(keys),
            "entries": [dict(items[number]) for number in sorted(items)],
            "witnessed": [dict(each) for each in witnessed],
        }
    )
