"""Seal: put what was entered into the ledger, each entry once, in one history.

    1. read the head; if its batch is not finished, finish it first: steps 4 to 6
    2. take the oldest entries that have settled, and write them down as a batch
    3. replace the head, if it is still the one of step 1: the only commit point
    4. write tiles and entry bundles, from that batch alone (seal_publish.py)
    5. sign the checkpoint and keep it; the head says that it is there
    6. count the entries in those of their days (count.py), then tell them their leaves; the head says so

What a crash leaves at each arrow the next run finishes: before 3 a batch that no head names, after it one that the head
names. Whoever loses the race at 3, or at a mark of 5 or 6, begins again at 1. Two sealers do the same work twice and
end with the same files: each is written once, and an identical one is done. An entry is taken only when the head's
batch is finished, so none is taken twice. Refused, with nothing published, is whatever does not follow from what is
published: Forked, and Differs where another content lies in a file's place; a checkpoint that no key of the
ledger signed is such a one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.daily_counts import tallied
from shared.domain.entry import Asking, Draft, Entry, Operation
from shared.domain.ledger import Unproven
from shared.domain.note import Check
from shared.domain.odata.bounds import equal
from shared.domain.odata.sets import AUDIT_ENTRIES
from shared.domain.seal import LEDGER, Head, Sealing, head_after, line_of, lines_of, parts_of, tallies_of, tree_of
from shared.ports import Clash, Create, Feed, Gone, Held, Keys, LedgerFiles, Records, Replace, Rows
from shared.usecases.commit import commit
from shared.usecases.count import count
from shared.usecases.seal_publish import Publisher, tell_leaves

MOST = 5_000  # entries of a batch: some megabytes, and 25 files
SETTLED = timedelta(seconds=5)
QUIET = timedelta(hours=1)


class Forked(Exception):
    """What is to be published does not follow from what is published. An alarm: nothing was published."""


@dataclass(slots=True)
class SealReport:
    """What a run did. `late`: its time was over with entries still to seal. After it the ledger has `size` entries and
    `pending` more wait, the oldest of them since `oldest`.
    """

    sealed: int = 0
    late: bool = False
    size: int = 0
    pending: int = 0
    oldest: datetime | None = None


async def seal(
    *,
    asking: Asking,
    now: Callable[[], datetime],
    origin: str,
    records: Records,
    feed: Feed,
    files: LedgerFiles,
    keys: Keys,
    check: Check,
    out_of_time: Callable[[], bool],
    at_once: int,
    most: int = MOST,
) -> SealReport:
    """One run: batch after batch until nothing waits or its time is over. Raises Forked and Differs."""
    publisher = Publisher(files=files, keys=keys, check=check, origin=origin, at_once=at_once)
    sealer = _Sealer(records, publisher, now, at_once, most)
    report = SealReport()
    try:
        while taken := await sealer.next_entries():
            if out_of_time():
                report.late = True
                break
            report.sealed += await sealer.commit(taken)
    except (Unproven, Gone) as wrong:
        raise Forked(f"nothing was published: {wrong}") from wrong
    head = await records.ledger_head()
    if not report.late and _is_quiet(head, now()):
        await commit(records, _heartbeat(replace(asking, at=now())))
    report.size = head.record.size if head else 0
    report.oldest = await records.oldest_pending()
    report.pending = await feed.count(_waiting(now())) if report.oldest else 0
    return report


@dataclass(slots=True)
class _Sealer:
    """`held` is the head of step 1, finished; `taken` is what this sealer took last, and `written` its batch.

    A batch is called after its content (rule S2): for a head that names this one, neither is read again.
    """

    records: Records
    publisher: Publisher
    now: Callable[[], datetime]
    at_once: int
    most: int
    held: Held[Head] | None = None
    taken: Sequence[Held[Entry]] = ()
    written: Sequence[Sealing] = ()

    async def next_entries(self) -> Sequence[Held[Entry]]:
        """Steps 1, and 4 to 6 of what it names, and what is to be taken then."""
        self.held = await self.records.ledger_head()
        while self.held and self.held.record.finished < self.held.record.size:
            await self._go_on(self.held)
            self.held = await self.records.ledger_head()
        return await self.records.pending(self.now() - SETTLED, limit=self.most)

    async def commit(self, taken: Sequence[Held[Entry]]) -> int:
        """Steps 2 and 3. How many entries this sealer sealed: none if another came first."""
        head = self.held.record if self.held else None
        if head:
            tree_of(head)
            await self.publisher.must_be_published(head.size, head.root)
        if await self.publisher.is_followed(head.size if head else 0):
            await self._must_have_been_overtaken()
            return 0
        entries = [held.record for held in taken]
        parts = parts_of(head.size if head else 0, [line_of(entry) for entry in entries], tallied(entries))
        await self._write_down(parts)
        self.taken, self.written = taken, parts
        return len(taken) if await self._put(head_after(head, parts, now=self.now())) else 0

    async def _must_have_been_overtaken(self) -> None:
        """Another sealer replaces the head before it publishes; a head that was set back, nobody has replaced."""
        if await self.records.ledger_head() == self.held:
            raise Unproven("head: a larger ledger follows the one it says: it was set back, as by a restore")

    async def _write_down(self, parts: Sequence[Sealing]) -> None:
        for part in parts:
            try:
                await self.records.write(part.pk, [Create(part)])
            except Clash:
                continue  # a batch is called after what is in it: another sealer, or a try before, wrote the same
        if await self.records.sealing(parts[0].batch) != list(parts):
            raise Unproven("sealing: a batch is not as it was written down")

    async def _go_on(self, held: Held[Head]) -> None:
        """The next of what the head's batch still needs: to be published, or its entries to be told."""
        head, is_own = held.record, held.record.batch in {part.batch for part in self.written}
        parts = self.written if is_own else await self.records.sealing(head.batch)
        lines, tallies = lines_of(parts), tallies_of(parts)
        first = head.size - len(lines)
        if list(parts) != list(parts_of(first, lines, tallies)) or not lines:
            raise Unproven("head: its batch is not as it was written down")
        if head.checkpointed < head.size:
            await self.publisher.publish(head, lines)
            await self._put(replace(head, checkpointed=head.size))
        else:
            taken = self.taken if is_own else ()
            await count(tallies, size=head.size, records=self.records, at_once=self.at_once)
            await tell_leaves(first, lines, taken=taken, records=self.records, at_once=self.at_once)
            await self._put(replace(head, finished=head.size))

    async def _put(self, head: Head) -> bool:
        write = Replace(head, self.held.version) if self.held else Create(head)
        try:
            await self.records.write(LEDGER, [write])
        except Clash:
            return False
        return True


def _waiting(now: datetime) -> Rows:
    return Rows(entities=AUDIT_ENTRIES, until=now, filter=equal(AUDIT_ENTRIES, "pending", True))


def _is_quiet(held: Held[Head] | None, now: datetime) -> bool:
    return held is None or now - held.record.sealed_at >= QUIET


def _heartbeat(asking: Asking) -> Draft:
    """One an hour, whoever and however often it is tried: that nothing happened is a thing to know as well."""
    return Draft(
        asking=asking,
        pk=LEDGER,
        action="ledger.heartbeat",
        operation=Operation.ADMINISTRATION,
        subject=LEDGER,
        key=f"{asking.at:%Y-%m-%dT%H}",
    )
