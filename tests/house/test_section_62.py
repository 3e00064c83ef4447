"""docs/section-62.md is held against the code: every action there is, under its operation, with its reasons."""

import ast
import re
from collections.abc import Iterator

import pytest

from shared.domain.entry import Entry, Operation, stored
from shared.usecases.refuse import ENTERED
from tests.builders import an_entry
from tests.fakes import World
from tests.functions.opened import DOORS
from tests.house.source import ROOT, calls, dotted, modules, named, tree
from tests.usecases.scenes import entries
from tests.usecases.verbs import ROWS

PAGE = (ROOT / "docs" / "section-62.md").read_text(encoding="utf-8")
ACTION = re.compile(r"[a-z]+\.[a-z]+(?:-[a-z]+)*")
ROW = re.compile(r"^\| `([a-z]+\.[a-z<>-]+)` \| (.+) \| (.*) ?\|$", re.MULTILINE)
OF_AN_EXPORT = "shared/domain/export.py"  # its actions are named beside the format of the file
NEVER_ENTERED = {"entry.erased"}
AT_A_DOOR = "refused.<door>"
IN_NO_ROW = {  # of tests/usecases, whose rows do not come to them
    ("reconciliation.advanced", Operation.ADMINISTRATION),
    ("reconciliation.stopped", Operation.ADMINISTRATION),
    ("refused.revoked", Operation.ACCESS),
}
Pair = tuple[str, str]


def rows() -> Iterator[tuple[Pair, set[str]]]:
    """Each row of the page: its action, the operation in whose section it stands, and the codes of its reasons."""
    for section in re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]:
        operation, _, text = section.partition("\n")
        for action, _, reasons in ROW.findall(text):
            yield (action, operation), set(re.findall(r"`([^`]+)`", reasons))


def said_in_code() -> set[str]:
    """Every text in a verb that looks like an action, and is not handed to the metrics as a number's name."""
    verbs = [path for path in modules("shared") if "/usecases/" in named(path) or named(path) == OF_AN_EXPORT]
    numbers = {id(call.args[0]) for path in verbs for call in calls(path) if dotted(call.func).startswith("metrics.")}
    texts = [node for path in verbs for node in ast.walk(tree(path)) if isinstance(node, ast.Constant)]
    return {str(text.value) for text in texts if id(text) not in numbers and ACTION.fullmatch(str(text.value))}


@pytest.fixture(scope="module")
async def entered() -> list[Entry]:
    """What every verb enters in every way it can go."""
    found: list[Entry] = []
    for row in ROWS:
        world = World()
        row.scene(world)
        before = {(entry.pk, entry.id) for entry in entries(world)}
        await row.run(world, row.asking)
        found += [entry for entry in entries(world) if (entry.pk, entry.id) not in before]
    return found


def pair(entry: Entry) -> Pair:
    door = entry.action.startswith("refused.") and entry.action not in {"refused.nobody", "refused.revoked"}
    return AT_A_DOOR if door else entry.action, entry.operation


def test_every_operation_has_its_section_and_every_section_is_of_an_operation() -> None:
    assert sorted(re.findall(r"^### (.+)$", PAGE, re.MULTILINE)) == sorted(Operation)


def test_every_action_of_the_code_is_on_the_page_and_every_action_of_the_page_is_in_the_code() -> None:
    on_page = {action for (action, _), _ in rows()} - {AT_A_DOOR}
    assert on_page == said_in_code() - NEVER_ENTERED
    assert all(f"`{action}`" in PAGE for action in NEVER_ENTERED)


def test_no_row_is_there_twice() -> None:
    listed = [pair for pair, _ in rows()]
    assert len(set(listed)) == len(listed)


async def test_every_action_stands_under_the_operation_that_its_verb_enters_it_as(entered: list[Entry]) -> None:
    assert {pair for pair, _ in rows()} == {pair(entry) for entry in entered} | IN_NO_ROW


async def test_what_is_in_no_row_is_in_none(entered: list[Entry]) -> None:
    assert {pair(entry) for entry in entered} & IN_NO_ROW == set()


async def test_every_reason_that_is_entered_stands_in_the_row_of_its_action(entered: list[Entry]) -> None:
    listed = dict(rows())
    given = {(pair(entry), entry.reason.code) for entry in entered if entry.reason}
    assert {(of, code) for of, code in given if code not in listed[of]} == set()


async def test_an_action_without_a_reason_on_the_page_has_none(entered: list[Entry]) -> None:
    silent = {of for of, reasons in rows() if not reasons}
    assert {pair(entry) for entry in entered if entry.reason} & silent == set()


def test_the_reasons_of_a_refusal_at_a_door_are_all_there() -> None:
    besides = [door.manner.enters for door in DOORS.values() if door.manner]
    codes = {code for enters in (ENTERED, *besides) for code in enters.values()}
    assert dict(rows())[AT_A_DOOR, Operation.ACCESS] == codes


async def test_nobody_is_told_to_have_disclosed_or_combined_while_the_page_says_that_none_did(
    entered: list[Entry],
) -> None:
    quiet = [section for section in (Operation.DISCLOSURE, Operation.COMBINATION) if f"### {section}\n\nNone" in PAGE]
    assert [entry.action for entry in entered if entry.operation in quiet or entry.recipient] == []


def test_every_field_the_section_is_met_by_is_one_of_an_entry() -> None:
    table = PAGE.partition("## What the section asks")[2].partition("\n\nThe section asks")[0]
    fields = set(re.findall(r"`([a-zA-Z]+)`", table))
    entry, _ = an_entry()
    assert fields - set(stored(entry)) == set()
    assert fields >= {"occurredAt", "actor", "recipient", "reason", "subject", "operation"}
