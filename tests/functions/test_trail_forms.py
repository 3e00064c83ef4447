"""A trail at its door in four forms: each is one look, and the trail says which form was taken."""

import csv
import io
import json

import pytest

from shared.domain.entry import Operation
from shared.domain.footage import State
from shared.domain.note import parsed_key
from tests.builders import NOW, OTHER_BOROUGH, RECORDING, a_clip
from tests.functions.directory import AUDITOR, MANAGER, Claims, person
from tests.functions.promised import operation
from tests.functions.world import Answered, MemoryService
from tests.usecases.cosigning import LISTED, ONE, a_cosigned_note, cosigning
from tests.usecases.sealed import KEY, seal_by_hand
from tools.verifying.report import Report
from tools.verifying.trail import check_trail

JSON, TRAIL, CSV, PDF = (
    "application/json",
    "application/vnd.continuity.trail+json",
    "text/csv",
    "application/pdf",
)
TAKEN = {TRAIL: "verifiable", CSV: "csv", PDF: "pdf"}
ENDINGS = {TRAIL: "json", CSV: "csv", PDF: "pdf"}


async def ask(world: MemoryService, accept: str | None, who: Claims = MANAGER) -> Answered:
    sent = {} if accept is None else {"Accept": accept}
    return await world.ask("trail", who, route={"id": RECORDING}, headers=sent)


@pytest.mark.parametrize("accept", [None, "*/*", JSON, f"text/html, {JSON};q=0.9, */*;q=0.1"])
async def test_whoever_prefers_nothing_gets_the_entries(world: MemoryService, accept: str | None) -> None:
    world.hold(a_clip())
    answered = await ask(world, accept)
    assert (answered.status, answered.content_type, answered.headers["Vary"]) == (200, JSON, "Accept")
    assert [entry["action"] for entry in answered.json["entries"]] == ["trail.read"]
    assert "Content-Disposition" not in answered.headers


@pytest.mark.parametrize("form", list(TAKEN))
async def test_each_other_form_is_a_file_with_a_name_and_one_entry_that_says_which(
    world: MemoryService, form: str
) -> None:
    world.hold(a_clip())
    answered = await ask(world, form)
    assert (answered.status, answered.content_type, answered.headers["Vary"]) == (200, form, "Accept")
    assert answered.headers["Content-Disposition"] == f'attachment; filename="trail-{RECORDING}.{ENDINGS[form]}"'
    (entry,) = world.entries(RECORDING)
    assert (entry.action, entry.operation) == ("trail.exported", Operation.CONSULTATION)
    assert [(change.field, change.after) for change in entry.changes] == [("form", TAKEN[form])]


async def test_what_is_taken_is_the_whole_trail_with_the_taking_as_its_last(world: MemoryService) -> None:
    world.hold(a_clip())
    await world.ask("read", MANAGER, route={"id": RECORDING})
    seal_by_hand(world)
    table = list(csv.DictReader(io.StringIO((await ask(world, CSV)).raw.decode("utf-8-sig"))))
    assert [(row["number"], row["action"], row["leaf"] != "") for row in table] == [
        ("1", "footage.read", True),
        ("2", "trail.exported", False),
    ]
    page = json.loads((await ask(world, PDF)).raw.partition(b"\n")[2])
    assert [part["heading"] for part in page["entries"]] == [
        "1. footage.read, granted",
        "2. trail.exported, granted",
        "3. trail.exported, granted",
    ]
    assert {line["label"]: line["text"] for line in page["checkpoint"]}["Size"] == "2 entries", (
        "the look, and that its looker came on"
    )
    exported = (await ask(world, TRAIL)).json
    assert [item["entry"]["number"] for item in exported["entries"]] == [1, 2, 3, 4]
    assert exported["witnessed"] == []


async def test_the_export_brings_what_the_listed_witnesses_saw(world: MemoryService) -> None:
    """As the verifier takes it, who knows the witness by its key."""
    world.hold(a_clip())
    await world.ask("read", MANAGER, route={"id": RECORDING})
    seal_by_hand(world)
    await cosigning(world, a_cosigned_note(world, 2, ONE))
    world.witnesses = LISTED
    report = Report(given="", keys=[])
    check_trail((await ask(world, TRAIL)).raw, [parsed_key(KEY), ONE.key], report)
    assert f"witness {ONE.key.name} saw" in "\n".join(report.checked)


@pytest.mark.parametrize("accept", ["text/html", "application/xml", f"{JSON};q=0"])
async def test_a_form_there_is_not_is_refused_and_is_no_look(world: MemoryService, accept: str) -> None:
    world.hold(a_clip())
    answered = await ask(world, accept)
    assert (answered.status, answered.content_type) == (406, "application/problem+json")
    assert answered.json["field"] == "Accept"
    assert all(form in answered.json["detail"] for form in (JSON, *TAKEN))
    assert world.entries(RECORDING) == []


@pytest.mark.parametrize("form", [JSON, *TAKEN])
async def test_no_form_shows_what_another_would_not(world: MemoryService, form: str) -> None:
    world.hold(a_clip(borough=OTHER_BOROUGH))
    assert (await ask(world, form, person("officer"))).status == 403
    assert (await ask(world, form, person("supervisor"))).status == 404
    assert [entry.action for entry in world.entries(RECORDING)] == ["refused.trail"]


@pytest.mark.parametrize("form", [JSON, *TAKEN])
async def test_the_trail_of_a_clip_that_is_gone_is_there_in_every_form(world: MemoryService, form: str) -> None:
    world.hold(a_clip(state=State.WEEDED))
    assert (await ask(world, form, AUDITOR)).status == 200


@pytest.mark.parametrize("form", list(TAKEN))
async def test_what_cannot_be_written_down_is_not_handed_out(world: MemoryService, form: str) -> None:
    world.hold(a_clip())
    world.faults.break_every("records.write")
    answered = await ask(world, form)
    assert (answered.status, RECORDING.encode() in answered.raw) == (500, False)


async def test_paper_that_cannot_be_printed_was_asked_for_all_the_same(world: MemoryService) -> None:
    world.hold(a_clip())
    world.faults.break_every("printer.printed")
    assert (await ask(world, PDF)).status == 500
    assert [entry.action for entry in world.entries(RECORDING)] == ["trail.exported"]
    assert world.metrics.counts["fault.trail"] == 1


@pytest.mark.parametrize("form", list(TAKEN))
async def test_two_looks_are_two_entries_whatever_key_is_sent(world: MemoryService, form: str) -> None:
    world.hold(a_clip())
    for _ in range(2):
        headers = {"Accept": form, "Idempotency-Key": "the-same"}
        await world.ask("trail", MANAGER, route={"id": RECORDING}, headers=headers)
    assert [entry.number for entry in world.entries(RECORDING)] == [1, 2]
    assert world.entries(RECORDING)[0].occurred_at == NOW


def test_every_form_is_described() -> None:
    good = operation("trail")["responses"]["200"]
    assert set(good["content"]) == {JSON, *TAKEN}
    assert good["content"][PDF] == {}
    assert "Vary" in good["headers"]
    assert operation("trail")["responses"]["406"] == {"$ref": "#/components/responses/NotAcceptable"}
    assert "406" not in operation("read")["responses"]
