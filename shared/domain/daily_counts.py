"""How many entries of each kind a day had: counted as they are sealed, and held against the entries once it is over.

K1  A day is London's, and an entry is of the day on which it occurred, whenever it is sealed.
K2  A count grows once by each sealed batch: `counted` is the size of the ledger with the last batch that it has, so
    that a batch which is tried again, or which two sealers finish, adds nothing more.
K3  A day is settled once it has been over for an hour: a function ends within thirty minutes of its asking (host.json),
    so that no entry of that day comes any more. Only a settled day is held against its entries.
K4  An entry that is erased stays counted: what tells of its erasure names in `counted` what it was counted as.
K5  A count of nothing is 0, and not gone: whoever keeps counts need not be able to delete any.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import ClassVar

from shared.domain.entry import Entry, Outcome, uuid8
from shared.domain.odata.london import local_day
from shared.domain.reconcile_rounds import has_its_turn, is_recent

SETTLES = timedelta(hours=1)  # rule K3
COUNTED = "counted"  # the field of rule K4
CLOSELY = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What an entry is counted as."""

    day: date
    borough: str | None
    action: str
    outcome: Outcome

    @property
    def id(self) -> str:
        parts = [self.day.isoformat(), self.borough, self.action, self.outcome.value]
        return str(uuid8(hashlib.sha256(json.dumps(parts).encode()).digest()))

    @property
    def pk(self) -> str:
        return partition_of(self.day)

    @property
    def text(self) -> str:
        """For an entry to name it by."""
        borough = [] if self.borough is None else [self.borough]
        return " ".join([self.day.isoformat(), self.action, self.outcome.value, *borough])


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """So many entries that are counted as the same."""

    of: Counted
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyCount:
    """A row of the feed, and how far the ledger is counted in it (rule K2)."""

    kind: ClassVar[str] = "daily-count"

    day: date
    borough: str | None
    action: str
    outcome: Outcome
    n: int
    counted: int

    @property
    def of(self) -> Counted:
        return Counted(day=self.day, borough=self.borough, action=self.action, outcome=self.outcome)

    @property
    def id(self) -> str:
        return self.of.id

    @property
    def pk(self) -> str:
        return partition_of(self.day)


def partition_of(day: date) -> str:
    return f"counts:{day.isoformat()}"


def counted_as(entry: Entry) -> Counted:
    """Rule K1."""
    day = local_day(entry.occurred_at)
    return Counted(day=day, borough=entry.borough, action=entry.action, outcome=entry.outcome)


def tallied(entries: Iterable[Entry]) -> tuple[Tally, ...]:
    """Each kind there is, once, in one order whatever the entries' is."""
    numbers = Counter(map(counted_as, entries))
    return tuple(Tally(of=of, n=numbers[of]) for of in sorted(numbers, key=_place))


def with_batch(found: DailyCount | None, tally: Tally, size: int) -> DailyCount | None:
    """The count with what the batch adds that made the ledger `size`; None if it has that already (rule K2)."""
    before = found or _count(tally.of, n=0, counted=0)
    return replace(before, n=before.n + tally.n, counted=size) if before.counted < size else None


def settled_before(now: datetime) -> date:
    """The first day that is not settled (rule K3)."""
    return local_day(now - SETTLES)


def days_due(first: date, before: date, night: date) -> Iterator[date]:
    """The days from `first` on and before `before` that a night looks at, the last one first.

    As reconcile's places: each of the last 35 days every night, and an older one once in any 30.
    """
    for back in range(1, (before - first).days + 1):
        day = before - timedelta(days=back)
        if is_recent(day, night) or has_its_turn(day.isoformat(), night):
            yield day


def is_looked_at_closely(day: date, night: date) -> bool:
    """Whether each count of the day is held against its entries, and not only their sum."""
    return night - CLOSELY <= day


def erased_of(entry: Entry) -> str | None:
    """Rule K4: as what the entry whose erasure this one tells of was counted."""
    return next((change.before for change in entry.changes if change.field == COUNTED), None)


def parsed_counted(text: str) -> Counted:
    """What `text` names. Raises ValueError."""
    day, action, outcome, *borough = text.split(" ", 3)
    return Counted(
        day=date.fromisoformat(day), borough=borough[0] if borough else None, action=action, outcome=Outcome(outcome)
    )


def put_right(
    kept: Iterable[DailyCount], true: Mapping[Counted, int], size: int
) -> list[tuple[DailyCount | None, DailyCount]]:
    """Each count that is not so, as it is kept and as it is to be, with the ledger of that size counted in it."""
    there = {count.of: count for count in kept}
    every = sorted({*there, *(of for of, n in true.items() if n)}, key=_place)
    wrong = [of for of in every if (there[of].n if of in there else 0) != true.get(of, 0)]
    return [(there.get(of), _count(of, n=true.get(of, 0), counted=size)) for of in wrong]


def _count(of: Counted, *, n: int, counted: int) -> DailyCount:
    return DailyCount(day=of.day, borough=of.borough, action=of.action, outcome=of.outcome, n=n, counted=counted)


def _place(of: Counted) -> tuple[date, bool, str, str, str]:
    return of.day, of.borough is not None, of.borough or "", of.action, of.outcome
