"""MemoryRecords keeps the promises of Records, and objects to what the real store would refuse or lose.

It refuses a record that does not come back from its document as it was, a record of another pk, an id the store
cannot address, an empty transaction and one of more than 100 writes.
"""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

from shared.domain.activity import Handed
from shared.domain.document import from_document, to_document
from shared.domain.entry import Entry, Trail
from shared.domain.footage import Clip, ClipId, Dock, DockId, Fixity, Grant, Sighting, State
from shared.domain.reconcile_report import Reconciliation
from shared.domain.worklist import Worklist
from shared.ports import Clash, ClipFilter, Create, EntryFilter, Held, Place, Record, Replace, Write
from tests.fakes.faults import Faults

K = TypeVar("K", bound=Record)
Row = TypeVar("Row")
MOST_WRITES = 100
UNADDRESSABLE = frozenset("/\\?#\t\r\n")
REFUSED = ("refused.grant", "refused.receipt")
WAITING: Mapping[Worklist, Callable[[Clip], bool]] = MappingProxyType(
    {
        Worklist.QUARANTINE: lambda clip: clip.state is State.QUARANTINED,
        Worklist.MISMATCH: lambda clip: clip.integrity.state is Fixity.MISMATCH and clip.state is not State.WEEDED,
        Worklist.POISON: lambda clip: (
            clip.integrity.state is Fixity.PENDING
            and clip.integrity.gave_up_at is not None
            and clip.state is not State.WEEDED
        ),
    }
)


