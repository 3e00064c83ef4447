"""Closing idle sessions: late, crowded, interrupted or broken, every duration is what it was."""

import asyncio
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.session import Ended, Session, ended, noted
from shared.ports import Replace
from shared.usecases.attend import attend, touch
from shared.usecases.close_idle_sessions import ClosedReport, close_idle_sessions
from tests.builders import MICROSECOND, NOW, a_caller, a_session, an_asking
from tests.domain.chance import steady
from tests.fakes import Moment, World
from tests.usecases.scenes import assert_trails_whole, by_the_service, entries

IDLE = timedelta(minutes=15)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
BYRON = a_caller()


async def run(world: World, at: datetime = NOW, turns: int = 10_000, at_once: int = 1) -> ClosedReport:
    """A run that stops after so many groups of sessions."""
    left = iter(range(turns))
    return await close_idle_sessions(
        asking=by_the_service(at=at, key=f"run at {at}", request=f"run at {at}"),
        now=lambda: at,
        idle=IDLE,
        records=world.records,
        out_of_time=lambda: next(left, None) is None,
        at_once=at_once,
    )


def left_idle(world: World, number: int, ago: timedelta = DAY) -> Session:
    session = a_session(key=f"{number:032x}", started_at=NOW - ago - MINUTE, last_seen=NOW - ago)
    world.records.put(session)
    return session


def kept(world: World) -> list[Session]:
    found = [record for record in world.records.everything() if isinstance(record, Session)]
    return sorted(found, key=lambda session: (session.key, session.number))


@pytest.mark.parametrize("ago, closed", [(IDLE + MINUTE - MICROSECOND, 0), (IDLE + MINUTE, 1), (IDLE + 9 * MINUTE, 1)])
async def test_closes_those_nobody_was_seen_in_for_the_idle_time_and_a_minute(ago: timedelta, closed: int) -> None:
    world = World()
    left_idle(world, 1, ago)
    assert await run(world) == ClosedReport(closed=closed)


async def test_a_timer_that_was_dead_for_a_day_changes_no_duration() -> None:
    world = World()
    left_idle(world, 1, IDLE + MINUTE)
    await run(world, NOW + DAY)
    (session,) = kept(world)
    assert (session.ended_at, session.ended_why, session.seconds) == (NOW - IDLE - MINUTE, Ended.IDLE, 60)
    (entry,) = entries(world)
    assert (entry.action, entry.subject, entry.actor.kind) == ("session.ended", session.session, "service")
    assert {change.field: change.after for change in entry.changes}["seconds"] == "60"


async def test_goes_through_more_than_a_page_and_leaves_what_has_ended() -> None:
    world = World()
    for number in range(203):
        left_idle(world, number)
    over = ended(a_session(key="f" * 32, last_seen=NOW - DAY), Ended.LOGGED_OFF, now=NOW - DAY)
    world.records.put(over)
    assert await run(world) == ClosedReport(closed=203)
    assert over in kept(world)
    assert await run(world, NOW + MINUTE) == ClosedReport()
    assert_trails_whole(world)


async def test_a_run_that_is_out_of_time_says_so_and_the_next_goes_on() -> None:
    world = World()
    for number in range(5):
        left_idle(world, number)
    assert await run(world, turns=2) == ClosedReport(closed=2, late=True)
    assert await run(world, NOW + MINUTE) == ClosedReport(closed=3)


async def test_one_bad_session_does_not_shelter_the_rest() -> None:
    world = World()
    sessions = [left_idle(world, number) for number in range(3)]
    world.faults.break_call(4, Moment.BEFORE)  # the second session's trail; the first took two calls
    report = await run(world)
    assert (report.closed, report.failed) == (2, 1)
    world.faults.mend()
    assert await run(world, NOW + MINUTE) == ClosedReport(closed=1)
    assert {session.ended_at for session in kept(world)} == {sessions[0].last_seen}


async def test_several_are_closed_side_by_side_each_with_its_own_end_and_time_is_asked_before_each_group() -> None:
    world = World()
    for number in range(5):
        left_idle(world, number)
    at_once, most = set[str](), 0

    async def counted(call: str) -> None:
        nonlocal most
        if call == "records.write":
            at_once.add(name := f"{len(world.faults.calls)}")
            most = max(most, len(at_once))
            await asyncio.sleep(0)
            at_once.discard(name)

    world.faults.pause = counted
    assert await run(world, turns=1, at_once=3) == ClosedReport(closed=3, late=True)
    assert most == 3
    assert await run(world, NOW + MINUTE, at_once=3) == ClosedReport(closed=2)
    assert_trails_whole(world)


async def test_one_bad_session_beside_others_does_not_shelter_them() -> None:
    world = World()
    for number in range(3):
        left_idle(world, number)
    world.faults.break_call(3, Moment.BEFORE)  # the second session's trail: the three are read one after another
    report = await run(world, at_once=3)
    assert (report.closed, report.failed) == (2, 1)


async def test_whoever_is_seen_while_the_run_is_under_way_stays_on() -> None:
    world = World()
    session = left_idle(world, 1)
    came_back = False

    async def comes_back(call: str) -> None:
        nonlocal came_back
        if call == "records.write" and not came_back:
            came_back = True
            held = await world.records.session(session.key)
            assert held is not None
            await world.records.write(session.pk, [Replace(noted(session, now=NOW), held.version)])

    world.faults.pause = comes_back
    assert await run(world) == ClosedReport(kept=1)
    assert kept(world)[0].ended_at is None
    assert entries(world) == []


async def test_what_another_had_closed_already_is_no_failure() -> None:
    """Its person came back at the same time, and their request closed it."""
    world = World()
    session = left_idle(world, 1)
    held = await world.records.session(session.key)
    await run(world)
    assert held is not None
    world.records.put(session)
    assert await run(world, NOW + MINUTE) == ClosedReport(kept=1)
    assert [entry.action for entry in entries(world)] == ["session.ended"]


@steady
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 40), st.sampled_from([-4, 0, 4]), st.booleans()),
        min_size=1,
        max_size=25,
    )
)
async def test_whenever_people_come_and_whatever_the_clocks_say_sessions_are_whole_and_true_to_the_minute(
    steps: list[tuple[int, int, bool]],
) -> None:
    """Each step: minutes that pass, by how many the instance's clock is off, and whether the timer ran before."""
    world, now, seen = World(), NOW, []
    for minutes, skew, timer in steps:
        now += minutes * MINUTE
        if timer:
            await run(world, now)
        asking = an_asking(at=now + skew * MINUTE, session=None, request=f"request at {now} {skew}")
        found = await attend(BYRON, idle=IDLE, asking=asking, records=world.records)
        await touch(found.held, asking=asking, records=world.records)
        seen.append((now, found.held.record.number))
    await run(world, now + 2 * DAY)
    sessions = kept(world)
    assert [session.number for session in sessions] == list(range(1, len(sessions) + 1))
    for before, after in pairwise(sessions):
        assert before.ended_at is not None
        assert before.ended_at <= after.started_at
    for session in sessions:
        times = [at for at, number in seen if number == session.number]
        truth, off = times[-1] - times[0], 9 * MINUTE  # both clocks may be off by four, and last_seen lags by one
        assert abs(timedelta(seconds=session.seconds) - truth) <= off
        assert session.seconds >= 0
    assert_trails_whole(world)
