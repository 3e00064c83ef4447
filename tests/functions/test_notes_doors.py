"""The doors of notes: what a good request gets, what is no text, and what a note leaves when it comes too late."""

import json
from typing import Any

import pytest

from shared.domain.footage import State
from tests.builders import OFFICER, OTHER_OFFICER, RECORDING, a_clip, a_condemned_clip
from tests.functions.directory import MANAGER, OFFICER_BYRON, person
from tests.functions.world import Answered, MemoryService

TEXT = "the suspect's face is clear at 02:10\nand his voice at 03:45"


@pytest.fixture
def held(world: MemoryService) -> MemoryService:
    world.hold(a_clip())
    return world


async def write(world: MemoryService, text: Any = TEXT, who: Any = OFFICER_BYRON, **headers: str) -> Answered:
    return await world.ask("annotate", who, route={"id": RECORDING}, body={"text": text}, headers=headers)


async def read(world: MemoryService, who: Any = OFFICER_BYRON) -> Answered:
    return await world.ask("notes", who, route={"id": RECORDING})


async def test_a_note_is_answered_as_it_is_read_later(held: MemoryService) -> None:
    written = await write(held)
    assert (written.status, written.json["text"], written.json["by"]) == (201, TEXT, OFFICER)
    assert (written.json["name"], written.json["role"]) == ("PC Ada Byron", "officer")
    again = await read(held)
    assert (again.status, again.json) == (200, {"notes": [written.json]})
    assert "salt" not in written.json


async def test_a_clip_without_notes_has_none(held: MemoryService) -> None:
    assert (await read(held)).json == {"notes": []}


async def test_the_note_s_hash_is_in_its_entry_and_its_text_in_none(held: MemoryService) -> None:
    note = (await write(held)).json
    (entry,) = held.entries(RECORDING)
    assert (entry.id, entry.action) == (note["entry"], "footage.annotated")
    assert [change.after for change in entry.changes] == [note["sha256"]]


async def test_a_retry_under_the_same_key_is_the_same_note_and_another_text_is_refused(held: MemoryService) -> None:
    first = await write(held, **{"Idempotency-Key": "once"})
    again = await write(held, **{"Idempotency-Key": "once"})
    other = await write(held, "the man in the red coat", **{"Idempotency-Key": "once"})
    assert (again.status, again.json) == (201, first.json)
    assert (other.status, other.json["field"]) == (409, "Idempotency-Key")
    assert len((await read(held)).json["notes"]) == 1


async def test_without_a_key_each_request_is_a_note(held: MemoryService) -> None:
    for _ in range(2):
        await write(held)
    assert [note["text"] for note in (await read(held)).json["notes"]] == [TEXT, TEXT]


@pytest.mark.parametrize(
    "text",
    [None, "", " \n ", 7, "x" * 2001, "a\u202eb", "a\tb", "a\r\nb", "a\x00b", "a\u2028b", "a\u200bb", "\ud800"],
)
async def test_what_is_no_text_is_no_note(held: MemoryService, text: Any) -> None:
    answered = await write(held, text)
    assert answered.status == 400
    assert answered.json["field"] in ("text", "body")
    assert (await read(held)).json == {"notes": []}


@pytest.mark.parametrize("text", ["x", "警" * 2000, "one\n\ntwo", 'Ṫìmé \U0001f46e, "quoted"'])
async def test_what_is_text_is(held: MemoryService, text: str) -> None:
    assert (await write(held, text)).json["text"] == text


async def test_space_around_a_note_is_not_kept(held: MemoryService) -> None:
    assert (await write(held, "\n seen \n")).json["text"] == "seen"


async def test_unknown_fields_are_refused_by_name(held: MemoryService) -> None:
    body = {"text": "seen", "by": "somebody else"}
    answered = await held.ask("annotate", OFFICER_BYRON, route={"id": RECORDING}, body=body)
    assert (answered.status, answered.json["field"]) == (400, "by")


@pytest.mark.parametrize("door", ["annotate", "notes"])
@pytest.mark.parametrize("state, status", [(State.CONDEMNED, 409), (State.WEEDED, 410)])
async def test_too_late_is_said_and_entered_on_the_clip_s_trail(
    world: MemoryService, door: str, state: State, status: int
) -> None:
    world.hold(a_condemned_clip(state=state, poster=False))
    body = {"text": TEXT} if door == "annotate" else None
    assert (await world.ask(door, MANAGER, route={"id": RECORDING}, body=body)).status == status
    assert [entry.action for entry in world.entries(RECORDING)] == [f"refused.{door}"]
    assert json.dumps(TEXT)[1:-1] not in repr(world.records.everything())


async def test_who_may_only_see_reads_what_others_wrote(world: MemoryService) -> None:
    world.hold(a_clip(officer=OTHER_OFFICER))
    await write(world, who=MANAGER)
    disclosure = person("disclosure-officer")
    assert len((await read(world, disclosure)).json["notes"]) == 1
    assert (await write(world, who=disclosure)).status == 403
