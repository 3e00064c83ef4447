"""Ingest: whatever lands becomes one clip, once; what is wrong with it is a reason of its quarantine."""

from collections.abc import Awaitable, Callable

import pytest

from shared.domain.entry import Operation, Outcome, Reason
from shared.domain.footage import Fixity, Integrity, State
from shared.domain.media import Inspection, Problem
from shared.domain.naming import id_of_path
from shared.ports import Gone
from shared.usecases.ingest import Ingested, ingest
from tests.builders import JPEG, NOW, RECORDING, UPLOADED, a_grant, an_inspection
from tests.fakes import FakeInspector, Outage, World
from tests.usecases.scenes import (
    CONTENT,
    HASH,
    PATH,
    a_landed_blob,
    a_stored_clip,
    actions,
    assert_trails_whole,
    by_the_service,
    entries,
    intake,
    the_clip,
)


async def land(world: World, path: str = PATH, key: str = "event-1") -> Ingested:
    return await ingest(path, asking=by_the_service(key=key), intake=intake(world))


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


@pytest.mark.parametrize("versioned", [True, False])
async def test_a_second_content_is_an_incident_and_the_first_stays_the_one_served(versioned: bool) -> None:
    world = World(versioned=versioned)
    clip = a_stored_clip(world)
    second = world.footage.put(PATH, b"a second content", at=UPLOADED)
    assert await land_granted(world) is Ingested.OVERWRITTEN
    assert await land_granted(world, "event-2") is Ingested.OVERWRITTEN
    assert the_clip(world) == clip
    (entry,) = entries(world)
    assert (entry.action, entry.outcome) == ("footage.overwritten", Outcome.REFUSED)
    told = {change.field: (change.before, change.after) for change in entry.changes}
    assert told["etag"] == (clip.blob.etag, second.blob.etag)
    assert told["version"] == (clip.blob.version, second.blob.version)
    assert world.footage.posters == {RECORDING: JPEG}


async def test_a_third_content_is_another_incident() -> None:
    world = World()
    a_stored_clip(world)
    for number in range(2):
        world.footage.put(PATH, bytes([number]), at=UPLOADED)
        await land_granted(world, f"event-{number}")
    assert actions(world) == ["footage.overwritten"] * 2
    assert_trails_whole(world)


async def test_what_is_gone_before_it_is_looked_at_is_answered() -> None:
    world = World()
    assert await land(world) is Ingested.GONE
    assert world.records.everything() == []


async def test_what_goes_while_it_is_looked_at_is_answered() -> None:
    class Vanishing(FakeInspector):
        async def inspect(self, size: int, read: Callable[[int, int], Awaitable[bytes]]) -> Inspection:
            raise Gone

    world = World()
    a_landed_blob(world)
    world.inspector = Vanishing(world.faults)
    assert await land(world) is Ingested.GONE
    assert (entries(world), world.queue.asked) == ([], [])


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


async def land_granted(world: World, key: str = "event-1") -> Ingested:
    """The event of a recording that was granted for the path."""
    world.records.put(a_grant(size=len(CONTENT), sha256=HASH))
    return await land(world, key=key)
