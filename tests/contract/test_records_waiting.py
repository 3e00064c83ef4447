"""Records, what waits: each worklist has what is on it and nothing else, oldest first, each once, page by page."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.domain.footage import Clip, DockId, Fixity, Grant, Integrity, State
from shared.domain.worklist import Worklist
from shared.ports import Create, Held, Place, Records, Replace
from tests.builders import MICROSECOND, NOW, a_clip, a_grant, an_entry, fresh_id

LONG_AGO = datetime.fromisoformat("1990-01-01T00:00:00+00:00")
LASTS = timedelta(seconds=10)
MISMATCH = Integrity(state=Fixity.MISMATCH)
GIVEN_UP = Integrity(gave_up_at=NOW)


class Waiting:
    """Clips and grants of a stretch of time that no other test has."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.begins = LONG_AGO + timedelta(seconds=int(fresh_id().replace("-", "")[:7], 16))
        self.at = self.begins + LASTS / 2

    async def clip(self, at: datetime | None = None, **changes: Any) -> Clip:
        clip = a_clip(**({"id": fresh_id(), "uploaded_at": at or self.at} | changes))
        await self.records.write(clip.id, [Create(clip)])
        return clip

    async def grant(self, at: datetime | None = None, **changes: Any) -> Grant:
        grant = a_grant(**({"recording": fresh_id(), "granted_at": at or self.at} | changes))
        await self.records.write(grant.recording, [Create(grant)])
        return grant

    async def on(self, worklist: Worklist, after: Place | None = None, limit: int = 100) -> list[Clip]:
        found = await self.records.waiting(worklist, after=after or Place(self.begins, ""), limit=limit)
        return [held.record for held in found if held.record.uploaded_at < self.begins + LASTS]

    async def unmet(self, before: datetime, after: Place | None = None, limit: int = 100, **asked: Any) -> list[Grant]:
        start = after or Place(self.begins, "")
        return list(await self.records.unmet(before, after=start, limit=limit, **asked))


@pytest.fixture
def waits(records: Records) -> Waiting:
    return Waiting(records)


@pytest.mark.parametrize(
    "worklist, on, off",
    [
        (Worklist.QUARANTINE, {"state": State.QUARANTINED}, {"state": State.HELD, "quarantine": ("truncated",)}),
        (Worklist.MISMATCH, {"integrity": MISMATCH}, {"integrity": MISMATCH, "state": State.WEEDED}),
        (Worklist.MISMATCH, {"integrity": MISMATCH, "state": State.QUARANTINED}, {"state": State.QUARANTINED}),
        (Worklist.POISON, {"integrity": GIVEN_UP}, {"integrity": Integrity()}),
        (Worklist.POISON, {"integrity": GIVEN_UP, "state": State.QUARANTINED}, {"integrity": MISMATCH}),
        (Worklist.POISON, {"integrity": GIVEN_UP}, {"integrity": GIVEN_UP, "state": State.WEEDED}),
        (Worklist.POISON, {"integrity": GIVEN_UP}, {"integrity": replace(GIVEN_UP, state=Fixity.VERIFIED)}),
    ],
)
async def test_a_worklist_has_what_is_on_it_and_nothing_else(
    waits: Waiting, worklist: Worklist, on: dict[str, Any], off: dict[str, Any]
) -> None:
    clip = await waits.clip(**on)
    await waits.clip(**off)
    entry, _ = an_entry(pk=clip.id, subject=clip.id)
    await waits.records.write(clip.id, [Create(entry)])

    assert await waits.on(worklist) == [clip]


async def test_a_clip_that_waits_comes_with_its_version(waits: Waiting) -> None:
    clip = await waits.clip(state=State.QUARANTINED)

    (found,) = await waits.records.waiting(Worklist.QUARANTINE, after=Place(waits.begins, ""), limit=1)
    assert found == await waits.records.clip(clip.id)


@pytest.mark.parametrize("worklist", [Worklist.UNMET_GRANTS, Worklist.DEAD_LETTERS])
async def test_a_worklist_that_is_not_of_clips_is_a_fault(waits: Waiting, worklist: Worklist) -> None:
    with pytest.raises(KeyError):
        await waits.on(worklist)


@pytest.mark.parametrize("size", [1, 2, 3, 7])
async def test_the_oldest_comes_first_then_by_id_and_pages_cover_everything_once(waits: Waiting, size: int) -> None:
    same = [await waits.clip(state=State.QUARANTINED) for _ in range(4)]
    newer = await waits.clip(waits.at + MICROSECOND, state=State.QUARANTINED)
    older = await waits.clip(waits.at - MICROSECOND, state=State.QUARANTINED)

    found: list[Clip] = []
    after: Place | None = None
    while page := await waits.on(Worklist.QUARANTINE, after, size):
        found += page
        after = Place(page[-1].uploaded_at, page[-1].id)
        assert len(page) <= size
        assert len(found) <= len(same) + 2
    assert found == [older, *sorted(same, key=lambda clip: clip.id), newer]


async def test_a_grant_is_unmet_from_the_very_moment_until_it_is_met(waits: Waiting) -> None:
    grant = await waits.grant()
    assert await waits.unmet(waits.at - MICROSECOND) == []
    assert await waits.unmet(waits.at) == [grant]

    held = await waits.records.grant(grant.recording)
    assert isinstance(held, Held)
    await waits.records.write(grant.recording, [Replace(replace(grant, met=True), held.version)])
    assert await waits.unmet(waits.at) == []


async def test_unmet_grants_are_of_one_dock_and_from_a_moment_on_where_these_are_asked_for(waits: Waiting) -> None:
    dock = DockId(f"dock-{fresh_id()}")
    mine, later = await waits.grant(dock=dock), await waits.grant(waits.at + MICROSECOND, dock=dock)
    other = await waits.grant()
    until = waits.at + MICROSECOND

    assert await waits.unmet(until, dock=dock) == [mine, later]
    assert await waits.unmet(until, dock=dock, since=waits.at) == [mine, later]
    assert await waits.unmet(until, dock=dock, since=until) == [later]
    assert {grant.recording for grant in await waits.unmet(until)} == {mine.recording, later.recording, other.recording}


async def test_unmet_grants_come_oldest_first_then_by_recording_and_pages_cover_everything_once(
    waits: Waiting,
) -> None:
    same = [await waits.grant() for _ in range(4)]
    older = await waits.grant(waits.at - MICROSECOND)

    found: list[Grant] = []
    after: Place | None = None
    while page := await waits.unmet(waits.at, after, 2):
        found += page
        after = Place(page[-1].granted_at, page[-1].recording)
        assert len(page) <= 2
        assert len(found) <= len(same) + 1
    assert found == [older, *sorted(same, key=lambda grant: grant.recording)]
