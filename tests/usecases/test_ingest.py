"""Ingest: whatever lands becomes one clip, once; what is wrong with it is a reason of its quarantine."""

import pytest

from shared.domain.entry import Operation, Reason
from shared.domain.footage import Fixity, Integrity, State
from shared.domain.media import Problem
from shared.domain.naming import id_of_path
from shared.usecases.fixity import fixity
from shared.usecases.ingest import Ingested, ingest
from tests.builders import (
    CAMERA,
    DOCK,
    JPEG,
    NOW,
    OFFICER,
    RECORDING,
    UPLOADED,
    a_grant,
    an_inspection,
)
from tests.fakes import Outage, World
from tests.usecases.scenes import (
    CONTENT,
    HASH,
    PATH,
    a_landed_blob,
    a_stored_clip,
    actions,
    by_the_service,
    entries,
    intake,
    the_clip,
)


async def land(world: World, path: str = PATH, key: str = "event-1", etag: str | None = None) -> Ingested:
    return await ingest(path, etag=etag, asking=by_the_service(key=key), intake=intake(world))


async def test_good_footage_becomes_a_clip_with_its_poster_its_question_and_its_announcement() -> None:
    world = World()
    a_landed_blob(world)
    assert await land(world) is Ingested.TAKEN_IN
    clip = the_clip(world)
    assert (clip.state, clip.uploaded_at, clip.integrity) == (State.HELD, UPLOADED, Integrity(claimed=HASH))
    assert [clip.blob] == world.footage.versions(PATH)
    assert world.footage.posters == {RECORDING: JPEG}
    assert world.queue.asked == [RECORDING]
    assert world.announcer.announced == [(clip, NOW)]
    (entry,) = entries(world)
    assert (entry.action, entry.operation, entry.reason) == ("footage.ingested", Operation.COLLECTION, None)


async def test_the_entry_of_a_collection_says_what_was_collected() -> None:
    world = World()
    a_landed_blob(world)
    await land(world)
    (entry,) = entries(world)
    blob = the_clip(world).blob
    assert {change.field: change.after for change in entry.changes} == {
        "version": blob.version,
        "etag": blob.etag,
        "size": str(len(CONTENT)),
        "claimed": HASH,
        "officer": OFFICER,
        "camera": CAMERA,
        "dock": DOCK,
    }
    assert {change.before for change in entry.changes} == {None}


async def test_never_are_all_bytes_read() -> None:
    world = World()
    a_landed_blob(world)
    await land(world)
    assert "footage.stream" not in world.faults.calls
    assert world.faults.calls.count("footage.read") == 1


@pytest.mark.parametrize("problem", Problem)
async def test_broken_footage_is_kept_and_quarantined_with_its_reason(problem: Problem) -> None:
    world = World(finds=an_inspection(media=None, poster=None, problems=(problem,)))
    a_landed_blob(world)
    assert await land(world) is Ingested.QUARANTINED
    assert (the_clip(world).state, the_clip(world).quarantine) == (State.QUARANTINED, (problem.value,))
    assert world.footage.versions(PATH)
    assert world.footage.posters == {}
    assert world.queue.asked == [RECORDING]
    (entry,) = entries(world)
    assert entry.reason == Reason(code="quarantined", text=problem.value)


async def test_many_reasons_fit_into_an_entry() -> None:
    world = World(finds=an_inspection(problems=tuple(Problem) * 2))
    a_landed_blob(world, dock="d", borough="b", camera="c", officer="o")
    await land(world)
    (entry,) = entries(world)
    assert entry.reason is not None
    assert entry.reason.text is not None
    assert len(entry.reason.text) == 200
    assert len(the_clip(world).quarantine) == len(Problem) * 2 + 4


async def test_a_blob_without_a_grant_is_a_clip_named_by_its_path() -> None:
    world = World()
    a_landed_blob(world, granted=False)
    assert await land(world) is Ingested.QUARANTINED
    assert the_clip(world, id_of_path(PATH)).quarantine == ("no-grant",)


