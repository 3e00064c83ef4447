"""Sealing counts every entry in the counts of its day, once, whatever breaks and whoever seals beside it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from shared.domain.daily_counts import tallied
from shared.domain.seal import Sealing, lines_of, parts_of
from shared.usecases.count import AT_A_TIME, count
from tests.builders import MICROSECOND
from tests.fakes import Moment, Outage, World
from tests.usecases.recounting import counts
from tests.usecases.scenes import entries
from tests.usecases.schedules import interleave, some_schedules
from tests.usecases.sealing import (
    LATER,
    copied,
    daily_counts,
    must_be_counted,
    must_be_one_history,
    sealing,
    stopped_before,
    the_head,
    wait,
)

MIDNIGHT = datetime(2026, 7, 9, 23, tzinfo=UTC)  # in London
FIRST, SECOND, THIRD = date(2026, 7, 9), date(2026, 7, 10), date(2026, 7, 11)
KINDS = AT_A_TIME + 1
UNDISTURBED = 4  # reads of counts: two sealers, each of two days
COUNTING = ("records.daily_counts", 1)


def two_days() -> World:
    """Entries of one batch on both sides of midnight, and on one of them more kinds than a transaction has writes."""
    world = World()
    wait(world, 2, at=MIDNIGHT - MICROSECOND)
    wait(world, 3, at=MIDNIGHT)
    for kind in range(KINDS - 1):
        wait(world, 1, pk=f"clip-of-{kind}", at=MIDNIGHT + MICROSECOND)
    return world


@pytest.fixture(scope="module")
async def sealed() -> World:
    """Two days that are counted, and two more that wait."""
    world = two_days()
    await sealing(world)
    wait(world, 1, at=MIDNIGHT + timedelta(hours=1))
    wait(world, 2, pk="clip-2", at=MIDNIGHT + timedelta(days=1))
    return world


async def test_each_entry_is_in_the_count_of_its_day_in_london() -> None:
    world = two_days()
    await sealing(world)
    must_be_counted(world)
    assert counts(world, FIRST) == {"clip-1": 2}
    assert (len(counts(world, SECOND)), counts(world, SECOND)["clip-1"]) == (KINDS, 3)


async def test_the_next_batch_is_added_to_the_counts_there_are(sealed: World) -> None:
    world = copied(sealed)
    await sealing(world)
    must_be_counted(world)
    assert counts(world, SECOND)["clip-1"] == 4


async def test_after_a_crash_at_any_call_of_counting_each_entry_is_counted_once() -> None:
    whole = two_days()
    await stopped_before(whole, *COUNTING)
    undisturbed = copied(whole)
    await sealing(undisturbed)
    calls = undisturbed.faults.calls
    counting = range(
        calls.index("records.daily_counts") + 1, len(calls) - calls[::-1].index("records.daily_counts") + 2
    )
    assert [calls[at - 1] for at in counting] == ["records.daily_counts", "records.write"] * 3
    for at in counting:
        for moment in Moment:
            world = copied(whole)
            world.faults.break_call(at, moment)
            with pytest.raises(Outage):
                await sealing(world)
            world.faults.mend()
            await sealing(world)
            must_be_one_history(world, entries=KINDS + 4)


@pytest.mark.parametrize("number", [30, pytest.param(600, marks=pytest.mark.slow)])
async def test_two_who_finish_one_batch_count_it_once(sealed: World, number: int) -> None:
    stopped = copied(sealed)
    await stopped_before(stopped, *COUNTING)
    met = 0
    for choose in some_schedules(number, seed=11):
        world = copied(stopped)
        ended = await interleave(world, [sealing(world), sealing(world, key="run-2")], choose)
        assert [each.raised for each in ended] == [None, None]
        must_be_counted(world)
        met += world.faults.calls.count("records.daily_counts") > UNDISTURBED
    assert met, "no schedule made the two of them clash"


async def test_who_comes_back_to_a_batch_that_others_have_gone_on_from_counts_nothing_again(sealed: World) -> None:
    world = copied(sealed)
    tallies = tallied(entries(world, "clip-1")[:3])
    size = the_head(world).size
    await sealing(world)
    await count(tallies, size=size, records=world.records, at_once=1)
    must_be_counted(world)


async def test_an_entry_is_counted_before_it_is_pending_no_more(sealed: World) -> None:
    world = copied(sealed)
    before = [entry.id for entry in entries(world) if entry.pending]

    async def pause(_call: str) -> None:
        waiting = {entry.id for entry in entries(world) if entry.pending}
        if waiting != set(before):
            assert sum(each.n for each in daily_counts(world)) == KINDS + 4 + len(before)

    world.faults.pause = pause
    await sealing(world)
    assert not [entry for entry in entries(world) if entry.pending]


async def test_an_erased_entry_stays_counted(sealed: World) -> None:
    world = copied(sealed)
    await stopped_before(world, *COUNTING)
    gone = entries(world, "clip-2")[0]
    del world.records._records[gone.pk, gone.id]
    await sealing(world)
    assert counts(world, THIRD)["clip-2"] == 2


async def test_a_batch_of_a_release_that_did_not_count_is_finished_all_the_same(sealed: World) -> None:
    world = copied(sealed)
    await stopped_before(world, *COUNTING)
    head = the_head(world)
    written = [r for r in world.records.everything() if isinstance(r, Sealing) and r.batch == head.batch]
    lines = lines_of(sorted(written, key=lambda part: part.part))
    older = parts_of(head.size - len(lines), lines)
    world.records.put(*older, replace(head, batch=older[0].batch))
    before = daily_counts(world)
    await sealing(world)
    assert the_head(world).finished == head.size
    assert daily_counts(world) == before


async def test_the_ledger_s_own_entries_are_counted_too() -> None:
    world = World()
    await sealing(world)
    await sealing(world, now=lambda: LATER + timedelta(minutes=1), key="run-2")
    must_be_counted(world)
    assert counts(world, LATER.date()) == {None: 1}
