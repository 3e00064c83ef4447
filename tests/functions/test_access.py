"""Who may do what: every cell of the table, at the real doors with real tokens."""

from collections.abc import Mapping

import pytest

from functions.door import Door
from shared.domain.access import TABLE, Scope
from shared.domain.entry import Entry, Outcome
from tests.builders import (
    BOROUGH,
    OFFICER,
    OTHER_BOROUGH,
    OTHER_OFFICER,
    RECORDING,
    SESSION,
    a_clip,
    an_entry,
)
from tests.functions.access_closed import CLOSED, closed_cells
from tests.functions.access_knocks import KNOCKS, WHO, Knock, at_the_grants
from tests.functions.access_table import TABLES, cells, column
from tests.functions.directory import person
from tests.functions.opened import DOORS, HTTP
from tests.functions.proper import names_a_clip
from tests.functions.world import Answered, MemoryService


def test_every_http_door_has_its_row_for_every_role() -> None:
    """A new door fails here until somebody has typed what each role meets there."""
    assert set(TABLES) == set(HTTP) == set(DOORS) == set(KNOCKS)
    roles = {door: {role for at, role, _, _ in cells() if at == door} for door in TABLES}
    assert roles == {key: set(WHO) for key in TABLES}


def _circumstances(door: Door) -> tuple[str, ...]:
    """What can make a difference to who may, by what the door declares."""
    scopes = set(TABLE[door.permission].values()) if door.permission else set()
    if names_a_clip(door) or scopes & {Scope.OWN, Scope.BOROUGH}:
        return ("own", "borough", "other")
    if Scope.FORCE_OR_BOROUGH in scopes:
        return ("borough", "other")
    return ("itself", "another") if Scope.ITSELF in scopes else ("there",)


@pytest.mark.parametrize("door", list(DOORS))
def test_a_door_is_tried_in_every_circumstance_that_its_permission_tells_apart(door: str) -> None:
    assert column(door) == _circumstances(DOORS[door])


@pytest.mark.parametrize("door, role, where, expected", list(cells()))
async def test_a_caller_meets_what_the_table_says(
    world: MemoryService, door: str, role: str, where: str, expected: str
) -> None:
    knock = Knock(world=world, door=door, who=WHO[role], where=where)
    answered = await KNOCKS[door](knock)
    assert _met(answered, expected) == expected, answered.raw
    _is_written_down(world, door, role, answered.status)


def test_every_door_that_a_force_may_close_has_its_table_for_when_it_is_closed() -> None:
    assert set(CLOSED) == {name for name, door in DOORS.items() if door.unless_open}


@pytest.mark.parametrize("door, role, where, expected", list(closed_cells()))
async def test_where_the_ledger_is_not_open_a_caller_meets_what_the_table_says(
    world: MemoryService, door: str, role: str, where: str, expected: str
) -> None:
    """A look at it is no entry there either: that would be sealed, and looked at, for ever. A refusal is one."""
    world.ledger_open = False
    answered = await KNOCKS[door](Knock(world=world, door=door, who=WHO[role], where=where))
    assert str(answered.status) == expected, answered.raw
    entered = [entry.action for entry in _written(world, door)]
    assert entered == {200: [], 401: ["refused.nobody"], 403: [f"refused.{door}"]}[answered.status]


@pytest.mark.parametrize("door", ["keys", "cosign"])
async def test_where_the_ledger_is_not_open_keys_and_cosignatures_are(world: MemoryService, door: str) -> None:
    world.ledger_open = False
    answered = await KNOCKS[door](Knock(world=world, door=door, who=None, where="there"))
    assert answered.status in (200, 201)


def _met(answered: Answered, expected: str) -> str:
    """In the words of the table: a status, or whether the clip, the entry or the session is among the rows."""
    if answered.status != 200 or expected not in ("shown", "hidden"):
        return str(answered.status)
    if "within" in answered.json:
        return "shown" if answered.json["within"]["undecided"] else "hidden"
    (rows,) = [listed for listed in answered.json.values() if isinstance(listed, list)]
    named = {row.get(name) for row in rows for name in ("id", "subject", "session", "clip")}
    return "shown" if named & {RECORDING, SESSION} else "hidden"


