"""What the desk refuses and enters: for want of a right, and for coming too late or alone; and who may see it there."""

from datetime import timedelta
from typing import Any

import pytest

from functions.parsing import version_out
from shared.domain.entry import Entry, Operation, Outcome
from shared.domain.footage import Clip, Evidential, State
from tests.builders import (
    BOROUGH,
    NOW,
    OFFICER,
    OTHER_BOROUGH,
    OTHER_OFFICER,
    RECORDING,
    a_clip,
    a_condemned_clip,
    a_decision,
)
from tests.functions.directory import AUDITOR, MANAGER, OFFICER_BYRON, Claims, person
from tests.functions.opened import DOORS
from tests.functions.world import Answered, MemoryService

SAID = {"category": "arrest", "evidential": "no", "reason": "nothing to see"}
WHY = {"reason": "to prepare my statement"}
GONE = a_condemned_clip(state=State.WEEDED, media=None, poster=False)
CHANGES = sorted(name for name, door in DOORS.items() if door.changes)
SEEN = f'"{version_out("a version")}"'


async def categorise(world: MemoryService, who: Any = OFFICER_BYRON, **headers: str) -> Answered:
    seen = await world.ask("read", MANAGER, route={"id": RECORDING})
    sent = {"If-Match": seen.etag} | headers
    return await world.ask("categorise", who, route={"id": RECORDING}, body=SAID, headers=sent)


def refusals(world: MemoryService, pk: str | None = None) -> list[Entry]:
    return [entry for entry in world.entries(pk) if entry.outcome is Outcome.REFUSED]


async def test_who_tries_to_unmark_evidence_alone_is_refused_and_it_is_on_the_clip_s_trail(
    world: MemoryService,
) -> None:
    world.hold(a_clip(decision=a_decision(evidential=Evidential.YES)))
    assert (await categorise(world)).status == 409
    (entry,) = refusals(world)
    assert (entry.pk, entry.subject, entry.action) == (RECORDING, RECORDING, "refused.categorise")
    assert (entry.operation, entry.actor.id) == (Operation.ACCESS, OFFICER)
    assert entry.reason is not None
    assert (entry.reason.code, entry.reason.text) == ("conflict", None)


async def test_each_attempt_is_entered_whatever_key_it_comes_under(world: MemoryService) -> None:
    world.hold(a_clip(decision=a_decision(evidential=Evidential.YES)))
    for _ in range(2):
        await categorise(world, **{"Idempotency-Key": "the-same"})
    assert len(refusals(world, RECORDING)) == 2


@pytest.mark.parametrize("door, body", [("poster", None), ("play", WHY), ("categorise", SAID)])
@pytest.mark.parametrize("clip, code", [(a_condemned_clip(), "condemned"), (GONE, "weeded")])
async def test_who_comes_after_the_weeding_is_on_the_clip_s_trail(
    world: MemoryService, door: str, body: Any, clip: Clip, code: str
) -> None:
    world.hold(clip)
    await world.ask(door, MANAGER, route={"id": RECORDING}, body=body, headers={"If-Match": SEEN})
    (entry,) = refusals(world, RECORDING)
    assert (entry.action, entry.reason and entry.reason.code) == (f"refused.{door}", code)


@pytest.mark.parametrize("clip, status", [(a_condemned_clip(), 409), (GONE, 410)])
async def test_too_late_is_said_as_that_and_not_as_a_version_that_is_over(
    world: MemoryService, clip: Clip, status: int
) -> None:
    world.hold(a_clip())
    seen = (await world.ask("read", OFFICER_BYRON, route={"id": RECORDING})).etag
    world.hold(clip)
    answered = await world.ask(
        "categorise", OFFICER_BYRON, route={"id": RECORDING}, body=SAID, headers={"If-Match": seen}
    )
    assert answered.status == status


async def test_a_refusal_for_coming_too_late_that_cannot_be_entered_is_a_fault(world: MemoryService) -> None:
    world.hold(a_condemned_clip())
    world.faults.break_every("records.write")
    assert (await world.ask("poster", MANAGER, route={"id": RECORDING})).status == 500


