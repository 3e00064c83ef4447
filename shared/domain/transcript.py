"""A clip's trail for people to read: the clip as it is, its entries, and what of the ledger binds them.

What is printed and what goes into a spreadsheet say the same, in the words that are made here.

    S1  Names, roles and reasons stand as they were written down at the time; nothing is looked up now.
    S2  A time is given in UTC, and as the clocks of London showed it, with the zone they were in.
    S3  The last entry is that of the transcript itself. What came after it is in the next one.
    S4  An entry that was erased has its row: number, id and leaf, as the entry that tells of it says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.domain.document import timestamp
from shared.domain.entry import Change, Entry, stored
from shared.domain.export import Erased, erased
from shared.domain.footage import Clip
from shared.domain.ledger import commitment
from shared.domain.note import Checkpoint
from shared.domain.odata.london import LONDON


class Form(StrEnum):
    """In which form a trail was taken: what its entry says of it. VERIFIABLE is that of domain/export.py."""

    VERIFIABLE = "verifiable"
    CSV = "csv"
    PDF = "pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """`checkpoint`: the newest one that was published; None before the first."""

    clip: Clip
    entries: Sequence[Entry]
    checkpoint: Checkpoint | None

    @property
    def numbered(self) -> Mapping[int, Entry | Erased]:
        """What stands at each number, in their order."""
        found: dict[int, Entry | Erased] = {gone.number: gone for gone in erased(self.entries)}
        found |= {entry.number: entry for entry in self.entries}
        return dict(sorted(found.items()))

    @property
    def last(self) -> Entry:
        return self.entries[-1]


def committed(entry: Entry) -> str:
    """What binds the entry, made again from it."""
    return commitment(stored(entry))


def in_utc(at: datetime) -> str:
    return timestamp(at)


def in_london(at: datetime) -> str:
    """Rule S2; empty for a time at the end of the calendar, which a camera can claim and London never had."""
    try:
        return at.astimezone(LONDON).strftime("%Y-%m-%d %H:%M:%S %Z")
    except OverflowError:
        return ""


def told(change: Change) -> str:
    before, after = (value if value is not None else "nothing" for value in (change.before, change.after))
    return f"{change.field}: {after}" if change.before is None else f"{change.field}: {before} → {after}"


def reason_of(entry: Entry) -> str:
    if entry.reason is None:
        return ""
    return entry.reason.code if entry.reason.text is None else f"{entry.reason.code}: {entry.reason.text}"