@pytest.mark.parametrize("path", ["holiday.mp4", "a b/ü.mp4", "hackney/2026/11/25/AX3/not-a-uuid.mp4"])
async def test_an_unnamed_blob_is_kept_too(path: str) -> None:
    world = World()
    world.footage.put(path, CONTENT, at=UPLOADED)
    assert await land(world, path) is Ingested.QUARANTINED
    assert the_clip(world, id_of_path(path)).blob.path == path


async def test_a_grant_for_another_path_is_no_grant_for_this_one() -> None:
    world = World()
    a_landed_blob(world)
    other = PATH.replace("hackney", "camden")
    world.footage.put(other, CONTENT, at=UPLOADED)
    assert await land(world, other) is Ingested.QUARANTINED
    assert the_clip(world, id_of_path(other)).quarantine == ("no-grant",)


async def test_a_repeat_changes_nothing_but_asks_and_announces_again_while_the_hash_is_pending() -> None:
    world = World()
    a_landed_blob(world)
    await land(world)
    clip = the_clip(world)
    assert await land(world, key="event-2") is Ingested.REPEATED
    assert (the_clip(world), actions(world)) == (clip, ["footage.ingested"])
    assert world.queue.asked == [RECORDING] * 2
    assert len(world.announcer.announced) == 2


@pytest.mark.parametrize("answered", [Fixity.VERIFIED, Fixity.MISMATCH, Fixity.UNCLAIMED])
async def test_a_repeat_when_the_hash_is_known_asks_nothing(answered: Fixity) -> None:
    world = World()
    a_stored_clip(world, integrity=Integrity(state=answered, sha256=HASH, verified_at=NOW))
    assert await land_granted(world) is Ingested.REPEATED
    assert (world.queue.asked, world.announcer.announced) == ([], [])


@pytest.mark.parametrize("state", [State.CONDEMNED, State.WEEDED])
async def test_a_repeat_about_what_is_being_weeded_asks_nothing(state: State) -> None:
    world = World()
    a_stored_clip(world, state=state)
    assert await land_granted(world) is Ingested.REPEATED
    assert (world.queue.asked, world.announcer.announced) == ([], [])


async def test_an_announcement_that_failed_is_repeated_though_the_hash_was_answered_in_between() -> None:
    """The hash is asked for last. Asked for first, it could be answered before the event comes again, and its answer
    would end the repeats: the announcement would be lost for good."""
    world = World()
    a_landed_blob(world)
    world.faults.break_every("announcer.footage_indexed")
    with pytest.raises(Outage):
        await land(world)
    world.faults.mend()
    await whatever_was_asked_is_answered(world)
    await land(world, key="event-2")
    assert [clip.id for clip, _ in world.announcer.announced] == [RECORDING]
    assert world.queue.asked == [RECORDING]


async def whatever_was_asked_is_answered(world: World) -> None:
    for clip in world.queue.asked:
        asking = by_the_service(key="m-1")
        await fixity(clip, asking=asking, now=lambda: NOW, records=world.records, footage=world.footage)


async def test_a_lost_inspector_is_a_fault_and_leaves_nothing_behind() -> None:
    world = World()
    a_landed_blob(world)
    world.faults.break_every("inspector.inspect")
    with pytest.raises(Outage):
        await land(world)
    assert entries(world) == []
    assert world.footage.posters == {}


async def test_no_index_no_question_and_no_announcement() -> None:
    world = World()
    a_landed_blob(world)
    world.faults.break_every("records.write")
    with pytest.raises(Outage):
        await land(world)
    assert (world.queue.asked, world.announcer.announced) == ([], [])


async def land_granted(world: World, key: str = "event-1", etag: str | None = None) -> Ingested:
    """The event of a recording that was granted for the path."""
    world.records.put(a_grant(size=len(CONTENT), sha256=HASH))
    return await land(world, key=key, etag=etag)
