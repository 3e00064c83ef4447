"""Ingest, and what should not have happened: a content overwritten, before or after it was taken in, or gone."""

from collections.abc import Awaitable, Callable

import pytest

from shared.domain.entry import Operation, Outcome, Reason
from shared.domain.footage import State
from shared.domain.media import Inspection
from shared.ports import Gone
from shared.usecases.ingest import Ingested
from tests.builders import BOROUGH, JPEG, RECORDING, UPLOADED
from tests.fakes import FakeInspector, World
from tests.usecases.scenes import (
    CONTENT,
    PATH,
    a_landed_blob,
    a_stored_clip,
    actions,
    assert_trails_whole,
    entries,
    the_clip,
)
from tests.usecases.test_ingest import land, land_granted


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


async def test_an_event_of_the_content_that_lies_there_is_no_incident() -> None:
    world = World()
    a_landed_blob(world)
    (blob,) = world.footage.versions(PATH)
    assert await land(world, etag=blob.etag) is Ingested.TAKEN_IN
    assert actions(world) == ["footage.ingested"]


async def test_a_content_that_was_overwritten_before_it_was_taken_in_is_an_incident_entered_once() -> None:
    world = World()
    a_landed_blob(world)
    (first,) = world.footage.versions(PATH)
    second = world.footage.put(PATH, CONTENT, at=UPLOADED).blob
    assert await land(world, etag=first.etag) is Ingested.TAKEN_IN
    assert await land(world, key="event-2", etag=second.etag) is Ingested.REPEATED
    assert await land(world, key="event-3", etag=first.etag) is Ingested.REPEATED
    assert actions(world) == ["footage.overwritten", "footage.ingested"]
    incident = entries(world)[0]
    assert (incident.operation, incident.outcome) == (Operation.ALTERATION, Outcome.REFUSED)
    told = {change.field: (change.before, change.after) for change in incident.changes}
    assert told["etag"] == (first.etag, second.etag)
    assert_trails_whole(world)


async def test_a_late_event_of_what_was_taken_in_is_one_incident_with_the_event_of_what_overwrote_it() -> None:
    """Two events, in whatever order, of two contents: one incident, not one of each."""
    world = World()
    clip = a_stored_clip(world)
    second = world.footage.put(PATH, b"a second content", at=UPLOADED).blob
    assert await land_granted(world, etag=second.etag) is Ingested.OVERWRITTEN
    assert await land_granted(world, "event-2", etag=clip.blob.etag) is Ingested.OVERWRITTEN
    assert actions(world) == ["footage.overwritten"]


async def test_a_content_that_came_and_went_after_another_was_taken_in_is_an_incident_of_its_own() -> None:
    world = World()
    a_stored_clip(world)
    second = world.footage.put(PATH, b"a second content", at=UPLOADED).blob
    world.footage.put(PATH, b"a third content", at=UPLOADED)
    assert await land_granted(world, etag=second.etag) is Ingested.OVERWRITTEN
    assert actions(world) == ["footage.overwritten"] * 2
    assert_trails_whole(world)


async def test_what_nobody_granted_and_is_gone_before_it_is_looked_at_is_answered() -> None:
    world = World()
    assert await land(world) is Ingested.GONE
    assert world.records.everything() == []


async def test_what_was_granted_and_is_gone_before_it_was_taken_in_is_missing_on_its_trail_once() -> None:
    world = World()
    assert await land_granted(world) is Ingested.GONE
    assert await land_granted(world, "event-2") is Ingested.GONE
    (entry,) = entries(world, RECORDING)
    assert (entry.action, entry.operation, entry.outcome) == ("footage.missing", Operation.COLLECTION, Outcome.FAILED)
    assert (entry.subject, entry.borough, entry.reason) == (RECORDING, BOROUGH, Reason(code="gone-before-ingest"))


@pytest.mark.parametrize("state", State)
async def test_what_was_taken_in_and_is_gone_is_not_missing_for_ingest(state: State) -> None:
    """Weeding took it, or fixity will find that somebody else did."""
    world = World()
    a_stored_clip(world, state=state)
    world.footage._blobs.clear()
    assert await land_granted(world) is Ingested.GONE
    assert entries(world) == []


async def test_what_was_granted_and_goes_while_it_is_looked_at_is_missing_too() -> None:
    class Vanishing(FakeInspector):
        async def inspect(self, size: int, read: Callable[[int, int], Awaitable[bytes]]) -> Inspection:
            raise Gone

    world = World()
    a_landed_blob(world)
    world.inspector = Vanishing(world.faults)
    assert await land(world) is Ingested.GONE
    assert (actions(world), world.queue.asked) == (["footage.missing"], [])
