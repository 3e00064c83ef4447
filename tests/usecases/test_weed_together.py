"""Weed, several at once: each clip has its own end, and time is asked before each group."""

from shared.domain.footage import State
from shared.usecases.weed import WeedReport
from tests.fakes import Moment, World
from tests.usecases.scenes import an_overdue_stored_clip, assert_trails_whole
from tests.usecases.test_weed import clips, numbered_id, run


async def test_some_are_weeded_side_by_side_and_each_has_its_own_end() -> None:
    world = World()
    due = [an_overdue_stored_clip(world, id=numbered_id(number)) for number in range(5)]
    world.footage.hold(due[1].blob)
    assert await run(world, at_once=3) == WeedReport(weeded=4, kept=1)
    states = {clip.id: clip.state for clip in clips(world)}
    assert [states[clip.id] for clip in due].count(State.WEEDED) == 4
    assert states[due[1].id] is State.HELD
    assert_trails_whole(world)


async def test_time_is_asked_before_each_group() -> None:
    world = World()
    for number in range(5):
        an_overdue_stored_clip(world, id=numbered_id(number))
    answers = iter([False, True])
    report = await run(world, out_of_time=lambda: next(answers), at_once=3)
    assert (report.weeded, report.late) == (3, True)


async def test_a_fault_beside_others_is_counted_and_the_next_run_finishes() -> None:
    world = World()
    for number in range(3):
        an_overdue_stored_clip(world, id=numbered_id(number))
    world.faults.break_every("footage.erase", Moment.AFTER)
    assert await run(world, at_once=3) == WeedReport(failed=3)
    world.faults.mend()
    assert await run(world, key="run-2", at_once=3) == WeedReport(weeded=3)
    assert_trails_whole(world)
