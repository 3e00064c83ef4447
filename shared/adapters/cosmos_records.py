"""CosmosRecords keeps the promises of Records on one Cosmos container, partitioned by /pk.

Every query is one of the constant texts below, joined from constant clauses; whatever a caller sent is a parameter.
Pages are by sort key, since a cross-partition ORDER BY has no token to go on from; the composite indexes it needs
are in infra/cosmos.json. A write is never repeated by the SDK: a transaction whose answer was lost would clash with
itself, and a clash promises that nothing was done.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar

from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import CosmosBatchOperationError, CosmosHttpResponseError, CosmosResourceNotFoundError

from shared.domain.access import Reach
from shared.domain.document import from_document, timestamp, to_document
from shared.domain.entry import Entry, Trail
from shared.domain.footage import Clip, ClipId, Dock, DockId, Grant
from shared.ports import Clash, ClipFilter, Create, EntryFilter, Held, Place, Record, Replace, Write

K = TypeVar("K", bound=Record)
T = TypeVar("T")
Document = Mapping[str, Any]

MOST_WRITES = 100
PATIENCE_SECONDS = 20  # the SDK's own timeout is looked at only between its attempts
RETRY_WITH = 449  # two writers met inside the store; the SDK leaves the retry to us
WAITS_SECONDS = (0.05, 0.2, 0.8)
CLASHES = frozenset({404, 409, 412})
UNADDRESSABLE = frozenset("/\\?#\t\r\n")
LONGEST_ID = 255

CLIPS = "SELECT * FROM c WHERE c.kind = 'clip'"
ENTRIES = "SELECT * FROM c WHERE c.kind = 'entry'"
ENTRIES_OF_TRAIL = "SELECT * FROM c WHERE c.pk = @pk AND c.kind = 'entry' AND c.number > @number ORDER BY c.number ASC"
DOCKS = "SELECT * FROM c WHERE c.kind = 'dock' ORDER BY c.id ASC"
CONDEMNED = "SELECT * FROM c WHERE c.kind = 'clip' AND c.state = 'condemned' ORDER BY c.id ASC"
NOT_WEEDED = " AND c.state <> 'weeded'"
DUE = " AND c.state = 'held' AND ARRAY_LENGTH(c.holds) = 0 AND c.retention.weedAfter <= @now"
BY_UPLOAD = " ORDER BY c.uploadedAt DESC, c.id DESC"
BY_OCCURRENCE = " ORDER BY c.occurredAt DESC, c.id DESC"
BY_WEEDING = " ORDER BY c.retention.weedAfter ASC, c.id ASC"
OWN_OR_BOROUGH = " AND (c.officer = @own OR c.borough = @within)"
CLAUSES: Mapping[str, str] = MappingProxyType(
    {
        "own": " AND c.officer = @own",
        "within": " AND c.borough = @within",
        "officer": " AND c.officer = @officer",
        "borough": " AND c.borough = @borough",
        "camera": " AND c.camera = @camera",
        "incident": " AND c.incident = @incident",
        "category": " AND c.decision.category = @category",
        "evidential": " AND c.decision.evidential = @evidential",
        "state": " AND c.state = @state",
        "subject": " AND c.subject = @subject",
        "actor": " AND c.actor.id = @actor",
        "action": " AND c.action = @action",
        "since": " AND c.occurredAt >= @since",
        "until": " AND c.occurredAt < @until",
    }
)
AFTER_UPLOAD = " AND (c.uploadedAt < @at OR (c.uploadedAt = @at AND c.id < @id))"
AFTER_OCCURRENCE = " AND (c.occurredAt < @at OR (c.occurredAt = @at AND c.id < @id))"
AFTER_WEEDING = " AND (c.retention.weedAfter > @at OR (c.retention.weedAfter = @at AND c.id > @id))"


@dataclass(frozen=True, slots=True)
class _Query:
    """A text of constants and the values of its parameters."""

    text: str
    values: Mapping[str, object]

    def where(self, clause: str, **values: object) -> "_Query":
        return _Query(self.text + clause, {**self.values, **values})

    def given(self, **values: object) -> "_Query":
        """With the clause of each value that was given."""
        asked = {name: value for name, value in values.items() if value is not None}
        return self.where("".join(CLAUSES[name] for name in asked), **asked)

    def after(self, place: Place | None, clause: str) -> "_Query":
        return self.where(clause, at=timestamp(place.at), id=place.id) if place else self


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

    async def entries(self, pk: str, *, after: int, limit: int) -> Sequence[Entry]:
        query = _Query(ENTRIES_OF_TRAIL, {"pk": pk, "number": after})
        return [from_document(Entry, row) for row in await self._rows(query, limit, pk=pk)]

    async def docks(self) -> Sequence[Dock]:
        return [from_document(Dock, row) for row in await self._rows(_Query(DOCKS, {}), None)]

    async def write(self, pk: str, writes: Sequence[Write]) -> None:
        if not 0 < len(writes) <= MOST_WRITES:
            raise ValueError(f"a transaction has 1 to {MOST_WRITES} writes, not {len(writes)}")
        operations = [_operation(pk, write) for write in writes]
        # retry_connect: the transport reports an answer lost on the way back as a request never sent.
        batch = self._container.execute_item_batch
        try:
            await _patiently(lambda: batch(operations, partition_key=pk, retry_connect=0))
        except CosmosBatchOperationError as error:
            if error.status_code in CLASHES and error.error_index is not None:
                raise Clash(error.error_index) from None
            raise

    async def search(self, asked: ClipFilter, *, after: Place | None, limit: int) -> Sequence[Held[Clip]]:
        query = _within(asked.reach)
        if query is None:
            return []
        query = query.given(
            officer=asked.officer,
            camera=asked.camera,
            incident=asked.incident,
            category=asked.category,
            evidential=asked.evidential,
            state=asked.state,
        )
        if asked.state is None:
            query = query.where(NOT_WEEDED)
        query = query.after(after, AFTER_UPLOAD).where(BY_UPLOAD)
        return [Held(from_document(Clip, row), row["_etag"]) for row in await self._rows(query, limit)]

    async def feed(self, asked: EntryFilter, *, after: Place | None, limit: int) -> Sequence[Entry]:
        query = _Query(ENTRIES, {}).given(
            borough=asked.borough,
            subject=asked.subject,
            actor=asked.actor,
            action=asked.action,
            since=timestamp(asked.since) if asked.since else None,
            until=timestamp(asked.until) if asked.until else None,
        )
        query = query.after(after, AFTER_OCCURRENCE).where(BY_OCCURRENCE)
        return [from_document(Entry, row) for row in await self._rows(query, limit)]

    async def due(self, now: datetime, *, after: Place | None, limit: int) -> Sequence[Clip]:
        query = _Query(CLIPS, {}).where(DUE, now=timestamp(now)).after(after, AFTER_WEEDING).where(BY_WEEDING)
        return [from_document(Clip, row) for row in await self._rows(query, limit)]

    async def condemned(self, *, limit: int) -> Sequence[Clip]:
        return [from_document(Clip, row) for row in await self._rows(_Query(CONDEMNED, {}), limit)]

    async def _read(self, kind: type[K], pk: str, name: str) -> Held[K] | None:
        if not _addressable(name):
            return None
        await self._must_be_there()
        try:
            row = await _patiently(lambda: self._container.read_item(name, partition_key=pk))
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
            await _patiently(self._container.read)
        except CosmosResourceNotFoundError as error:
            raise RuntimeError(f"there is no Cosmos container {self._container.id!r}") from error
        self._found = True

    async def _rows(self, query: _Query, limit: int | None, *, pk: str | None = None) -> list[Document]:
        one_partition: dict[str, Any] = {"partition_key": pk} if pk is not None else {}
        pages = self._container.query_items(
            query.text,
            parameters=[{"name": f"@{name}", "value": value} for name, value in query.values.items()],
            max_item_count=limit,
            **one_partition,
        )
        rows: list[Document] = []
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for row in pages:
                rows.append(row)
                if len(rows) == limit:
                    break
        return rows


def _within(reach: Reach) -> _Query | None:
    """All clips a caller may see at all; None if there can be none."""
    clips = _Query(CLIPS, {})
    if reach.force:
        return clips
    if reach.officer is None and reach.borough is None:
        return None
    if reach.officer is not None and reach.borough is not None:
        return clips.where(OWN_OR_BOROUGH, own=reach.officer, within=reach.borough)
    return clips.given(own=reach.officer, within=reach.borough)


def _operation(pk: str, write: Write) -> tuple[Any, ...]:
    record = write.record
    if record.pk != pk:
        raise ValueError(f"a {record.kind} of {record.pk!r} is written in a transaction of {pk!r}")
    if not _addressable(record.id):
        raise ValueError(f"the store cannot address a {record.kind} by {record.id!r}")
    body = {**to_document(record), "id": record.id, "pk": record.pk, "kind": record.kind}
    match write:
        case Create():
            return ("create", (body,))
        case Replace(version=version):
            return ("replace", (record.id, body), {"if_match_etag": version})


def _addressable(name: str) -> bool:
    """The store refuses these characters in an id, so nothing can be stored under such a one."""
    return 0 < len(name) <= LONGEST_ID and not UNADDRESSABLE & set(name)


async def _patiently(call: Callable[[], Awaitable[T]]) -> T:
    async with asyncio.timeout(PATIENCE_SECONDS):
        for wait in WAITS_SECONDS:
            try:
                return await call()
            except (CosmosHttpResponseError, CosmosBatchOperationError) as error:
                if error.status_code != RETRY_WITH:
                    raise
            await asyncio.sleep(wait)
        return await call()
