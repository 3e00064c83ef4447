"""Account: each line of the ledger still has its entry in the record store, or an entry that tells of its erasure.

For each group of stretches that the night owes (domain/account.py, A2):
    1. read the lines, held against the hashes of their tile, and ask for the entries by their ids; judge
    2. what seems unaccounted for is asked for once more, and whether it was erased (erasures.py); a question that finds
       nothing is no proof that nothing is there
    3. tell what is left: the number and the log first, then an entry, one for a stretch and what was found in it; and
       what tells of an erasure and is not believed
    4. every so often, and at the end, write down how far it was looked, with an entry

A crash at any arrow leaves what was told told; the next run goes on from what was written down, and may tell again,
under the same entry. What is found again 30 nights later raises the alarm again: nothing that lies in the records can
silence it. A stretch whose file is not what was published is logged, counted as failed and passed over; the files are
fsck's (tools/verify.py). Memory is that of a group.
"""

import logging
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import islice

from shared.domain.account import (
    Accounting,
    Finding,
    Kept,
    Stretch,
    Unaccounted,
    begun,
    judged,
    looked_at,
    over,
    owed,
)
from shared.domain.entry import Asking, Change, Draft, Operation
from shared.domain.ledger import Unproven, parsed_leaf_line
from shared.domain.seal import LEDGER
from shared.domain.tiles import FULL
from shared.ports import Create, Feed, Gone, Held, LedgerFiles, Metrics, Records, Replace
from shared.usecases.commit import commit
from shared.usecases.erasures import Erasures, Told
from shared.usecases.prove import Tiles
from shared.usecases.side_by_side import each

log = logging.getLogger(__name__)
GROUP = 64  # stretches, some twenty megabytes of entries; between two of them the run looks at the time
STEP = 16  # groups after which it is written down how far it was looked
LOGGED = 100  # lines a run; the entries have them all
OURS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(slots=True)
class Accounted:
    """What a run did. `erased`: lines that an entry tells to be erased which was believed. `failed`: stretches whose
    files are not what was published. `late`: its time was over before all was looked at; the next goes on.
    """

    lines: int = 0
    erased: int = 0
    found: Counter[Finding] = field(default_factory=Counter)
    failed: int = 0
    late: bool = False


async def account(
    *,
    asking: Asking,
    now: Callable[[], datetime],
    records: Records,
    feed: Feed,
    files: LedgerFiles,
    metrics: Metrics,
    out_of_time: Callable[[], bool],
    at_once: int,
    group: int = GROUP,
) -> Accounted:
    """A night's run, up to the newest line whose entry was told that it is sealed."""
    head = await records.ledger_head()
    if head is None:
        return Accounted()
    size = head.record.finished
    held = await records.accounting()
    reached = begun(held.record if held else None, size=size, night=asking.at.date())
    erasures = Erasures(feed=feed, files=files, size=size, until=now())
    run = _Run(asking, now, records, files, erasures, metrics, at_once, group, size, held, reached)
    await run.go(out_of_time)
    return run.done


