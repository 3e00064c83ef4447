"""Records, of docks: the register with its versions, when each was seen, what it handed over and was refused."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.domain.activity import Handed
from shared.domain.document import from_document, to_document
from shared.domain.entry import Entry, Outcome
from shared.domain.footage import Clip, DockId, Fixity, Grant, Integrity, Sighting
from shared.ports import Clash, Create, Place, Records, Replace
from tests.builders import MICROSECOND, NOW, UPLOADED, a_clip, a_dock, a_grant, an_asking, an_entry, fresh_id


class Station:
    """A dock that no other test has, and what it did."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.dock = DockId(f"dock-{fresh_id()}")

    async def clip(self, at: datetime = UPLOADED, **changes: Any) -> Clip:
        clip = a_clip(**({"id": fresh_id(), "uploaded_at": at, "dock": self.dock} | changes))
        await self.records.write(clip.id, [Create(clip)])
        return clip

    async def grant(self, at: datetime = UPLOADED, **changes: Any) -> Grant:
        grant = a_grant(**({"recording": fresh_id(), "granted_at": at, "dock": self.dock} | changes))
        await self.records.write(grant.recording, [Create(grant)])
        return grant

    async def refused(self, subject: str, action: str = "refused.receipt", at: datetime = NOW) -> Entry:
        pk = f"actor:{fresh_id()}"
        asking = an_asking(at=at)
        entry, _ = an_entry(pk=pk, action=action, subject=subject, outcome=Outcome.REFUSED, asking=asking)
        await self.records.write(pk, [Create(entry)])
        return entry

    async def handed(self, since: datetime, after: Place | None = None, limit: int = 100) -> list[Handed]:
        return list(await self.records.handed_over(self.dock, since=since, after=after, limit=limit))


@pytest.fixture
def station(records: Records) -> Station:
    return Station(records)


def as_handed(clip: Clip) -> Handed:
    return from_document(Handed, to_document(clip))


async def test_the_register_says_which_version_of_each_dock_it_found(station: Station) -> None:
    dock = a_dock(id=station.dock)
    await station.records.write(dock.pk, [Create(dock)])

    (found,) = [held for held in await station.records.docks() if held.record.id == dock.id]
    assert found == await station.records.dock(dock.id)


async def test_a_sighting_lies_beside_its_dock_and_changes_by_itself(station: Station) -> None:
    dock, first = a_dock(id=station.dock), Sighting(dock=station.dock, at=NOW)
    await station.records.write(dock.pk, [Create(dock)])
    before = await station.records.dock(dock.id)
    assert await station.records.sighting(dock.id) is None

    await station.records.write(first.pk, [Create(first)])
    held = await station.records.sighting(dock.id)
    assert held is not None
    assert held.record == first
    again = Sighting(dock=station.dock, at=NOW + timedelta(minutes=1))
    await station.records.write(again.pk, [Replace(again, held.version)])
    with pytest.raises(Clash):
        await station.records.write(again.pk, [Replace(again, held.version)])

    assert [each for each in await station.records.sightings() if each.dock == dock.id] == [again]
    assert await station.records.dock(dock.id) == before


async def test_what_a_dock_handed_over_from_a_moment_on_is_found_and_no_more_than_is_looked_at(
    station: Station,
) -> None:
    since = UPLOADED
    mismatch = Integrity(state=Fixity.MISMATCH)
    first = await station.clip(since)
    last = await station.clip(since + MICROSECOND, quarantine=("truncated",), integrity=mismatch)
    await station.clip(since - MICROSECOND)
    await station.clip(dock=DockId(f"dock-{fresh_id()}"))
    await station.clip(dock=None)

    assert await station.handed(since) == [as_handed(last), as_handed(first)]


async def test_what_was_handed_over_comes_newest_first_and_pages_cover_everything_once(station: Station) -> None:
    clips = [await station.clip() for _ in range(5)]

    found: list[Handed] = []
    after: Place | None = None
    while page := await station.handed(UPLOADED, after, 2):
        found += page
        after = Place(page[-1].uploaded_at, page[-1].id)
        assert len(page) <= 2
        assert len(found) <= len(clips)
    assert [each.id for each in found] == sorted((clip.id for clip in clips), reverse=True)


async def test_the_newest_grant_of_a_dock_is_its_own(station: Station) -> None:
    assert await station.records.newest_grant(station.dock) is None
    await station.grant(UPLOADED - timedelta(days=1))
    newest = await station.grant(UPLOADED, met=True)
    await station.grant(UPLOADED + timedelta(days=1), dock=DockId(f"dock-{fresh_id()}"))

    assert await station.records.newest_grant(station.dock) == newest


async def test_the_refusals_of_a_dock_are_those_at_its_own_doors(station: Station) -> None:
    leave = await station.refused(station.dock, "refused.grant", NOW)
    receipt = await station.refused(f"{station.dock}/{fresh_id()}", at=NOW + MICROSECOND)
    await station.refused(f"{station.dock}-2/{fresh_id()}")
    await station.refused(station.dock, "refused.register_dock")
    await station.refused(station.dock, "refused.grant", NOW - MICROSECOND)

    found = await station.records.refusals_of(station.dock, since=NOW, limit=100)
    assert list(found) == [receipt, leave]
    assert list(await station.records.refusals_of(station.dock, since=NOW, limit=1)) == [receipt]
