"""MemoryFeed keeps the promises of Feed over what MemoryRecords holds: what is a row, worked out without any query."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from shared.domain.document import to_document
from shared.domain.odata.columns import Column, Document, EntitySet
from shared.domain.odata.options import Order
from shared.ports import Last, Rows
from tests.domain.odata_evaluation import holds
from tests.fakes.records import MemoryRecords

AN_HOUR = timedelta(hours=1)
LONDON = ZoneInfo("Europe/London")
IS_ROW: Mapping[str, Callable[[Document], bool]] = MappingProxyType(
    {
        "AuditEntries": lambda each: each["kind"] == "entry",
        "Footage": lambda each: each["kind"] == "clip",
        "Sessions": lambda each: each["kind"] == "session",
        "Disclosures": lambda each: (
            each["kind"] == "entry" and (each["operation"] == "disclosure" or each["action"] == "trail.exported")
        ),
        "WeedingRuns": lambda each: each["kind"] == "weeding-run",
        "DailyCounts": lambda each: each["kind"] == "daily-count",
    }
)


class MemoryFeed:
    def __init__(self, records: MemoryRecords) -> None:
        self._records = records
        self.faults = records.faults

    async def page(self, asked: Rows, order: Order, *, after: Last | None, skip: int, limit: int) -> Sequence[Document]:
        async with self.faults.call("feed.page"):
            rows = [((found(order.column, each), found(order.key, each)), each) for each in self._rows(asked)]
            rows.sort(key=lambda row: row[0], reverse=order.descending)
            place = (after.value, after.key) if after else None
            left = [each for at, each in rows if place is None or (at < place if order.descending else at > place)]
            return left[skip : skip + limit]

    async def count(self, asked: Rows) -> int:
        async with self.faults.call("feed.count"):
            return len(self._rows(asked))

    async def one(self, asked: Rows, key: str) -> Document | None:
        async with self.faults.call("feed.one"):
            by = named(asked.entities, asked.entities.key)
            return next((each for each in self._rows(asked) if found(by, each) == key), None)

    def _rows(self, asked: Rows) -> list[Document]:
        documents = [
            {**to_document(record), "id": record.id, "pk": record.pk, "kind": record.kind}
            for record in self._records.everything()
        ]
        return [each for each in documents if IS_ROW[asked.entities.name](each) and is_within(asked, each)]


def is_within(asked: Rows, document: Document) -> bool:
    by = named(asked.entities, asked.entities.moment)
    if not was(found(by, document), asked.until):
        return False
    if asked.borough is not None and found(named(asked.entities, asked.entities.borough), document) != asked.borough:
        return False
    return asked.filter is None or holds(asked.filter, document)


def was(at: str, until: datetime) -> bool:
    if "T" in at:
        return datetime.fromisoformat(at) <= until
    return date.fromisoformat(at) < (until - AN_HOUR).astimezone(LONDON).date()


def named(entities: EntitySet, name: str | None) -> Column:
    column = entities.column(name or "")
    if column is None:
        raise KeyError(f"{entities.name} has no column {name}")
    return column


def found(column: Column, document: Any) -> Any:
    for step in column.path:
        document = document[step] if document is not None else None
    return document
