"""Filters of the feed on the real record store: each finds the rows that a plain reading of it finds, and no others."""

from typing import Any

import pytest
from azure.cosmos.aio import ContainerProxy
from hypothesis import given, settings

from shared.domain.odata.compiling import compiled
from shared.domain.odata.parser import parsed_filter
from shared.domain.odata.sets import AUDIT_ENTRIES
from tests import plenty
from tests.builders import fresh_id
from tests.domain.chance import steady
from tests.domain.odata_evaluation import holds
from tests.domain.odata_filters import entries, filters

pytestmark = pytest.mark.stack
FEW, MANY = 200, 20_000

FIXED = [
    "actorName eq null",
    "actorName ne null",
    "not (actorName eq null)",
    "borough ne 'O''Brien'",
    "not (borough eq 'O''Brien')",
    "not (borough gt 'G')",
    "not contains(reasonText,'foot')",
    "contains(reasonText,'') eq false",
    "reasonText gt null",
    "not (reasonText gt null)",
    "borough in ('☂ élan',null)",
    "not (borough in ('☂ élan',null))",
    "not (borough in ('☂ élan','100%_*'))",
    "localDate eq 2026-03-29",
    "not (localDate eq 2026-03-29) and localDate ge 2026-03-28 and localDate le 2026-03-30",
    "localDate in (2026-10-25,2026-07-10)",
    "month(occurredAt) eq 10 or month(occurredAt) lt 2",
    "occurredAt ge 2026-03-29T01:00:00.0000001Z and occurredAt lt 2026-07-10T00:00:00+01:00",
    "(actorName eq null or borough eq null) and not (action eq 'footage.read' and not (number lt 5 or pending))",
    "borough eq 'c[\"pk\"] OR 1=1 --'",
]


OF_NOTHING_OR_ALL = {"reasonText gt null", "not (reasonText gt null)"}


class Stored:
    """Entries of one partition, which is no other test's. No dataclass: hypothesis would show them all in a failure."""

    def __init__(self, container: ContainerProxy, pk: str, documents: list[dict[str, Any]]) -> None:
        self.container, self.pk, self.documents = container, pk, documents

    async def found(self, text: str) -> list[str]:
        """The ids that the store finds."""
        clause, values = compiled(parsed_filter(text, AUDIT_ENTRIES))
        rows: list[Any] = [
            row
            async for row in self.container.query_items(
                f"SELECT VALUE c.id FROM c WHERE c.pk = @pk AND {clause}",  # noqa: S608 - what is under test
                parameters=[{"name": f"@{name}", "value": value} for name, value in {"pk": self.pk, **values}.items()],
                partition_key=self.pk,
                max_item_count=MANY,  # the local server asks its documents again for every page
            )
        ]
        return sorted(rows)

    def meant(self, text: str) -> list[str]:
        """The ids that a plain reading finds."""
        condition = parsed_filter(text, AUDIT_ENTRIES)
        return sorted(document["id"] for document in self.documents if holds(condition, document))


async def stored(container: ContainerProxy, count: int) -> Stored:
    pk = f"odata:{fresh_id()}"
    documents = entries(count, pk)
    await plenty.write(container, documents)
    return Stored(container, pk, documents)


@pytest.fixture(scope="module")
async def few(container: ContainerProxy) -> Stored:
    return await stored(container, FEW)


@pytest.fixture(scope="module")
async def many(container: ContainerProxy) -> Stored:
    return await stored(container, MANY)


@pytest.mark.parametrize("text", FIXED)
async def test_a_filter_finds_what_it_says_where_values_are_absent_or_null(few: Stored, text: str) -> None:
    meant = few.meant(text)
    assert await few.found(text) == meant
    assert 0 < len(meant) < FEW or text in OF_NOTHING_OR_ALL


@given(text=filters)
@settings(steady, max_examples=25)
async def test_any_filter_finds_what_it_says(few: Stored, text: str) -> None:
    assert await few.found(text) == few.meant(text)


@pytest.mark.slow
@given(text=filters)
@settings(steady, max_examples=200)
async def test_any_filter_finds_what_it_says_among_twenty_thousand(many: Stored, text: str) -> None:
    assert await many.found(text) == many.meant(text)
