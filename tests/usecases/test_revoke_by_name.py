"""Revoke, by name: with whatever an officer ever came by, and for what they never came by, a token of before is out."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.bar import Bar
from shared.domain.session import Ended, Session, opened
from shared.usecases.revoke_sessions import revoke_sessions
from tests.builders import NOW, OFFICER, SESSION, a_session, an_asking
from tests.fakes import World
from tests.usecases.coming import BYRON, MINUTE, SECOND
from tests.usecases.scenes import assert_trails_whole, entries
from tests.usecases.test_revoke_sessions import LOST, OTHER_CLIENT, OTHER_SIGN_ON, bars, is_out, revoke
from tests.usecases.test_sessions import on, the_session

HOUR = timedelta(hours=1)


def of_another_sign_on(number: int, **changes: Any) -> Session:
    """What Byron came by on another device."""
    return replace(opened(BYRON, None, address=None, now=NOW - HOUR), session=f"{number:032x}-1", **changes)


@pytest.mark.parametrize("officer", [OFFICER, OFFICER.lower()])
async def test_an_officer_s_sign_on_by_a_token_that_did_not_name_them_is_out_too(officer: str) -> None:
    world = World()
    named = on(world)
    nameless = of_another_sign_on(1, actor=BYRON.subject, person=BYRON.subject)
    world.records.put(nameless, a_session())
    assert (await revoke(world, officer=officer)).sessions == (nameless.session, named.session)
    assert (await the_session(world, SESSION.rpartition("-")[0])).revoked_at is None


async def test_both_of_two_accounts_under_one_number_are_out_with_all_they_came_by() -> None:
    world = World()
    named = on(world)
    second = {"subject": "the second account"}
    account = of_another_sign_on(1, **second)
    nameless = of_another_sign_on(2, **second, actor="the second account", person="the second account")
    world.records.put(account, nameless)
    assert set((await revoke(world, officer=OFFICER)).sessions) == {s.session for s in (named, account, nameless)}
    assert {bar.subject for bar in bars(world)} == {BYRON.subject, "the second account"}


@pytest.mark.parametrize("how", [OTHER_CLIENT, OTHER_SIGN_ON], ids=["another application", "another sign-on"])
@pytest.mark.parametrize(
    "issued, out", [(None, True), (-1.0, True), (0.0, True), (0.001, False)], ids=["unsaid", "before", "at", "after"]
)
async def test_by_what_they_never_came_by_a_token_of_before_opens_nothing_and_a_newer_one_does(
    how: dict[str, Any], issued: float | None, out: bool
) -> None:
    world = World()
    on(world)
    await revoke(world, officer=OFFICER)
    at = None if issued is None else NOW.timestamp() + issued
    assert await is_out(world, NOW + MINUTE, **how, issued=at) is out
    refused = [(entry.pk, entry.outcome) for entry in entries(world) if entry.action == "refused.revoked"]
    assert refused == ([(bars(world)[0].pk, "refused")] if out else [])


async def test_once_a_newer_token_is_on_by_an_application_an_older_one_does_not_come_in_with_it() -> None:
    world = World()
    on(world)
    await revoke(world, officer=OFFICER)
    older, newer = (NOW - MINUTE).timestamp(), (NOW + MINUTE).timestamp()
    assert not await is_out(world, NOW + 2 * MINUTE, **OTHER_CLIENT, issued=newer)
    assert await is_out(world, NOW + 3 * MINUTE, **OTHER_CLIENT, issued=older)


async def test_a_sign_on_of_after_a_revocation_is_not_taken_for_one_that_was_revoked() -> None:
    """Under a `sid` a revocation is for good, so that what is carried on must not be another's."""
    world = World()
    on(world)
    await revoke(world, officer=OFFICER)
    for minutes in range(1, 90, 30):
        at = NOW + minutes * MINUTE
        assert not await is_out(world, at, **OTHER_SIGN_ON, issued=(NOW + SECOND).timestamp())


async def test_who_is_barred_and_tries_on_is_entered_once_a_minute_and_leaves_no_session() -> None:
    world = World()
    on(world)
    await revoke(world, officer=OFFICER)
    before = len(world.records.everything())
    for seconds in (0, 1, 2, 60):
        assert await is_out(world, NOW + seconds * SECOND, **OTHER_SIGN_ON)
    left = world.records.everything()[before:]
    assert [record.kind for record in left] == ["entry", "entry"]


async def test_one_session_s_revocation_bars_nobody_by_name() -> None:
    world = World()
    session = on(world)
    await revoke(world, session=session.session)
    assert bars(world) == []
    assert not await is_out(world, NOW + MINUTE, **OTHER_SIGN_ON)
    assert [(e.action, e.subject) for e in entries(world, "actor:P1234")] == [("sessions.revoked", session.session)]


async def test_who_comes_on_while_they_are_put_out_is_put_out_all_the_same() -> None:
    """Their request found no bar; before it has written its session, the bar is there and all sessions were found."""
    world = World()
    on(world)
    done = False

    async def first_the_revocation(call: str) -> None:
        nonlocal done
        if call == "records.write" and not done:
            done = True
            await revoke(world, officer=OFFICER)

    world.faults.pause = first_the_revocation
    assert await is_out(world, NOW, **OTHER_SIGN_ON, issued=(NOW - MINUTE).timestamp())
    sessions = [record for record in world.records.everything() if isinstance(record, Session)]
    assert {(session.ended_why, session.ended_at) for session in sessions} == {(Ended.REVOKED, NOW)}
    assert_trails_whole(world)


async def test_two_managers_at_once_bar_until_the_later_of_the_two() -> None:
    world = World()
    on(world)
    orders = [an_asking(at=NOW + number * SECOND, key=f"manager {number}") for number in range(3)]
    await asyncio.gather(
        *(revoke_sessions(LOST, officer=OFFICER, session=None, asking=each, records=world.records) for each in orders)
    )
    assert bars(world) == [Bar(subject=BYRON.subject, revoked_at=NOW + 2 * SECOND)]
    assert_trails_whole(world)