@dataclass(slots=True)
class _Run:
    """A run while it goes on. `held` is how far it was looked as last written down, and `reached` as it stands."""

    asking: Asking
    now: Callable[[], datetime]
    records: Records
    files: LedgerFiles
    erasures: Erasures
    metrics: Metrics
    at_once: int
    group: int
    size: int
    held: Held[Accounting] | None
    reached: Accounting
    done: Accounted = field(default_factory=Accounted)
    erased: Told | None = None

    async def go(self, out_of_time: Callable[[], bool]) -> None:
        night, groups = self.asking.at.date(), 0
        stretches = owed(self.reached, size=self.size, night=night)
        while group := list(islice(stretches, self.group)):
            if out_of_time():
                self.done.late = True
                break
            await self._look_at(group)
            groups += 1
            if groups % STEP == 0:
                await self._write_down()
        if not self.done.late:
            self.reached = over(self.reached, night=night)
        await self._write_down()

    async def _look_at(self, group: Sequence[Stretch]) -> None:
        found: dict[Stretch, list[Unaccounted]] = {}
        await each([partial(self._compare, stretch, found) for stretch in group], self.at_once)
        for stretch in group:
            if wrong := [one for one in found.get(stretch, ()) if not await self._is_erased(one)]:
                await self._tell(wrong)
            self.reached = looked_at(self.reached, stretch)

    async def _compare(self, stretch: Stretch, found: dict[Stretch, list[Unaccounted]]) -> None:
        """Steps 1 and 2."""
        try:
            lines = await self._lines_of(stretch)
        except (Unproven, Gone) as wrong:
            log.error("account: bundle=%d: %s", stretch.bundle, wrong)  # noqa: TRY400 - its text is ours, and enough
            self.done.failed += 1
            return
        seeming = await self._unaccounted(lines)
        if seeming:
            seeming = await self._unaccounted({one.leaf: lines[one.leaf] for one in seeming})
        found[stretch] = seeming
        self.done.lines += len(lines)

    async def _lines_of(self, stretch: Stretch) -> dict[int, tuple[str, str]]:
        """The ids and commitments that the ledger has there, by leaf."""
        first = stretch.bundle * FULL
        lines = await Tiles(self.files).lines(stretch.bundle, self.size)
        return {leaf: parsed_leaf_line(lines[leaf - first]) for leaf in range(stretch.first, stretch.end)}

    async def _unaccounted(self, lines: dict[int, tuple[str, str]]) -> list[Unaccounted]:
        there = await self.records.entries_among([entry for entry, _ in lines.values()])
        return _judged(lines, there)

    async def _is_erased(self, one: Unaccounted) -> bool:
        """Asked for once a run: of the ledger alone nobody can tell in whose trail it would be told."""
        if self.erased is None:
            self.erased = await self.erasures.told()
            if self.erased.untrue:
                await self._tell_untrue(self.erased.untrue)
        is_erased = (one.entry, one.leaf) in self.erased.erased
        self.done.erased += is_erased
        return is_erased

    async def _tell_untrue(self, ids: Sequence[str]) -> None:
        """Step 3. An id that is none of ours may be any text, and is not repeated."""
        self.metrics.count("ledger.unaccounted", len(ids))
        named = [entry if OURS.fullmatch(entry) else "not an id" for entry in ids[:LOGGED]]
        for entry in named:
            log.error("account: entry=%s %s", entry, Finding.UNTRUE)
        self.done.found[Finding.UNTRUE] += len(ids)
        changes = tuple(Change(field="erasure", before=entry, after=Finding.UNTRUE) for entry in named)
        await commit(self.records, self._draft("ledger.unaccounted", "\n".join(ids), changes))

    async def _tell(self, wrong: Sequence[Unaccounted]) -> None:
        """Step 3. Its key is what was found, so that whoever finds it again enters it once."""
        self.metrics.count("ledger.unaccounted", len(wrong))
        for one in wrong[: max(LOGGED - self.done.found.total(), 0)]:
            log.error("account: entry=%s leaf=%d %s", one.entry, one.leaf, one.finding)
        self.done.found.update(one.finding for one in wrong)
        changes = tuple(Change(field=f"leaf-{one.leaf}", before=one.entry, after=one.finding) for one in wrong)
        key = "\n".join(f"{one.leaf} {one.finding}" for one in wrong)
        await commit(self.records, self._draft("ledger.unaccounted", key, changes))

    async def _write_down(self) -> None:
        """Step 4."""
        before, after = self.held.record if self.held else None, self.reached
        if after == before:
            return
        told = (
            Change(field="checked", before=str(before.checked) if before else None, after=str(after.checked)),
            Change(field="unaccounted", before=None, after=str(self.done.found.total())),
            *([Change(field="erased", before=None, after=str(self.done.erased))] if self.done.erased else []),
        )
        key = f"{self.asking.key}\n{after.checked} {after.night} {after.bundles}"
        write = Replace(after, self.held.version) if self.held else Create(after)
        await commit(self.records, self._draft("ledger.accounted", key, told), write)
        self.held = await self.records.accounting()

    def _draft(self, action: str, key: str, changes: tuple[Change, ...]) -> Draft:
        return Draft(
            asking=replace(self.asking, at=self.now()),
            pk=LEDGER,
            action=action,
            operation=Operation.ADMINISTRATION,
            subject=LEDGER,
            key=key,
            changes=changes,
        )


def _judged(lines: dict[int, tuple[str, str]], there: Sequence[Kept]) -> list[Unaccounted]:
    by_id: dict[str, list[Kept]] = {}
    for entry in there:
        by_id.setdefault(entry.id, []).append(entry)
    judgements = (judged(leaf, entry, bound, by_id.get(entry, ())) for leaf, (entry, bound) in lines.items())
    return [one for one in judgements if one]
