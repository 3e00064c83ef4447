"""What doors and triggers tell of themselves: how long, how often, and by which name."""

import json
import traceback
from datetime import UTC, datetime, timedelta
from typing import Any

import azure.functions as func
import pytest
from azure.functions.queue import QueueMessage

from functions.answering import STATUS, code_of
from functions.watched import Failed, ran, waited, watched
from functions.weed import WeedIncomplete
from shared.errors import NotFound, Refusal, Unauthenticated
from shared.usecases.within import OutOfReach
from tests.builders import NOW, RECORDING, UPLOADED, a_clip, a_path
from tests.fakes import MemoryMetrics, Outage
from tests.functions.directory import OFFICER_BYRON
from tests.functions.test_ingest_door import CREATED, SUBJECT, a_cloud_event, data, land
from tests.functions.world import MemoryService


def a_message(inserted: datetime | None) -> QueueMessage:
    """As the worker makes it: the one to be annotated with cannot be given a time."""
    return QueueMessage(id="message-1", body=json.dumps({"clip": RECORDING}).encode(), insertion_time=inserted)


def test_what_ends_well_is_told_by_its_time_alone() -> None:
    told = MemoryMetrics()
    with watched(told, "weed"):
        pass
    assert (told.counts, list(told.measures)) == ({}, ["verb.took.weed"])


def test_a_fault_is_told_by_its_verb_and_goes_on_its_way() -> None:
    told = MemoryMetrics()
    with pytest.raises(Outage), watched(told, "weed"):
        raise Outage("the store is away")
    assert (told.counts, list(told.measures)) == ({"fault.weed": 1}, ["verb.took.weed"])


def test_a_refusal_is_no_fault() -> None:
    told = MemoryMetrics()
    with pytest.raises(NotFound), watched(told, "read"):
        raise NotFound("there is no such clip")
    assert (told.counts, list(told.measures)) == ({}, ["verb.took.read"])


def test_a_fault_of_a_trigger_leaves_as_its_kinds_and_its_place_and_takes_no_text_along() -> None:
    told, fault = MemoryMetrics(), Outage("https://account/footage?sig=AbC123")
    fault.__cause__ = LookupError("sig=AbC123 of Mrs Doe")
    with pytest.raises(Failed) as failed, ran(told, "weed"):
        raise fault
    lines = "".join(traceback.format_exception(failed.value))
    assert str(failed.value).startswith("weed: Outage <- LookupError at functions/test_watched.py:")
    assert lines.count("Traceback") == 1
    assert "Failed: weed: Outage" in lines.splitlines()[-1]
    assert told.counts == {"fault.weed": 1}


def test_what_a_trigger_says_of_its_own_failure_is_what_is_said() -> None:
    with pytest.raises(WeedIncomplete, match=r"^3 clips$"), ran(MemoryMetrics(), "weed"):
        raise WeedIncomplete("3 clips")


@pytest.mark.parametrize("ago,told", [(90.5, [90.5]), (0.0, [0.0]), (-2.0, [0.0])])
def test_what_was_waited_is_told_and_is_never_less_than_none(ago: float, told: list[float]) -> None:
    metrics = MemoryMetrics()
    waited(metrics, "fixity.queued", since=NOW - timedelta(seconds=ago), now=NOW)
    assert metrics.measures["fixity.queued"] == told


@pytest.mark.parametrize("since", [None, NOW.replace(tzinfo=None)])
def test_where_nobody_said_since_when_nothing_is_told(since: datetime | None) -> None:
    metrics = MemoryMetrics()
    waited(metrics, "fixity.queued", since=since, now=NOW)
    assert metrics.measures == {}


@pytest.mark.parametrize(
    "event",
    [
        a_cloud_event(time=NOW - timedelta(seconds=7)),
        func.EventGridEvent(
            id="event-1",
            topic="/storage",
            subject=SUBJECT,
            event_type=CREATED,
            event_time=NOW - timedelta(seconds=7),
            data=data(),
            data_version="1",
        ),
    ],
)
async def test_how_long_footage_waited_for_the_index_is_told_once(world: MemoryService, event: Any) -> None:
    land(world)
    for _ in range(2):
        await world.trigger("ingest", event)
    assert world.metrics.measures["ingest.after-upload"] == [7.0]
    assert len(world.metrics.measures["verb.took.ingest"]) == 2


async def test_how_long_a_question_was_queued_and_footage_unhashed_is_told(world: MemoryService) -> None:
    landed = world.footage.put(a_path(), b"bytes", at=UPLOADED)
    world.records.put(a_clip(blob=landed.blob, uploaded_at=world.time - timedelta(minutes=2)))
    await world.trigger("fixity", a_message(world.time - timedelta(seconds=30)))
    assert world.metrics.measures["fixity.queued"] == [30.0]
    assert world.metrics.measures["fixity.after-upload"] == [120.0]
    await world.trigger("fixity", a_message(world.time))
    assert world.metrics.measures["fixity.after-upload"] == [120.0], "a repeat answers nothing"


async def test_what_a_door_refuses_is_counted_by_its_code(world: MemoryService) -> None:
    world.hold(a_clip())
    await world.ask("read", OFFICER_BYRON, route={"id": "00000000-0000-4000-8000-000000000000"})
    await world.ask("read", route={"id": RECORDING})
    await world.ask("search", OFFICER_BYRON, query={"unknown": "field"})
    told = {"refused.not-found": 1, "refused.missing": 1, "refused.bad-request": 1}
    assert world.metrics.counts == told | {"session.started": 1}
    assert {name: len(each) for name, each in world.metrics.measures.items()} == {
        "verb.took.read": 2,
        "verb.took.search": 1,
    }


def test_a_clip_out_of_reach_is_counted_as_one_that_is_not_there() -> None:
    assert code_of(OutOfReach(a_clip())) == code_of(NotFound("")) == "not-found"


def test_every_refusal_has_a_code() -> None:
    kinds = [kind for kind in STATUS if kind not in (Unauthenticated, OutOfReach)]
    assert {code_of(kind("no")) for kind in kinds} == {
        "bad-request", "forbidden", "not-found", "conflict", "gone", "precondition-failed", "precondition-required",
        "method-not-allowed", "not-acceptable", "not-implemented",
    }  # fmt: skip
    assert code_of(Unauthenticated("no", code="expired")) == "expired"
    assert set(STATUS) >= set(Refusal.__subclasses__())


def test_an_event_of_another_zone_is_dated_rightly() -> None:
    metrics = MemoryMetrics()
    waited(metrics, "ingest.after-upload", since=datetime(2026, 1, 1, tzinfo=UTC), now=datetime(2026, 1, 2, tzinfo=UTC))
    assert metrics.measures["ingest.after-upload"] == [86_400.0]
