"""Revoke: all of an officer's sign-ons, known here or not, or a session's; tried again, what it was at first."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.domain.bar import Bar
from shared.domain.entry import Operation
from shared.domain.session import Ended, archived, ended, is_barred
from shared.errors import Conflict, Malformed, NotFound, Unauthenticated
from shared.usecases.attend import attend
from shared.usecases.revoke_sessions import SIGN_ONS_LAST, Revoked, revoke_sessions
from tests.builders import MICROSECOND, NOW, OFFICER, OTHER_OFFICER, SESSION, a_session, an_asking
from tests.fakes import Moment, Outage, World
from tests.usecases.coming import BYRON, IDLE, MINUTE, SECOND, comes
from tests.usecases.scenes import assert_trails_whole, entries
from tests.usecases.test_sessions import logs_off, on, seen_during, the_session

HOUR = timedelta(hours=1)
LOST = "the phone was lost"
OTHER_CLIENT = {"sign_on": None, "client": "an application they never came by"}
OTHER_SIGN_ON = {"sign_on": "a sign-on they never came by"}


async def revoke(
    world: World, *, officer: str | None = None, session: str | None = None, at: datetime = NOW, why: str = LOST
) -> Revoked:
    asking = an_asking(at=at)
    return await revoke_sessions(why, officer=officer, session=session, asking=asking, records=world.records)


async def test_an_officer_is_put_out_on_every_device_also_where_they_were_not_on() -> None:
    world = World()
    here = on(world)
    gone = ended(on(world, session=f"{'1' * 32}-1", last_seen=NOW - HOUR), Ended.IDLE, now=NOW)
    world.records.put(gone, archived(replace(gone, session=f"{'1' * 32}-0", number=0)), a_session())
    assert await revoke(world, officer=OFFICER) == Revoked(sessions=(gone.session, here.session), ended=1)
    for key in (here.key, gone.key):
        assert (await the_session(world, key)).revoked_at == NOW
    assert (await the_session(world, here.key)).ended_why is Ended.REVOKED
    assert (await the_session(world, gone.key)).ended_why is Ended.IDLE
    assert (await the_session(world, SESSION.rpartition("-")[0])).revoked_at is None
    told = [(entry.action, entry.subject) for entry in entries(world)]
    assert told == [
        ("sessions.revoked", OFFICER),
        ("session.revoked", gone.session),
        ("session.revoked", here.session),
        ("person.barred", BYRON.subject),
    ]
    assert {(e.operation, e.reason and e.reason.text) for e in entries(world)} == {(Operation.ADMINISTRATION, LOST)}
    assert_trails_whole(world)


async def test_an_officer_is_known_by_their_number_or_by_the_directory_s_id() -> None:
    world = World()
    session = on(world)
    assert (await revoke(world, officer=BYRON.subject)).sessions == (session.session,)


async def test_a_session_of_long_ago_puts_its_sign_on_out() -> None:
    world = World()
    second = on(world, session=f"{'1' * 32}-2", number=2)
    assert await revoke(world, session=f"{'1' * 32}-1") == Revoked(sessions=(second.session,), ended=1)


@pytest.mark.parametrize("session", ["1" * 32 + "-3", "1" * 32 + "-0", "2" * 32 + "-1", "nonsense", "", "1" * 32])
async def test_what_is_no_session_of_ours_cannot_be_revoked(session: str) -> None:
    world = World()
    on(world, session=f"{'1' * 32}-2", number=2)
    with pytest.raises(NotFound):
        await revoke(world, session=session)
    assert entries(world) == []


@pytest.mark.parametrize("ago, found", [(SIGN_ONS_LAST, True), (SIGN_ONS_LAST + MICROSECOND, False)])
async def test_a_sign_on_that_nobody_can_take_up_again_is_left(ago: timedelta, found: bool) -> None:
    world = World()
    world.records.put(a_session(started_at=NOW - 2 * SIGN_ONS_LAST, last_seen=NOW - ago))
    if found:
        for at in (NOW, NOW + HOUR):  # a retry is of what could be taken up when it was first asked
            assert (await revoke(world, officer=OTHER_OFFICER, at=at)).sessions == (SESSION,)
    else:
        with pytest.raises(NotFound, match="lately"):
            await revoke(world, officer=OTHER_OFFICER)


async def test_a_retry_is_answered_as_the_first_time_and_moves_nothing() -> None:
    world = World()
    on(world)
    first = await revoke(world, officer=OFFICER)
    again = await revoke(world, officer=OFFICER, at=NOW + HOUR)
    assert again.sessions == first.sessions
    assert (await the_session(world, again.sessions[0].rpartition("-")[0])).revoked_at == NOW
    assert bars(world) == [Bar(subject=BYRON.subject, revoked_at=NOW)]
    assert len(entries(world)) == 3


async def test_revoked_again_under_another_key_later_tokens_are_out_too_and_it_is_entered_again() -> None:
    world = World()
    session = on(world)
    await revoke(world, officer=OFFICER)
    again = an_asking(at=NOW + HOUR, key="another key")
    told = await revoke_sessions(LOST, officer=OFFICER, session=None, asking=again, records=world.records)
    assert told == Revoked(sessions=(session.session,), ended=0)
    assert (await the_session(world, session.key)).revoked_at == NOW + HOUR
    assert bars(world) == [Bar(subject=BYRON.subject, revoked_at=NOW + HOUR)]
    assert [bool(entry.changes) for entry in entries(world, session.pk)] == [True, False]


async def test_a_key_is_good_for_one_decision_and_a_reason_is_needed() -> None:
    world = World()
    on(world)
    await revoke(world, officer=OFFICER)
    for officer, why in ((OFFICER, "another reason"), (BYRON.subject, LOST)):
        with pytest.raises(Conflict, match="Idempotency-Key"):
            await revoke(world, officer=officer, why=why)
    with pytest.raises(Malformed):
        await revoke(world, officer=OFFICER, why="")


async def test_who_is_seen_while_they_are_revoked_is_out() -> None:
    world = World()
    session = on(world)
    seen_during(world, session)
    assert (await revoke(world, officer=OFFICER, at=NOW + MINUTE)).ended == 1
    over = await the_session(world, session.key)
    assert (over.ended_at, over.revoked_at) == (NOW + MINUTE, NOW + MINUTE)


async def test_who_is_at_work_while_they_are_revoked_is_out_and_their_next_request_is_refused() -> None:
    """Their requests go on at the same time, on other instances."""
    world = World()
    session = on(world, last_seen=NOW - 10 * MINUTE)

    async def works() -> None:
        for number in range(5):
            asking = an_asking(at=NOW + number * MINUTE, session=None, request=f"request {number}")
            await attend(BYRON, idle=IDLE, asking=asking, records=world.records)

    outcomes = await asyncio.gather(works(), revoke(world, officer=OFFICER), return_exceptions=True)
    assert not isinstance(outcomes[1], BaseException)
    assert is_barred(BYRON, await the_session(world, session.key))
    with pytest.raises(Unauthenticated):
        await works()
    with pytest.raises(Unauthenticated):
        await logs_off(world, NOW + HOUR)


def bars(world: World) -> list[Bar]:
    return [record for record in world.records.everything() if isinstance(record, Bar)]


async def is_out(world: World, at: datetime, **who: Any) -> bool:
    try:
        await comes(world, at, **who)
    except Unauthenticated as no:
        return no.code == "revoked"
    return False


async def test_a_retry_leaves_alone_who_signed_on_since() -> None:
    world = World()
    before = on(world)
    first = await revoke(world, officer=OFFICER)
    await comes(world, NOW + MINUTE, **OTHER_SIGN_ON, issued=(NOW + MINUTE).timestamp())
    again = await revoke(world, officer=OFFICER, at=NOW + 2 * MINUTE)
    assert again == Revoked(sessions=first.sessions, ended=0) == Revoked(sessions=(before.session,), ended=0)
    assert not await is_out(world, NOW + 3 * MINUTE, **OTHER_SIGN_ON, issued=(NOW + MINUTE).timestamp())
    assert bars(world) == [Bar(subject=BYRON.subject, revoked_at=NOW)]


async def test_a_retry_leaves_alone_who_came_back_by_the_same_application_with_a_newer_token() -> None:
    world = World()
    by_it = {"sign_on": None, "client": "the desk's"}
    await comes(world, NOW - MINUTE, **by_it, issued=(NOW - MINUTE).timestamp())
    first = await revoke(world, officer=OFFICER)
    newer = (NOW + MINUTE).timestamp()
    back = await comes(world, NOW + MINUTE, **by_it, issued=newer)
    again = await revoke(world, officer=OFFICER, at=NOW + 2 * MINUTE)
    assert again.sessions == first.sessions
    assert back.held.record.number == 2
    assert (await the_session(world, back.held.record.key)).ended_at is None


@pytest.mark.parametrize("moment", Moment)
async def test_a_retry_after_a_crash_puts_out_whom_the_first_try_did_not_get_to(moment: Moment) -> None:
    """The sign-on was there at the first try; at the retry a later session of it is open."""
    world = World()
    session = on(world)
    world.faults.break_call(last_write(await calls_of_a_revocation()), moment)
    with pytest.raises(Outage):
        await revoke(world, officer=OFFICER)
    world.faults.mend()
    if moment is Moment.BEFORE:
        later = await comes(world, NOW + HOUR, issued=(NOW + MINUTE).timestamp())
        assert later.held.record.number == 2
    await revoke(world, officer=OFFICER, at=NOW + 2 * HOUR)
    assert (await the_session(world, session.key)).revoked_at == NOW
    assert await is_out(world, NOW + 3 * HOUR, issued=(NOW + 2 * HOUR).timestamp())


async def calls_of_a_revocation() -> list[str]:
    world = World()
    on(world)
    await revoke(world, officer=OFFICER)
    return world.faults.calls


def last_write(calls: list[str]) -> int:
    return max(number for number, call in enumerate(calls, start=1) if call == "records.write")


async def test_a_sign_on_that_began_by_a_clock_ahead_of_ours_is_out_and_its_tokens_of_then_too() -> None:
    world = World()
    ahead = on(world, known_since=NOW + 3 * SECOND, started_at=NOW + 3 * SECOND, last_seen=NOW + 3 * SECOND)
    await revoke(world, officer=OFFICER)
    assert (await the_session(world, ahead.key)).revoked_at == NOW + 3 * SECOND
    assert (await revoke(world, officer=OFFICER, at=NOW + MINUTE)).sessions == (ahead.session,)
