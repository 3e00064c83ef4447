"""What sealing asks of the record store: entries that wait in their order, the one head, and a batch in its parts."""

from dataclasses import replace
from datetime import timedelta

import pytest
from azure.cosmos.aio import ContainerProxy

from shared.adapters.cosmos.records import CosmosRecords
from shared.domain.document import NewerDocument
from shared.domain.entry import Entry, numbered
from shared.domain.seal import (
    LEDGER,
    MOST_LINES,
    Head,
    Line,
    Sealing,
    head_after,
    line_of,
    lines_of,
    parts_of,
    sealed,
)
from shared.ports import Clash, Create, Delete, Records, Replace
from tests.builders import NOW, a_draft, an_asking, fresh_id

LONG_AGO = NOW - timedelta(days=100_000)  # before the entries of every other test


def entries_of(pk: str, *seconds: int) -> list[Entry]:
    """One trail, whose entries were made so many seconds after the beginning of time."""
    made, trail = [], None
    for number, second in enumerate(seconds):
        asking = an_asking(request=str(number), at=LONG_AGO + timedelta(seconds=second))
        entry, trail = numbered(a_draft(pk=pk, asking=asking), trail)
        made.append(entry)
    return made


async def put(records: Records, entries: list[Entry]) -> None:
    await records.write(entries[0].pk, [Create(entry) for entry in entries])


async def take_away(records: Records, before: int) -> None:
    """Whatever another test left there waits no more."""
    while found := await records.pending(LONG_AGO + timedelta(seconds=before), limit=50):
        for held in found:
            await records.write(held.record.pk, [Replace(sealed(held.record, 0), held.version)])


async def test_entries_wait_oldest_first_then_by_id_whatever_trail_they_are_of(records: Records) -> None:
    await take_away(records, 10)
    one, other = entries_of(fresh_id(), 1, 1, 3), entries_of(fresh_id(), 1, 2, 9)
    await put(records, one)
    await put(records, other)
    expected = sorted([*one, *other[:2]], key=lambda entry: (entry.occurred_at, entry.id))

    before = LONG_AGO + timedelta(seconds=9)
    assert [held.record for held in await records.pending(before, limit=100)] == expected
    assert [held.record for held in await records.pending(before, limit=2)] == expected[:2]
    assert await records.pending(LONG_AGO + timedelta(seconds=1), limit=100) == []


async def test_an_entry_that_is_sealed_waits_no_more_and_is_the_same_entry(records: Records) -> None:
    await take_away(records, 10)
    entries = entries_of(fresh_id(), 5, 6)
    await put(records, entries)
    before = LONG_AGO + timedelta(seconds=7)
    first, second = await records.pending(before, limit=10)
    await records.write(first.record.pk, [Replace(sealed(first.record, 7), first.version)])

    assert await records.pending(before, limit=10) == [second]
    kept = await records.entry(first.record.pk, first.record.id)
    assert kept == replace(first.record, leaf="7", pending=False)
    with pytest.raises(Clash):
        await records.write(first.record.pk, [Replace(sealed(first.record, 8), first.version)])


async def test_of_some_entries_of_a_trail_those_are_found_that_still_wait(records: Records) -> None:
    entries, others = entries_of(fresh_id(), *range(60)), entries_of(fresh_id(), 1)
    await put(records, entries)
    await put(records, others)
    pk, ids = entries[0].pk, [entry.id for entry in entries[:55]]
    found = await records.pending_of(pk, [*ids, others[0].id, fresh_id()])
    assert {held.record.id for held in found} == set(ids)
    assert sorted(held.record.number for held in found) == list(range(1, 56))

    writes = [Replace(sealed(held.record, held.record.number), held.version) for held in found[:50]]
    await records.write(pk, writes)
    assert {h.record.id for h in await records.pending_of(pk, ids)} == {h.record.id for h in found[50:]}
    assert await records.pending_of(pk, []) == []
    assert await records.pending_of(fresh_id(), ids) == []


async def test_there_is_one_head_and_who_comes_second_is_told(records: Records) -> None:
    made = a_head(size_of=1)
    if held := await records.ledger_head():
        await records.write(LEDGER, [Delete(held.record, held.version)])
    assert await records.ledger_head() is None
    await records.write(LEDGER, [Create(made)])
    with pytest.raises(Clash):
        await records.write(LEDGER, [Create(made)])

    held = await records.ledger_head()
    assert held is not None
    assert held.record == made
    await records.write(LEDGER, [Replace(replace(made, finished=1), held.version)])
    with pytest.raises(Clash):
        await records.write(LEDGER, [Replace(replace(made, checkpointed=1), held.version)])


async def test_a_batch_is_read_in_the_order_of_its_parts(records: Records) -> None:
    lines = [line_of(entry) for entry in entries_of(fresh_id(), *range(3))]
    parts = [Sealing(batch=fresh_id(), part=part, first=part, lines=(line,)) for part, line in enumerate(lines)]
    parts = [replace(part, batch=parts[0].batch) for part in parts]
    for part in (parts[2], parts[0], parts[1]):
        await records.write(part.pk, [Create(part)])
    assert await records.sealing(parts[0].batch) == parts
    assert await records.sealing(fresh_id()) == []
    with pytest.raises(Clash):
        await records.write(parts[1].pk, [Create(parts[1])])


async def test_a_document_has_room_for_as_many_lines_as_it_may_have(records: Records) -> None:
    longest = [Line(pk="p" * 255, id=fresh_id(), commitment="A" * 43 + "=") for _ in range(MOST_LINES)]
    (part,) = parts_of(7, longest)
    await records.write(part.pk, [Create(part)])
    assert lines_of(await records.sealing(part.batch)) == longest


def a_head(*, size_of: int) -> Head:
    lines = [line_of(entry) for entry in entries_of(fresh_id(), *range(size_of))]
    return head_after(None, parts_of(0, lines), now=NOW)


@pytest.mark.stack
async def test_an_entry_of_a_newer_release_is_a_fault_since_its_commitment_would_be_another(
    container: ContainerProxy,
) -> None:
    records = CosmosRecords(container)
    (entry,) = entries_of(fresh_id(), 7)
    await put(records, [entry])
    document = dict(await container.read_item(entry.id, partition_key=entry.pk))
    await container.replace_item(entry.id, document | {"tomorrow": 1})
    with pytest.raises(NewerDocument, match="tomorrow"):
        await records.pending_of(entry.pk, [entry.id])
    with pytest.raises(NewerDocument, match="tomorrow"):
        await records.pending(LONG_AGO + timedelta(seconds=8), limit=1_000)
    await container.delete_item(entry.id, partition_key=entry.pk)
