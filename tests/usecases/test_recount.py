"""Recount: a count that is not that of its entries is found the next night, set right, and entered."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from shared.domain.daily_counts import COUNTED, Counted, DailyCount
from shared.domain.entry import Change, Entry, Operation, Outcome
from shared.domain.seal import Head
from shared.usecases.commit import commit
from shared.usecases.recount import AT_A_TIME, recount
from tests.builders import MICROSECOND, NOW, a_draft, an_asking
from tests.fakes import Moment, Outage, World
from tests.usecases.recounting import DAY, DAYS_AGO, NIGHT, YESTERDAY, counted_days, counts, edit, recounting
from tests.usecases.scenes import by_the_service, entries
from tests.usecases.sealed import seal_by_hand
from tests.usecases.sealing import copied, daily_counts, must_be_counted, sealing, wait


@pytest.fixture(scope="module")
async def counted() -> World:
    return await counted_days()


def told(world: World, day: date = DAY) -> list[tuple[str, list[tuple[str | None, str | None]]]]:
    """What was entered about the counts of that day."""
    return [
        (entry.action, [(change.before, change.after) for change in entry.changes])
        for entry in entries(world, f"counts:{day}")
    ]


async def test_where_every_count_is_so_nothing_is_written_and_no_entry_read(counted: World) -> None:
    world = copied(counted)
    before = world.records.everything()
    done = await recounting(world)
    assert (done.days, done.differing, done.late) == (21, [], False)
    assert world.records.everything() == before
    assert not {"records.write"} & set(world.faults.calls)
    assert world.faults.calls.count("records.feed") == 1  # what was erased


def change(world: World) -> None:
    edit(world, 5)


def move(world: World) -> None:
    edit(world, 0)
    edit(world, 3, borough="clip-2")


def take_away(world: World) -> None:
    (count,) = [each for each in daily_counts(world) if each.borough == "clip-2"]
    del world.records._records[count.pk, count.id]


def invent(world: World) -> None:
    world.records.put(
        DailyCount(day=DAY, borough="Camden", action="footage.read", outcome=Outcome.REFUSED, n=7, counted=1)
    )


def deceive(world: World) -> None:
    """A count that says it has every batch there will be, and has none."""
    edit(world, 0)
    (count,) = [each for each in daily_counts(world) if each.day == DAY and not each.n]
    world.records.put(replace(count, counted=10**9))


@pytest.mark.parametrize("spoil", [change, move, take_away, invent, deceive], ids=lambda spoil: spoil.__name__)
async def test_an_administrator_who_touches_a_count_is_found_the_next_night(
    counted: World, spoil: Callable[[World], None]
) -> None:
    world = copied(counted)
    spoil(world)
    assert (await recounting(world)).differing == [DAY]
    assert {borough: n for borough, n in counts(world).items() if n} == {"clip-1": 1, "clip-2": 2}
    assert [action for action, _ in told(world)] == ["counts.mended"]
    head = next(record for record in world.records.everything() if isinstance(record, Head))
    assert max(count.counted for count in daily_counts(world) if count.day == DAY) == head.size
    assert (await recounting(world, asking=by_the_service(at=NIGHT, key="next"))).differing == []


async def test_what_was_wrong_is_entered_with_what_it_was(counted: World) -> None:
    world = copied(counted)
    move(world)
    await recounting(world)
    one, two = f"{DAY} footage.read granted clip-1", f"{DAY} footage.read granted clip-2"
    assert told(world) == [("counts.mended", [(f"{one}: 0", f"{one}: 1"), (f"{two}: 3", f"{two}: 2")])]
    (entry,) = entries(world, f"counts:{DAY}")
    assert (entry.operation, entry.subject, entry.pending) == (Operation.ADMINISTRATION, str(DAY), True)


async def test_a_dry_run_enters_what_differs_and_leaves_it(counted: World) -> None:
    world = copied(counted)
    edit(world, 5)
    assert (await recounting(world, dry_run=True)).differing == [DAY]
    assert counts(world)["clip-1"] == 5
    assert [action for action, _ in told(world)] == ["counts.differ"]
    await recounting(world)
    assert [action for action, _ in told(world)] == ["counts.differ", "counts.mended"]


@pytest.mark.parametrize("dry_run", [False, True])
async def test_what_is_told_minutes_after_a_run_began_is_dated_when_it_is_told(counted: World, dry_run: bool) -> None:
    """Else it came behind what a reading of the feed took for whole (domain/odata/bounds.py, B2)."""
    world = copied(counted)
    edit(world, 9)
    edit(world, 9, day=YESTERDAY)
    clock = itertools.count(4, 3)
    await recounting(world, now=lambda: NIGHT + timedelta(minutes=next(clock)), dry_run=dry_run)
    at = [entry.occurred_at for day in (DAY, YESTERDAY) for entry in entries(world, f"counts:{day}")]
    assert at == [NIGHT + timedelta(minutes=4), NIGHT + timedelta(minutes=7)]


async def test_of_a_day_longer_ago_than_a_week_the_sum_is_held_against_its_entries() -> None:
    world = await counted_days()
    edit(world, 3, day=DAYS_AGO)
    assert (await recounting(world)).differing == [DAYS_AGO]
    assert counts(world, DAYS_AGO) == {"clip-1": 2}


async def test_the_last_night_s_days_come_first_and_a_run_whose_time_is_over_stops(counted: World) -> None:
    world, asked = copied(counted), iter([False, False, True])
    edit(world, 9)
    edit(world, 9, day=YESTERDAY)
    edit(world, 9, day=DAYS_AGO)
    done = await recount(
        asking=by_the_service(at=NIGHT),
        now=lambda: NIGHT,
        records=world.records,
        feed=world.feed,
        out_of_time=lambda: next(asked),
        at_once=1,
    )
    assert (done.differing, done.days, done.late) == ([DAY, YESTERDAY], 2, True)
    assert counts(world, DAYS_AGO) == {"clip-1": 9}


@pytest.mark.parametrize(
    ("at", "found"),
    [
        (datetime(2026, 11, 26, 1, tzinfo=UTC) - MICROSECOND, []),
        (datetime(2026, 11, 26, 1, tzinfo=UTC), [DAY]),
    ],
)
async def test_a_day_is_looked_at_when_it_has_been_over_for_an_hour(
    counted: World, at: datetime, found: list[date]
) -> None:
    world = copied(counted)
    edit(world, 9)
    assert (await recounting(world, asking=by_the_service(at=at))).differing == found


async def test_a_day_of_which_an_entry_is_not_sealed_and_those_after_it_are_left(counted: World) -> None:
    world = copied(counted)
    wait(world, 1, pk="clip-3", at=NOW - timedelta(days=1))
    edit(world, 9)
    edit(world, 9, day=YESTERDAY)
    edit(world, 9, day=DAYS_AGO)
    assert (await recounting(world)).differing == [DAYS_AGO]
    await sealing(world, key="run-2")
    assert (await recounting(world, asking=by_the_service(at=NIGHT, key="next"))).differing == [DAY, YESTERDAY]
    assert counts(world) == {"clip-1": 1, "clip-2": 2}
    assert counts(world, YESTERDAY) == {"clip-1": 3, "clip-3": 1}


async def test_a_day_whose_entries_come_while_it_is_read_is_left_to_another_night(counted: World) -> None:
    world = copied(counted)
    edit(world, 9)

    async def pause(call: str) -> None:
        if call == "records.feed" and world.faults.calls.count(call) == 2:
            wait(world, 1, pk="clip-3")

    world.faults.pause = pause
    assert (await recounting(world)).differing == []
    assert counts(world)["clip-1"] == 9


async def test_a_count_that_another_touches_while_it_is_set_right_is_left_as_that_one_wrote_it(counted: World) -> None:
    world = copied(counted)
    edit(world, 9)

    async def pause(call: str) -> None:
        if call == "records.write":
            edit(world, 4)

    world.faults.pause = pause
    assert (await recounting(world)).differing == [DAY]
    assert (counts(world)["clip-1"], told(world)) == (4, [])


async def test_an_erased_entry_stays_counted() -> None:
    world = World()
    wait(world, 3)
    await sealing(world)
    gone = entries(world)[1]
    del world.records._records[gone.pk, gone.id]
    assert (await recounting(copied(world))).differing == [DAY]
    erased_as = Counted(day=DAY, borough="clip-1", action=gone.action, outcome=gone.outcome).text
    telling = a_draft(
        pk=gone.pk,
        action="entry.erased",
        operation=Operation.ERASURE,
        asking=an_asking(request="erasing", at=NIGHT - timedelta(hours=1)),
        changes=(Change(field=COUNTED, before=erased_as, after=None),),
    )
    await commit(world.records, telling)
    await sealing(world, now=lambda: NIGHT, key="run-2")
    world.faults.mend()
    assert (await recounting(world)).differing == []
    assert world.faults.calls.count("records.feed") == 2  # what tells of erasures, and no entry of the day
    edit(world, 4)
    assert (await recounting(world)).differing == [DAY]
    assert counts(world) == {"clip-1": 3}


async def test_many_wrong_counts_are_set_right_in_transactions_that_crash_between() -> None:
    number = 2 * AT_A_TIME + 1
    whole = World()
    for each in range(number):
        wait(whole, 1, pk=f"clip-{each}")
    seal_by_hand(whole)
    undisturbed = copied(whole)
    await recounting(undisturbed)
    writes = [at for at, call in enumerate(undisturbed.faults.calls, start=1) if call == "records.write"]
    assert len(writes) == 3
    for at in writes:
        for moment in Moment:
            world = copied(whole)
            world.faults.break_call(at, moment)
            with pytest.raises(Outage):
                await recounting(world)
            world.faults.mend()
            await recounting(world)
            must_be_counted(world)
            assert sum(len(changes) for _, changes in told(world)) == number


async def test_entries_of_batches_that_counted_nothing_are_counted_when_their_day_is_over(counted: World) -> None:
    world = copied(counted)
    wait(world, 4, pk="clip-9", at=NOW - timedelta(hours=1))
    seal_by_hand(world)
    assert "clip-9" not in counts(world)
    assert (await recounting(world)).differing == [DAY]
    must_be_counted(world)


async def test_before_there_is_any_entry_there_is_nothing_to_look_at() -> None:
    world = World()
    done = await recounting(world)
    assert (done.days, done.differing) == (0, [])
    assert [record for record in world.records.everything() if isinstance(record, Entry)] == []
