"""Records, reading and writing: a transaction is done whole or not at all, and what was written is read."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.domain.entry import Entry, Trail, numbered
from shared.domain.footage import Clip, ClipId, DockId, State
from shared.domain.weed import condemned
from shared.ports import Clash, Create, Held, Records, Replace, Write
from tests.builders import MICROSECOND, NOW, a_clip, a_dock, a_draft, a_grant, a_media, an_asking, fresh_id

WRITERS = 30


async def create(records: Records, clip: Clip) -> Held[Clip]:
    await records.write(clip.id, [Create(clip)])
    return await read(records, clip.id)


async def read(records: Records, clip: ClipId) -> Held[Clip]:
    held = await records.clip(clip)
    assert held is not None
    return held


def an_entry_of(pk: str, trail: Trail | None, key: str) -> tuple[Entry, Trail]:
    return numbered(a_draft(pk=pk, subject=pk, asking=an_asking(key=key, request=key)), trail)


async def test_what_was_never_written_is_not_found(records: Records) -> None:
    nobody = fresh_id()

    assert await records.clip(nobody) is None
    assert await records.grant(nobody) is None
    assert await records.dock(DockId(nobody)) is None
    assert await records.trail(nobody) is None
    assert await records.entry(nobody, fresh_id()) is None
    assert await records.entries(nobody, after=0, limit=10) == []


@pytest.mark.parametrize("name", ["", "a/b", "a\\b", "a?b", "a#b", "a\nb", "x" * 300])
async def test_a_name_the_store_cannot_have_is_simply_not_found(records: Records, name: str) -> None:
    assert await records.clip(ClipId(name)) is None
    assert await records.entry(fresh_id(), name) is None
    assert await records.dock(DockId(name)) is None


async def test_every_kind_of_record_comes_back_as_it_was_written(records: Records) -> None:
    pk = fresh_id()
    clip, grant = a_clip(id=pk), a_grant(recording=pk)
    entry, trail = an_entry_of(pk, None, "first")
    await records.write(pk, [Create(clip), Create(grant), Create(entry), Create(trail)])

    held = (await records.clip(pk), await records.grant(pk), await records.trail(pk))
    assert [found.record if found else None for found in held] == [clip, grant, trail]
    assert await records.entry(pk, entry.id) == entry
    assert await records.entries(pk, after=0, limit=10) == [entry]


async def test_a_record_of_another_kind_is_not_the_one_asked_for(records: Records) -> None:
    pk = fresh_id()
    _, trail = an_entry_of(pk, None, "first")
    await records.write(pk, [Create(a_clip(id=pk)), Create(trail)])

    assert await records.entry(pk, Trail.id) is None
    assert await records.entry(pk, pk) is None


async def test_any_text_of_any_script_comes_back_as_it_was(records: Records) -> None:
    text = 'Ṫìmé "quoted" \\ \u2028 \U0001f46e\u200d♀️ ﷽ 警察 \x7f'
    clip = a_clip(id=fresh_id(), incident=text, media=a_media(container="mp4"), camera="カメラ")

    assert (await create(records, clip)).record == clip


async def test_creating_what_exists_is_a_clash_and_changes_nothing(records: Records) -> None:
    clip = a_clip(id=fresh_id(), incident="first")
    before = await create(records, clip)

    for again in (clip, replace(clip, incident="second")):
        with pytest.raises(Clash) as clash:
            await records.write(clip.id, [Create(again)])
        assert clash.value.index == 0
    assert await read(records, clip.id) == before


async def test_replacing_gives_a_new_version_and_the_old_one_is_stale(records: Records) -> None:
    first = await create(records, a_clip(id=fresh_id()))
    await records.write(first.record.id, [Replace(replace(first.record, incident="second"), first.version)])
    second = await read(records, first.record.id)

    assert second.record.incident == "second"
    assert second.version != first.version
    with pytest.raises(Clash):
        await records.write(first.record.id, [Replace(replace(first.record, incident="third"), first.version)])
    assert await read(records, first.record.id) == second


async def test_replacing_what_is_not_there_is_a_clash(records: Records) -> None:
    somewhere = await create(records, a_clip(id=fresh_id()))
    absent = a_clip(id=fresh_id())

    with pytest.raises(Clash) as clash:
        await records.write(absent.id, [Replace(absent, somewhere.version)])
    assert clash.value.index == 0
    assert await records.clip(absent.id) is None


async def test_a_clash_at_the_last_write_leaves_nothing_of_the_transaction(records: Records) -> None:
    held = await create(records, a_clip(id=fresh_id()))
    pk = held.record.id
    entry, trail = an_entry_of(pk, None, "first")
    await records.write(pk, [Create(trail)])
    transaction: list[Write] = [
        Replace(replace(held.record, incident="new"), held.version),
        Create(entry),
        Create(trail),
    ]

    with pytest.raises(Clash) as clash:
        await records.write(pk, transaction)

    assert clash.value.index == 2
    assert await read(records, pk) == held
    assert await records.entry(pk, entry.id) is None


@pytest.mark.parametrize("first", range(4))
async def test_a_clash_names_the_first_write_that_clashed(records: Records, first: int) -> None:
    pk = fresh_id()
    entries = [an_entry_of(pk, None, f"key-{number}")[0] for number in range(4)]
    existing = entries[first:]
    await records.write(pk, [Create(entry) for entry in existing])

    with pytest.raises(Clash) as clash:
        await records.write(pk, [Create(entry) for entry in entries])
    assert clash.value.index == first
    left = await records.entries(pk, after=0, limit=10)
    assert {entry.id for entry in left} == {entry.id for entry in existing}


async def test_a_stale_replace_after_a_good_create_is_named_by_its_place(records: Records) -> None:
    held = await create(records, a_clip(id=fresh_id()))
    pk = held.record.id
    entry, trail = an_entry_of(pk, None, "first")
    await records.write(pk, [Replace(held.record, held.version)])

    with pytest.raises(Clash) as clash:
        await records.write(pk, [Create(entry), Create(trail), Replace(held.record, held.version)])
    assert clash.value.index == 2
    assert await records.trail(pk) is None


async def test_a_hundred_writes_are_one_transaction_and_more_are_refused(records: Records) -> None:
    pk = fresh_id()
    entries = [an_entry_of(pk, None, f"key-{number}")[0] for number in range(101)]
    whole: list[Write] = [Create(replace(entry, number=number)) for number, entry in enumerate(entries, 1)]

    with pytest.raises(ValueError, match="100"):
        await records.write(pk, whole)
    assert await records.entries(pk, after=0, limit=200) == []
    await records.write(pk, whole[:100])
    assert [entry.number for entry in await records.entries(pk, after=0, limit=200)] == list(range(1, 101))


async def test_an_empty_transaction_and_one_of_another_pk_are_refused(records: Records) -> None:
    with pytest.raises(ValueError, match="0"):
        await records.write(fresh_id(), [])
    clip = a_clip(id=fresh_id())
    with pytest.raises(ValueError, match=clip.id):
        await records.write(fresh_id(), [Create(clip)])
    assert await records.clip(clip.id) is None


async def test_thirty_writers_on_one_trail_leave_thirty_entries_without_a_gap(records: Records) -> None:
    pk = fresh_id()
    held = await create(records, a_clip(id=pk))

    async def append(writer: int) -> int:
        for attempt in range(WRITERS):  # who clashes met another who did not, and each of those is through
            trail = await records.trail(pk)
            entry, after = an_entry_of(pk, trail.record if trail else None, f"writer-{writer}")
            extended = Replace(after, trail.version) if trail else Create(after)
            try:
                await records.write(pk, [Create(entry), extended])
            except Clash:
                continue
            return attempt
        raise AssertionError("a writer never got its turn")

    clashes = sum(await asyncio.gather(*map(append, range(WRITERS))))

    entries = await records.entries(pk, after=0, limit=100)
    assert [entry.number for entry in entries] == list(range(1, WRITERS + 1))
    assert len({entry.previous for entry in entries}) == WRITERS
    assert clashes > 0
    assert await read(records, pk) == held


async def test_of_many_who_create_the_same_exactly_one_succeeds(records: Records) -> None:
    pk = fresh_id()
    rivals = [a_clip(id=pk, incident=f"rival {number}") for number in range(10)]

    async def won(clip: Clip) -> bool:
        try:
            await records.write(pk, [Create(clip)])
        except Clash:
            return False
        return True

    results = await asyncio.gather(*map(won, rivals))
    assert results.count(True) == 1
    assert (await read(records, pk)).record == rivals[results.index(True)]


async def test_entries_come_in_the_order_of_their_numbers_from_the_one_asked_for(records: Records) -> None:
    pk, other = fresh_id(), fresh_id()
    trail: Trail | None = None
    for number in range(12):
        entry, trail = an_entry_of(pk, trail, f"key-{number}")
        await records.write(pk, [Create(entry)])
    await records.write(other, [Create(an_entry_of(other, None, "elsewhere")[0])])

    async def numbers(after: int, limit: int) -> list[int]:
        return [entry.number for entry in await records.entries(pk, after=after, limit=limit)]

    assert await numbers(0, 5) == [1, 2, 3, 4, 5]
    assert await numbers(9, 5) == [10, 11, 12]
    assert await numbers(12, 5) == []


async def test_the_register_of_docks_is_in_the_order_of_their_ids(records: Records) -> None:
    names = [f"{fresh_id()}-{letter}" for letter in "bac"]
    for name in names:
        dock = a_dock(id=DockId(name), addresses=("192.0.2.1", "192.0.2.2"), enabled=False)
        await records.write(dock.pk, [Create(dock)])
        held = await records.dock(dock.id)
        assert held is not None
        assert held.record == dock

    ids = [held.record.id for held in await records.docks()]
    assert ids == sorted(ids)
    assert set(names) <= set(ids)


async def before_all_condemned(records: Records) -> datetime:
    begun = [clip.weeding.condemned_at for clip in await records.condemned(limit=1) if clip.weeding]
    return min(begun, default=NOW) - timedelta(hours=1)


async def test_condemned_clips_are_found_the_first_condemned_first_until_they_are_weeded(records: Records) -> None:
    """Whatever their ids; beside whatever else is there, since the real store is shared with every other suite."""
    second, third, first_of_all = sorted(fresh_id() for _ in range(3))
    ids = [first_of_all, second, third]
    held = [await create(records, a_clip(id=clip)) for clip in (*ids, fresh_id())]
    first = await before_all_condemned(records)
    for number in (2, 0, 1):
        begun = condemned(held[number].record, "R5", now=first + number * MICROSECOND)
        await records.write(begun.id, [Replace(begun, held[number].version)])

    found = [clip.id for clip in await records.condemned(limit=1000)]
    assert [clip for clip in found if clip in {each.record.id for each in held}] == ids
    assert [clip.id for clip in await records.condemned(limit=2)] == found[:2]

    for clip_id in ids:
        now = await read(records, clip_id)
        await records.write(clip_id, [Replace(now.record.moved(State.WEEDED), now.version)])
    assert not set(ids) & {clip.id for clip in await records.condemned(limit=1000)}
