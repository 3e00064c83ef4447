"""What sealing keeps in the record store: how far the ledger goes, and the lines of the batch it is at.

S1  There is one head. Replacing it is the only commit point: what no head ever named was never sealed.
S2  A batch is called after its content and its place, so the same entries at the same place are the same batch
    whoever writes it down, and a head can be held against the batch it names.
S3  A batch's own documents stay, each batch in a partition of its own: they say in whose trail an entry is, which the
    ledger does not tell; who seals may delete nothing (infra/roles.bicep); and a partition holds 20 GB.
S4  What follows a published ledger is written once, beside the tiles. The head alone could be set back, as by a restore
    of the record store, and lead from there to a second history in places that are still free.
S5  A batch says how many entries of each kind it has (daily_counts.py), so that whoever finishes it counts them without
    reading one. A batch of a release that did not say is read all the same: reconcile mends its days.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from shared.domain.daily_counts import Tally
from shared.domain.entry import Entry, stored, uuid8
from shared.domain.ledger import (
    EMPTY_ROOT,
    Tree,
    Unproven,
    commitment,
    from_base64,
    grown,
    leaf_hash,
    leaf_line,
    root_of,
    to_base64,
)
from shared.domain.note import Check, Note, VerifierKey, parsed_note, signers

LEDGER = "ledger"  # the partition
MOST_LINES = 1_000  # of one document, which is at most 2 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How far the ledger goes: `batch` is what made it so.

    `checkpointed`: the size of the newest checkpoint that is published; `finished`: of the tree whose entries all know
    their leaves. Both are `size` but while a batch is being finished.
    """

    kind: ClassVar[str] = "ledger-head"
    id: ClassVar[str] = "head"
    pk: ClassVar[str] = LEDGER

    size: int
    root: str
    peaks: tuple[str, ...]
    batch: str
    sealed_at: datetime
    checkpointed: int
    finished: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry in a batch: whose trail it is in, its id, and what binds it."""

    pk: str
    id: str
    commitment: str

    @property
    def text(self) -> bytes:
        return leaf_line(self.id, self.commitment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """A part of a batch; `first` is the leaf its first line becomes. The first part has the tallies of the whole."""

    kind: ClassVar[str] = "sealing"

    batch: str
    part: int
    first: int
    lines: tuple[Line, ...]
    tallies: tuple[Tally, ...] = ()

    @property
    def pk(self) -> str:
        return partition_of(self.batch)

    @property
    def id(self) -> str:
        return f"{self.batch}-{self.part}"


def partition_of(batch: str) -> str:
    return f"sealing:{batch}"


def line_of(entry: Entry) -> Line:
    return Line(pk=entry.pk, id=entry.id, commitment=commitment(stored(entry)))


def parts_of(first: int, lines: Sequence[Line], tallies: Sequence[Tally] = ()) -> tuple[Sealing, ...]:
    """The documents of a batch (rule S2)."""
    digest = hashlib.sha256(f"{first}\n".encode())
    for line in lines:
        digest.update(f"{line.pk}\n".encode() + line.text + b"\n")
    for tally in tallies:
        digest.update(f"{tally.n} {tally.of.id}\n".encode())
    batch = str(uuid8(digest.digest()))
    return tuple(
        Sealing(
            batch=batch,
            part=part,
            first=first + start,
            lines=tuple(lines[start : start + MOST_LINES]),
            tallies=() if part else tuple(tallies),
        )
        for part, start in enumerate(range(0, len(lines), MOST_LINES))
    )


def lines_of(parts: Iterable[Sealing]) -> list[Line]:
    return [line for part in parts for line in part.lines]


def tallies_of(parts: Iterable[Sealing]) -> list[Tally]:
    return [tally for part in parts for tally in part.tallies]


def tree_of(head: Head | None) -> Tree:
    """The tree the head says. Raises Unproven if it does not agree with itself."""
    if head is None:
        return Tree()
    tree = Tree(size=head.size, peaks=tuple(from_base64("head", peak) for peak in head.peaks))
    if any(len(peak) != len(EMPTY_ROOT) for peak in tree.peaks) or to_base64(root_of(tree)) != head.root:
        raise Unproven("head: its root is not that of its subtrees")
    return tree


def head_after(head: Head | None, parts: Sequence[Sealing], *, now: datetime) -> Head:
    """The head with this batch after all that is in the ledger already. Raises Unproven."""
    tree = grown(tree_of(head), hashes_of(lines_of(parts)))
    return Head(
        size=tree.size,
        root=to_base64(root_of(tree)),
        peaks=tuple(map(to_base64, tree.peaks)),
        batch=parts[0].batch,
        sealed_at=now,
        checkpointed=head.checkpointed if head else 0,
        finished=head.finished if head else 0,
    )


def hashes_of(lines: Iterable[Line]) -> list[bytes]:
    return [leaf_hash(line.text) for line in lines]


def sealed(entry: Entry, leaf: int) -> Entry:
    """The entry as it stands in the ledger; its commitment does not cover the two."""
    return replace(entry, leaf=str(leaf), pending=False)


def checkpoint_path(size: int) -> str:
    return f"checkpoint/{size:020}"


def signed_by_the_ledger(raw: bytes, origin: str, keys: Iterable[VerifierKey], check: Check) -> Note:
    """The note of a checkpoint that one of these keys signed in the ledger's name. Raises Unproven."""
    note = parsed_note(raw)
    signers(note, [key for key in keys if key.name == origin], check)
    return note


def successor_path(size: int) -> str:
    """Where the text of the one checkpoint that follows the one of `size` lies (rule S4)."""
    return f"next/{size:020}"
