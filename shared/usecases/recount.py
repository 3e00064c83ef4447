"""Recount: hold the counts of days that are over against the entries themselves, and set right what is not so.

For each day that is due (domain/daily_counts.py, days_due), the last one first:
    1. count its entries, and add what was erased: the sum of its counts must be that; of the last seven days each count
       must be that of its own entries as well, for a count may be moved to another without changing the sum
    2. where something differs, read the day's counts, then all its entries, then how far the ledger goes
    3. write the counts that are to be, with the entry that says what they were: one transaction, or some

The counts are read before the entries, and an entry is counted before it is pending no more (usecases/count.py): a day
of which one is still pending is left to another night. A write that clashes is left to it too. A crash at any arrow
leaves counts that are right or differ still. A dry run says what differs, and enters it, and sets nothing right.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial

from shared.domain.daily_counts import (
    Counted,
    DailyCount,
    counted_as,
    days_due,
    erased_of,
    is_looked_at_closely,
    parsed_counted,
    partition_of,
    put_right,
    settled_before,
)
from shared.domain.document import moment
from shared.domain.entry import Asking, Change, Draft, Operation
from shared.domain.export import ERASED
from shared.domain.odata.bounds import equal
from shared.domain.odata.london import begins, local_day
from shared.domain.odata.options import oldest_first
from shared.domain.odata.sets import AUDIT_ENTRIES
from shared.domain.odata.syntax import All, Condition
from shared.errors import Stale
from shared.ports import Create, EntryFilter, Feed, Held, Place, Records, Replace, Rows, Write
from shared.usecases.commit import commit
from shared.usecases.side_by_side import each, in_parts

PAGE = 1_000  # entries
AT_A_TIME = 25  # counts of a transaction, all of which its entry names: some three KB
DAY = timedelta(days=1)

Wrong = tuple[DailyCount | None, DailyCount]


@dataclass(slots=True, kw_only=True)
class Recounted:
    """How many days were looked at, and whose counts were not those of their entries. `late`: its time was over."""

    days: int = 0
    differing: list[date] = field(default_factory=list)
    late: bool = False


async def recount(
    *,
    asking: Asking,
    now: Callable[[], datetime],
    records: Records,
    feed: Feed,
    out_of_time: Callable[[], bool],
    at_once: int,
    dry_run: bool = False,
) -> Recounted:
    """Asked again after a crash, it mends what is left, and enters nothing twice.

    Which days are over is settled when it begins; each entry is dated by its own `now`, for a run takes longer than the
    feed waits for entries (domain/odata/bounds.py, B2).
    """
    done, recounter = Recounted(), _Recounter(asking, now, records, feed, at_once, dry_run)
    for day in await recounter.days():
        if out_of_time():
            done.late = True
            break
        if await recounter.differs(day) and await recounter.set_right(day):
            done.differing.append(day)
        done.days += 1
    return done


@dataclass(slots=True)
class _Recounter:
    asking: Asking
    now: Callable[[], datetime]
    records: Records
    feed: Feed
    at_once: int
    dry_run: bool
    erased: Counter[Counted] = field(default_factory=Counter)

    async def days(self) -> Sequence[date]:
        """Those of which every entry is sealed."""
        first, oldest = await self._first_day(), await self.records.oldest_pending()
        if first is None:
            return []
        self.erased = await self._erased()
        before = settled_before(self.asking.at)
        before = min(before, local_day(oldest)) if oldest else before
        return list(days_due(first, before, local_day(self.asking.at)))

    async def differs(self, day: date) -> bool:
        """Step 1."""
        kept = [held.record for held in await self.records.daily_counts(day)]
        erased = sum(n for of, n in self.erased.items() if of.day == day)
        if await self._number(_on(day)) + erased != sum(count.n for count in kept):
            return True
        if not is_looked_at_closely(day, local_day(self.asking.at)):
            return False
        wrong: list[Counted] = []
        await each([partial(self._look_at, count, wrong) for count in kept], self.at_once)
        return bool(wrong)

    async def set_right(self, day: date) -> bool:
        """Steps 2 and 3. Whether there was anything that differed, once the day stood still."""
        held = {each.record.of: each for each in await self.records.daily_counts(day)}
        true = await self._true(day)
        head = await self.records.ledger_head()
        if true is None:
            return False
        wrong = put_right([each.record for each in held.values()], true, head.record.size if head else 0)
        for some in in_parts(wrong, AT_A_TIME):
            await self._write(day, some, held)
        return bool(wrong)

    async def _look_at(self, count: DailyCount, wrong: list[Counted]) -> None:
        if await self._number(_alike(count.of)) + self.erased[count.of] != count.n:
            wrong.append(count.of)

    async def _number(self, of: Condition) -> int:
        return await self.feed.count(Rows(entities=AUDIT_ENTRIES, until=self.asking.at, filter=of))

    async def _true(self, day: date) -> Counter[Counted] | None:
        """What the day's counts are to be; None if an entry of it is not sealed."""
        true = Counter({of: n for of, n in self.erased.items() if of.day == day})
        asked = EntryFilter(since=begins(day), until=begins(day + DAY))
        last: Place | None = None
        while page := await self.records.feed(asked, after=last, limit=PAGE):
            if any(entry.pending for entry in page):
                return None
            true.update(map(counted_as, page))
            last = Place(page[-1].occurred_at, page[-1].id)
        return true

    async def _write(self, day: date, some: Sequence[Wrong], held: dict[Counted, Held[DailyCount]]) -> None:
        draft = _draft(replace(self.asking, at=self.now()), day, some, mended=not self.dry_run)
        writes = [] if self.dry_run else [_replaced(after, held.get(after.of)) for _, after in some]
        try:
            await commit(self.records, draft, *writes)
        except Stale:
            return  # another set them right, or spoiled them again: the next night looks

    async def _first_day(self) -> date | None:
        rows = Rows(entities=AUDIT_ENTRIES, until=self.asking.at)
        page = await self.feed.page(rows, oldest_first(AUDIT_ENTRIES), after=None, skip=0, limit=1)
        return local_day(moment(page[0]["occurredAt"])) if page else None

    async def _erased(self) -> Counter[Counted]:
        asked, last, erased = EntryFilter(action=ERASED), None, Counter[Counted]()
        while page := await self.records.feed(asked, after=last, limit=PAGE):
            erased.update(parsed_counted(told) for entry in page if (told := erased_of(entry)))
            last = Place(page[-1].occurred_at, page[-1].id)
        return erased


def _on(day: date) -> Condition:
    return equal(AUDIT_ENTRIES, "localDate", day)


def _alike(of: Counted) -> Condition:
    """The entries that are counted as this."""
    like = (("borough", of.borough), ("action", of.action), ("outcome", of.outcome.value))
    return All((_on(of.day), *(equal(AUDIT_ENTRIES, name, value) for name, value in like)))


def _replaced(after: DailyCount, held: Held[DailyCount] | None) -> Write:
    return Replace(after, held.version) if held else Create(after)


def _told(count: DailyCount | None) -> str | None:
    return f"{count.of.text}: {count.n}" if count else None


def _draft(asking: Asking, day: date, some: Sequence[Wrong], *, mended: bool) -> Draft:
    """A try after a crash begins with another count, and so is another entry."""
    return Draft(
        asking=asking,
        pk=partition_of(day),
        action="counts.mended" if mended else "counts.differ",
        operation=Operation.ADMINISTRATION,
        subject=day.isoformat(),
        changes=tuple(Change(field="count", before=_told(before), after=_told(after)) for before, after in some),
        key=f"{asking.key}\n{some[0][1].id}",
    )
