"""The counts of a day in the record store: those of the day alone, all or by their ids, and as they were written."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from azure.cosmos.aio import ContainerProxy

from shared.adapters.cosmos.records import CosmosRecords
from shared.domain.daily_counts import DailyCount
from shared.domain.document import NewerDocument
from shared.domain.entry import Outcome
from shared.ports import Clash, Create, Delete, Records, Replace
from tests.builders import an_entry

DAY = date(1902, 3, 4)  # of no other test, and no entry
BOROUGHS = ("Hackney", "Hammersmith & Fulham", "☂ / ? #", "", None)


def a_count(**changes: object) -> DailyCount:
    count = DailyCount(day=DAY, borough="Hackney", action="footage.read", outcome=Outcome.GRANTED, n=3, counted=7)
    return replace(count, **changes)  # type: ignore[arg-type]


async def put(records: Records, *counts: DailyCount) -> None:
    """These are the counts of their day, and no others."""
    old = await records.daily_counts(counts[0].day)
    if old:
        await records.write(counts[0].pk, [Delete(held.record, held.version) for held in old])
    await records.write(counts[0].pk, [Create(count) for count in counts])


async def test_the_counts_of_a_day_are_found_whatever_a_borough_is_called(records: Records) -> None:
    kept = [a_count(borough=borough) for borough in BOROUGHS] + [a_count(outcome=Outcome.REFUSED)]
    await put(records, *kept)
    await put(records, a_count(day=DAY + timedelta(days=1)))
    found = [held.record for held in await records.daily_counts(DAY)]
    assert sorted(found, key=lambda count: count.id) == sorted(kept, key=lambda count: count.id)


async def test_of_a_day_those_are_found_that_have_the_ids_asked_for(records: Records) -> None:
    kept = [a_count(borough=f"borough {number}") for number in range(100)]
    elsewhere = a_count(day=DAY + timedelta(days=1))
    await put(records, *kept)
    await put(records, elsewhere)
    asked = [count.id for count in kept[:90]]
    found = await records.daily_counts(DAY, [*asked, elsewhere.id, a_count(borough="never").id])
    assert {held.record.id for held in found} == set(asked)
    assert await records.daily_counts(DAY, []) == []


async def test_what_else_lies_beside_the_counts_of_a_day_is_none(records: Records) -> None:
    await put(records, a_count())
    entry, trail = an_entry(pk=a_count().pk)
    if await records.trail(trail.pk) is None:
        await records.write(trail.pk, [Create(entry), Create(trail)])
    assert [held.record for held in await records.daily_counts(DAY)] == [a_count()]


async def test_who_comes_second_to_a_count_is_told(records: Records) -> None:
    await put(records, a_count())
    (held,) = await records.daily_counts(DAY)
    with pytest.raises(Clash):
        await records.write(held.record.pk, [Create(a_count(n=9))])
    await records.write(held.record.pk, [Replace(a_count(n=4), held.version)])
    with pytest.raises(Clash):
        await records.write(held.record.pk, [Replace(a_count(n=5), held.version)])
    assert [each.record.n for each in await records.daily_counts(DAY)] == [4]


@pytest.mark.stack
async def test_a_count_of_a_newer_release_is_a_fault_since_it_would_be_written_back(container: ContainerProxy) -> None:
    records, newer = CosmosRecords(container), a_count(day=DAY - timedelta(days=1))
    await put(records, newer)
    document = dict(await container.read_item(newer.id, partition_key=newer.pk))
    await container.replace_item(newer.id, document | {"tomorrow": 1})
    with pytest.raises(NewerDocument, match="tomorrow"):
        await records.daily_counts(newer.day)
    await container.delete_item(newer.id, partition_key=newer.pk)
