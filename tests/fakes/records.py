"""MemoryRecords keeps the promises of Records: what it finds, worked out from the words of the ports and no query.

How it keeps what is written, and to what it objects, is in kept.py.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import TypeVar

from shared.domain.access import Reach
from shared.domain.activity import Handed
from shared.domain.annotate import Note
from shared.domain.approve import Approval, Standing
from shared.domain.bar import Bar, bars
from shared.domain.daily_counts import DailyCount
from shared.domain.document import from_document, to_document
from shared.domain.entry import Entry, Trail
from shared.domain.footage import Clip, ClipId, Dock, DockId, Fixity, Grant, Sighting, State
from shared.domain.reconcile_report import Reconciliation
from shared.domain.seal import LEDGER, Head, Sealing
from shared.domain.session import LATEST, Session, partition
from shared.domain.weeding_run import WeedingRun
from shared.domain.witness import Witnessed, record_id
from shared.domain.worklist import Worklist
from shared.ports import (
    ClipFilter,
    EntryFilter,
    Held,
    Order,
    Place,
    SessionFilter,
    place_in,
)
from tests.fakes.asked import answers
from tests.fakes.lines import MemoryLines
from tests.fakes.sessions import is_latest_of, was_on

Row = TypeVar("Row")
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


class MemoryRecords(MemoryLines):
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

    async def entry_anywhere(self, entry: str) -> Entry | None:
        async with self.faults.call("records.entry_anywhere"):
            return next((held.record for held in self._all(Entry) if held.record.id == entry), None)

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

    async def search(self, asked: ClipFilter, *, after: Place | None, limit: int) -> Sequence[Held[Clip]]:
        async with self.faults.call("records.search"):
            found = [held for held in self._all(Clip) if answers(held.record, asked)]
            places = [(place_in(asked.order, held.record), held) for held in found]
            rows = [(place.at, place.id, held) for place, held in places]
            return _page(rows, after, limit, newest_first=asked.order is Order.NEWEST)

    async def count(self, asked: ClipFilter) -> int:
        async with self.faults.call("records.count"):
            return sum(answers(held.record, asked) for held in self._all(Clip))

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
            return sorted(clips, key=lambda clip: clip.weeding.condemned_at if clip.weeding else clip.uploaded_at)[
                :limit
            ]

    async def notes(self, clip: ClipId) -> Sequence[Held[Note]]:
        async with self.faults.call("records.notes"):
            return [held for held in self._all(Note) if held.record.clip == clip]

    async def approval(self, clip: ClipId) -> Held[Approval] | None:
        async with self.faults.call("records.approval"):
            return self._read(Approval, clip, Approval.id)

    async def approvals(
        self, reach: Reach, state: Standing, *, after: Place | None, limit: int
    ) -> Sequence[Held[Approval]]:
        async with self.faults.call("records.approvals"):
            found = [held for held in self._all(Approval) if reach.covers(held.record)]
            rows = [(held.record.asked_at, held.record.clip, held) for held in found if held.record.state is state]
            return _page(rows, after, limit, newest_first=False)

    async def count_approvals(self, state: Standing) -> int:
        async with self.faults.call("records.count_approvals"):
            return sum(held.record.state is state for held in self._all(Approval))

    async def waiting(self, worklist: Worklist, *, after: Place | None, limit: int) -> Sequence[Held[Clip]]:
        async with self.faults.call("records.waiting"):
            waits = WAITING[worklist]
            rows = [(held.record.uploaded_at, held.record.id, held) for held in self._all(Clip) if waits(held.record)]
            return _page(rows, after, limit, newest_first=False)

    async def count_waiting(self, worklist: Worklist) -> int:
        async with self.faults.call("records.count_waiting"):
            waits = WAITING[worklist]
            return sum(waits(held.record) for held in self._all(Clip))

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

    async def count_unmet(self, before: datetime) -> int:
        async with self.faults.call("records.count_unmet"):
            grants = [held.record for held in self._all(Grant)]
            return sum(not grant.met and grant.granted_at <= before for grant in grants)

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

    async def last_weeding(self) -> WeedingRun | None:
        async with self.faults.call("records.last_weeding"):
            runs = [held.record for held in self._all(WeedingRun)]
            return max(runs, key=operator.attrgetter("started_at"), default=None)

    async def oldest_pending(self) -> datetime | None:
        async with self.faults.call("records.oldest_pending"):
            return min((held.record.occurred_at for held in self._all(Entry) if held.record.pending), default=None)

    async def pending(self, before: datetime, *, limit: int) -> Sequence[Held[Entry]]:
        async with self.faults.call("records.pending"):
            waiting = [held for held in self._all(Entry) if held.record.pending and held.record.occurred_at < before]
            rows = [(held.record.occurred_at, held.record.id, held) for held in waiting]
            return _page(rows, None, limit, newest_first=False)

    async def pending_of(self, pk: str, ids: Sequence[str]) -> Sequence[Held[Entry]]:
        async with self.faults.call("records.pending_of"):
            found = (self._read(Entry, pk, each) for each in ids)
            return [held for held in found if held is not None and held.record.pending]

    async def ledger_head(self) -> Held[Head] | None:
        async with self.faults.call("records.ledger_head"):
            return self._read(Head, LEDGER, Head.id)

    async def sealing(self, batch: str) -> Sequence[Sealing]:
        async with self.faults.call("records.sealing"):
            parts = [held.record for held in self._all(Sealing) if held.record.batch == batch]
            return sorted(parts, key=lambda part: part.part)

    async def daily_counts(self, day: date, ids: Sequence[str] | None = None) -> Sequence[Held[DailyCount]]:
        async with self.faults.call("records.daily_counts"):
            of_day = [held for held in self._all(DailyCount) if held.record.day == day]
            return [held for held in of_day if ids is None or held.record.id in ids]

    async def witnessed(self, key: str) -> Held[Witnessed] | None:
        async with self.faults.call("records.witnessed"):
            return self._read(Witnessed, LEDGER, record_id(key))

    async def session(self, key: str) -> Held[Session] | None:
        async with self.faults.call("records.session"):
            return self._read(Session, partition(key), LATEST)

    async def bar(self, subject: str) -> Held[Bar] | None:
        async with self.faults.call("records.bar"):
            return self._read(Bar, bars(subject), Bar.id)

    async def sessions(self, asked: SessionFilter, *, after: Place | None, limit: int) -> Sequence[Session]:
        async with self.faults.call("records.sessions"):
            found = [held.record for held in self._all(Session) if was_on(held.record, asked)]
            return _page([(each.started_at, each.session, each) for each in found], after, limit, newest_first=True)

    async def open_sessions(
        self, last_seen_by: datetime, *, after: Place | None, limit: int
    ) -> Sequence[Held[Session]]:
        async with self.faults.call("records.open_sessions"):
            found = [held for held in self._all(Session) if held.record.ended_at is None]
            rows = [(h.record.started_at, h.record.session, h) for h in found if h.record.last_seen <= last_seen_by]
            return _page(rows, after, limit, newest_first=False)

    async def latest_sessions_of(self, person: str, *, since: datetime) -> Sequence[Session]:
        async with self.faults.call("records.latest_sessions_of"):
            found = [held.record for held in self._all(Session) if is_latest_of(held.record, person, since)]
            return sorted(found, key=operator.attrgetter("last_seen"), reverse=True)


def _page(
    rows: Sequence[tuple[datetime, str, Row]], after: Place | None, limit: int, *, newest_first: bool
) -> list[Row]:
    beyond = operator.lt if newest_first else operator.gt
    left = [row for row in rows if after is None or beyond(row[:2], (after.at, after.id))]
    return [row[2] for row in sorted(left, key=lambda row: row[:2], reverse=newest_first)[:limit]]


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
