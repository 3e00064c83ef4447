"""The doors of corrections and release: what a good request gets, and which field is named where one is not."""

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.footage import State
from shared.domain.retention import KEPT_FOR
from tests.builders import NOW, OFFICER, RECORDING, a_clip, a_condemned_clip
from tests.functions.directory import MANAGER, OFFICER_BYRON
from tests.functions.world import Answered, MemoryService

WHY = "the roster says so"
BODIES: dict[str, dict[str, Any]] = {
    "correct_officer": {"officer": "P5", "reason": WHY},
    "correct_incident": {"incident": "CAD 9", "reason": WHY},
    "release": {"reason": WHY},
}
EACH = pytest.mark.parametrize("door", list(BODIES))


async def etag_of(world: MemoryService) -> str:
    return (await world.ask("read", MANAGER, route={"id": RECORDING})).etag


async def ask(world: MemoryService, door: str, *, who: Any = MANAGER, **changes: Any) -> Answered:
    """A good request on the version there is, but for what a test changes of its body or its headers."""
    headers = {"If-Match": await etag_of(world)} | changes.pop("headers", {})
    body = {name: value for name, value in (BODIES[door] | changes).items() if value is not ...}
    return await world.ask(door, who, route={"id": RECORDING}, body=body, headers=headers)


@pytest.fixture
def quarantined(world: MemoryService) -> MemoryService:
    world.hold(a_clip(state=State.QUARANTINED, quarantine=("truncated",)))
    return world


@EACH
async def test_the_answer_is_the_clip_with_its_new_version(quarantined: MemoryService, door: str) -> None:
    before = await etag_of(quarantined)
    answered = await ask(quarantined, door)
    assert (answered.status, answered.json["id"]) == (200, RECORDING)
    assert answered.etag == await etag_of(quarantined) != before
    assert answered.etag == f'"{answered.json["version"]}"'


async def test_each_change_is_what_was_asked_for(quarantined: MemoryService) -> None:
    assert (await ask(quarantined, "correct_officer", borough="Camden")).json["borough"] == "Camden"
    assert (await ask(quarantined, "correct_officer")).json["officer"] == "P5"
    assert (await ask(quarantined, "correct_incident")).json["incident"] == "CAD 9"
    assert (await ask(quarantined, "correct_incident", incident=None)).json["incident"] is None
    released = (await ask(quarantined, "release")).json
    assert (released["state"], released["quarantine"]) == ("held", ["truncated"])
    assert released["releasedAt"] == "2026-11-25T20:52:56.123456Z"


async def test_a_clip_long_in_quarantine_is_kept_for_seven_days_from_its_release(world: MemoryService) -> None:
    world.hold(a_clip(state=State.QUARANTINED, uploaded_at=NOW - KEPT_FOR - timedelta(days=9)))
    assert (await ask(world, "release")).json["retention"]["weedAfter"] == "2026-12-02T20:52:56.123456Z"


@EACH
async def test_a_change_names_the_version_it_changes(quarantined: MemoryService, door: str) -> None:
    assert (await ask(quarantined, door, headers={"If-Match": ""})).status == 428
    assert (await ask(quarantined, door, headers={"If-Match": '"b2xk"'})).status == 412


@EACH
async def test_a_retry_under_the_same_key_is_answered_as_the_first_time(quarantined: MemoryService, door: str) -> None:
    sent = {"Idempotency-Key": "once", "If-Match": await etag_of(quarantined)}
    first = await ask(quarantined, door, headers=sent)
    again = await ask(quarantined, door, headers=sent)
    assert (again.status, again.json) == (200, first.json)


@EACH
@pytest.mark.parametrize("change", [{"reason": ...}, {"reason": ""}, {"reason": "x" * 201}, {"colour": "red"}])
async def test_what_does_not_fit_is_refused_by_its_field(
    quarantined: MemoryService, door: str, change: dict[str, Any]
) -> None:
    answered = await ask(quarantined, door, **change)
    assert (answered.status, answered.json["field"]) == (400, next(iter(change)))


@pytest.mark.parametrize(
    "door, change",
    [
        ("correct_officer", {"officer": ...}),
        ("correct_officer", {"officer": None}),
        ("correct_officer", {"officer": " "}),
        ("correct_officer", {"borough": 7}),
        ("correct_incident", {"incident": ...}),
        ("correct_incident", {"incident": "a\u202eb"}),
    ],
)
async def test_what_is_to_be_put_right_must_be_said(
    quarantined: MemoryService, door: str, change: dict[str, Any]
) -> None:
    answered = await ask(quarantined, door, **change)
    assert (answered.status, answered.json["field"]) == (400, next(iter(change)))


@pytest.mark.parametrize("field", ["officer", "borough"])
async def test_what_is_in_the_way_of_a_release_is_named_and_the_refusal_is_on_the_trail(
    world: MemoryService, field: str
) -> None:
    world.hold(a_clip(state=State.QUARANTINED, **{field: None}))
    answered = await ask(world, "release")
    assert (answered.status, answered.json["field"]) == (409, field)
    assert [entry.action for entry in world.entries(RECORDING)] == ["footage.read", "refused.release"]


async def test_what_is_not_in_quarantine_is_not_released(world: MemoryService) -> None:
    world.hold(a_clip())
    answered = await ask(world, "release")
    assert (answered.status, answered.json["field"]) == (409, "state")


@EACH
@pytest.mark.parametrize("state, status", [(State.CONDEMNED, 409), (State.WEEDED, 410)])
async def test_what_is_going_or_gone_is_not_changed(world: MemoryService, door: str, state: State, status: int) -> None:
    clip = world.hold(a_condemned_clip(state=state, poster=False))
    assert (await ask(world, door)).status == status
    held = await world.records.clip(RECORDING)
    assert held is not None
    assert held.record == clip


async def test_an_officer_says_the_incident_of_their_own_clip(world: MemoryService) -> None:
    world.hold(a_clip(officer=OFFICER))
    assert (await ask(world, "correct_incident", who=OFFICER_BYRON)).status == 200


@pytest.mark.parametrize("text", ["Mrs Doe, 7 Elm Row", "-1", "C" * 41, "CAD 1\nCAD 2", ""])
async def test_what_is_no_number_of_an_incident_is_refused_by_its_field(quarantined: MemoryService, text: str) -> None:
    answered = await ask(quarantined, "correct_incident", incident=text)
    assert (answered.status, answered.json["field"]) == (400, "incident")
    assert "Elm" not in answered.raw.decode()
    assert [entry.action for entry in quarantined.entries(RECORDING)] == ["footage.read"]


async def test_an_incident_is_named_by_its_number_without_the_blanks_around_it(quarantined: MemoryService) -> None:
    answered = await ask(quarantined, "correct_incident", incident=" CAD 4711/26-NOV_2026.1 ")
    assert answered.json["incident"] == "CAD 4711/26-NOV_2026.1"
