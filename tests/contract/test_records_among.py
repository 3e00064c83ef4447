"""What accounting asks of the record store: many entries by their ids alone, and how far it was looked."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest
from azure.cosmos.aio import ContainerProxy

from shared.adapters.cosmos.records import CosmosRecords
from shared.domain.account import Accounting, Kept, kept
from shared.domain.document import to_document
from shared.domain.entry import Entry, numbered, stored
from shared.domain.ledger import commitment
from shared.domain.seal import LEDGER
from shared.ports import Create, Records, Replace
from tests.builders import a_draft, an_asking, an_entry, fresh_id

MOST_IDS = 256


async def trail_of(records: Records, number: int) -> list[Entry]:
    pk, made, trail = fresh_id(), list[Entry](), None
    for n in range(number):
        entry, trail = numbered(a_draft(pk=pk, subject=pk, asking=an_asking(request=str(n))), trail)
        made.append(entry)
    for start in range(0, number, 100):
        await records.write(pk, [Create(entry) for entry in made[start : start + 100]])
    return made


def by_id(found: Iterable[Kept]) -> list[Kept]:
    return sorted(found, key=lambda each: each.id)


def as_kept(entries: Iterable[Entry]) -> list[Kept]:
    """With the commitment that was made of each before it was written."""
    return by_id(kept(stored(entry)) for entry in entries)


async def test_those_of_many_ids_that_are_entries_are_found_in_whatever_trails(records: Records) -> None:
    one, other = await trail_of(records, 3), await trail_of(records, 2)
    asked = [*(entry.id for entry in (*one[1:], *other)), fresh_id(), "", "' OR 1=1 --", one[0].pk]
    assert by_id(await records.entries_among(asked)) == as_kept([*one[1:], *other])
    assert list(await records.entries_among([])) == []


async def test_a_whole_bundle_is_asked_for_at_once_and_no_more(records: Records) -> None:
    made = await trail_of(records, MOST_IDS)
    ids = [entry.id for entry in made]
    assert by_id(await records.entries_among(ids)) == as_kept(made)
    with pytest.raises(ValueError, match="at most 256 entries are asked for at once, not 257"):
        await records.entries_among([*ids, fresh_id()])


async def test_a_copy_in_another_trail_is_found_beside_the_first(records: Records) -> None:
    entry, _ = an_entry(pk=fresh_id(), asking=an_asking(request=fresh_id()))
    copy = replace(entry, pk=fresh_id())
    for each in (entry, copy):
        await records.write(each.pk, [Create(each)])
    found = await records.entries_among([entry.id])
    assert {(each.pk, each.bound) for each in found} == {(each.pk, kept(stored(entry)).bound) for each in (entry, copy)}


@pytest.mark.stack
async def test_what_somebody_wrote_behind_the_service_is_found_as_it_lies_and_hides_no_other(
    container: ContainerProxy,
) -> None:
    records = CosmosRecords(container)
    good, later, *bad = await trail_of(records, 7)
    tomorrow = {"kind": "entry", **to_document(later), "tomorrow": 1}
    await container.upsert_item(tomorrow)
    worse: tuple[dict[str, object], ...] = (
        {"salt": None},
        {"salt": "no base64"},
        {"number": 1.5},
        {"leaf": 7, "pending": "no", "subject": {}},
        {"changes": {"a": None}},
    )
    for entry, change in zip(bad, worse, strict=True):
        await container.upsert_item({"kind": "entry", **to_document(entry), **change})
    found = {each.id: each.bound for each in await records.entries_among([good.id, later.id, *(e.id for e in bad)])}
    assert found[good.id] == commitment(stored(good))
    assert found[later.id] == commitment(tomorrow), "an entry of a newer release is what it was sealed as"
    assert [found[entry.id] for entry in bad[:3]] == [None, None, None]
    assert [found[entry.id] == commitment(stored(entry)) for entry in bad[3:]] == [False, False]


async def test_how_far_it_was_looked_is_kept_and_replaced(records: Records) -> None:
    held = await records.accounting()
    first = Accounting(checked=2**53 - 1, night=date(2026, 11, 26), bundles=7)
    await records.write(LEDGER, [Replace(first, held.version) if held else Create(first)])
    held = await records.accounting()
    assert held is not None
    assert held.record == first
    await records.write(LEDGER, [Replace(replace(first, night=date(2026, 11, 27), bundles=0), held.version)])
    now = await records.accounting()
    assert now is not None
    assert now.record == Accounting(checked=2**53 - 1, night=date(2026, 11, 27), bundles=0)
