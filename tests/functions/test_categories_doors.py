"""The doors of categories: many clips at once, each with its own result, and the table a dock may keep."""

import json
import logging
from collections.abc import Mapping
from typing import Any

import pytest

from functions.parsing import LARGEST_BODY, version_out
from shared.domain.categorise import CATEGORIES, VERSION
from shared.domain.entry import Outcome
from shared.domain.footage import Clip, ClipId, Evidential, State
from tests.builders import OFFICER, OTHER_OFFICER, a_clip, a_condemned_clip, a_decision
from tests.fakes import Outage
from tests.functions.directory import DOCK_ITSELF, OFFICER_BYRON
from tests.functions.opened import DOORS
from tests.functions.world import Answered, MemoryService

SAID = {"category": "arrest", "evidential": "no", "reason": "nothing to see"}
EMOJI = "\U0001f693"  # beyond the BMP: in JSON four bytes, or twelve when escaped
OTHER_TABLE = '"0123456789abcdef"'


def numbered(number: int) -> ClipId:
    return ClipId(f"7a0b1c2d-0b1d-4c57-9a43-2f0f5f3f{number:04}")


async def one(world: MemoryService, clip: Clip, **said: Any) -> dict[str, Any]:
    """What is said of the clip, which is put into the index, on the version it has there."""
    world.hold(clip)
    held = await world.records.clip(clip.id)
    assert held is not None
    return {"id": clip.id, "version": version_out(held.version), **SAID, **said}


async def ask(world: MemoryService, *said: Mapping[str, Any], **headers: str) -> Answered:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return await world.ask("categorise_many", OFFICER_BYRON, body={"clips": list(said)}, headers=sent)


async def test_each_clip_is_shown_as_it_now_is_in_the_order_asked(world: MemoryService) -> None:
    said = [await one(world, a_clip(id=numbered(number))) for number in (3, 1, 2)]
    answered = await ask(world, *said)
    assert answered.status == 207
    results = answered.json["results"]
    assert [(result["id"], result["status"], result["problem"]) for result in results] == [
        (numbered(number), 200, None) for number in (3, 1, 2)
    ]
    for result in results:
        read = await world.ask("read", OFFICER_BYRON, route={"id": result["id"]})
        assert result["clip"] == read.json
        assert result["clip"]["decision"]["category"] == "arrest"


async def test_each_has_the_status_it_would_have_met_alone_and_its_problem(world: MemoryService) -> None:
    said = [
        await one(world, a_clip(id=numbered(1))),
        {"id": numbered(2), "version": version_out("any"), **SAID},
        await one(world, a_clip(id=numbered(3), officer=OTHER_OFFICER)),
        await one(world, a_clip(id=numbered(4), decision=a_decision(evidential=Evidential.YES))),
        await one(world, a_condemned_clip(id=numbered(5))),
        await one(world, a_condemned_clip(id=numbered(6), state=State.WEEDED, poster=False)),
        await one(world, a_clip(id=numbered(7))) | {"version": version_out("another")},
        await one(world, a_clip(id=numbered(8))) | {"version": None},
        {name: value for name, value in (await one(world, a_clip(id=numbered(9)))).items() if name != "version"},
    ]
    results = (await ask(world, *said)).json["results"]
    statuses = [200, 404, 404, 409, 409, 410, 412, 428, 428]
    assert [result["status"] for result in results] == statuses
    for result, status in zip(results[1:], statuses[1:], strict=True):
        assert result["clip"] is None
        problem = result["problem"]
        assert (problem["type"], problem["status"], bool(problem["title"])) == ("about:blank", status, True)
    assert results[1]["problem"] == results[2]["problem"], "what is out of reach is as what is not there"
    assert [results[place]["problem"]["field"] for place in (3, 7, 8)] == ["evidential", "version", "version"]


