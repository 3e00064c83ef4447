"""Attend, by somebody whose sign-on was revoked: out at once, for good or until a newer token, and entered."""

from datetime import datetime, timedelta

import pytest

from shared.domain.session import Ended, Session, revoked
from shared.errors import Unauthenticated
from shared.ports import Held, Replace
from tests.builders import NOW
from tests.fakes import Outage, World
from tests.usecases.coming import MINUTE, SECOND, comes, kept
from tests.usecases.scenes import entries


def barred(session: Session, at: datetime = NOW) -> Session:
    return revoked(session, now=at)


async def is_refused(world: World, at: datetime, **who: object) -> bool:
    try:
        await comes(world, at, **who)
    except Unauthenticated as no:
        return no.code == "revoked"
    return False


async def test_a_revoked_sid_is_out_for_good_and_it_is_entered_once_a_minute() -> None:
    world = World()
    found = await comes(world)
    world.records.put(barred(found.held.record))
    for seconds in (0, 1, 2, 60, 61):
        fresh = (NOW + timedelta(seconds=seconds)).timestamp()
        assert await is_refused(world, NOW + timedelta(seconds=seconds), issued=fresh)
    assert await is_refused(world, NOW + timedelta(days=30))
    world.faults.mend()
    assert await is_refused(world, NOW + timedelta(days=30))
    assert "records.write" not in world.faults.calls
    refused = [entry for entry in entries(world) if entry.action == "refused.revoked"]
    assert [entry.outcome for entry in refused] == ["refused"] * 3
    assert {(entry.actor.id, entry.subject) for entry in refused} == {("P1234", found.held.record.session)}
    assert len(kept(world)) == 1


async def test_without_a_sid_only_tokens_of_before_the_revocation_are_out_also_once_there_is_a_next_session() -> None:
    world = World()
    before, after = (NOW - MINUTE).timestamp(), (NOW + MINUTE).timestamp()
    found = await comes(world, sign_on=None, issued=before)
    world.records.put(barred(found.held.record))
    assert await is_refused(world, NOW + SECOND, sign_on=None, issued=before)
    assert not await is_refused(world, NOW + 2 * MINUTE, sign_on=None, issued=after)
    assert await is_refused(world, NOW + 3 * MINUTE, sign_on=None, issued=before)
    assert await is_refused(world, NOW + 3 * MINUTE, sign_on=None, issued=None)
    assert [session.number for session in kept(world)] == [1, 2]


async def test_a_refusal_of_the_revoked_that_cannot_be_entered_is_a_fault() -> None:
    world = World()
    found = await comes(world)
    world.records.put(barred(found.held.record))
    world.faults.break_every("records.write")
    with pytest.raises(Outage):
        await comes(world, NOW + SECOND)


async def test_who_is_revoked_between_reading_and_ending_stays_revoked() -> None:
    """The session is idle; while it is being ended, somebody revokes it on another instance."""
    world = World()
    found = await comes(world)
    done = False

    async def revoke_first(call: str) -> None:
        nonlocal done
        if call == "records.write" and not done:
            done = True
            held = await world.records.session(found.held.record.key)
            assert held is not None
            await replaced(world, held, barred(held.record, NOW + timedelta(hours=1)))

    world.faults.pause = revoke_first
    assert await is_refused(world, NOW + timedelta(hours=1))
    assert kept(world)[0].ended_why is Ended.REVOKED


async def replaced(world: World, held: Held[Session], session: Session) -> None:
    await world.records.write(session.pk, [Replace(session, held.version)])
