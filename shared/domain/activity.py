"""What a dock did in the last seven days, and what went wrong: enough to see a sick dock.

D1  Worked out from clips, grants and entries each time it is asked for; nothing is counted up, so nothing drifts.
D2  A day is a UTC day, by the server's clock: today and the six before it.
D3  A grant counts as unmet when nothing arrived under it within 24 hours (worklist.py, rule W3).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from shared.domain.entry import Entry
from shared.domain.footage import Blob, ClipId, Fixity, Grant, Integrity

DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What is looked at of a clip that a dock handed over: not whose it is, nor what it shows."""

    id: ClipId
    uploaded_at: datetime
    blob: Blob
    integrity: Integrity
    quarantine: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    date: date
    clips: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """How many, of what."""

    of: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """`quarantined` by reason, `refused` by code; a clip with two reasons is in both."""

    days: tuple[Day, ...]
    quarantined: tuple[Number, ...]
    mismatches: int
    unmet_grants: int
    refused: tuple[Number, ...]


def begins(now: datetime) -> datetime:
    """The first moment of the seven days (rule D2)."""
    return datetime.combine(now.astimezone(UTC).date() - timedelta(days=DAYS - 1), time(), UTC)


def activity(handed: Sequence[Handed], unmet: Sequence[Grant], refusals: Sequence[Entry], *, now: datetime) -> Activity:
    """Of what a dock handed over since `begins`, the grants unmet since, and the refusals since."""
    first = begins(now).date()
    return Activity(
        days=tuple(_day(first + timedelta(days=n), handed) for n in range(DAYS)),
        quarantined=_numbers(reason for clip in handed for reason in clip.quarantine),
        mismatches=sum(clip.integrity.state is Fixity.MISMATCH for clip in handed),
        unmet_grants=len(unmet),
        refused=_numbers(entry.reason.code for entry in refusals if entry.reason),
    )


def _day(day: date, handed: Sequence[Handed]) -> Day:
    sizes = [clip.blob.size for clip in handed if clip.uploaded_at.astimezone(UTC).date() == day]
    return Day(date=day, clips=len(sizes), bytes=sum(sizes))


def _numbers(named: Iterable[str]) -> tuple[Number, ...]:
    return tuple(Number(of=name, number=number) for name, number in sorted(Counter(named).items()))
