"""Records, of sessions: the latest of a key, who was on, who was left idle, and all sign-ons of a person."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.bar import Bar
from shared.domain.footage import Borough
from shared.domain.session import Ended, Session, archived, ended
from shared.ports import Clash, Create, Place, Records, Replace, SessionFilter
from tests.builders import MICROSECOND, NOW, a_session, an_entry, fresh_id

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Station:
    """A borough and its people that no other test has."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.borough = Borough(f"B-{fresh_id()}")
        self.actor, self.subject = f"P-{fresh_id()}", fresh_id()

    async def on(self, **changes: Any) -> Session:
        who = {
            "borough": self.borough,
            "actor": self.actor,
            "subject": self.subject,
            "key": fresh_id().replace("-", ""),
        }
        session = a_session(**(who | changes))
        await self.records.write(session.pk, [Create(session)])
        return session

    async def gone(self, **changes: Any) -> Session:
        session = await self.on(**changes)
        held = await self.records.session(session.key)
        assert held is not None
        over = ended(session, Ended.LOGGED_OFF, now=NOW)
        await self.records.write(session.pk, [Replace(over, held.version)])
        return over

    async def listed(self, after: Place | None = None, limit: int = 100, **asked: Any) -> Sequence[Session]:
        wanted = SessionFilter(**({"borough": self.borough} | asked))
        return list(await self.records.sessions(wanted, after=after, limit=limit))


@pytest.fixture
def station(records: Records) -> Station:
    return Station(records)


async def test_the_latest_session_of_a_key_is_found_and_those_before_it_stay(station: Station) -> None:
    first = await station.gone()
    held = await station.records.session(first.key)
    assert held is not None
    assert held.record == first

    second = replace(first, session=f"{first.key}-2", number=2, ended_at=None, ended_why=None, started_at=NOW)
    await station.records.write(first.pk, [Create(archived(first)), Replace(second, held.version)])

    found = await station.records.session(first.key)
    assert found is not None
    assert found.record == second
    assert await station.listed() == [second, archived(first)]
    with pytest.raises(Clash):
        await station.records.write(first.pk, [Create(archived(first)), Replace(second, held.version)])


async def test_a_key_nobody_came_by_has_no_session(station: Station) -> None:
    for key in (fresh_id(), "", "a/b", "?", "x" * 300):
        assert await station.records.session(key) is None


async def test_an_entry_of_a_session_is_no_session(station: Station) -> None:
    session = await station.on()
    entry, trail = an_entry(pk=session.pk, subject=session.session)
    await station.records.write(session.pk, [Create(entry), Create(trail)])

    assert await station.listed() == [session]


async def test_every_filter_takes_what_fits_and_leaves_what_does_not(station: Station) -> None:
    on, gone = await station.on(started_at=NOW), await station.gone(actor=f"P-{fresh_id()}", subject=fresh_id())
    elsewhere = await station.on(borough=Borough(f"B-{fresh_id()}"))

    assert await station.listed() == [on, gone]
    assert await station.listed(open=True) == [on]
    assert await station.listed(open=False) == [gone]
    assert await station.listed(actor=gone.actor) == [gone]
    assert await station.listed(borough=None, actor=station.actor, subject=station.subject) == [on, elsewhere]
    assert await station.listed(subject=gone.subject) == [gone]
    assert await station.listed(actor=station.subject) == []


async def test_a_stretch_of_time_finds_who_was_on_in_it(station: Station) -> None:
    gone = await station.gone(started_at=NOW - HOUR)
    on = await station.on(started_at=NOW + HOUR)

    assert await station.listed(since=NOW) == [on, gone]
    assert await station.listed(since=NOW + MICROSECOND) == [on]
    assert await station.listed(until=NOW + HOUR) == [gone]
    assert await station.listed(until=NOW + HOUR + MICROSECOND) == [on, gone]
    assert await station.listed(until=NOW - HOUR) == []
    assert await station.listed(since=NOW - HOUR + MINUTE, until=NOW - HOUR + 2 * MINUTE) == [gone]
    assert await station.listed(since=NOW + MINUTE, until=NOW + 2 * MINUTE) == []


async def test_the_last_to_begin_comes_first_and_pages_cover_everything_once(station: Station) -> None:
    there = [await station.on(started_at=NOW - HOUR + (number // 2) * MINUTE) for number in range(5)]

    found: list[Session] = []
    after: Place | None = None
    while page := await station.listed(after, 2):
        found += page
        after = Place(page[-1].started_at, page[-1].session)
        assert len(page) <= 2
        assert len(found) <= len(there)
    assert found == sorted(there, key=lambda each: (each.started_at, each.session), reverse=True)


async def test_who_was_left_idle_is_found_with_the_version_oldest_first_and_who_has_gone_is_not(
    station: Station,
) -> None:
    """In a stretch of time that no other test has."""
    begins = NOW - timedelta(days=36_500) + timedelta(seconds=int(station.subject[:7], 16))
    idle = [await station.on(started_at=begins + number * MINUTE, last_seen=begins + HOUR) for number in range(3)]
    await station.on(started_at=begins, last_seen=begins + HOUR + MICROSECOND)
    await station.gone(started_at=begins, last_seen=begins)

    async def left(after: Place, limit: int) -> list[Session]:
        found = await station.records.open_sessions(begins + HOUR, after=after, limit=limit)
        for held in found:
            assert held == await station.records.session(held.record.key)
        return [held.record for held in found if held.record.borough == station.borough]

    assert await left(Place(begins, ""), 2) == idle[:2]
    assert await left(Place(idle[1].started_at, idle[1].session), 2) == idle[2:]


async def test_the_latest_session_of_each_sign_on_of_a_person_is_found_open_or_not(station: Station) -> None:
    here, gone = await station.on(last_seen=NOW), await station.gone(last_seen=NOW - MINUTE)
    await station.on(last_seen=NOW - HOUR)
    await station.on(actor=f"P-{fresh_id()}", subject=fresh_id())
    before = archived(replace(gone, session=f"{gone.key}-0", number=0))
    await station.records.write(gone.pk, [Create(before)])

    for person in (station.actor, station.actor.lower(), station.subject):
        found = await station.records.latest_sessions_of(person, since=NOW - MINUTE)
        assert list(found) == [here, gone]
    assert list(await station.records.latest_sessions_of(fresh_id(), since=NOW - HOUR)) == []


async def test_a_person_s_bar_is_found_by_their_id_whatever_it_looks_like_and_nobody_else_s(station: Station) -> None:
    for subject in (station.subject, f"{station.subject}/?#\\ of another directory", "é" * 200):
        bar = Bar(subject=f"{subject} {fresh_id()}", revoked_at=NOW)
        assert await station.records.bar(bar.subject) is None
        await station.records.write(bar.pk, [Create(bar)])
        held = await station.records.bar(bar.subject)
        assert held is not None
        assert held.record == bar
        with pytest.raises(Clash):
            await station.records.write(bar.pk, [Create(bar)])
        await station.records.write(bar.pk, [Replace(replace(bar, revoked_at=NOW + HOUR), held.version)])
    assert await station.records.bar(fresh_id()) is None
