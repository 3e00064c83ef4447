"""What binds each entry of an exported trail: its own line in the ledger, or an entry after it that says what it was.

L1  Entries are numbered 1, 2, 3 ... and each that is there holds the commitment of the one before it (`previous`).
L2  An entry is bound by its own leaf, or by an unbroken run of entries after it that leads to one with a leaf. One that
    was erased says nothing of what came before it, and ends such a run.
L3  What stands before the last sealed entry is bound, or the trail is not verified: anybody could have written it.
L4  An entry that is gone is erased where a later one tells so by its number, id and leaf, and is itself sealed; else it
    is missing. What is not sealed is nobody's word, and so cannot excuse a gap.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.domain.ledger import LARGEST, Unproven
from tools.verifying.given import a, shaped
from tools.verifying.report import Report

ERASED = "entry.erased"
TEXT = (str, type(None))

Told = tuple[str | None, str | None, str | None]  # number, id and leaf of an entry that is gone, as an entry has them


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One entry of a trail, with what binds it. `entry` is empty of one that was erased."""

    number: int
    id: str
    committed: str
    leaf: int | None
    entry: Mapping[str, Any]

    @property
    def named(self) -> str:
        return f"entry {self.number} ({self.id})"


def check_links(links: Sequence[Link], report: Report) -> None:
    """Rules L1 to L4. Raises Unproven, naming the entry."""
    _check_numbers(links)
    _check_erasures(links, report)
    for link, held in zip(links[: last_sealed(links)], bound(links, LARGEST), strict=False):
        if not held:
            raise Unproven(
                f"{link.named}: nothing binds it. It has no place in the ledger of its own, and between it and the next"
                " one that has, an entry was erased"
            )


def last_sealed(links: Sequence[Link]) -> int:
    """The number of the last entry that has a leaf; 0 if none has."""
    return max((number for number, link in enumerate(links, start=1) if link.leaf is not None), default=0)


def bound(links: Sequence[Link], size: int) -> list[bool]:
    """Of each entry, whether a line of the ledger's first `size` binds it (rule L2)."""
    held, after = [], False
    for link in reversed(links):
        held.append(after or (link.leaf is not None and link.leaf < size))
        after = held[-1] and bool(link.entry)
    return held[::-1]


def spans(held: Sequence[bool]) -> str:
    """The numbers of those that are: `1 to 4, 6 to 6`."""
    beside = zip([False, *held], [*held, False], strict=True)
    ends = [at for at, (before, after) in enumerate(beside) if before != after]
    return ", ".join(f"{first + 1} to {last}" for first, last in zip(ends[::2], ends[1::2], strict=True))


def _check_numbers(links: Sequence[Link]) -> None:
    before: Link | None = None
    for expected, link in enumerate(links, start=1):
        if link.number != expected:
            raise Unproven(f"trail: entry {expected} is missing; number {link.number} stands in its place")
        if link.entry and link.entry.get("previous") != (before.committed if before else None):
            raise Unproven(f"{link.named}: it was not written after the entry before it in this file")
        before = link


def _check_erasures(links: Sequence[Link], report: Report) -> None:
    erasing = _erasing(links)
    for gone in (link for link in links if not link.entry):
        under = erasing.get((str(gone.number), gone.id, str(gone.leaf)))
        if under is None or under.number <= gone.number:
            raise Unproven(f"{gone.named}: it is missing, and no later entry tells of its erasure")
        if under.leaf is None:
            raise Unproven(f"{gone.named}: it is missing, and entry {under.number} that tells why is not sealed (yet)")
        report.checked.append(f"entry {gone.number} was erased under entry {under.number} ({under.id})")


def _erasing(links: Sequence[Link]) -> dict[Told, Link]:
    """The entries that tell of an erasure, by what they say is gone; where two say the same, the one that is sealed."""
    found: dict[Told, Link] = {}
    for link in links:
        if link.entry.get("action") == ERASED:
            told = _told(link)
            if link.leaf is not None or told not in found:
                found[told] = link
    return found


def _told(link: Link) -> Told:
    what = f"{link.named}: changes"
    told: dict[str, str | None] = {}
    for item in a(what, link.entry.get("changes"), list):
        change = shaped(item, what, field=str, before=TEXT, after=TEXT)
        if change["after"] is None:
            told[change["field"]] = change["before"]
    return told.get("number"), told.get("entry"), told.get("leaf")
