"""Records by time: what is due for weeding, to the microsecond, and the feed of entries."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.domain.entry import Entry, Outcome
from shared.domain.footage import Clip, Evidential, Retention, State
from shared.domain.retention import KEPT_FOR
from shared.ports import Create, EntryFilter, Place, Records
from tests.builders import MICROSECOND, a_clip, a_decision, a_hold, an_actor, an_asking, an_entry, fresh_id

LONG_AGO = datetime.fromisoformat("2001-01-01T00:00:00+00:00")


class Due:
    """Clips due in a stretch of time that no other test has: what other tests left lies outside it."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.begins = LONG_AGO + timedelta(seconds=int(fresh_id().replace("-", "")[:7], 16))
        self.at = self.begins + timedelta(seconds=10)

    async def add(self, weed_after: datetime | None = None, **changes: Any) -> Clip:
        after = weed_after or self.at
        clip = a_clip(**({"id": fresh_id(), "uploaded_at": after - KEPT_FOR} | changes))
        await self.records.write(clip.id, [Create(clip)])
        return clip

    async def find(self, now: datetime, after: Place | None = None, limit: int = 100) -> list[Clip]:
        return list(await self.records.due(now, after=after or Place(self.begins, ""), limit=limit))


@pytest.fixture
def due(records: Records) -> Due:
    return Due(records)


async def test_a_clip_is_due_from_the_very_microsecond_its_time_is_over(due: Due) -> None:
    clip = await due.add()

    assert await due.find(due.at - MICROSECOND) == []
    assert await due.find(due.at) == [clip]
    assert await due.find(due.at + MICROSECOND) == [clip]


async def test_a_clip_on_hold_is_never_due(due: Due) -> None:
    await due.add(holds=(a_hold(),))
    await due.add(holds=(a_hold(), a_hold(id="hold-2")))

    assert await due.find(due.at + timedelta(days=1)) == []


@pytest.mark.parametrize("state", [state for state in State if state is not State.HELD])
async def test_only_a_held_clip_is_due(due: Due, state: State) -> None:
    await due.add(state=state)

    assert await due.find(due.at + timedelta(days=1)) == []


async def test_evidence_and_whatever_has_no_time_to_be_weeded_is_not_due(due: Due) -> None:
    await due.add(decision=a_decision(evidential=Evidential.YES, at=due.at - KEPT_FOR))
    await due.add(retention=Retention(rule="by hand"))

    assert await due.records.due(due.at + timedelta(days=1), after=Place(due.begins, ""), limit=100) == []


async def test_the_longest_overdue_comes_first_then_by_id_and_pages_cover_everything_once(due: Due) -> None:
    same = [await due.add() for _ in range(4)]
    later = await due.add(due.at + MICROSECOND)
    earlier = await due.add(due.at - MICROSECOND)
    everything = [earlier, *sorted(same, key=lambda clip: clip.id), later]

    now = due.at + timedelta(days=1)
    found: list[Clip] = []
    while page := await due.find(now, _end(found), limit=2):
        found += page
        assert len(page) <= 2
        assert len(found) <= len(everything)
    assert found == everything


def _end(found: list[Clip]) -> Place | None:
    if not found or found[-1].retention.weed_after is None:
        return None
    return Place(found[-1].retention.weed_after, found[-1].id)


async def test_what_was_put_off_is_passed_by_and_comes_back_in_its_time(due: Due) -> None:
    """A clip the storage would not delete is looked at again later; meanwhile it blocks nothing."""
    put_off = await due.add(due.at + timedelta(hours=24))
    clip = await due.add()

    assert await due.find(due.at + timedelta(hours=1)) == [clip]
    assert await due.find(due.at + timedelta(hours=24)) == [clip, put_off]


class Feed:
    """Entries of one borough that no other test has."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.borough = fresh_id()
        self.at = LONG_AGO

    async def add(self, at: datetime | None = None, **changes: Any) -> Entry:
        pk = fresh_id()
        actor = an_actor(id=str(changes.pop("actor", "P1")))
        asking = an_asking(at=at or self.at, actor=actor)
        given: dict[str, Any] = {"asking": asking, "pk": pk, "subject": pk, "borough": self.borough}
        entry, _ = an_entry(**(given | changes))
        await self.records.write(pk, [Create(entry)])
        return entry

    async def find(self, after: Place | None = None, limit: int = 100, **asked: Any) -> list[Entry]:
        query = EntryFilter(**({"borough": self.borough} | asked))
        return list(await self.records.feed(query, after=after, limit=limit))


@pytest.fixture
def feed(records: Records) -> Feed:
    return Feed(records)


async def test_an_auditor_of_a_borough_reads_that_borough_only(feed: Feed) -> None:
    entry = await feed.add()
    elsewhere = await feed.add(borough=fresh_id())
    nowhere = await feed.add(borough=None, subject=elsewhere.subject)

    assert await feed.find() == [entry]
    assert {each.id for each in await feed.find(borough=None, subject=elsewhere.subject)} == {elsewhere.id, nowhere.id}


async def test_subject_actor_and_action_each_filter_and_add_up(feed: Feed) -> None:
    played = await feed.add(action="footage.played", actor="P2")
    categorised = await feed.add(action="footage.categorised", actor="P2", outcome=Outcome.REFUSED)
    by_another = await feed.add(action="footage.played", actor="P3")

    assert await feed.find(subject=played.subject) == [played]
    assert {each.id for each in await feed.find(actor="P2")} == {played.id, categorised.id}
    assert {each.id for each in await feed.find(action="footage.played")} == {played.id, by_another.id}
    assert await feed.find(action="footage.played", actor="P2") == [played]
    assert await feed.find(action="' OR true", actor="P2") == []


async def test_a_stretch_of_time_has_its_first_moment_and_not_its_last(feed: Feed) -> None:
    before, first, last = [await feed.add(feed.at + offset * MICROSECOND) for offset in (-1, 0, 1)]

    assert await feed.find(since=feed.at) == [last, first]
    assert await feed.find(until=feed.at) == [before]
    assert await feed.find(since=feed.at, until=feed.at + MICROSECOND) == [first]
    assert await feed.find(since=feed.at, until=feed.at) == []


async def test_the_feed_is_newest_first_then_by_id_and_stable_while_it_grows(feed: Feed) -> None:
    same = [await feed.add() for _ in range(5)]
    newer = await feed.add(feed.at + MICROSECOND)
    everything = [newer, *sorted(same, key=lambda entry: entry.id, reverse=True)]

    found: list[Entry] = []
    while page := await feed.find(Place(found[-1].occurred_at, found[-1].id) if found else None, limit=2):
        found += page
        assert len(page) <= 2
        assert len(found) <= len(everything)
        await feed.add(feed.at + timedelta(days=1))
    assert found == everything


async def test_the_feed_has_entries_and_nothing_else(feed: Feed) -> None:
    entry = await feed.add()
    clip = a_clip(id=entry.subject, borough=feed.borough)
    await feed.records.write(clip.id, [Create(replace(clip, incident="CAD 1"))])

    assert await feed.find(subject=entry.subject) == [entry]