async def test_refusals_are_entered_each_for_itself_and_what_was_only_said_wrong_is_not(world: MemoryService) -> None:
    said = [
        {"id": numbered(1), "version": version_out("any"), **SAID},
        {"id": numbered(2), "version": version_out("any"), **SAID},
        await one(world, a_clip(id=numbered(3), officer=OTHER_OFFICER)),
        await one(world, a_clip(id=numbered(4), decision=a_decision(evidential=Evidential.YES))),
        await one(world, a_clip(id=numbered(5))) | {"version": version_out("another")},
        await one(world, a_clip(id=numbered(6))) | {"version": None},
    ]
    await ask(world, *said)
    refused = [entry for entry in world.entries() if entry.outcome is Outcome.REFUSED]
    assert {entry.action for entry in refused} == {"refused.categorise_many"}
    own = f"actor:{OFFICER}"
    assert {(entry.pk, entry.subject, entry.reason and entry.reason.code) for entry in refused} == {
        (own, numbered(1), "not-found"),
        (own, numbered(2), "not-found"),
        (numbered(3), numbered(3), "not-found"),
        (numbered(4), numbered(4), "conflict"),
    }
    refusals = {name: count for name, count in world.metrics.counts.items() if name.startswith("refused.")}
    assert refusals == {
        "refused.not-found": 3,
        "refused.conflict": 1,
        "refused.precondition-failed": 1,
        "refused.precondition-required": 1,
    }


async def test_what_is_out_of_reach_is_answered_as_what_is_not_there(world: MemoryService) -> None:
    theirs = await one(world, a_clip(id=numbered(1), officer=OTHER_OFFICER))
    nothing = {**theirs, "id": numbered(2)}
    results = (await ask(world, theirs, nothing)).json["results"]
    assert {**results[0], "id": ""} == {**results[1], "id": ""}


async def test_a_retry_under_the_same_key_is_answered_as_the_first_time(world: MemoryService) -> None:
    said = [await one(world, a_clip(id=numbered(number))) for number in range(3)]
    first = await ask(world, *said, Idempotency_Key="once")
    again = await ask(world, *said, Idempotency_Key="once")
    assert (again.status, again.json) == (207, first.json)
    changed = await ask(world, *said[:2], said[2] | {"category": "other"}, Idempotency_Key="once")
    assert [result["status"] for result in changed.json["results"]] == [200, 200, 409]
    assert changed.json["results"][2]["problem"]["field"] == "Idempotency-Key"


async def test_without_a_key_a_request_that_comes_again_meets_versions_that_are_over(world: MemoryService) -> None:
    said = await one(world, a_clip(id=numbered(1)))
    await ask(world, said)
    assert [result["status"] for result in (await ask(world, said)).json["results"]] == [412]


async def test_a_fault_of_one_is_its_own_500_and_is_told_by_its_request_and_nothing_else(
    world: MemoryService, caplog: pytest.LogCaptureFixture
) -> None:
    fine, broken = [await one(world, a_clip(id=numbered(number))) for number in (1, 2)]
    world.faults.mend()
    await ask(world, broken | {"version": None})  # whatever the desk does first for a caller it has not seen
    world.faults.mend()
    secret = "sig=AbC123 of Mrs Doe"
    reads = 0

    async def second_read_breaks(call: str) -> None:
        nonlocal reads
        reads += call == "records.clip"
        if call == "records.clip" and reads == 2:
            raise Outage(secret)

    world.faults.pause = second_read_breaks
    with caplog.at_level(logging.DEBUG):
        answered = await ask(world, broken, fine)
    assert answered.status == 207
    statuses = {result["id"]: result["status"] for result in answered.json["results"]}
    assert sorted(statuses.values()) == [200, 500]
    (failed,) = [result["problem"] for result in answered.json["results"] if result["problem"]]
    request = answered.headers["X-Request-Id"]
    assert request in failed["detail"]
    (line,) = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert ("categorise_many failed" in line, request in line, "Outage" in line) == (True, True, True)
    assert secret not in answered.raw.decode() + caplog.text
    assert world.metrics.counts["fault.categorise_many"] == 1


@pytest.mark.parametrize(
    "change, field",
    [
        ({"colour": "red"}, "clips.1.colour"),
        ({"id": "nonsense"}, "clips.1.id"),
        ({"id": 7}, "clips.1.id"),
        ({"version": 7}, "clips.1.version"),
        ({"version": ""}, "clips.1.version"),
        ({"version": '"b2xk"'}, "clips.1.version"),
        ({"version": "A"}, "clips.1.version"),
        ({"version": "__79"}, "clips.1.version"),
        ({"category": "nonsense"}, "clips.1.category"),
        ({"category": None}, "clips.1.category"),
        ({"evidential": "maybe"}, "clips.1.evidential"),
        ({"evidential": True}, "clips.1.evidential"),
        ({"reason": ""}, "clips.1.reason"),
        ({"reason": "x" * 201}, "clips.1.reason"),
        ({"reason": "a\u202eb"}, "clips.1.reason"),
        ({"id": numbered(0)}, "clips.1.id"),
    ],
)
async def test_what_does_not_fit_refuses_the_whole_by_its_field_and_nothing_is_done(
    world: MemoryService, change: Mapping[str, Any], field: str
) -> None:
    said = [await one(world, a_clip(id=numbered(number))) for number in range(3)]
    answered = await ask(world, said[0], {**said[1], **change}, said[2])
    assert (answered.status, answered.json["field"]) == (400, field)
    assert [entry for entry in world.entries() if entry.action.startswith("footage.")] == []


