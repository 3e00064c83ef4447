"""docs/auditors.md is held against the doors: every question it answers is one that can be asked, by an auditor."""

import re
from collections.abc import Iterator

import pytest

from functions.door import Door
from functions.shown_sessions import ShownSession
from shared.domain.access import TABLE, Role
from shared.domain.session import Ended
from tests.functions.opened import DOORS
from tests.house.source import ROOT
from tests.house.test_section_62 import rows

PAGE = re.sub(
    r"^```.*?^```$", "", (ROOT / "docs" / "auditors.md").read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
)
QUERY = re.compile(r"`GET /api/([\w/{}.-]+)(?:\?([^`]*))?`")
ACTION = re.compile(r"(?<![\w./])([a-z]+\.[a-z]+(?:-[a-z]+)*)(?![\w./])")
FOR_OTHERS = "footage/{id}"  # named as what auditors may not ask


def door_to(route: str) -> Door:
    (found,) = [door for door in DOORS.values() if (door.method, door.route) == ("GET", route)]
    return found


def queries() -> Iterator[tuple[str, str, str]]:
    """Each query of the page: its route, and the name and the value of each thing it asks."""
    for route, asked in QUERY.findall(PAGE):
        yield from ((route, *part.partition("=")[::2]) for part in (asked.split("&") if asked else [""]))


@pytest.mark.parametrize("route", sorted({route for route, _ in QUERY.findall(PAGE)}))
def test_every_door_that_is_named_opens_to_auditors_but_the_one_that_is_said_not_to(route: str) -> None:
    door = door_to(route)
    open_to_auditors = door.permission is None or Role.AUDITOR in TABLE[door.permission]
    assert open_to_auditors == (route != FOR_OTHERS)


def test_every_thing_that_is_asked_is_a_thing_its_door_takes() -> None:
    asked = [(route, name) for route, name, _ in queries() if name]
    assert len(asked) >= 20
    taken = {route: _fields(door_to(route)) for route, _ in asked}
    assert [(route, name) for route, name in asked if name not in taken[route]] == []


def test_every_value_that_is_asked_is_one_its_door_takes() -> None:
    """A `{word}` stands for what the auditor puts there, and an empty value for what they know."""
    for route, name, value in queries():
        if value and "{" not in value:
            query = door_to(route).query
            assert query is not None
            query.model_validate({name: value})


def test_every_action_that_is_named_is_one_that_is_entered() -> None:
    named = {word for text in re.findall(r"`([^`]+)`", PAGE) for word in ACTION.findall(text)}
    known = {action for (action, _), _ in rows()} | {f"refused.{door}" for door in DOORS}
    assert {word for word in named if word not in known} - {"tools.verify", "model.md"} == set()
    assert len(named & known) > 25


def test_every_field_that_is_named_is_shown_and_every_end_of_a_session() -> None:
    (fields,) = re.findall(r"`seconds`, `endedWhy` \((.+?)\)", PAGE)
    assert fields.split(", ") == list(Ended)
    shown = {field.alias for field in ShownSession.model_fields.values()}
    assert shown >= {"seconds", "endedWhy", "startedAt", "endedAt"}


def _fields(door: Door) -> set[str]:
    return set(door.query.model_fields) if door.query else set()
