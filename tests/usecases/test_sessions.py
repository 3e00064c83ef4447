"""Sessions as they are looked at and left."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.domain.access import Reach
from shared.domain.entry import Operation
from shared.domain.session import Ended, Session, noted, opened
from shared.ports import Place, Replace, SessionFilter
from shared.usecases.sessions import log_off, my_sessions, sessions
from tests.builders import (
    BOROUGH,
    FORCE,
    MICROSECOND,
    NOW,
    OFFICER,
    OTHER_BOROUGH,
    OTHER_OFFICER,
    SESSION,
    a_caller,
    a_session,
    an_asking,
)
from tests.fakes import World
from tests.usecases.scenes import entries

IDLE = timedelta(minutes=15)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BYRON = a_caller()


def on(world: World, **changes: object) -> Session:
    """Byron is on since an hour ago."""
    begun = opened(BYRON, None, address=None, now=NOW - HOUR)
    session = replace(noted(begun, now=NOW), **changes)  # type: ignore[arg-type]
    world.records.put(session)
    return session


def seen_during(world: World, session: Session) -> None:
    """Before the first write that comes, another instance notes that the person was seen a minute from now."""
    seen = False

    async def is_seen(call: str) -> None:
        nonlocal seen
        if call == "records.write" and not seen:
            seen = True
            held = await world.records.session(session.key)
            assert held is not None
            await world.records.write(session.pk, [Replace(noted(session, now=NOW + MINUTE), held.version)])

    world.faults.pause = is_seen


async def logs_off(world: World, at: datetime = NOW) -> bool:
    asking = an_asking(at=at, session=None)
    return await log_off(BYRON, idle=IDLE, asking=asking, records=world.records)


async def the_session(world: World, key: str) -> Session:
    held = await world.records.session(key)
    assert held is not None
    return held.record


@pytest.mark.parametrize("later, seconds", [(MINUTE, 3660), (timedelta(0), 3600), (-5 * MINUTE, 3600)])
async def test_who_logs_off_was_on_until_then_or_until_last_seen_if_our_clock_lags(
    later: timedelta, seconds: int
) -> None:
    world = World()
    session = on(world)
    assert await logs_off(world, NOW + later)
    over = await the_session(world, session.key)
    assert (over.ended_why, over.seconds) == (Ended.LOGGED_OFF, seconds)
    assert [(entry.action, entry.subject) for entry in entries(world)] == [("session.ended", session.session)]


async def test_who_logs_off_again_or_was_never_on_logs_off_from_nothing_and_opens_nothing() -> None:
    world = World()
    assert not await logs_off(world)
    assert world.records.everything() == []
    on(world)
    assert await logs_off(world)
    assert not await logs_off(world, NOW + MINUTE)
    assert len(entries(world)) == 1


async def test_who_logs_off_hours_later_was_on_until_they_were_last_seen() -> None:
    world = World()
    session = on(world)
    assert await logs_off(world, NOW + HOUR)
    assert (await the_session(world, session.key)).ended_why is Ended.IDLE
    assert (await the_session(world, session.key)).seconds == 3600


async def test_two_log_offs_at_once_are_one() -> None:
    world = World()
    on(world)
    assert sorted(await asyncio.gather(logs_off(world), logs_off(world, NOW + MICROSECOND))) == [False, True]
    assert len(entries(world)) == 1


async def test_who_is_seen_while_they_log_off_is_logged_off() -> None:
    world = World()
    session = on(world)
    seen_during(world, session)
    assert await logs_off(world, NOW + MINUTE)
    assert (await the_session(world, session.key)).seconds == 3660


async def listed(
    world: World, asked: SessionFilter, reach: Reach = FORCE, after: Place | None = None, limit: int = 100
) -> tuple[list[str], Place | None]:
    found, following = await sessions(
        asked, after=after, limit=limit, reach=reach, asking=an_asking(), records=world.records
    )
    return [each.session for each in found], following


async def test_the_list_is_what_was_asked_for_and_the_asking_is_entered_once_not_once_a_page() -> None:
    world = World()
    world.records.put(*(a_session(key=f"{number:032x}", started_at=NOW - number * MINUTE) for number in range(5)))
    first, following = await listed(world, SessionFilter(actor=OTHER_OFFICER), limit=2)
    second, further = await listed(world, SessionFilter(actor=OTHER_OFFICER), after=following, limit=2)
    third, nothing = await listed(world, SessionFilter(actor=OTHER_OFFICER), after=further, limit=2)
    assert first + second + third == [f"{number:032x}-1" for number in range(5)]
    assert nothing is None
    (entry,) = entries(world)
    assert (entry.action, entry.operation) == ("sessions.read", Operation.CONSULTATION)
    assert {change.field: change.after for change in entry.changes} == {"officer": OTHER_OFFICER}


async def test_a_borough_s_auditor_sees_that_borough_whatever_they_ask() -> None:
    world = World()
    world.records.put(a_session(), a_session(key="0" * 32, borough=OTHER_BOROUGH))
    for asked in (SessionFilter(), SessionFilter(borough=OTHER_BOROUGH)):
        assert (await listed(world, asked, Reach(borough=BOROUGH)))[0] == [SESSION]
    assert {entry.borough for entry in entries(world)} == {BOROUGH}


async def test_one_s_own_are_those_of_the_person_on_every_device_and_nobody_else_s() -> None:
    world = World()
    mine = on(world)
    telephone = on(world, session=f"{'1' * 32}-1", started_at=NOW - MINUTE)
    world.records.put(a_session(actor=OFFICER))  # the number of somebody who had it before
    found, following = await my_sessions(
        after=None, limit=10, reach=Reach(subject=BYRON.subject), asking=an_asking(), records=world.records
    )
    assert ([each.session for each in found], following) == ([telephone.session, mine.session], None)