class MemoryRecords:
    def __init__(self, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self._records: dict[tuple[str, str], Held[Record]] = {}
        self._version = 0

    async def clip(self, clip: ClipId) -> Held[Clip] | None:
        async with self.faults.call("records.clip"):
            return self._read(Clip, clip, clip)

    async def grant(self, recording: ClipId) -> Held[Grant] | None:
        async with self.faults.call("records.grant"):
            return self._read(Grant, recording, Grant.id)

    async def dock(self, dock: DockId) -> Held[Dock] | None:
        async with self.faults.call("records.dock"):
            return self._read(Dock, f"dock:{dock}", dock)

    async def trail(self, pk: str) -> Held[Trail] | None:
        async with self.faults.call("records.trail"):
            return self._read(Trail, pk, Trail.id)

    async def entry(self, pk: str, entry: str) -> Entry | None:
        async with self.faults.call("records.entry"):
            held = self._read(Entry, pk, entry)
            return held.record if held else None

    async def entries(self, pk: str, *, after: int, limit: int) -> Sequence[Entry]:
        async with self.faults.call("records.entries"):
            found = [e.record for e in self._all(Entry) if e.record.pk == pk and e.record.number > after]
            return sorted(found, key=operator.attrgetter("number"))[:limit]

    async def docks(self) -> Sequence[Held[Dock]]:
        async with self.faults.call("records.docks"):
            return sorted(self._all(Dock), key=lambda held: held.record.id)

    async def sighting(self, dock: DockId) -> Held[Sighting] | None:
        async with self.faults.call("records.sighting"):
            return self._read(Sighting, f"dock:{dock}", Sighting.id)

    async def sightings(self) -> Sequence[Sighting]:
        async with self.faults.call("records.sightings"):
            return [held.record for held in self._all(Sighting)]

    async def write(self, pk: str, writes: Sequence[Write]) -> None:
        async with self.faults.call("records.write"):
            if not 0 < len(writes) <= MOST_WRITES:
                raise ValueError(f"a transaction has 1 to {MOST_WRITES} writes, not {len(writes)}")
            staged = dict(self._records)
            for index, write in enumerate(writes):
                self._stage(staged, pk, index, write)
            self._records = staged

    async def search(self, asked: ClipFilter, *, after: Place | None, limit: int) -> Sequence[Held[Clip]]:
        async with self.faults.call("records.search"):
            found = [held for held in self._all(Clip) if _answers(held.record, asked)]
            rows = [(held.record.uploaded_at, held.record.id, held) for held in found]
            return _page(rows, after, limit, newest_first=True)

    async def feed(self, asked: EntryFilter, *, after: Place | None, limit: int) -> Sequence[Entry]:
        async with self.faults.call("records.feed"):
            found = [held.record for held in self._all(Entry) if _concerns(held.record, asked)]
            rows = [(entry.occurred_at, entry.id, entry) for entry in found]
            return _page(rows, after, limit, newest_first=True)

    async def due(self, now: datetime, *, after: Place | None, limit: int) -> Sequence[Clip]:
        async with self.faults.call("records.due"):
            clips = [held.record for held in self._all(Clip)]
            held = [clip for clip in clips if clip.state is State.HELD and not clip.holds]
            timed = [(clip.retention.weed_after, clip) for clip in held]
            rows = [(at, clip.id, clip) for at, clip in timed if at is not None and at <= now]
            return _page(rows, after, limit, newest_first=False)

    async def condemned(self, *, limit: int) -> Sequence[Clip]:
        async with self.faults.call("records.condemned"):
            clips = [held.record for held in self._all(Clip) if held.record.state is State.CONDEMNED]
            return sorted(clips, key=operator.attrgetter("id"))[:limit]

    async def waiting(self, worklist: Worklist, *, after: Place | None, limit: int) -> Sequence[Held[Clip]]:
        async with self.faults.call("records.waiting"):
            waits = WAITING[worklist]
            rows = [(held.record.uploaded_at, held.record.id, held) for held in self._all(Clip) if waits(held.record)]
            return _page(rows, after, limit, newest_first=False)

    async def unmet(
        self,
        before: datetime,
        *,
        after: Place | None,
        limit: int,
        dock: DockId | None = None,
        since: datetime | None = None,
    ) -> Sequence[Grant]:
        async with self.faults.call("records.unmet"):
            grants = [held.record for held in self._all(Grant) if not held.record.met]
            of_dock = [grant for grant in grants if dock in (None, grant.dock)]
            in_time = [g for g in of_dock if g.granted_at <= before and (since is None or since <= g.granted_at)]
            return _page([(g.granted_at, g.recording, g) for g in in_time], after, limit, newest_first=False)

    async def handed_over(self, dock: DockId, *, since: datetime, after: Place | None, limit: int) -> Sequence[Handed]:
        async with self.faults.call("records.handed_over"):
            clips = [held.record for held in self._all(Clip) if held.record.dock == dock]
            handed = [from_document(Handed, to_document(clip)) for clip in clips if clip.uploaded_at >= since]
            return _page([(each.uploaded_at, each.id, each) for each in handed], after, limit, newest_first=True)

    async def newest_grant(self, dock: DockId) -> Grant | None:
        async with self.faults.call("records.newest_grant"):
            grants = [held.record for held in self._all(Grant) if held.record.dock == dock]
            return max(grants, key=lambda grant: (grant.granted_at, grant.recording), default=None)

    async def refusals_of(self, dock: DockId, *, since: datetime, limit: int) -> Sequence[Entry]:
        async with self.faults.call("records.refusals_of"):
            refused = [held.record for held in self._all(Entry) if held.record.action in REFUSED]
            found = [e for e in refused if e.subject.split("/")[0] == dock and e.occurred_at >= since]
            return _page([(entry.occurred_at, entry.id, entry) for entry in found], None, limit, newest_first=True)

    async def clips_at(self, first: str, last: str, *, limit: int) -> Sequence[Clip]:
        async with self.faults.call("records.clips_at"):
            found = [held.record for held in self._all(Clip) if first <= held.record.blob.path <= last]
            return sorted(found, key=lambda clip: clip.blob.path)[:limit]

    async def reconciliation(self, run: str) -> Held[Reconciliation] | None:
        async with self.faults.call("records.reconciliation"):
            return self._read(Reconciliation, f"run:{run}", Reconciliation.id)

    async def last_round(self) -> Reconciliation | None:
        async with self.faults.call("records.last_round"):
            rounds = [held.record for held in self._all(Reconciliation) if held.record.round]
            return max(rounds, key=operator.attrgetter("started_at"), default=None)

    def everything(self) -> list[Record]:
        """All records as they stand, in no call's account: for a test that checks the whole."""
        return [held.record for held in self._records.values()]

    def put(self, *records: Record) -> None:
        """Set a scene: records as if written long ago, in no call's account."""
        for record in records:
            self._records[_address(record)] = Held(_as_stored(record), self._next_version())

    def _stage(self, staged: dict[tuple[str, str], Held[Record]], pk: str, index: int, write: Write) -> None:
        address = _address(write.record)
        if address[0] != pk:
            raise ValueError(f"a {write.record.kind} of {address[0]!r} is written in a transaction of {pk!r}")
        found = staged.get(address)
        match write:
            case Create():
                clash = found is not None
            case Replace(version=version):
                clash = found is None or found.version != version
        if clash:
            raise Clash(index)
        staged[address] = Held(_as_stored(write.record), self._next_version())

    def _next_version(self) -> str:
        self._version += 1
        return f'"{self._version:08x}"'

    def _read(self, kind: type[K], pk: str, name: str) -> Held[K] | None:
        found = self._records.get((pk, name))
        return Held(found.record, found.version) if found and isinstance(found.record, kind) else None

    def _all(self, kind: type[K]) -> Iterator[Held[K]]:
        for held in self._records.values():
            if isinstance(held.record, kind):
                yield Held(held.record, held.version)


def _address(record: Record) -> tuple[str, str]:
    if not record.id or UNADDRESSABLE & set(record.id):
        raise ValueError(f"the store cannot address a {record.kind} by {record.id!r}")
    return record.pk, record.id


def _as_stored(record: K) -> K:
    """The record as it comes back. What JSON would change is a fault of the test or the verb."""
    back = from_document(type(record), to_document(record))
    if back != record:
        raise ValueError(f"a {record.kind} does not come back from its document as it was")
    return back


def _page(
    rows: Sequence[tuple[datetime, str, Row]], after: Place | None, limit: int, *, newest_first: bool
) -> list[Row]:
    beyond = operator.lt if newest_first else operator.gt
    left = [row for row in rows if after is None or beyond(row[:2], (after.at, after.id))]
    return [row[2] for row in sorted(left, key=lambda row: row[:2], reverse=newest_first)[:limit]]


def _answers(clip: Clip, asked: ClipFilter) -> bool:
    wanted = (
        (asked.officer, clip.officer),
        (asked.camera, clip.camera),
        (asked.incident, clip.incident),
        (asked.category, clip.decision.category),
        (asked.evidential, clip.decision.evidential),
        (asked.state, clip.state),
    )
    shown = asked.state is not None or clip.state is not State.WEEDED
    return shown and asked.reach.covers(clip) and all(want is None or want == got for want, got in wanted)


def _concerns(entry: Entry, asked: EntryFilter) -> bool:
    wanted = (
        (asked.borough, entry.borough),
        (asked.subject, entry.subject),
        (asked.actor, entry.actor.id),
        (asked.action, entry.action),
    )
    begun = asked.since is None or asked.since <= entry.occurred_at
    over = asked.until is not None and asked.until <= entry.occurred_at
    return begun and not over and all(want is None or want == got for want, got in wanted)
