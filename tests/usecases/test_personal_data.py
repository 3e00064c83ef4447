"""No personal data but where it is declared: what each verb enters, and what it logs when all goes wrong.

An entry holds what verbs.py says of it and nothing else: fields by name, changes by their declared fields, and at most
the one text the caller gave as the reason. A log line holds ids of clips and the kind of a fault.
"""

import json
import logging
from dataclasses import fields

import pytest

from shared.domain.annotate import Note
from shared.domain.document import to_document
from shared.domain.entry import Entry, Trail
from shared.domain.footage import Clip
from tests.builders import a_note, an_approval
from tests.fakes import Moment, Outage, World
from tests.usecases.rows import Row
from tests.usecases.scenes import CONTENT, actions, entries
from tests.usecases.verbs import ROWS

DECLARED = {
    *("id", "pk", "number", "previous", "occurred_at", "operation", "action", "actor", "subject", "borough"),
    *("outcome", "request", "salt", "reason", "recipient", "session", "address", "changes", "pending", "leaf"),
}
GOES_ON = {
    "weed",
    "reconcile",
    "sight",
    "health_details",
    "touch",
    "close_idle_sessions",
    "account",
}  # they go on when a call fails, and so say it in the log; what is not accounted for is said whether one fails or not
INCIDENT = "CAD 4711"
PEOPLE = ("Ada Byron", "P1234", "192.0.2.17", INCIDENT, "session-1", "reviewing", "robbery", "sig=")
LEVELS = pytest.mark.parametrize("moment", Moment)


def test_an_entry_has_the_fields_of_the_design_and_no_others() -> None:
    assert {field.name for field in fields(Entry)} == DECLARED


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_an_entry_holds_what_its_row_declares(row: Row) -> None:
    world = World()
    row.scene(world)
    await row.run(world, row.asking)
    for entry, (action, changed) in zip(entries(world), row.enters, strict=True):
        assert entry.action == action
        assert {change.field for change in entry.changes} == set(changed.split())
        assert (entry.reason.text if entry.reason else None) == row.said
        assert (entry.actor, entry.address, entry.session) == (
            row.asking.actor,
            row.asking.address,
            row.asking.session,
        )
        assert entry.recipient is None
        assert len(json.dumps(to_document(entry))) < 4096


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_neither_address_nor_bytes_nor_media_facts_are_entered(row: Row) -> None:
    world = World()
    row.scene(world)
    await row.run(world, row.asking)
    entered = json.dumps([to_document(entry) for entry in entries(world)])
    for secret in ("https://", "sig=", "h264", INCIDENT, CONTENT[-10:].decode()):
        assert secret not in entered


@LEVELS
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_no_log_line_names_anybody_even_when_every_call_fails(
    row: Row, moment: Moment, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    quiet = World()
    row.scene(quiet)
    await row.run(quiet, row.asking)
    for number in range(1, len(quiet.faults.calls) + 1):
        world = World()
        row.scene(world)
        world.faults.break_call(number, moment)
        try:
            await row.run(world, row.asking)
        except Outage:
            continue
    ours = [record for record in caplog.records if record.name.startswith("shared")]
    for record in ours:
        assert record.exc_info is None
        assert not [person for person in PEOPLE if person in record.getMessage()]
    assert bool(ours) == (row.verb.__name__ in GOES_ON)


async def test_the_text_of_a_fault_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    row = next(row for row in ROWS if row.name == "weed, happy")
    world = World()
    row.scene(world)
    world.faults.break_every("footage.erase")
    caplog.set_level(logging.DEBUG, logger="shared")
    await row.run(world, row.asking)
    assert caplog.records
    assert "broken" not in caplog.text
    assert actions(world) == ["footage.condemned"]


BESIDE = "weed, with all that was written beside it"


async def test_of_what_people_wrote_beside_a_clip_nothing_is_left_when_it_is_weeded() -> None:
    """The reasons that people gave stay where they were entered, as the reason of every change does."""
    row = next(row for row in ROWS if row.name == BESIDE)
    world = World()
    row.scene(world)
    before = json.dumps([to_document(record) for record in world.records.everything()])
    written = (a_note().text, a_note().salt, a_note().sha256, an_approval().why, "I watched it", "Sgt Grace Hopper")
    assert [text for text in written[:2] + written[3:] if json.dumps(text)[1:-1] not in before] == []
    await row.run(world, row.asking)
    assert {type(record) for record in world.records.everything()} == {Clip, Entry, Trail}
    left = json.dumps([to_document(record) for record in world.records.everything()])
    assert [text for text in written if json.dumps(text)[1:-1] in left] == []


async def test_a_note_s_text_is_nowhere_but_in_the_note() -> None:
    row = next(row for row in ROWS if row.name == "annotate")
    world = World()
    row.scene(world)
    note = await row.run(world, row.asking)
    rest = [to_document(record) for record in world.records.everything() if not isinstance(record, Note)]
    said = json.dumps(rest)
    assert note.sha256 in said
    assert [each for each in (*note.text.split("\n"), note.salt) if json.dumps(each)[1:-1] in said] == []
