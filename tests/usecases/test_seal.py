"""Seal: one history, every entry in it once, whatever breaks and whoever seals beside it; and no other is published."""

from datetime import timedelta

import pytest

from shared.domain.seal import MOST_LINES
from shared.usecases.seal import MOST, QUIET, SETTLED
from tests.builders import MICROSECOND, NOW
from tests.fakes import Moment, Outage, World
from tests.usecases.scenes import assert_trails_whole, entries
from tests.usecases.schedules import interleave, some_schedules
from tests.usecases.sealing import (
    BEFORE,
    LATER,
    TELLING,
    WAITING,
    a_ledger_and_more_that_waits,
    checkpoints,
    copied,
    must_be_one_history,
    sealing,
    stopped_before,
    the_head,
    wait,
)

SOME = pytest.mark.parametrize("number", [30, pytest.param(600, marks=pytest.mark.slow)])


@pytest.fixture(scope="module")
async def sealed() -> World:
    return await a_ledger_and_more_that_waits()


async def test_what_waits_becomes_part_of_the_ledger_oldest_first_and_its_trails_still_hold() -> None:
    world = World()
    wait(world, 2, pk="clip-2", at=NOW + MICROSECOND)
    wait(world, 3)
    report = await sealing(world)

    assert (report.sealed, report.late, report.oldest) == (5, False, None)
    must_be_one_history(world, entries=5)
    assert [entry.leaf for entry in entries(world, "clip-2")] in (["3", "4"], ["4", "3"])
    assert_trails_whole(world)
    assert list(checkpoints(world)) == [5]


async def test_an_entry_is_left_until_it_has_settled() -> None:
    world = World()
    wait(world, 1, at=LATER - SETTLED - MICROSECOND)
    wait(world, 1, pk="clip-2", at=LATER - SETTLED)
    report = await sealing(world)
    assert (report.sealed, report.oldest) == (1, LATER - SETTLED)
    must_be_one_history(world, entries=1)


async def test_run_after_run_makes_one_history_over_the_edges_of_tiles() -> None:
    world, total = World(), 0
    for number in (1, 254, 1, 1, 255, 256, 3):
        wait(world, number)
        await sealing(world)
        total += number
        must_be_one_history(world, entries=total)
    assert sorted(checkpoints(world)) == [1, 255, 256, 257, 512, 768, 771]


async def test_a_run_with_nothing_new_publishes_nothing_and_leaves_the_head_alone(sealed: World) -> None:
    world = copied(sealed)
    await sealing(world)
    before = (the_head(world), dict(world.ledger.files))
    assert (await sealing(world)).sealed == 0
    assert (the_head(world), world.ledger.files) == before


async def test_a_backlog_larger_than_a_batch_is_sealed_batch_after_batch_in_one_run() -> None:
    world = World()
    wait(world, 23)
    assert (await sealing(world, most=5)).sealed == 23
    must_be_one_history(world, entries=23)
    assert sorted(checkpoints(world)) == [5, 10, 15, 20, 23]


async def test_a_run_whose_time_is_over_leaves_the_rest_to_the_next() -> None:
    world, asked = World(), iter([False, False, True])
    wait(world, 23)
    report = await sealing(world, most=5, out_of_time=lambda: next(asked))
    assert (report.sealed, report.late, report.oldest) == (10, True, NOW)
    must_be_one_history(world, entries=10)
    assert (await sealing(world, most=5)).sealed == 13
    must_be_one_history(world, entries=23)


async def test_a_batch_of_several_documents_and_many_at_once_is_one_history() -> None:
    world = World()
    wait(world, MOST_LINES + 2)
    for number in range(20):
        wait(world, 1, pk=f"other-{number}")
    await sealing(world, at_once=16)
    must_be_one_history(world, entries=MOST_LINES + 22)
    assert MOST == 5 * MOST_LINES


async def test_a_quiet_hour_gets_one_entry_of_the_ledger_s_own_which_is_sealed_like_any() -> None:
    world = World()
    wait(world, 1)
    await sealing(world)
    for at, expected in ((LATER + QUIET - MICROSECOND, 0), (LATER + QUIET, 1), (LATER + QUIET + MICROSECOND, 1)):
        await sealing(world, now=lambda at=at: at, key=str(at))  # type: ignore[misc]
        assert len(entries(world, "ledger")) == expected
    later = LATER + QUIET + timedelta(minutes=1)
    assert (await sealing(world, now=lambda: later)).sealed == 1
    must_be_one_history(world, entries=2)
    assert [entry.action for entry in entries(world, "ledger")] == ["ledger.heartbeat"]


async def test_a_ledger_that_has_nothing_yet_begins_with_such_an_entry() -> None:
    world = World()
    await sealing(world)
    assert [entry.action for entry in entries(world)] == ["ledger.heartbeat"]


async def test_after_a_crash_at_any_call_the_next_run_finishes_one_history(sealed: World) -> None:
    undisturbed = copied(sealed)
    await sealing(undisturbed)
    calls = list(undisturbed.faults.calls)
    assert {"records.write", "ledger.keep", "records.sealing", "keys.ledger_signer"} <= set(calls)
    for number, called in enumerate(calls, start=1):
        for moment in Moment:
            world = copied(sealed)
            world.faults.break_call(number, moment)
            with pytest.raises(Outage):
                await sealing(world)
            nothing_but_what_was_committed(world)
            world.faults.mend()
            await sealing(world, key="run-2", now=lambda: LATER + timedelta(minutes=1))
            must_be_one_history(world, entries=BEFORE + WAITING)
            assert world.ledger.files == undisturbed.ledger.files, (number, called, moment)
            assert the_head(world).root == the_head(undisturbed).root


