"""The feed over twenty thousand entries on the real store: every question gives the rows that a plain reading gives,

in their order, page by page, with their number; and each row of its watermark once, while others write.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.core.credentials_async import AsyncTokenCredential
from azure.cosmos.aio import ContainerProxy
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from shared.adapters.cosmos.feed import CosmosFeed
from shared.adapters.cosmos.records import CosmosRecords
from shared.domain.access import Reach
from shared.domain.document import timestamp
from shared.domain.footage import Borough
from shared.domain.odata.columns import Column, EntitySet
from shared.domain.odata.options import Options, parsed_options
from shared.domain.odata.rows import cell
from shared.domain.odata.sets import AUDIT_ENTRIES, FOOTAGE, SESSIONS
from shared.usecases.feed import Onward, Page, count, query
from tests import plenty
from tests.builders import FORCE, an_asking, fresh_id
from tests.contract.conftest import own_container
from tests.domain.chance import steady
from tests.domain.odata_evaluation import holds
from tests.domain.odata_filters import compared, joined, quoted
from tests.transcripts import NAMES

pytestmark = [pytest.mark.stack, pytest.mark.slow]

MANY, CLIPS, SESSIONS_OPENED = 20_000, 500, 500
MADE_UNTIL = datetime(2026, 11, 20, 12, tzinfo=UTC)
ASKED = MADE_UNTIL - timedelta(days=7)  # what the last week holds is younger than the reading
WATERMARK = ASKED - timedelta(minutes=2)
SETS = {"entry": AUDIT_ENTRIES, "clip": FOOTAGE, "session": SESSIONS}
ORDERS = ["occurredAt", "occurredAt desc", "id", "id desc", "occurredAt desc,id desc"]

found_is_enough = settings(steady, phases=[Phase.generate])  # a smaller question that fails would take minutes to find
texts = st.sampled_from
times = st.integers(0, plenty.MOMENTS).map(lambda n: timestamp(MADE_UNTIL - plenty.SPAN / plenty.MOMENTS * n))
days = st.integers(0, plenty.SPAN.days).map(lambda n: (MADE_UNTIL.date() - timedelta(days=n)).isoformat())
LOOKS = [quoted(action) for action, *_ in plenty.DEEDS]
WHERE = [quoted(borough) for borough in plenty.BOROUGHS]
simple = st.one_of(
    compared("action", texts(LOOKS)),
    compared("operation", texts(["'consultation'", "'erasure'", "'access'"])),
    compared("borough", texts(WHERE)),
    compared("reasonText", texts([quoted(reason) for reason in plenty.REASONS])),
    compared("actorName", texts([quoted(name) for name in NAMES])),
    compared("occurredAt", times),
    compared("localDate", days),
    compared("number", st.integers(0, 21).map(str)),
    compared("month(occurredAt)", st.integers(1, 12).map(str)),
    texts(["contains(reasonText,'O''Brien')", "startswith(action,'footage.')", "endswith(tolower(actorName),'z')"]),
    texts(["contains(actorName,'ł')", "contains(actorName,'محمد')", "contains(reasonText,'_') eq false"]),
    texts(["recipient eq null", "session ne null", "not (clientAddress ge '192.0.2.2')", "pending"]),
)
filters = st.recursive(simple, joined, max_leaves=6)


class Stored:
    """A store of this module's own. No dataclass: hypothesis would show all its documents when a test fails."""

    def __init__(self, container: ContainerProxy, documents: list[dict[str, Any]]) -> None:
        self.container, self.documents = container, documents

    async def pages(
        self,
        options: Options,
        *,
        size: int,
        reach: Reach = FORCE,
        entities: EntitySet = AUDIT_ENTRIES,
        before_each: Callable[[], Awaitable[None]] | None = None,
    ) -> list[Page]:
        """A whole reading; each page is asked for as by a request of its own."""
        asking = an_asking(at=ASKED, request=fresh_id(), key=fresh_id())
        pages = list[Page]()
        onward: Onward | None = None
        while not pages or onward is not None:
            if before_each:
                await before_each()
            page = await query(
                entities,
                options,
                onward=onward,
                size=size,
                reach=reach,
                asking=replace(asking, at=ASKED + timedelta(minutes=len(pages))),
                records=CosmosRecords(self.container),
                feed=CosmosFeed(self.container),
            )
            pages.append(page)
            onward = page.onward
        return pages

    def meant(self, options: Options, *, reach: Reach = FORCE, entities: EntitySet = AUDIT_ENTRIES) -> list[str]:
        """The ids of all rows, without top and skip."""
        rows = [each for each in self.documents if SETS[each["kind"]] is entities and is_meant(each, options, reach)]
        order = options.order
        rows.sort(key=lambda each: (text(order.column, each), text(order.key, each)), reverse=order.descending)
        return [text(order.key, each) for each in rows]


def is_meant(document: Mapping[str, Any], options: Options, reach: Reach) -> bool:
    if datetime.fromisoformat(document[SETS[document["kind"]].moment]) > WATERMARK:
        return False
    if not reach.force and document.get("borough") != reach.borough:
        return False
    return options.filter is None or holds(options.filter, document)


def text(column: Column, document: Mapping[str, Any]) -> str:
    return str(cell(column, document))


