"""Records, what is written beside a clip: notes and approvals are found where they belong, and deleted whole or not."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.domain.access import Reach
from shared.domain.annotate import Note
from shared.domain.approve import Approval, Standing
from shared.domain.footage import Borough, ClipId, OfficerId
from shared.ports import Clash, Create, Delete, Held, Place, Records, Replace
from tests.builders import FORCE, MICROSECOND, NOW, a_clip, a_note, an_approval, fresh_id

LONG_AGO = datetime.fromisoformat("1990-01-01T00:00:00+00:00")


def a_note_of(clip: ClipId, **changes: Any) -> Note:
    return a_note(clip=clip, entry=fresh_id(), **changes)


async def held_note(records: Records, note: Note) -> Held[Note]:
    await records.write(note.clip, [Create(note)])
    (held,) = [held for held in await records.notes(note.clip) if held.record.id == note.id]
    return held


async def test_the_notes_of_a_clip_are_its_own_and_all_of_them(records: Records) -> None:
    clip, other = fresh_id(), fresh_id()
    written = [a_note_of(clip, text=f"line one\nnote {number} \U0001f46e") for number in range(90)]
    await records.write(clip, [Create(a_clip(id=clip)), *(Create(note) for note in written)])
    await records.write(other, [Create(a_note_of(other))])

    found = [held.record for held in await records.notes(clip)]
    assert sorted(found, key=lambda note: note.entry) == sorted(written, key=lambda note: note.entry)
    assert await records.notes(fresh_id()) == []


async def test_the_approval_of_a_clip_is_its_own(records: Records) -> None:
    approval = an_approval(clip=fresh_id(), officer=None, borough=None)
    await records.write(approval.clip, [Create(approval)])

    held = await records.approval(approval.clip)
    assert held is not None
    assert held.record == approval
    assert await records.approval(fresh_id()) is None


async def test_what_is_deleted_is_gone_and_what_lies_beside_it_stays(records: Records) -> None:
    clip = fresh_id()
    goes, stays = await held_note(records, a_note_of(clip)), await held_note(records, a_note_of(clip))
    await records.write(clip, [Delete(goes.record, goes.version)])
    assert await records.notes(clip) == [stays]


async def test_deleting_another_version_is_a_clash_and_nothing_is_gone(records: Records) -> None:
    approval = an_approval(clip=fresh_id())
    await records.write(approval.clip, [Create(approval)])
    before = await records.approval(approval.clip)
    assert before is not None
    await records.write(approval.clip, [Replace(replace(approval, state=Standing.GRANTED), before.version)])
    after = await records.approval(approval.clip)

    with pytest.raises(Clash) as clash:
        await records.write(approval.clip, [Create(a_clip(id=approval.clip)), Delete(approval, before.version)])
    assert clash.value.index == 1
    assert await records.approval(approval.clip) == after
    assert await records.clip(approval.clip) is None


async def test_deleting_what_is_gone_is_a_clash(records: Records) -> None:
    clip = fresh_id()
    note = await held_note(records, a_note_of(clip))
    await records.write(clip, [Delete(note.record, note.version)])

    with pytest.raises(Clash) as clash:
        await records.write(clip, [Delete(note.record, note.version)])
    assert clash.value.index == 0


async def test_what_was_deleted_can_be_created_again(records: Records) -> None:
    clip = fresh_id()
    note = await held_note(records, a_note_of(clip))
    await records.write(clip, [Delete(note.record, note.version), Create(note.record)])
    assert [held.record for held in await records.notes(clip)] == [note.record]


async def test_a_transaction_that_clashes_after_a_deletion_deletes_nothing(records: Records) -> None:
    clip = fresh_id()
    note = await held_note(records, a_note_of(clip))
    await records.write(clip, [Create(a_clip(id=clip))])

    with pytest.raises(Clash) as clash:
        await records.write(clip, [Delete(note.record, note.version), Create(a_clip(id=clip))])
    assert clash.value.index == 1
    assert await records.notes(clip) == [note]


class Asked:
    """Approvals of a stretch of time, an officer and a borough that no other test has."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.begins = LONG_AGO + timedelta(seconds=int(fresh_id().replace("-", "")[:7], 16))
        self.at = self.begins + timedelta(seconds=5)
        self.officer, self.borough = OfficerId(f"P{fresh_id()}"), Borough(f"Borough {fresh_id()}")

    async def approval(self, at: datetime | None = None, **changes: Any) -> Approval:
        given = {"clip": fresh_id(), "asked_at": at or self.at, "officer": self.officer, "borough": self.borough}
        approval = an_approval(**(given | changes))
        await self.records.write(approval.clip, [Create(approval)])
        return approval

    async def within(
        self, reach: Reach, state: Standing = Standing.OPEN, after: Place | None = None, limit: int = 100
    ) -> list[Approval]:
        begin = after or Place(self.begins, "")
        found = await self.records.approvals(reach, state, after=begin, limit=limit)
        return [held.record for held in found if held.record.asked_at < self.at + timedelta(seconds=5)]


