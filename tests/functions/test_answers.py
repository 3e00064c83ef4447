"""What every answer has, and what no answer and no log ever has: the text of a fault."""

import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import pytest

from functions.answering import PLAIN
from functions.parsing import version_out
from tests.builders import DOCK, RECORDING, SESSION, a_clip, a_dock, a_grant, a_session
from tests.fakes import Moment, Outage
from tests.functions.directory import AUDITOR, DOCK_ITSELF, MANAGER, person
from tests.functions.opened import DOORS
from tests.functions.test_malformed import REGISTERED, SAID, WANTED
from tests.functions.world import Answered, MemoryService

# of text the worker says how, once
ODATA = "application/json;odata.metadata=minimal;charset=utf-8"
TYPE = rf"application/(problem\+)?json|{ODATA}|image/jpeg|text/(plain|html); charset=utf-8"
FAULT, FAULT_OF_ODATA = ("type", "title", "status", "detail"), ("code", "message")
SECRET = "sig=AbC123 of Mrs Doe"
WHO: Mapping[str, Any] = {
    "audit": AUDITOR,
    "feed": AUDITOR,
    "sessions": AUDITOR,
    "grant": DOCK_ITSELF,
    "receipt": DOCK_ITSELF,
    "health_details": person("operator"),
    "reconcile_now": person("operator"),
    "reconciliation": person("operator"),
}
BODIES: Mapping[str, Any] = {
    "play": {"reason": "to prepare my statement"},
    "categorise": SAID,
    "correct_officer": {"officer": "P5", "reason": "the roster was wrong"},
    "correct_incident": {"incident": "CAD 9", "reason": "the same stop"},
    "release": {"reason": "watched it whole"},
    "undo": {"reason": "that was the other clip"},
    "categorise_many": {"clips": [{"id": RECORDING, "version": version_out("a version"), **SAID}]},
    "register_dock": REGISTERED,
    "grant": WANTED,
    "reconcile_now": {"dryRun": True, "reason": "Event Grid was down"},
    "revoke_sessions": {"session": SESSION, "reason": "the phone was lost"},
}
GUARDED = sorted(name for name, door in DOORS.items() if door.permission is not None)


async def knock(world: MemoryService, door: str) -> Answered:
    """Somebody who may, with a good request, at a world in which there is everything."""
    world.hold(a_clip())
    world.records.put(a_dock(), a_grant(), a_session())
    route = {"id": RECORDING, "dock": DOCK, "recording": RECORDING, "name": "quarantine"}
    headers = {"If-Match": f'"{version_out("a version")}"'} if DOORS[door].changes else {}
    return await world.ask(door, WHO.get(door, MANAGER), route=route, body=BODIES.get(door), headers=headers)


@pytest.mark.parametrize("door", sorted(DOORS))
async def test_no_answer_but_what_is_nobody_s_may_lie_in_a_cache_and_each_names_its_request(
    world: MemoryService, door: str
) -> None:
    refused = await world.ask(door)
    for number, answered in enumerate((refused, await knock(world, door)), start=1):
        is_nobody_s = answered.status == 200 and HTTPStatus.NOT_MODIFIED in DOORS[door].also
        assert answered.headers["Cache-Control"].startswith("private, max-age=" if is_nobody_s else "no-store")
        assert answered.headers["X-Content-Type-Options"] == "nosniff"
        assert answered.headers["X-Request-Id"] == f"invocation-{number}"
        assert re.fullmatch(TYPE, answered.sent_type), answered.sent_type


@pytest.mark.parametrize("door", GUARDED)
async def test_a_fault_is_told_by_its_request_and_by_nothing_else(
    world: MemoryService, door: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The store breaks with a text that must never be seen, at whatever the door does first."""

    async def broken(_call: str) -> None:
        try:
            raise Outage(SECRET)
        except Outage as outage:
            raise RuntimeError(f"could not: {SECRET}") from outage

    world.faults.pause = broken
    with caplog.at_level(logging.DEBUG):
        answered = await knock(world, door)
    manner = DOORS[door].manner
    assert (answered.status, answered.content_type) == (500, (manner.speech if manner else PLAIN).content_type)
    assert "invocation-1" in (answered.json["error"]["message"] if manner else answered.json["detail"])
    assert set(answered.json.get("error", answered.json)) == set(FAULT_OF_ODATA if manner else FAULT)
    assert answered.headers["Cache-Control"] == "no-store"
    (line,) = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert (door in line, "invocation-1" in line, "RuntimeError <- Outage" in line) == (True, True, True)
    everything = answered.raw.decode() + caplog.text
    assert not [text for text in (SECRET, "sig=", "Mrs Doe", "AbC123") if text in everything]
    assert world.metrics.counts[f"fault.{door}"] == 1


@pytest.mark.parametrize("door", ["read", "poster", "play", "search", "audit", "trail", "list_docks"])
async def test_what_cannot_be_written_down_is_not_shown(world: MemoryService, door: str) -> None:
    world.faults.break_every("records.write")
    answered = await knock(world, door)
    assert answered.status == 500
    assert RECORDING.encode() not in answered.raw
    assert world.links.made == []


async def test_a_refusal_that_cannot_be_written_down_is_a_fault(world: MemoryService) -> None:
    world.faults.break_every("records.write")
    assert (await world.ask("read", AUDITOR, route={"id": RECORDING})).status == 500
    assert (await world.ask("read", route={"id": RECORDING})).status == 500


@pytest.mark.parametrize("door", GUARDED)
@pytest.mark.parametrize("moment", list(Moment))
async def test_after_any_one_broken_call_the_door_answers_or_says_that_it_failed(
    world: MemoryService, door: str, moment: Moment
) -> None:
    """Whatever breaks: an answer of the closed set, never an exception to the host."""
    await knock(world, door)
    world.faults.mend()
    await knock(world, door)  # by somebody who is on
    for number in range(1, len(world.faults.calls) + 1):
        world.faults.mend()
        world.faults.break_call(number, moment)
        assert (await knock(world, door)).status in (200, 201, 202, 207, 412, 428, 500, 503)


async def test_the_keys_are_for_anybody_the_current_one_first(world: MemoryService) -> None:
    before = (await world.ask("keys")).json["keys"]
    world.keys.rotate()
    after = (await world.ask("keys")).json["keys"]
    assert after[1:] == before
    assert all(key["verifier"].startswith(f"{key['name']}+") for key in after)