async def test_after_a_crash_at_any_call_of_finishing_what_a_crash_left_it_is_finished_all_the_same(
    sealed: World,
) -> None:
    left = copied(sealed)
    await stopped_before(left, "records.write", times=3)  # the head names the batch; nothing says it is published
    undisturbed = copied(left)
    await sealing(undisturbed)
    assert undisturbed.faults.calls.count("records.pending_of") == 3
    for number in range(1, len(undisturbed.faults.calls) + 1):
        world = copied(left)
        world.faults.break_call(number, Moment.BEFORE)
        with pytest.raises(Outage):
            await sealing(world)
        world.faults.mend()
        await sealing(world)
        must_be_one_history(world, entries=BEFORE + WAITING)
        assert world.ledger.files == undisturbed.ledger.files


@pytest.mark.parametrize(("call", "times"), [("ledger.keep", 3), TELLING])
async def test_side_by_side_one_that_fails_fails_the_run(sealed: World, call: str, times: int) -> None:
    counted, world = copied(sealed), copied(sealed)
    await sealing(counted, at_once=16)
    numbers = [number for number, name in enumerate(counted.faults.calls, start=1) if name == call]
    world.faults.break_call(numbers[times - 1], Moment.BEFORE)
    with pytest.raises(Outage):
        await sealing(world, at_once=16)
    nothing_but_what_was_committed(world)
    world.faults.mend()
    await sealing(world, at_once=16)
    must_be_one_history(world, entries=BEFORE + WAITING)


async def test_after_a_crash_more_entries_that_came_meanwhile_are_sealed_too(sealed: World) -> None:
    undisturbed = copied(sealed)
    await sealing(undisturbed)
    for number in range(1, len(undisturbed.faults.calls) + 1):
        world = copied(sealed)
        world.faults.break_call(number, Moment.AFTER)
        with pytest.raises(Outage):
            await sealing(world)
        world.faults.mend()
        wait(world, 2, pk="clip-0")
        await sealing(world)
        must_be_one_history(world, entries=BEFORE + WAITING + 2)


def nothing_but_what_was_committed(world: World) -> None:
    head = the_head(world)
    sizes = checkpoints(world)
    assert max(sizes) <= head.size
    assert head.checkpointed in sizes


@SOME
async def test_two_sealers_at_once_make_one_history(sealed: World, number: int) -> None:
    for choose in some_schedules(number, seed=6):
        world = copied(sealed)
        ended = await interleave(world, [sealing(world), sealing(world, key="run-2")], choose)
        assert [each.raised for each in ended] == [None, None]
        assert sum(each.answer.sealed for each in ended) == WAITING
        must_be_one_history(world, entries=BEFORE + WAITING)
        assert entries(world, "ledger") == []


async def test_who_read_the_head_before_another_began_the_ledger_finds_no_quiet_hour_in_it() -> None:
    world, turns = World(), iter([0])
    wait(world, 3)
    runs = [sealing(world), sealing(world, key="run-2")]
    ended = await interleave(world, runs, lambda options: next(turns, options - 1))
    assert [each.answer.sealed for each in ended] == [0, 3]
    must_be_one_history(world, entries=3)
    assert entries(world, "ledger") == []


@SOME
async def test_two_sealers_who_see_other_entries_make_one_history(sealed: World, number: int) -> None:
    late = LATER + timedelta(minutes=1)
    for choose in some_schedules(number, seed=7):
        world = copied(sealed)
        wait(world, 1, pk="clip-0", at=LATER)
        ended = await interleave(world, [sealing(world, most=3), sealing(world, most=4, now=lambda: late)], choose)
        assert [each.raised for each in ended] == [None, None]
        must_be_one_history(world, entries=BEFORE + WAITING + 1)


@SOME
async def test_two_sealers_at_once_of_whom_calls_break_make_one_history_at_the_next_run(
    sealed: World, number: int
) -> None:
    undisturbed = World().faults.pause
    for each, choose in enumerate(some_schedules(number, seed=8)):
        world = copied(sealed)
        for call in (2 + each % 67, 31 + each % 29):
            world.faults.break_call(call, list(Moment)[call % 2])
        ended = await interleave(world, [sealing(world), sealing(world, key="run-2")], choose)
        assert {type(one.raised) for one in ended} <= {type(None), Outage}
        nothing_but_what_was_committed(world)
        world.faults.pause = undisturbed
        world.faults.mend()
        await sealing(world, key="run-3")
        must_be_one_history(world, entries=BEFORE + WAITING)


async def test_a_checkpoint_that_another_signed_with_the_key_of_before_is_the_same_checkpoint(sealed: World) -> None:
    world = copied(sealed)
    await stopped_before(world, "records.write", times=3)  # the batch, the head, and now that it is published
    world.keys.rotate_ledger()
    await sealing(world)
    must_be_one_history(world, entries=BEFORE + WAITING)