@pytest.fixture
def asked(records: Records) -> Asked:
    return Asked(records)


@pytest.mark.parametrize("state", Standing)
async def test_approvals_are_listed_by_where_they_stand(asked: Asked, state: Standing) -> None:
    each = {standing: await asked.approval(state=standing) for standing in Standing}
    assert await asked.within(FORCE, state) == [each[state]]


async def test_approvals_are_listed_within_reach(asked: Asked) -> None:
    own = await asked.approval(borough=Borough("elsewhere"))
    of_borough = await asked.approval(asked.at + MICROSECOND, officer=OfficerId("P0"))
    both = await asked.approval(asked.at + 2 * MICROSECOND)
    of_nobody = await asked.approval(asked.at + 3 * MICROSECOND, officer=None, borough=None)

    assert await asked.within(FORCE) == [own, of_borough, both, of_nobody]
    assert await asked.within(Reach(officer=asked.officer)) == [own, both]
    assert await asked.within(Reach(borough=asked.borough)) == [of_borough, both]
    assert await asked.within(Reach(officer=asked.officer, borough=asked.borough)) == [own, of_borough, both]
    assert await asked.within(Reach(client="a dock")) == []


async def test_an_approval_is_listed_with_its_version(asked: Asked) -> None:
    approval = await asked.approval()
    (found,) = await asked.records.approvals(Reach(officer=asked.officer), Standing.OPEN, after=None, limit=5)
    assert found == await asked.records.approval(approval.clip)


async def test_approvals_are_counted_by_where_they_stand_whosever_they_are(asked: Asked) -> None:
    before = {state: await asked.records.count_approvals(state) for state in Standing}
    await asked.approval()
    await asked.approval(officer=None, borough=None)
    await asked.approval(state=Standing.REFUSED)
    after = {state: await asked.records.count_approvals(state) for state in Standing}
    added = {state: after[state] - before[state] for state in Standing}
    assert added == {Standing.OPEN: 2, Standing.GRANTED: 0, Standing.REFUSED: 1, Standing.OVERTAKEN: 0}


@pytest.mark.parametrize("size", [1, 2, 3, 7])
async def test_who_asked_first_comes_first_then_by_clip_and_pages_cover_everything_once(
    asked: Asked, size: int
) -> None:
    same = [await asked.approval() for _ in range(4)]
    newer = await asked.approval(asked.at + MICROSECOND)
    older = await asked.approval(asked.at - MICROSECOND)

    found: list[Approval] = []
    after: Place | None = None
    while page := await asked.within(FORCE, after=after, limit=size):
        found += page
        after = Place(page[-1].asked_at, page[-1].clip)
        assert len(page) <= size
        assert len(found) <= len(same) + 2
    assert found == [older, *sorted(same, key=lambda approval: approval.clip), newer]


async def test_ninety_notes_a_tombstone_and_an_approval_are_one_transaction(records: Records) -> None:
    clip = a_clip(id=fresh_id())
    notes = [a_note_of(clip.id, text="警" * 2000) for _ in range(90)]
    for note in notes:  # one by one, as they are written: together they are more than a transaction holds
        await records.write(clip.id, [Create(note)])
    approval = an_approval(clip=clip.id, asked_at=NOW)
    await records.write(clip.id, [Create(clip), Create(approval)])
    held, asked_for = await records.clip(clip.id), await records.approval(clip.id)
    assert held is not None
    assert asked_for is not None

    gone = [Delete(note.record, note.version) for note in await records.notes(clip.id)]
    await records.write(clip.id, [Replace(clip, held.version), *gone, Delete(approval, asked_for.version)])
    assert (await records.notes(clip.id), await records.approval(clip.id)) == ([], None)
