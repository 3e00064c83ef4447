"""Attend and touch: who comes is in one session, seen once a minute, whatever happens at once or breaks between."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.session import Ended, archived, ended, key_of, opened
from shared.usecases.attend import touch
from shared.usecases.sessions import log_off
from tests.builders import MICROSECOND, NOW, an_asking
from tests.fakes import Moment, Outage, World
from tests.usecases.coming import BYRON, IDLE, MINUTE, SECOND, comes, kept, told
from tests.usecases.scenes import assert_trails_whole, entries


async def test_the_first_request_opens_a_session_and_says_so() -> None:
    world = World()
    found = await comes(world)
    (session,) = kept(world)
    assert (found.opened, found.ended, found.held.record) == (True, False, session)
    assert (session.number, session.started_at, session.last_seen, session.ended_at) == (1, NOW, NOW, None)
    assert (session.actor, session.name, session.roles) == ("P1234", "PC Ada Byron", ("officer",))
    assert (session.address, session.client, session.subject) == ("192.0.2.17", BYRON.client, BYRON.subject)
    assert [(entry.action, entry.subject, entry.pk) for entry in entries(world)] == [
        ("session.started", session.session, session.pk)
    ]


async def test_the_next_request_is_in_it() -> None:
    world = World()
    first = await comes(world)
    again = await comes(world, NOW + SECOND)
    assert (again.opened, again.held.record.session) == (False, first.held.record.session)
    assert told(world) == [("session.started", "1")]


async def test_two_devices_are_two_sessions() -> None:
    world = World()
    await comes(world)
    await comes(world, NOW + MINUTE, sign_on="session-2")
    assert [session.number for session in kept(world)] == [1, 1]
    assert len({session.key for session in kept(world)}) == 2


@pytest.mark.parametrize("later, number", [(IDLE + MINUTE - MICROSECOND, 1), (IDLE + MINUTE, 2)])
async def test_who_comes_back_after_the_idle_time_is_in_the_next_session(later: timedelta, number: int) -> None:
    world = World()
    await comes(world)
    found = await comes(world, NOW + later)
    assert (found.held.record.number, found.ended) == (number, number == 2)


async def test_what_was_left_idle_ended_when_it_was_last_seen_and_stays_under_its_number() -> None:
    world = World()
    await comes(world)
    await comes(world, NOW + 9 * MINUTE)
    await comes(world, NOW + timedelta(days=1))
    first, second = kept(world)
    assert (first.id, first.ended_at, first.ended_why, first.seconds) == (
        "session-1",
        NOW + 9 * MINUTE,
        Ended.IDLE,
        540,
    )
    assert (second.id, second.started_at, second.ended_at) == ("session", NOW + timedelta(days=1), None)
    assert told(world) == [("session.started", "1"), ("session.ended", "1"), ("session.started", "2")]
    assert_trails_whole(world)


async def test_a_thousand_requests_in_ten_minutes_write_last_seen_a_handful_of_times() -> None:
    world = World()
    await comes(world)
    world.faults.mend()
    for number in range(1000):
        await comes(world, NOW + 10 * MINUTE * number / 1000)
    assert world.faults.calls.count("records.write") == 9
    assert world.faults.calls.count("records.session") == 1000
    (session,) = kept(world)
    assert session.last_seen == NOW + 9 * MINUTE


async def test_instances_whose_clocks_differ_write_no_more_and_never_back() -> None:
    """One is three minutes ahead, one three behind; requests go to each in turn."""
    world = World()
    skews = (timedelta(0), 3 * MINUTE, -3 * MINUTE)
    await comes(world)
    world.faults.mend()
    seen = [NOW]
    for number in range(999):
        await comes(world, NOW + 10 * MINUTE * number / 999 + skews[number % 3])
        (session,) = kept(world)
        seen.append(session.last_seen)
    assert seen == sorted(seen)
    assert world.faults.calls.count("records.write") <= 13
    assert told(world) == [("session.started", "1")]
    assert seen[-1] <= NOW + 13 * MINUTE


async def test_many_requests_at_once_make_one_session_and_one_entry() -> None:
    world = World()
    found = await asyncio.gather(*(comes(world, NOW + number * MICROSECOND) for number in range(12)))
    assert sum(each.opened for each in found) == 1
    assert len({each.held.record.session for each in found}) == 1
    assert told(world) == [("session.started", "1")]
    assert len(kept(world)) == 1


async def test_many_requests_at_once_after_a_pause_end_one_and_begin_one() -> None:
    world = World()
    await comes(world)
    found = await asyncio.gather(*(comes(world, NOW + timedelta(hours=1) + n * MICROSECOND) for n in range(12)))
    assert (sum(each.ended for each in found), sum(each.opened for each in found)) == (1, 1)
    assert {each.held.record.number for each in found} == {2}
    assert told(world) == [("session.started", "1"), ("session.ended", "1"), ("session.started", "2")]


@pytest.mark.parametrize("moment", Moment)
async def test_a_crash_between_any_two_calls_leaves_what_the_next_request_goes_on_from(moment: Moment) -> None:
    """Somebody comes back after a pause; the process dies at each call in turn, and nobody comes again for an hour."""
    calls = await calls_of_coming_back()
    assert calls.count("records.write") == 2
    for number in range(1, len(calls) + 1):
        world = World()
        await comes(world)
        world.faults.mend()
        world.faults.break_call(number, moment)
        with pytest.raises(Outage):
            await comes(world, NOW + timedelta(hours=1))
        world.faults.mend()
        found = await comes(world, NOW + timedelta(hours=2))
        sessions = kept(world)
        assert sessions[0].ended_at == NOW, "it ended when they were last seen, whoever gets to closing it"
        assert found.held.record == sessions[-1]
        assert [session.number for session in sessions] == list(range(1, len(sessions) + 1))
        assert sum(session.ended_at is None for session in sessions) == 1
        assert told(world)[::2] == [("session.started", str(session.number)) for session in sessions]
        assert_trails_whole(world)


async def calls_of_coming_back() -> list[str]:
    world = World()
    await comes(world)
    world.faults.mend()
    await comes(world, NOW + timedelta(hours=1))
    return world.faults.calls


async def test_a_session_that_cannot_be_written_down_is_a_fault() -> None:
    world = World()
    world.faults.break_every("records.write")
    with pytest.raises(Outage):
        await comes(world)
    assert kept(world) == []


@pytest.mark.parametrize("moment", Moment)
async def test_that_somebody_was_seen_may_fail_and_the_request_goes_on(moment: Moment) -> None:
    world = World()
    await comes(world)
    world.faults.break_every("records.write", moment)
    found = await comes(world, NOW + MINUTE)
    assert found.held.record.number == 1


async def test_a_store_that_does_not_answer_does_not_hold_up_who_is_on() -> None:
    world = World()
    found = await comes(world)
    never = asyncio.Event()

    async def hang(_call: str) -> None:
        await never.wait()

    world.faults.pause = hang
    await touch(found.held, asking=an_asking(at=NOW + MINUTE), records=world.records, patience=0.01)
    assert kept(world)[0].last_seen == NOW


@pytest.mark.parametrize("moment", Moment)
async def test_who_was_not_noted_for_five_minutes_is_not_let_on_until_they_are(moment: Moment) -> None:
    """A duration lags by five minutes at most, however slow the store is."""
    world = World()
    await comes(world)
    world.faults.break_every("records.write", moment)
    await comes(world, NOW + 5 * MINUTE - MICROSECOND)
    world.records.put(replace(kept(world)[0], last_seen=NOW))
    with pytest.raises(Outage):
        await comes(world, NOW + 5 * MINUTE)
    assert (kept(world)[0].last_seen == NOW) is (moment is Moment.BEFORE)
    world.faults.mend()
    await comes(world, NOW + 6 * MINUTE)
    assert kept(world)[0].last_seen == NOW + 6 * MINUTE


async def test_a_store_that_is_slow_holds_up_who_was_not_noted_for_five_minutes() -> None:
    world = World()
    found = await comes(world)
    slow, goes_on = asyncio.Event(), asyncio.Event()

    async def hang(_call: str) -> None:
        slow.set()
        await goes_on.wait()

    world.faults.pause = hang
    late = an_asking(at=NOW + 5 * MINUTE)
    noting = asyncio.create_task(touch(found.held, asking=late, records=world.records, patience=0.0))
    await slow.wait()
    assert not noting.done()
    goes_on.set()
    await noting
    assert kept(world)[0].last_seen == NOW + 5 * MINUTE


@pytest.mark.parametrize("later", [3 * MINUTE, 6 * MINUTE])
async def test_what_was_seen_of_somebody_who_has_gone_does_not_bring_them_back(later: timedelta) -> None:
    """A request that read the session before the log-off notes itself after it."""
    world = World()
    found = await comes(world)
    gone = an_asking(at=NOW + 2 * MINUTE, session=None)
    await log_off(BYRON, idle=IDLE, asking=gone, records=world.records)
    await touch(found.held, asking=an_asking(at=NOW + later), records=world.records)
    (session,) = kept(world)
    assert (session.ended_at, session.last_seen) == (NOW + 2 * MINUTE, NOW)


async def test_after_a_log_off_the_next_session_begins_where_the_clock_that_ended_the_last_one_was() -> None:
    """The instance that sees them next is five minutes behind."""
    world = World()
    await comes(world)
    ahead = an_asking(at=NOW + 5 * MINUTE, session=None)
    await log_off(BYRON, idle=IDLE, asking=ahead, records=world.records)
    await comes(world, NOW + SECOND)
    first, second = kept(world)
    assert first.ended_at == second.started_at == NOW + 5 * MINUTE


async def test_the_numbers_go_on_from_whatever_is_there() -> None:
    world = World()
    seventh = replace(opened(BYRON, None, address=None, now=NOW), number=7, session=f"{key_of(BYRON)}-7")
    world.records.put(ended(seventh, Ended.LOGGED_OFF, now=NOW))
    found = await comes(world, NOW + MINUTE)
    assert found.held.record.session == f"{key_of(BYRON)}-8"
    assert kept(world)[0] == archived(ended(seventh, Ended.LOGGED_OFF, now=NOW))
