"""Count: the entries of a sealed batch become part of the counts of their days, each once (domain/daily_counts.py, K2).

An entry and its count lie in two partitions, and no transaction has both. Sealing has every entry once, in order, and
finishes its batch after a crash; it counts before it tells the entries their leaves, so that an entry which is pending
no more is counted. Many counts of a day are one transaction: one who clashes with another sealer reads them again.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from itertools import groupby

from shared.domain.daily_counts import DailyCount, Tally, with_batch
from shared.ports import Clash, Create, Held, Records, Replace, Write
from shared.usecases.side_by_side import each, in_parts

AT_A_TIME = 100  # writes of a transaction


async def count(tallies: Sequence[Tally], *, size: int, records: Records, at_once: int) -> None:
    """What the batch that made the ledger `size` has is counted once this returns, whoever tries how often."""
    await each([partial(_add, some, size, records) for some in _by_day(tallies)], at_once)


def _by_day(tallies: Sequence[Tally]) -> Iterator[Sequence[Tally]]:
    def day(tally: Tally) -> date:
        return tally.of.day

    for _, of_day in groupby(sorted(tallies, key=day), key=day):
        yield from in_parts(list(of_day), AT_A_TIME)


async def _add(tallies: Sequence[Tally], size: int, records: Records) -> None:
    day, ids = tallies[0].of.day, [tally.of.id for tally in tallies]
    while True:
        found = {held.record.id: held for held in await records.daily_counts(day, ids)}
        writes = [write for tally in tallies if (write := _write(found.get(tally.of.id), tally, size))]
        if not writes:
            return
        try:
            await records.write(tallies[0].of.pk, writes)
        except Clash:
            continue
        return


def _write(held: Held[DailyCount] | None, tally: Tally, size: int) -> Write | None:
    count = with_batch(held.record if held else None, tally, size)
    if count is None:
        return None
    return Replace(count, held.version) if held else Create(count)
