"""Event Grid -> ingest: both schemas, repeats, and events that can never become good."""

from datetime import UTC, datetime
from typing import Any

import azure.functions as func
import pytest

from functions.watched import Failed
from shared.domain.footage import Clip, State
from tests.builders import RECORDING, UPLOADED, a_grant, a_metadata, a_path
from tests.functions.world import MemoryService

CREATED = "Microsoft.Storage.BlobCreated"
CONTAINERS = "/blobServices/default/containers"
SUBJECT = f"{CONTAINERS}/footage/blobs/{a_path()}"
CONTENT = b"\0" * 4096
Event = func.CloudEvent | func.EventGridEvent


def data(**changes: Any) -> dict[str, Any]:
    return {"api": "PutBlockList", "eTag": "0x8DE000000000001", "contentLength": len(CONTENT)} | changes


def a_cloud_event(**changes: Any) -> func.CloudEvent:
    said = {"type": CREATED, "subject": SUBJECT, "data": data()} | changes
    return func.CloudEvent(id="event-1", source="/storage", specversion="1.0", **said)


def an_event_grid_event(**changes: Any) -> func.EventGridEvent:
    said = {"event_type": CREATED, "subject": SUBJECT, "data": data()} | changes
    return func.EventGridEvent(
        id="event-1", topic="/storage", event_time=datetime(2026, 11, 25, tzinfo=UTC), data_version="1", **said
    )


def land(world: MemoryService) -> None:
    landed = world.footage.put(a_path(), CONTENT, at=UPLOADED, metadata=a_metadata())
    world.records.put(a_grant(size=landed.blob.size))


async def clip_of(world: MemoryService) -> Clip:
    held = await world.records.clip(RECORDING)
    assert held is not None
    return held.record


@pytest.mark.parametrize("event", [a_cloud_event(), an_event_grid_event()])
async def test_a_blob_that_landed_becomes_a_clip_in_either_schema(world: MemoryService, event: Event) -> None:
    land(world)
    await world.trigger("ingest", event)
    assert (await clip_of(world)).state is State.HELD
    (entry,) = world.entries(RECORDING)
    assert (entry.action, entry.actor.id, entry.actor.kind) == ("footage.ingested", "system:ingest", "service")
    assert (world.queue.asked, len(world.announcer.announced)) == ([RECORDING], 1)
    assert world.metrics.counts == {"ingest.taken-in": 1}


async def test_a_repeat_changes_nothing_and_asks_again_while_the_hash_is_pending(world: MemoryService) -> None:
    land(world)
    await world.trigger("ingest", a_cloud_event())
    before = world.records.everything()
    await world.trigger("ingest", an_event_grid_event())
    assert world.records.everything() == before
    assert world.queue.asked == [RECORDING, RECORDING]
    assert world.metrics.counts["ingest.repeated"] == 1


@pytest.mark.parametrize("api", ["PutBlob", "PutBlockList", "CopyBlob", "FlushWithClose"])
async def test_each_way_to_commit_a_blob_is_taken(world: MemoryService, api: str) -> None:
    land(world)
    await world.trigger("ingest", a_cloud_event(data=data(api=api)))
    assert (await clip_of(world)).id == RECORDING


@pytest.mark.parametrize(
    "changes",
    [
        {"data": data(api="PutBlock")},
        {"data": data(api="CreateFile")},
        {"data": data(api=None)},
        {"data": data(api=["PutBlob"])},
        {"data": {}},
        {"data": None},
        {"data": "a text"},
        {"data": [data()]},
        {"type": "Microsoft.Storage.BlobDeleted"},
        {"type": "Continuity.FootageIndexed"},
        {"subject": None},
        {"subject": ""},
        {"subject": f"{CONTAINERS}/posters/blobs/{RECORDING}.jpg"},
        {"subject": f"{CONTAINERS}/footage-copy/blobs/{a_path()}"},
        {"subject": f"/evil{SUBJECT}"},
        {"subject": f"{CONTAINERS}/footage/blobs/"},
        {"subject": a_path()},
    ],
)
async def test_an_event_that_can_never_become_good_is_answered_and_counted(
    world: MemoryService, changes: dict[str, Any]
) -> None:
    land(world)
    before = world.records.everything()
    await world.trigger("ingest", a_cloud_event(**changes))
    assert world.records.everything() == before
    assert world.metrics.counts == {"ingest.not-footage": 1}


async def test_a_blob_that_is_gone_already_is_answered(world: MemoryService) -> None:
    await world.trigger("ingest", a_cloud_event())
    assert (world.metrics.counts, world.entries()) == ({"ingest.gone": 1}, [])


async def test_a_path_with_spaces_and_percent_signs_is_taken_as_it_is(world: MemoryService) -> None:
    """The subject is the exact name; it is not a URL and must not be decoded."""
    world.footage.put("odd name %2B.mp4", CONTENT, at=UPLOADED)
    await world.trigger("ingest", a_cloud_event(subject=f"{CONTAINERS}/footage/blobs/odd name %2B.mp4"))
    assert world.metrics.counts == {"ingest.quarantined": 1}


@pytest.mark.parametrize("broken", ["footage.landed", "records.write", "queue.ask", "announcer.footage_indexed"])
async def test_a_fault_is_raised_so_that_the_event_comes_again(world: MemoryService, broken: str) -> None:
    land(world)
    world.faults.break_every(broken)
    with pytest.raises(Failed, match="Outage at "):
        await world.trigger("ingest", a_cloud_event())
    world.faults.mend()
    await world.trigger("ingest", a_cloud_event())
    assert (await clip_of(world)).state is State.HELD
    assert (len(world.entries(RECORDING)), world.queue.asked[-1]) == (1, RECORDING)


async def test_the_log_names_the_event_and_never_what_it_holds(
    world: MemoryService, caplog: pytest.LogCaptureFixture
) -> None:
    world.footage.put("Mrs Doe.mp4", CONTENT, at=UPLOADED)
    with caplog.at_level("INFO"):
        await world.trigger("ingest", a_cloud_event(subject=f"{CONTAINERS}/footage/blobs/Mrs Doe.mp4"))
    assert "event-1" in caplog.text
    assert "Mrs Doe" not in caplog.text
