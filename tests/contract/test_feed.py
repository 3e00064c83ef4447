"""The rows of the feed, on the fake and the real store: bounded, ordered, turned by pages, counted, one by its key."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from azure.cosmos.aio import ContainerProxy

from shared.adapters.cosmos.feed import CosmosFeed
from shared.adapters.cosmos.records import CosmosRecords
from shared.domain.daily_counts import DailyCount
from shared.domain.entry import Entry, Outcome, Trail
from shared.domain.odata.columns import Document, EntitySet
from shared.domain.odata.options import Order, parsed_options
from shared.domain.odata.parser import parsed_filter
from shared.domain.odata.rows import cell
from shared.domain.odata.sets import AUDIT_ENTRIES, BY_NAME, SETS
from shared.domain.weeding_run import WeedingRun
from shared.ports import Create, Feed, Last, Record, Records, Rows
from tests.builders import MICROSECOND, NOW, a_clip, a_session, an_asking, an_entry, fresh_id
from tests.contract.conftest import REAL
from tests.fakes import MemoryFeed, MemoryRecords

AGO = timedelta(hours=3)
NAMES = sorted(BY_NAME)
EACH_ORDER = [
    (entities, column.name, way)
    for entities in SETS
    for column in entities.columns
    if column.sortable
    for way in ("asc", "desc")
]


@dataclass(frozen=True, slots=True)
class Store:
    """A feed and what is written to it, in a borough that is no other test's."""

    records: Records
    feed: Feed
    borough: str

    async def write(self, *records: Record) -> None:
        for record in records:
            await self.records.write(record.pk, [Create(record)])

    def rows(self, entities: EntitySet, text: str | None = None, **changes: Any) -> Rows:
        """Those of the borough; where a set has none, those whose key the test's filter names."""
        borough = self.borough if entities.borough else None
        asked = Rows(
            entities=entities, until=NOW, borough=borough, filter=parsed_filter(text, entities) if text else None
        )
        return replace(asked, **changes)


@pytest.fixture(params=["memory", REAL])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "memory":
        memory = MemoryRecords()
        return Store(memory, MemoryFeed(memory), fresh_id())
    container = request.getfixturevalue("container")
    return Store(CosmosRecords(container), CosmosFeed(container), fresh_id())


def order(entities: EntitySet, text: str | None = None) -> Order:
    return parsed_options([("$orderby", text)] if text else [], entities).order


def some(entities: EntitySet, number: int, borough: str) -> list[Record]:
    """Rows of the set, every other two of one moment."""
    return [_one(entities.name, borough, index) for index in range(number)]


