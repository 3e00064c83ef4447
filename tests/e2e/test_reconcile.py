"""An event that never came: the recording is there, nobody knows of it, and reconcile takes it in."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from azure.storage.blob.aio import BlobClient

from local.calls import Person
from local.footage import synthesise
from local.stack import Stack
from local.story import BOROUGH, DOCK, STATION, Cast
from local.story_telling import until
from local.tokens import mint
from tests.e2e.store import Store

pytestmark = pytest.mark.stack
WHY = "Event Grid was down"


@contextmanager
def deaf_to_footage(stack: Stack) -> Iterator[None]:
    """Event Grid lets the events of footage go by for good: none of them is what the subscription wants."""
    place = stack._place
    (wanted,) = place.subscriptions
    stack._place = replace(place, subscriptions=(replace(wanted, subject_begins_with="/nothing/lies/here"),))
    stack.restart("eventgrid")
    try:
        yield
    finally:
        stack._place = place
        stack.restart("eventgrid")


def person(stack: Stack, role: str, **more: Any) -> Person:
    token = mint(stack.settings, role=role, name=role, **more)
    return Person(name=role, base_url=stack.settings["PUBLIC_BASE_URL"], token=token)


def register_dock(people: Cast) -> None:
    people.manager.put(f"/api/docks/{DOCK}", {"station": STATION, "borough": BOROUGH, "client": DOCK})


def granted(stack: Stack, people: Cast, content: bytes) -> dict[str, Any]:
    register_dock(people)
    wanted = {
        "camera": "BWV-0977",
        "officer": "4021",
        "recordedAt": datetime.now(UTC).isoformat(),
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "contentType": "video/mp4",
    }
    given: dict[str, Any] = (
        person(stack, "dock", client=DOCK).post(f"/api/docks/{DOCK}/grants", wanted).must_be(201).body
    )
    return given


async def test_a_recording_whose_event_was_lost_is_taken_in_and_verified(
    running: Stack, people: Cast, store: Store, tmp_path: Path
) -> None:
    recording = tmp_path / "recording.mp4"
    synthesise(recording, seconds=2, start=datetime.now(UTC), serial="BWV-0977")
    content = recording.read_bytes()
    operator = person(running, "operator")
    with deaf_to_footage(running):
        grant = granted(running, people, content)
        async with BlobClient.from_blob_url(grant["url"]) as blob:
            await blob.upload_blob(content)
            camera = f"{blob.blob_name.rpartition('/')[0]}/"
        await running.delivered()
        clip = grant["recording"]
        people.doe.get(f"/api/footage/{clip}").must_be(404)

        asked = {"prefix": camera, "reason": WHY}
        dry = operator.post("/api/reconciliations", {"dryRun": True, **asked}).must_be(200).body
        assert clip in named(dry, "not-indexed")
        people.doe.get(f"/api/footage/{clip}").must_be(404)

        report = operator.post("/api/reconciliations", {"dryRun": False, **asked}).must_be(200).body
        assert clip in named(report, "not-indexed")
        read = until(
            lambda: people.doe.get(f"/api/footage/{clip}"), lambda r: r.body["integrity"]["state"] == "verified"
        )
        assert read.body["state"] == "held"
        ingested = (await store.entries(clip))[1]
        assert (ingested["action"], ingested["operation"]) == ("footage.ingested", "collection")
        assert ingested["request"] == (await store.entries(f"run:{report['run']}"))[0]["request"]

    shown = operator.get(f"/api/reconciliations/{report['run']}").must_be(200).body
    assert shown == report
    again = operator.post("/api/reconciliations", {"dryRun": True, **asked}).must_be(200).body
    assert named(again, "not-indexed") == []


@pytest.mark.slow
async def test_a_night_s_round_looks_at_all_there_is_and_ends(running: Stack, people: Cast) -> None:
    register_dock(people)  # a borough is known by its docks or its footage, and this test may be the first to run
    report = (
        person(running, "operator").post("/api/reconciliations", {"dryRun": False, "reason": WHY}).must_be(200).body
    )
    assert report["endedAt"] is not None
    assert report["placesDone"] >= 36


def named(report: dict[str, Any], finding: str) -> list[str]:
    return [clip for tally in report["tallies"] if tally["finding"] == finding for clip in tally["first"]]