def _is_written_down(world: MemoryService, door: str, role: str, status: int) -> None:
    """What was let in and what was refused, both by name; nobody in particular is counted under the hour."""
    last = _written(world, door)
    if DOORS[door].permission is None or (door in NAMES_NOBODY and status == 200):
        assert last == []
    elif status == 401:
        assert [(entry.pk, entry.actor.id) for entry in last] == [("refusals:2026-11-25T20", "nobody")]
    else:
        asked = last[-1]
        outcome = Outcome.REFUSED if status in (403, 404) else Outcome.GRANTED
        assert asked.outcome is outcome
        assert asked.actor.role == (None if role == "no-role" else role.removeprefix("borough-"))
        assert (asked.action == f"refused.{door}") == (outcome is Outcome.REFUSED)


def _written(world: MemoryService, door: str) -> list[Entry]:
    """What the knock itself added: not the scene's entry, nor the look at the clip that gave the ETag."""
    written = world.entries(coming_on=door == "log_on")
    return [entry for entry in written if entry.request.startswith("invocation") and not _setting(entry, door)]


def _setting(entry: Entry, door: str) -> bool:
    return DOORS[door].changes and entry.action == "footage.read"


@pytest.mark.parametrize("role, claim", [("officer", "employeeid"), ("supervisor", "borough")])
@pytest.mark.parametrize("door", ["search", "read", "poster", "play", "categorise"])
async def test_a_scope_without_its_claim_gives_nothing(world: MemoryService, door: str, role: str, claim: str) -> None:
    knock = Knock(world=world, door=door, who=person(role, **{claim: None}), where="own")
    assert (await KNOCKS[door](knock)).status == 403


async def test_a_dock_whose_token_names_no_client_is_refused(world: MemoryService) -> None:
    knock = Knock(world=world, door="grant", who=person("dock", azp=None), where="itself")
    assert (await at_the_grants(knock)).status == 401


async def test_the_roles_of_one_caller_add_up(world: MemoryService) -> None:
    """An officer who is also a supervisor sees their own clips of other boroughs, and everybody's of their own."""
    who = person("officer", "supervisor")
    own = world.hold(a_clip(officer=OFFICER, borough=OTHER_BOROUGH))
    assert (await world.ask("read", who, route={"id": own.id})).status == 200
    colleague = world.hold(a_clip(officer=OTHER_OFFICER, borough=BOROUGH))
    assert (await world.ask("read", who, route={"id": colleague.id})).status == 200
    stranger = world.hold(a_clip(officer=OTHER_OFFICER, borough=OTHER_BOROUGH))
    assert (await world.ask("read", who, route={"id": stranger.id})).status == 404
    assert {entry.actor.role for entry in world.entries()} == {"officer, supervisor"}


NAMES_NOBODY = {"categories"}  # the same for everybody, and about nobody: such a look is no entry
LET_IN = ("200", "201", "202", "204", "shown")


@pytest.mark.parametrize("door", sorted(name for name, door in DOORS.items() if door.permission is not None))
async def test_what_a_door_lets_in_is_entered_under_the_operation_it_declares(world: MemoryService, door: str) -> None:
    role, where = next((role, where) for at, role, where, met in cells() if at == door and met in LET_IN)
    answered = await KNOCKS[door](Knock(world=world, door=door, who=WHO[role], where=where))
    assert answered.status < 300
    granted = [entry.operation for entry in _written(world, door) if entry.outcome is Outcome.GRANTED]
    assert set(granted) == (set() if door in NAMES_NOBODY else {DOORS[door].operation})


async def test_a_role_we_do_not_know_gives_nothing(world: MemoryService) -> None:
    world.hold(a_clip())
    assert (await world.ask("read", person("Officer", "admin"), route={"id": RECORDING})).status == 403


async def test_a_borough_s_auditor_cannot_ask_for_another_borough(world: MemoryService) -> None:
    world.records.put(*an_entry(borough=OTHER_BOROUGH))
    answered = await world.ask("audit", person("auditor"), query={"borough": OTHER_BOROUGH})
    assert answered.status == 200
    assert {row["borough"] for row in answered.json["entries"]} <= {BOROUGH}


@pytest.mark.parametrize("said", [{}, {"reason": ""}, {"reason": "   "}])
async def test_nobody_plays_without_saying_why(world: MemoryService, said: Mapping[str, str]) -> None:
    world.hold(a_clip())
    answered = await world.ask("play", person("auditor"), route={"id": RECORDING}, body=said)
    assert (answered.status, answered.json["field"]) == (400, "reason")
    assert world.links.made == []