def ids(pages: list[Page], entities: EntitySet = AUDIT_ENTRIES) -> list[str]:
    key = entities.column(entities.key)
    assert key is not None
    return [text(key, row) for page in pages for row in page.documents]


def asked(entities: EntitySet = AUDIT_ENTRIES, **options: object) -> Options:
    return parsed_options([(f"${name}", str(value)) for name, value in options.items() if value is not None], entities)


@pytest.fixture(scope="module")
async def many(settings: dict[str, str], credential: AsyncTokenCredential) -> AsyncIterator[Stored]:
    async with own_container(settings, credential, "feed") as container:
        documents = [
            *plenty.entries(0, MANY, until=MADE_UNTIL),
            *map(plenty.document_of, plenty.clips(0, CLIPS, until=MADE_UNTIL)),
            *map(plenty.document_of, plenty.sessions(0, SESSIONS_OPENED, until=MADE_UNTIL)),
        ]
        await plenty.write(container, documents)
        yield Stored(container, documents)


@given(
    said=st.none() | filters,
    order=st.none() | st.sampled_from(ORDERS),
    top=st.none() | st.sampled_from([0, 1, 100, 5_000, 9_001, 10**9 - 1]),
    skip=st.none() | st.sampled_from([0, 1, 99, 4_000, 10_000]),
    size=st.sampled_from([4_000, 5_000]),
    borough=st.none() | st.sampled_from(plenty.BOROUGHS[:3]),
)
@settings(found_is_enough, max_examples=60)
async def test_any_question_gives_the_rows_that_a_plain_reading_gives(
    many: Stored, said: str | None, order: str | None, top: int | None, skip: int | None, size: int, borough: str | None
) -> None:
    options, reach = asked(filter=said, orderby=order, top=top, skip=skip, count="true"), reach_of(borough)
    pages, meant = await many.pages(options, size=size, reach=reach), many.meant(options, reach=reach)
    first = skip or 0
    assert ids(pages) == meant[first : None if top is None else first + top]
    assert {page.count for page in pages} == {len(meant)}
    assert all(len(page.documents) == size for page in pages[:-1])


def reach_of(borough: str | None) -> Reach:
    return FORCE if borough is None else Reach(borough=Borough(borough))


@given(said=filters, borough=st.none() | st.sampled_from(plenty.BOROUGHS[:3]))
@settings(found_is_enough, max_examples=25)
async def test_any_number_asked_for_alone_is_that_of_the_rows(many: Stored, said: str, borough: str | None) -> None:
    options, reach = asked(filter=said), reach_of(borough)
    asking = an_asking(at=ASKED, request=fresh_id(), key=fresh_id())
    records, feed = CosmosRecords(many.container), CosmosFeed(many.container)
    number = await count(AUDIT_ENTRIES, options, reach=reach, asking=asking, records=records, feed=feed)
    assert number == len(many.meant(options, reach=reach))


@pytest.mark.parametrize("entities", [FOOTAGE, SESSIONS], ids=lambda each: each.name)
@pytest.mark.parametrize("order", ["{moment}", "{moment} desc", "id", "id desc"])
async def test_clips_and_sessions_are_read_once_each_in_their_order(
    many: Stored, entities: EntitySet, order: str
) -> None:
    options = asked(entities, orderby=order.format(moment=entities.moment))
    pages = await many.pages(options, size=100, entities=entities)
    assert ids(pages, entities) == many.meant(options, entities=entities)
    assert len(pages) > 3


@dataclass(slots=True)
class Writer:
    """Writes trails made after the reading began, from that `number` on, and seals an entry of the reading anew."""

    container: ContainerProxy
    old: Iterator[dict[str, Any]]
    number: int
    done: bool = False
    written: int = 0
    wrote: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def write_on(self) -> None:
        while not self.done:
            first = MANY + plenty.A_TRAIL * self.number
            self.number += 1
            at = timestamp(ASKED + timedelta(microseconds=self.number))
            trail = plenty.entries(first, first + plenty.A_TRAIL, until=MADE_UNTIL)
            await plenty.write(self.container, (each | {"occurredAt": at} for each in trail))
            sealed = next(self.old)
            await self.container.upsert_item({**sealed, "leaf": str(int(sealed["leaf"]) + 1)})
            async with self.wrote:
                self.written += plenty.A_TRAIL
                self.wrote.notify_all()

    async def once_more(self) -> None:
        before = self.written
        async with asyncio.timeout(60), self.wrote:
            await self.wrote.wait_for(lambda: self.written > before)


@pytest.mark.parametrize("order,first", [("occurredAt desc", 0), ("id", 100_000)])
async def test_each_row_of_its_watermark_is_read_once_while_entries_are_being_written(
    many: Stored, order: str, first: int
) -> None:
    options = asked(orderby=order, count="true")
    old = [each for each in many.documents if each["kind"] == "entry" and is_meant(each, options, FORCE)]
    writer = Writer(many.container, itertools.cycle(old), first)
    async with asyncio.TaskGroup() as group:
        group.create_task(writer.write_on())
        pages = await many.pages(options, size=2_500, before_each=writer.once_more)
        writer.done = True
    assert ids(pages) == many.meant(options)
    assert {page.count for page in pages} == {len(old)}
    assert writer.written >= plenty.A_TRAIL * len(pages) > plenty.A_TRAIL
