"""Fixity: the answer, once, of reading the pinned version back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.domain.entry import Change, Outcome
from shared.domain.footage import ClipId, Evidential, Fixity, Integrity, Sha256, State
from shared.usecases.fixity import Checked, fixity, poisoned
from shared.usecases.weed import weed
from tests.builders import NOW, RECORDING, UPLOADED, a_clip, a_decision, an_overdue_clip
from tests.fakes import MemoryFootage, World
from tests.usecases.scenes import CONTENT, HASH, PATH, a_stored_clip, actions, by_the_service, entries, the_clip

OTHER = Sha256("ab" * 32)


async def check(world: World, key: str = "m-1", now: Callable[[], datetime] = lambda: NOW) -> Checked:
    asking = by_the_service(key=key)
    return await fixity(RECORDING, asking=asking, now=now, records=world.records, footage=world.footage)


async def test_the_claimed_bytes_are_verified() -> None:
    world = World()
    a_stored_clip(world)
    assert await check(world) is Checked.VERIFIED
    assert the_clip(world).integrity == Integrity(state=Fixity.VERIFIED, claimed=HASH, sha256=HASH, verified_at=NOW)
    (entry,) = entries(world)
    assert (entry.action, entry.outcome) == ("footage.verified", Outcome.GRANTED)
    assert entry.changes == (
        Change(field="version", before=None, after=the_clip(world).blob.version),
        Change(field="sha256", before=HASH, after=HASH),
    )


@pytest.mark.parametrize("versioned", [True, False])
async def test_the_entry_names_the_version_that_was_read_or_its_etag_where_there_is_none(versioned: bool) -> None:
    world = World(versioned=versioned)
    blob = a_stored_clip(world).blob
    await check(world)
    (entry,) = entries(world)
    told = {change.field: change.after for change in entry.changes}
    assert told["version"] == (blob.version if versioned else blob.etag)


async def test_the_answer_is_dated_when_the_last_byte_was_read_and_not_when_the_question_was_asked() -> None:
    world = World()
    world.footage = MemoryFootage(world.faults, chunk=7)
    a_stored_clip(world)

    def a_second_for_each_piece() -> datetime:
        return NOW + timedelta(seconds=world.faults.calls.count("footage.stream"))

    await check(world, now=a_second_for_each_piece)
    read = NOW + timedelta(seconds=-(-len(CONTENT) // 7))
    (entry,) = entries(world)
    assert (the_clip(world).integrity.verified_at, entry.occurred_at) == (read, read)


async def test_other_bytes_are_a_mismatch_a_failure_and_a_quarantine() -> None:
    world = World()
    a_stored_clip(world, integrity=Integrity(claimed=OTHER))
    assert await check(world) is Checked.MISMATCH
    clip = the_clip(world)
    assert (clip.state, clip.quarantine, clip.integrity.sha256) == (State.QUARANTINED, ("hash-mismatch",), HASH)
    (entry,) = entries(world)
    assert (entry.action, entry.outcome) == ("footage.mismatched", Outcome.FAILED)
    assert entry.changes[-1] == Change(field="sha256", before=OTHER, after=HASH)


async def test_bytes_nobody_claimed_are_hashed() -> None:
    world = World()
    a_stored_clip(world, integrity=Integrity())
    assert await check(world) is Checked.UNCLAIMED
    assert the_clip(world).integrity.sha256 == HASH
    assert actions(world) == ["footage.hashed"]


async def test_it_is_the_pinned_version_that_is_read_and_not_the_newest() -> None:
    world = World()
    a_stored_clip(world)
    world.footage.put(PATH, b"something else", at=UPLOADED)
    assert await check(world) is Checked.VERIFIED


async def test_the_bytes_are_read_in_pieces() -> None:
    world = World()
    world.footage = MemoryFootage(world.faults, chunk=7)
    a_stored_clip(world)
    assert await check(world) is Checked.VERIFIED
    assert world.faults.calls.count("footage.stream") == -(-len(CONTENT) // 7)


async def test_asked_again_nothing_is_read_and_nothing_entered() -> None:
    world = World()
    a_stored_clip(world)
    await check(world)
    world.faults.mend()
    assert await check(world, "m-2") is Checked.NOTHING_TO_DO
    assert world.faults.calls == ["records.clip"]
    assert actions(world) == ["footage.verified"]


@pytest.mark.parametrize("state", [State.CONDEMNED, State.WEEDED])
async def test_what_is_being_weeded_needs_no_hash(state: State) -> None:
    world = World()
    a_stored_clip(world, state=state)
    assert await check(world) is Checked.NOTHING_TO_DO
    assert entries(world) == []


async def test_of_no_clip_there_is_nothing_to_do() -> None:
    assert await check(World()) is Checked.NOTHING_TO_DO


async def test_what_was_decided_while_the_bytes_were_read_stays() -> None:
    world = World()
    clip = a_stored_clip(world)
    decision = a_decision(evidential=Evidential.YES)

    async def an_officer_decides(call: str) -> None:
        if call == "footage.stream":
            world.records.put(a_clip(blob=clip.blob, integrity=clip.integrity, decision=decision))

    world.faults.pause = an_officer_decides
    assert await check(world) is Checked.VERIFIED
    assert the_clip(world).decision == decision


async def test_what_was_decided_between_reading_the_clip_and_writing_it_stays() -> None:
    world = World()
    clip = a_stored_clip(world)
    decision = a_decision(evidential=Evidential.YES)
    once = iter([decision])

    async def an_officer_decides(call: str) -> None:
        if call == "records.write":
            for made in once:
                world.records.put(a_clip(blob=clip.blob, integrity=clip.integrity, decision=made))

    world.faults.pause = an_officer_decides
    assert await check(world) is Checked.VERIFIED
    assert (the_clip(world).decision, the_clip(world).integrity.state) == (decision, Fixity.VERIFIED)
    assert actions(world) == ["footage.verified"]


async def test_a_version_that_is_not_there_is_a_failure_entered_once() -> None:
    world = World()
    world.records.put(a_clip())
    assert await check(world) is Checked.MISSING
    assert await check(world, "m-2") is Checked.MISSING
    (entry,) = entries(world)
    assert (entry.action, entry.outcome) == ("footage.missing", Outcome.FAILED)
    assert entry.changes == (Change(field="version", before=a_clip().blob.etag, after=None),)
    assert the_clip(world).integrity.state is Fixity.PENDING


async def test_a_clip_whose_version_is_not_there_is_quarantined_with_its_entry_and_never_weeded_by_itself() -> None:
    world = World()
    world.records.put(an_overdue_clip())
    await check(world)
    clip = the_clip(world)
    assert (clip.state, clip.quarantine) == (State.QUARANTINED, ("version-not-found",))
    assert world.faults.calls.count("records.write") == 1
    asking = by_the_service(key="run-1")
    await weed(
        asking=asking,
        now=lambda: NOW,
        records=world.records,
        footage=world.footage,
        out_of_time=lambda: False,
        at_once=1,
    )
    assert (the_clip(world), actions(world)) == (clip, ["footage.missing"])


async def test_what_was_decided_while_the_version_was_looked_for_stays_beside_the_quarantine() -> None:
    world = World()
    world.records.put(a_clip())
    decision = a_decision(evidential=Evidential.YES)

    async def an_officer_decides(call: str) -> None:
        if call == "footage.stream":
            world.records.put(a_clip(decision=decision))

    world.faults.pause = an_officer_decides
    assert await check(world) is Checked.MISSING
    assert (the_clip(world).decision, the_clip(world).state) == (decision, State.QUARANTINED)


async def test_a_version_that_goes_while_it_is_read_because_it_is_weeded_is_no_failure() -> None:
    world = World()
    clip = a_stored_clip(world)

    async def weeded(call: str) -> None:
        if call == "footage.stream":
            world.records.put(a_clip(blob=clip.blob, state=State.WEEDED))
            world.footage._blobs.clear()

    world.faults.pause = weeded
    assert await check(world) is Checked.NOTHING_TO_DO
    assert entries(world) == []


async def test_a_question_given_up_is_entered_once_for_each_message() -> None:
    world = World()
    for key in ("m-1", "m-1", "m-2"):
        await poisoned(ClipId(RECORDING), asking=by_the_service(key=key), records=world.records)
    assert [(entry.action, entry.outcome) for entry in entries(world)] == [("fixity.poisoned", Outcome.FAILED)] * 2


async def test_the_clip_that_waits_is_marked_in_the_transaction_of_the_poison_and_an_answer_clears_it() -> None:
    world = World()
    a_stored_clip(world)
    await poisoned(RECORDING, asking=by_the_service(key="m-1"), records=world.records)
    assert the_clip(world).integrity == Integrity(claimed=HASH, gave_up_at=NOW)
    assert await check(world) is Checked.VERIFIED
    assert the_clip(world).integrity.gave_up_at is None


async def test_a_message_given_up_after_the_answer_marks_nothing() -> None:
    world = World()
    a_stored_clip(world)
    await check(world)
    answered = the_clip(world)
    await poisoned(RECORDING, asking=by_the_service(key="m-2"), records=world.records)
    assert the_clip(world) == answered
    assert actions(world)[-1] == "fixity.poisoned"


async def test_a_clip_that_changes_while_it_is_marked_keeps_its_change() -> None:
    world = World()
    clip = a_stored_clip(world)
    changed = False

    async def an_officer(call: str) -> None:
        nonlocal changed
        if call == "records.write" and not changed:
            changed = True
            world.records.put(replace(clip, incident="CAD 1"))

    world.faults.pause = an_officer
    await poisoned(RECORDING, asking=by_the_service(), records=world.records)
    found = the_clip(world)
    assert (found.incident, found.integrity.gave_up_at) == ("CAD 1", NOW)