@pytest.mark.parametrize("door", CHANGES)
async def test_a_change_that_names_no_version_is_refused_at_the_desk_before_anything_is_looked_at(
    world: MemoryService, door: str
) -> None:
    world.hold(a_clip())
    await world.ask("log_on", MANAGER)
    world.faults.mend()
    answered = await world.ask(door, MANAGER, route={"id": RECORDING}, body={})
    assert (answered.status, answered.json["field"]) == (428, "If-Match")
    assert (world.faults.calls, world.entries()) == (["records.session"], [])


def test_there_is_a_door_that_changes() -> None:
    assert "categorise" in CHANGES


async def test_what_was_only_said_wrong_is_not_entered(world: MemoryService) -> None:
    world.hold(a_clip())
    for headers, status in (({"If-Match": SEEN}, 412), ({}, 428), ({"If-Match": "no etag"}, 400)):
        answered = await world.ask("categorise", OFFICER_BYRON, route={"id": RECORDING}, body=SAID, headers=headers)
        assert answered.status == status
    assert world.entries() == []


async def watched(world: MemoryService, auditor: Claims) -> set[tuple[str, str]]:
    """Who did what, as that auditor's feed has it."""
    found = (await world.ask("audit", auditor)).json["entries"]
    besides = ("audit.read", "session.started")
    return {(row["actor"]["id"], row["action"]) for row in found if row["action"] not in besides}


async def test_an_auditor_of_a_borough_sees_its_people_searching_and_being_refused_and_who_tried_its_clips(
    world: MemoryService,
) -> None:
    elsewhere = person("officer", employeeid=OTHER_OFFICER, borough=OTHER_BOROUGH)
    world.hold(a_clip(officer=OTHER_OFFICER, borough=OTHER_BOROUGH))
    for who in (OFFICER_BYRON, elsewhere):
        await world.ask("search", who)
        await world.ask("health_details", who)
    await world.ask("read", OFFICER_BYRON, route={"id": RECORDING})
    ours = {(OFFICER, action) for action in ("footage.searched", "refused.health_details")}
    theirs = {(OTHER_OFFICER, action) for action in ("footage.searched", "refused.health_details")}
    theirs |= {(OFFICER, "refused.read")}
    assert await watched(world, person("auditor", employeeid="P3001")) == ours
    assert await watched(world, person("auditor", employeeid="P3001", borough=OTHER_BOROUGH)) == theirs
    assert await watched(world, AUDITOR) == ours | theirs


@pytest.mark.parametrize(
    "changes",
    [
        {"decision": a_decision(evidential=Evidential.YES)},
        {"state": State.CONDEMNED},
        {"state": State.WEEDED},
    ],
)
async def test_a_refused_change_is_of_the_clip_s_borough_and_not_of_whoever_tried(
    world: MemoryService, changes: dict[str, Any]
) -> None:
    elsewhere = person("officer", employeeid=OFFICER, borough=OTHER_BOROUGH)
    world.hold(a_clip(**changes))
    assert (await categorise(world, elsewhere)).status in (409, 410)
    assert [entry.borough for entry in refusals(world, RECORDING)] == [BOROUGH]


async def test_an_entry_about_a_clip_is_of_the_clip_s_borough_and_not_of_whoever_looked(world: MemoryService) -> None:
    world.hold(a_clip(borough=OTHER_BOROUGH))
    await world.ask("read", MANAGER, route={"id": RECORDING})
    assert [entry.borough for entry in world.entries(RECORDING)] == [OTHER_BOROUGH]


async def test_times_on_a_trail_never_go_back_though_the_clocks_of_two_instances_differ(world: MemoryService) -> None:
    world.hold(a_clip())
    for seconds in (5, 0, 9):
        world.time = NOW + timedelta(seconds=seconds)
        await world.ask("read", OFFICER_BYRON, route={"id": RECORDING})
    times = [(entry.occurred_at - NOW).seconds for entry in world.entries(RECORDING)]
    assert times == [5, 5, 9]
