"""Fixity: the answer, once, of reading the pinned version back."""

import pytest

from shared.domain.entry import Change, Outcome
from shared.domain.footage import ClipId, Evidential, Fixity, Integrity, Sha256, State
from shared.usecases.fixity import Checked, fixity, poisoned
from tests.builders import NOW, RECORDING, UPLOADED, a_clip, a_decision
from tests.fakes import MemoryFootage, World
from tests.usecases.scenes import CONTENT, HASH, PATH, a_stored_clip, actions, by_the_service, entries, the_clip

OTHER = Sha256("ab" * 32)


async def check(world: World, key: str = "m-1") -> Checked:
    return await fixity(RECORDING, asking=by_the_service(key=key), records=world.records, footage=world.footage)


async def test_the_claimed_bytes_are_verified() -> None:
    world = World()
    a_stored_clip(world)
    assert await check(world) is Checked.VERIFIED
    assert the_clip(world).integrity == Integrity(state=Fixity.VERIFIED, claimed=HASH, sha256=HASH, verified_at=NOW)
    (entry,) = entries(world)
    assert (entry.action, entry.outcome) == ("footage.verified", Outcome.GRANTED)
    assert entry.changes == (Change(field="sha256", before=HASH, after=HASH),)


async def test_other_bytes_are_a_mismatch_a_failure_and_a_quarantine() -> None:
    world = World()
    a_stored_clip(world, integrity=Integrity(claimed=OTHER))
    assert await check(world) is Checked.MISMATCH
    clip = the_clip(world)
    assert (clip.state, clip.quarantine, clip.integrity.sha256) == (State.QUARANTINED, ("hash-mismatch",), HASH)
    (entry,) = entries(world)
    assert (entry.action, entry.outcome) == ("footage.mismatched", Outcome.FAILED)
    assert entry.changes == (Change(field="sha256", before=OTHER, after=HASH),)


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
    assert the_clip(world).integrity.state is Fixity.PENDING


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