def _one(name: str, borough: str, index: int) -> Record:
    at = NOW - AGO + timedelta(seconds=index // 2)
    match name:
        case "Footage":
            return a_clip(id=fresh_id(), borough=borough, uploaded_at=at)
        case "Sessions":
            return a_session(key=fresh_id().replace("-", ""), borough=borough, started_at=at)
        case "WeedingRuns":
            return WeedingRun(run=fresh_id(), started_at=at, ended_at=at, weeded=index, kept=0, failed=0, late=False)
        case "DailyCounts":
            day = date(2026, 11, 1 + index // 2)
            return DailyCount(
                day=day, borough=borough, action=f"of.{index}", outcome=Outcome.GRANTED, n=index, counted=1
            )
    return entry_at(at, borough, action="trail.exported")


def entry_at(at: datetime, borough: str | None, **changes: Any) -> Entry:
    entry, _ = an_entry(pk=fresh_id(), borough=borough, asking=an_asking(at=at, borough=None), **changes)
    return entry


def keys(entities: EntitySet, documents: Sequence[Document]) -> list[str]:
    column = entities.column(entities.key)
    assert column
    return [str(cell(column, each)) for each in documents]


def place(asked: Order, document: Document) -> Last:
    return Last(str(cell(asked.column, document)), str(cell(asked.key, document)))


def of(entities: EntitySet, made: Sequence[Record]) -> str:
    """A filter that names them, for a set without boroughs."""
    names = ",".join(f"'{each.run}'" for each in made if isinstance(each, WeedingRun))
    return f"id in ({names})" if names else "true"


@pytest.mark.parametrize("entities, column, way", EACH_ORDER, ids=lambda each: getattr(each, "name", each))
async def test_pages_cover_every_row_once_in_every_order_a_set_can_be_in(
    store: Store, entities: EntitySet, column: str, way: str
) -> None:
    made = some(entities, 7, store.borough)
    await store.write(*made)
    by, asked = order(entities, f"{column} {way}"), store.rows(entities, of(entities, made))
    whole = await store.feed.page(asked, by, after=None, skip=0, limit=100)
    places = [(place(by, each).value, place(by, each).key) for each in whole]
    assert places == sorted(places, reverse=way == "desc")
    assert len(set(places)) == 7

    turned: list[Document] = []
    while page := await store.feed.page(asked, by, after=place(by, turned[-1]) if turned else None, skip=0, limit=2):
        assert len(page) <= 2
        turned += page
        assert len(turned) <= len(whole), "a page begins again"
    assert keys(entities, turned) == keys(entities, whole)


@pytest.mark.parametrize("name", NAMES)
async def test_rows_are_counted_and_each_is_found_by_its_key(store: Store, name: str) -> None:
    entities = BY_NAME[name]
    made = some(entities, 3, store.borough)
    await store.write(*made)
    asked = store.rows(entities, of(entities, made))
    found = await store.feed.page(asked, order(entities), after=None, skip=0, limit=100)
    assert await store.feed.count(asked) == len(found) == 3
    for document, key in zip(found, keys(entities, found), strict=True):
        assert await store.feed.one(asked, key) == document
    assert await store.feed.one(asked, fresh_id()) is None


@pytest.mark.parametrize("skip, left", [(0, 5), (1, 4), (4, 1), (5, 0), (9_999, 0)])
async def test_rows_are_skipped_in_their_order_also_after_a_page(store: Store, skip: int, left: int) -> None:
    await store.write(*some(AUDIT_ENTRIES, 6, store.borough))
    by, asked = order(AUDIT_ENTRIES), store.rows(AUDIT_ENTRIES)
    whole = await store.feed.page(asked, by, after=None, skip=0, limit=100)
    first = place(by, whole[0])
    assert await store.feed.page(asked, by, after=first, skip=skip, limit=100) == whole[1 + skip :]
    assert len(whole[1 + skip :]) == left
    assert await store.feed.page(asked, by, after=None, skip=skip, limit=2) == whole[skip : skip + 2]


async def test_rows_are_those_up_to_a_moment_to_the_microsecond(store: Store) -> None:
    at_last, after = entry_at(NOW, store.borough), entry_at(NOW + MICROSECOND, store.borough)
    await store.write(at_last, after)
    asked = store.rows(AUDIT_ENTRIES)
    assert keys(AUDIT_ENTRIES, await store.feed.page(asked, order(AUDIT_ENTRIES), after=None, skip=0, limit=9)) == [
        at_last.id
    ]
    assert await store.feed.count(asked) == 1
    assert await store.feed.one(asked, after.id) is None
    assert await store.feed.count(replace(asked, until=NOW + MICROSECOND)) == 2


@pytest.mark.parametrize("until, days", [("2026-07-10T00:00:00+00:00", 2), ("2026-07-09T23:59:59.999999+00:00", 1)])
async def test_days_are_those_that_had_been_over_for_an_hour_in_london(store: Store, until: str, days: int) -> None:
    counts = [
        DailyCount(day=date(2026, 7, day), borough=store.borough, action="a.b", outcome=Outcome.GRANTED, n=1, counted=1)
        for day in (8, 9, 10)
    ]
    await store.write(*counts)
    asked = store.rows(BY_NAME["DailyCounts"], until=datetime.fromisoformat(until))
    assert await store.feed.count(asked) == days


FILTERS = ["true", "borough ne ''", "true or borough eq null", "not (borough eq 'x')", "borough eq null"]


@pytest.mark.parametrize("text", FILTERS)
async def test_no_filter_gets_round_the_borough_or_the_moment(store: Store, text: str) -> None:
    own, other = entry_at(NOW, store.borough), entry_at(NOW, fresh_id())
    await store.write(own, other, entry_at(NOW, None), entry_at(NOW + MICROSECOND, store.borough))
    asked = store.rows(AUDIT_ENTRIES, text)
    expected = [] if text == "borough eq null" else [own.id]
    found = await store.feed.page(asked, order(AUDIT_ENTRIES), after=None, skip=0, limit=9)
    assert keys(AUDIT_ENTRIES, found) == expected
    assert await store.feed.count(asked) == len(expected)
    assert await store.feed.one(store.rows(AUDIT_ENTRIES), other.id) is None


async def test_a_page_is_not_cut_off_where_the_store_cuts_its_own(store: Store) -> None:
    trail: Trail | None = None
    pk, made = fresh_id(), []
    for index in range(150):
        asking = an_asking(at=NOW - AGO, borough=None)
        entry, trail = an_entry(trail, pk=pk, key=str(index), borough=store.borough, asking=asking)
        made.append(entry)
    for begin in (0, 75):
        await store.records.write(pk, [Create(entry) for entry in made[begin : begin + 75]])
    asked, by = store.rows(AUDIT_ENTRIES), order(AUDIT_ENTRIES)
    assert len(await store.feed.page(asked, by, after=None, skip=0, limit=149)) == 149
    assert len(await store.feed.page(asked, by, after=None, skip=0, limit=1_000)) == 150
    assert len(await store.feed.page(asked, by, after=None, skip=5, limit=140)) == 140


@pytest.mark.stack
async def test_documents_of_a_kind_this_release_does_not_know_are_rows_of_no_set(container: ContainerProxy) -> None:
    pk, borough = fresh_id(), fresh_id()
    whole = {"id": pk, "pk": pk, "borough": borough, "action": "trail.exported", "operation": "disclosure"}
    times = {"occurredAt": "2026-11-25T20:00:00.000000Z", "uploadedAt": "2026-11-25T20:00:00.000000Z"}
    begun = {"startedAt": "2026-11-25T20:00:00.000000Z", "day": "2026-11-01"}
    await container.create_item({**whole, **times, **begun, "kind": "entry-of-tomorrow"})
    feed = CosmosFeed(container)
    for entities in SETS:
        asked = Rows(entities=entities, until=NOW, borough=borough if entities.borough else None)
        found = await feed.page(asked, order(entities), after=None, skip=0, limit=1_000)
        assert pk not in {each["pk"] for each in found}
