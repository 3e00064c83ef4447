"""CosmosRecords keeps the promises of Records on one Cosmos container, partitioned by /pk.

A write is never repeated by the SDK: a transaction whose answer was lost would clash with itself, and a clash promises
that nothing was done.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import CosmosBatchOperationError, CosmosResourceNotFoundError

from shared.adapters.cosmos import queries, searching, session_queries
from shared.adapters.cosmos.asking import Document, addressable, number_of, patiently, rows_of
from shared.adapters.cosmos.queries import (
    CONDEMNED,
    COUNTS_OF_DAY,
    DOCKS,
    ENTRIES_OF_TRAIL,
    ENTRY,
    NOTES_OF_CLIP,
    PENDING,
    PENDING_OF,
    ROUNDS,
    SEALING,
    SIGHTINGS,
    WEEDINGS,
    WITH_IDS,
    Query,
)
from shared.domain.access import Reach
from shared.domain.account import Accounting, Kept, kept
from shared.domain.activity import Handed
from shared.domain.annotate import Note
from shared.domain.approve import Approval, Standing
from shared.domain.bar import Bar, bars
from shared.domain.daily_counts import DailyCount
from shared.domain.daily_counts import partition_of as partition_of_day
from shared.domain.document import from_document, moment, to_document
from shared.domain.entry import Entry, Trail
from shared.domain.footage import Clip, ClipId, Dock, DockId, Grant, Sighting
from shared.domain.reconcile_report import Reconciliation
from shared.domain.seal import LEDGER, Head, Sealing, partition_of
from shared.domain.session import LATEST, Session, partition
from shared.domain.weeding_run import WeedingRun
from shared.domain.witness import Witnessed, record_id
from shared.domain.worklist import Worklist
from shared.ports import (
    Clash,
    ClipFilter,
    Create,
    Delete,
    EntryFilter,
    Held,
    Place,
    Record,
    Replace,
    SessionFilter,
    Write,
)

K = TypeVar("K", bound=Record)

MOST_WRITES = 100
CLASHES = frozenset({404, 409, 412})


class CosmosRecords:
    def __init__(self, container: ContainerProxy) -> None:
        self._container = container
        self._found = False

    async def clip(self, clip: ClipId) -> Held[Clip] | None:
        return await self._read(Clip, clip, clip)

    async def grant(self, recording: ClipId) -> Held[Grant] | None:
        return await self._read(Grant, recording, Grant.id)

    async def dock(self, dock: DockId) -> Held[Dock] | None:
        return await self._read(Dock, f"dock:{dock}", dock)

    async def trail(self, pk: str) -> Held[Trail] | None:
        return await self._read(Trail, pk, Trail.id)

    async def entry(self, pk: str, entry: str) -> Entry | None:
        held = await self._read(Entry, pk, entry)
        return held.record if held else None

    async def entry_anywhere(self, entry: str) -> Entry | None:
        rows = await self._rows(Query(ENTRY, {"entry": entry}), 1)
        return from_document(Entry, rows[0]) if rows else None

    async def entries_among(self, ids: Sequence[str]) -> Sequence[Kept]:
        return [kept(row) for row in await self._rows(queries.entries_among(ids), None)]

    async def entries(self, pk: str, *, after: int, limit: int) -> Sequence[Entry]:
        query = Query(ENTRIES_OF_TRAIL, {"pk": pk, "number": after})
        return [from_document(Entry, row) for row in await self._rows(query, limit, pk=pk)]

    async def docks(self) -> Sequence[Held[Dock]]:
        return [_held(Dock, row) for row in await self._rows(Query(DOCKS, {}), None)]

    async def sighting(self, dock: DockId) -> Held[Sighting] | None:
        return await self._read(Sighting, f"dock:{dock}", Sighting.id)

    async def sightings(self) -> Sequence[Sighting]:
        return [from_document(Sighting, row) for row in await self._rows(Query(SIGHTINGS, {}), None)]

    async def write(self, pk: str, writes: Sequence[Write]) -> None:
        if not 0 < len(writes) <= MOST_WRITES:
            raise ValueError(f"a transaction has 1 to {MOST_WRITES} writes, not {len(writes)}")
        operations = [_operation(pk, write) for write in writes]
        # retry_connect: the transport reports an answer lost on the way back as a request never sent.
        batch = self._container.execute_item_batch
        try:
            await patiently(lambda: batch(operations, partition_key=pk, retry_connect=0))
        except CosmosBatchOperationError as error:
            if error.status_code in CLASHES and error.error_index is not None:
                raise Clash(error.error_index) from None
            raise

    async def search(self, asked: ClipFilter, *, after: Place | None, limit: int) -> Sequence[Held[Clip]]:
        query = searching.searching(asked, after)
        return [_held(Clip, row) for row in await self._rows(query, limit)] if query else []

    async def count(self, asked: ClipFilter) -> int:
        query = searching.counting(asked)
        return await number_of(self._container, query) if query else 0

    async def feed(self, asked: EntryFilter, *, after: Place | None, limit: int) -> Sequence[Entry]:
        return [from_document(Entry, row) for row in await self._rows(queries.feeding(asked, after), limit)]

    async def due(self, now: datetime, *, after: Place | None, limit: int) -> Sequence[Clip]:
        return [from_document(Clip, row) for row in await self._rows(queries.due(now, after), limit)]

    async def condemned(self, *, limit: int) -> Sequence[Clip]:
        return [from_document(Clip, row) for row in await self._rows(Query(CONDEMNED, {}), limit)]

    async def notes(self, clip: ClipId) -> Sequence[Held[Note]]:
        return [_held(Note, row) for row in await self._rows(Query(NOTES_OF_CLIP, {"pk": clip}), None, pk=clip)]

    async def approval(self, clip: ClipId) -> Held[Approval] | None:
        return await self._read(Approval, clip, Approval.id)

    async def approvals(
        self, reach: Reach, state: Standing, *, after: Place | None, limit: int
    ) -> Sequence[Held[Approval]]:
        query = searching.approvals(reach, state, after)
        return [_held(Approval, row) for row in await self._rows(query, limit)] if query else []

    async def count_approvals(self, state: Standing) -> int:
        return await number_of(self._container, searching.counting_approvals(state))

    async def waiting(self, worklist: Worklist, *, after: Place | None, limit: int) -> Sequence[Held[Clip]]:
        return [_held(Clip, row) for row in await self._rows(queries.waiting(worklist, after), limit)]

    async def count_waiting(self, worklist: Worklist) -> int:
        return await number_of(self._container, searching.counting_waiting(worklist))

    async def unmet(
        self,
        before: datetime,
        *,
        after: Place | None,
        limit: int,
        dock: DockId | None = None,
        since: datetime | None = None,
    ) -> Sequence[Grant]:
        query = queries.unmet(before, after, dock=dock, since=since)
        return [from_document(Grant, row) for row in await self._rows(query, limit)]

    async def count_unmet(self, before: datetime) -> int:
        return await number_of(self._container, searching.counting_unmet(before))

    async def handed_over(self, dock: DockId, *, since: datetime, after: Place | None, limit: int) -> Sequence[Handed]:
        query = queries.handed_over(dock, after, since=since)
        return [from_document(Handed, row) for row in await self._rows(query, limit)]

    async def newest_grant(self, dock: DockId) -> Grant | None:
        rows = await self._rows(queries.newest_grant(dock), 1)
        return from_document(Grant, rows[0]) if rows else None

    async def refusals_of(self, dock: DockId, *, since: datetime, limit: int) -> Sequence[Entry]:
        query = queries.refusals_of(dock, since=since)
        return [from_document(Entry, row) for row in await self._rows(query, limit)]

    async def _rows(self, query: Query, limit: int | None, *, pk: str | None = None) -> list[Document]:
        return await rows_of(self._container, query, limit, pk=pk)

    async def clips_at(self, first: str, last: str, *, limit: int) -> Sequence[Clip]:
        return [from_document(Clip, row) for row in await self._rows(queries.clips_at(first, last), limit)]

    async def reconciliation(self, run: str) -> Held[Reconciliation] | None:
        return await self._read(Reconciliation, f"run:{run}", Reconciliation.id)

    async def last_round(self) -> Reconciliation | None:
        rows = await self._rows(Query(ROUNDS, {}), 1)
        return from_document(Reconciliation, rows[0]) if rows else None

    async def last_weeding(self) -> WeedingRun | None:
        rows = await self._rows(Query(WEEDINGS, {}), 1)
        return from_document(WeedingRun, rows[0]) if rows else None

    async def oldest_pending(self) -> datetime | None:
        rows = await self._rows(Query(PENDING, {}), 1)
        return moment(rows[0]["occurredAt"]) if rows else None

    async def pending(self, before: datetime, *, limit: int) -> Sequence[Held[Entry]]:
        return [_held(Entry, row, whole=True) for row in await self._rows(queries.pending(before), limit)]

    async def pending_of(self, pk: str, ids: Sequence[str]) -> Sequence[Held[Entry]]:
        query = Query(PENDING_OF, {"pk": pk, "ids": list(ids)})
        return [_held(Entry, row, whole=True) for row in await self._rows(query, None, pk=pk)]

    async def ledger_head(self) -> Held[Head] | None:
        return await self._read(Head, LEDGER, Head.id)

    async def accounting(self) -> Held[Accounting] | None:
        return await self._read(Accounting, LEDGER, Accounting.id)

    async def sealing(self, batch: str) -> Sequence[Sealing]:
        pk = partition_of(batch)
        rows = await self._rows(Query(SEALING, {"pk": pk, "batch": batch}), None, pk=pk)
        return [from_document(Sealing, row, whole=True) for row in rows]

    async def daily_counts(self, day: date, ids: Sequence[str] | None = None) -> Sequence[Held[DailyCount]]:
        pk = partition_of_day(day)
        query = Query(COUNTS_OF_DAY, {"pk": pk, "kind": DailyCount.kind})
        asked = query if ids is None else query.where(WITH_IDS, ids=list(ids))
        return [_held(DailyCount, row, whole=True) for row in await self._rows(asked, None, pk=pk)]

    async def witnessed(self, key: str) -> Held[Witnessed] | None:
        return await self._read(Witnessed, LEDGER, record_id(key))

    async def session(self, key: str) -> Held[Session] | None:
        return await self._read(Session, partition(key), LATEST)

    async def bar(self, subject: str) -> Held[Bar] | None:
        return await self._read(Bar, bars(subject), Bar.id)

    async def sessions(self, asked: SessionFilter, *, after: Place | None, limit: int) -> Sequence[Session]:
        query = session_queries.sessions(asked, after)
        return [from_document(Session, row) for row in await self._rows(query, limit)]

    async def open_sessions(
        self, last_seen_by: datetime, *, after: Place | None, limit: int
    ) -> Sequence[Held[Session]]:
        query = session_queries.open_sessions(last_seen_by, after)
        return [_held(Session, row) for row in await self._rows(query, limit)]

    async def latest_sessions_of(self, person: str, *, since: datetime) -> Sequence[Session]:
        query = session_queries.latest_sessions_of(person, since=since)
        return [from_document(Session, row) for row in await self._rows(query, None)]

    async def _read(self, kind: type[K], pk: str, name: str) -> Held[K] | None:
        if not addressable(name):
            return None
        await self._must_be_there()
        try:
            row = await patiently(lambda: self._container.read_item(name, partition_key=pk))
        except CosmosResourceNotFoundError as error:
            if error.sub_status:  # something else than the item is not there
                raise
            return None
        return Held(from_document(kind, row, whole=True), row["_etag"]) if row["kind"] == kind.kind else None

    async def _must_be_there(self) -> None:
        """A container that is missing would otherwise look like one without records."""
        if self._found:
            return
        try:
            await patiently(self._container.read)
        except CosmosResourceNotFoundError as error:
            raise RuntimeError(f"there is no Cosmos container {self._container.id!r}") from error
        self._found = True


def _held(kind: type[K], row: Document, *, whole: bool = False) -> Held[K]:
    return Held(from_document(kind, row, whole=whole), row["_etag"])


def _operation(pk: str, write: Write) -> tuple[Any, ...]:
    record = write.record
    if record.pk != pk:
        raise ValueError(f"a {record.kind} of {record.pk!r} is written in a transaction of {pk!r}")
    if not addressable(record.id):
        raise ValueError(f"the store cannot address a {record.kind} by {record.id!r}")
    body = {**to_document(record), "id": record.id, "pk": record.pk, "kind": record.kind}
    match write:
        case Create():
            return ("create", (body,))
        case Replace(version=version):
            return ("replace", (record.id, body), {"if_match_etag": version})
        case Delete(version=version):
            return ("delete", (record.id,), {"if_match_etag": version})