@pytest.mark.parametrize(
    "body, field",
    [
        ({}, "clips"),
        ({"clips": []}, "clips"),
        ({"clips": {}}, "clips"),
        ({"clips": [{"id": numbered(number), **SAID} for number in range(101)]}, "clips"),
        ({"clips": ["nonsense"]}, "clips.0"),
        ({"clips": [{"id": numbered(1), **SAID}], "all": True}, "all"),
        (b"", "body"),
        (b'{"clips": "' + b"x" * DOORS["categorise_many"].largest + b'"}', "body"),
    ],
)
async def test_one_to_a_hundred_clips_are_asked_for(world: MemoryService, body: Any, field: str) -> None:
    answered = await world.ask("categorise_many", OFFICER_BYRON, body=body)
    assert (answered.status, answered.json["field"]) == (400, field)


@pytest.mark.parametrize("escaped", [True, False])
async def test_a_hundred_clips_with_the_longest_reasons_fit_however_they_are_written(
    world: MemoryService, escaped: bool
) -> None:
    said = [await one(world, a_clip(id=numbered(number)), reason=EMOJI * 200) for number in range(100)]
    body = json.dumps({"clips": said}, ensure_ascii=escaped).encode()
    assert len(body) > LARGEST_BODY
    answered = await world.ask("categorise_many", OFFICER_BYRON, body=body)
    assert answered.status == 207
    assert {result["status"] for result in answered.json["results"]} == {200}


def test_no_other_door_takes_more_than_it_did() -> None:
    assert {name for name, door in DOORS.items() if door.largest > LARGEST_BODY} == {"categorise_many"}


async def test_the_table_is_what_clips_can_be_called(world: MemoryService) -> None:
    answered = await world.ask("categories", DOCK_ITSELF)
    shown = answered.json
    assert (answered.status, answered.content_type, shown["version"]) == (200, "application/json", VERSION)
    assert {row["id"]: row["title"] for row in shown["categories"]} == dict(CATEGORIES)
    assert answered.headers["Cache-Control"] == "private, max-age=3600"


async def test_whoever_has_the_table_is_told_so_and_not_sent_it_again(world: MemoryService) -> None:
    tag = (await world.ask("categories", DOCK_ITSELF)).etag
    for sent in (tag, f"W/{tag}", f"{OTHER_TABLE}, {tag}", f'W/"a,b" ,{tag}', "*"):
        answered = await world.ask("categories", DOCK_ITSELF, headers={"If-None-Match": sent})
        assert (answered.status, answered.raw, answered.etag) == (304, b"", tag), sent
        assert answered.headers["Cache-Control"] == "private, max-age=3600"


async def test_whoever_has_another_table_or_says_it_wrong_is_sent_this_one(world: MemoryService) -> None:
    tag = (await world.ask("categories", DOCK_ITSELF)).etag
    for sent in (OTHER_TABLE, tag.strip('"'), f'"{tag[1:20]}"', "", f"{OTHER_TABLE}, *"):
        answered = await world.ask("categories", DOCK_ITSELF, headers={"If-None-Match": sent})
        assert (answered.status, answered.etag) == (200, tag), sent


async def test_the_tag_is_strong_and_of_the_content_alone(world: MemoryService) -> None:
    one_caller, another = [await world.ask("categories", who) for who in (DOCK_ITSELF, OFFICER_BYRON)]
    assert one_caller.etag == another.etag
    assert one_caller.etag.startswith('"')


def test_a_change_of_the_table_is_another_version_of_it() -> None:
    """Docks keep copies: whoever changes the table writes the new one down here under its number."""
    tables = {
        1: "stop-and-search domestic-abuse use-of-force vehicle-stop arrest complaint missing-person public-order other"
    }
    assert " ".join(CATEGORIES) == tables[VERSION]
    assert max(tables) == VERSION
