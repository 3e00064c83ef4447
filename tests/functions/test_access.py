"""Who may do what: every cell of the table, at the real doors with real tokens."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pytest

from shared.domain.entry import Entry, Outcome
from shared.domain.footage import Borough, Clip, DockId, Fixity, Integrity, OfficerId, State
from shared.domain.reconcile_report import Reconciliation, run_of
from tests.builders import (
    BOROUGH,
    CAMERA,
    DOCK,
    NOW,
    OFFICER,
    OTHER_BOROUGH,
    OTHER_OFFICER,
    RECORDING,
    SHA256,
    SIZE,
    a_clip,
    a_dock,
    a_grant,
    an_entry,
)
from tests.functions.access_table import TABLES, cells
from tests.functions.directory import DOCK_ITSELF, Claims, person
from tests.functions.opened import DOORS, HTTP
from tests.functions.world import Answered, MemoryService

WHO: Mapping[str, Claims | None] = MappingProxyType(
    {
        "officer": person("officer"),
        "supervisor": person("supervisor"),
        "evidence-manager": person("evidence-manager"),
        "disclosure-officer": person("disclosure-officer"),
        "auditor": person("auditor", borough=None),
        "borough-auditor": person("auditor"),
        "operator": person("operator"),
        "dock": DOCK_ITSELF,
        "no-role": person(),
        "nobody": None,
    }
)
WHOSE: Mapping[str, tuple[OfficerId, Borough]] = MappingProxyType(
    {
        "own": (OFFICER, BOROUGH),
        "borough": (OTHER_OFFICER, BOROUGH),
        "other": (OTHER_OFFICER, OTHER_BOROUGH),
    }
)
ANOTHER = a_dock(id=DockId("dock-camden-02"), client="5a1d7f34-1111-4222-8333-944455566677")


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """A caller at a door in one circumstance."""

    world: MemoryService
    door: str
    who: Claims | None
    where: str

    async def ask(self, **sent: Any) -> Answered:
        return await self.world.ask(self.door, self.who, **sent)

    def clip(self, **changes: Any) -> Clip:
        officer, borough = WHOSE[self.where]
        return self.world.hold(a_clip(officer=officer, borough=borough, **changes))

    def dock(self) -> DockId:
        """The dock that is asked for; the register knows both."""
        self.world.records.put(a_dock(), ANOTHER)
        return DOCK if self.where == "itself" else ANOTHER.id


async def at_a_clip(knock: Knock) -> Answered:
    return await knock.ask(route={"id": knock.clip().id})


async def at_playback(knock: Knock) -> Answered:
    return await knock.ask(route={"id": knock.clip().id}, body={"reason": "to prepare my statement"})


async def changing(knock: Knock, clip: Clip, **body: str) -> Answered:
    """A change of the clip as an evidence manager has just seen it."""
    seen = await knock.world.ask("read", person("evidence-manager"), route={"id": clip.id})
    return await knock.ask(route={"id": clip.id}, body=body, headers={"If-Match": seen.etag})


async def at_the_category(knock: Knock) -> Answered:
    return await changing(knock, knock.clip(), category="arrest", evidential="no", reason="nothing happened")


async def at_the_officer(knock: Knock) -> Answered:
    return await changing(knock, knock.clip(), officer="P5", reason="the roster was wrong")


async def at_the_incident(knock: Knock) -> Answered:
    return await changing(knock, knock.clip(), incident="CAD 9", reason="the same stop")


async def at_the_release(knock: Knock) -> Answered:
    clip = knock.clip(state=State.QUARANTINED, quarantine=("truncated",))
    return await changing(knock, clip, reason="watched it whole")


async def at_a_worklist(knock: Knock) -> Answered:
    return await knock.ask(route={"name": "quarantine"})


async def at_a_dock(knock: Knock) -> Answered:
    return await knock.ask(route={"dock": knock.dock()})


async def at_the_search(knock: Knock) -> Answered:
    knock.clip()
    return await knock.ask()


async def at_the_feed(knock: Knock) -> Answered:
    knock.world.records.put(*an_entry(borough=WHOSE[knock.where][1]))
    return await knock.ask(query={"subject": RECORDING})


async def at_the_grants(knock: Knock) -> Answered:
    body = {
        "camera": CAMERA,
        "recordedAt": "2026-11-25T14:52:56Z",
        "size": SIZE,
        "sha256": SHA256,
        "contentType": "video/mp4",
    }
    return await knock.ask(route={"dock": knock.dock()}, body=body)


async def at_the_receipts(knock: Knock) -> Answered:
    dock = knock.dock()
    verified = Integrity(state=Fixity.VERIFIED, claimed=SHA256, sha256=SHA256, verified_at=NOW)
    knock.world.records.put(a_grant(dock=dock), a_clip(dock=dock, integrity=verified))
    return await knock.ask(route={"dock": dock, "recording": RECORDING})


async def at_the_register(knock: Knock) -> Answered:
    body = {"station": "Stoke Newington", "borough": BOROUGH, "client": ANOTHER.client}
    return await knock.ask(route={"dock": DOCK}, body=body)


async def at_the_runs(knock: Knock) -> Answered:
    return await knock.ask(body={"dryRun": False, "reason": "Event Grid was down"})


async def at_a_run(knock: Knock) -> Answered:
    report = Reconciliation(run=run_of("of long ago"), dry_run=False, started_at=NOW, round=True)
    knock.world.records.put(report)
    return await knock.ask(route={"id": report.run})


async def with_nothing(knock: Knock) -> Answered:
    return await knock.ask()


KNOCKS: Mapping[str, Callable[[Knock], Awaitable[Answered]]] = MappingProxyType(
    {
        "search": at_the_search,
        "read": at_a_clip,
        "poster": at_a_clip,
        "play": at_playback,
        "categorise": at_the_category,
        "correct_officer": at_the_officer,
        "correct_incident": at_the_incident,
        "release": at_the_release,
        "worklist": at_a_worklist,
        "trail": at_a_clip,
        "audit": at_the_feed,
        "register_dock": at_the_register,
        "list_docks": with_nothing,
        "read_dock": at_a_dock,
        "health": with_nothing,
        "health_details": with_nothing,
        "keys": with_nothing,
        "reconcile_now": at_the_runs,
        "reconciliation": at_a_run,
        "grant": at_the_grants,
        "receipt": at_the_receipts,
    }
)


def test_every_http_door_has_its_row_for_every_role() -> None:
    """A new door fails here until somebody has typed what each role meets there."""
    assert set(TABLES) == set(HTTP) == set(DOORS) == set(KNOCKS)
    roles = {door: {role for at, role, _, _ in cells() if at == door} for door in TABLES}
    assert roles == {key: set(WHO) for key in TABLES}


@pytest.mark.parametrize("door, role, where, expected", list(cells()))
async def test_a_caller_meets_what_the_table_says(
    world: MemoryService, door: str, role: str, where: str, expected: str
) -> None:
    knock = Knock(world=world, door=door, who=WHO[role], where=where)
    answered = await KNOCKS[door](knock)
    assert _met(answered, expected) == expected, answered.raw
    _is_written_down(world, door, role, answered.status)


def _met(answered: Answered, expected: str) -> str:
    """In the words of the table: a status, or whether the clip or the entry is among the rows."""
    if answered.status != 200 or expected not in ("shown", "hidden"):
        return str(answered.status)
    rows = answered.json.get("clips", answered.json.get("entries"))
    return "shown" if any(RECORDING in (row["id"], row.get("subject")) for row in rows) else "hidden"


def _is_written_down(world: MemoryService, door: str, role: str, status: int) -> None:
    """What was let in and what was refused, both by name; nobody in particular is counted under the hour."""
    last = _written(world, door)
    if DOORS[door].permission is None:
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
    return [entry for entry in world.entries() if entry.request.startswith("invocation") and not _setting(entry, door)]


def _setting(entry: Entry, door: str) -> bool:
    return DOORS[door].changes and entry.action == "footage.read"


@pytest.mark.parametrize("role, claim", [("officer", "employeeid"), ("supervisor", "borough")])
@pytest.mark.parametrize("door", ["search", "read", "poster", "play", "categorise"])
async def test_a_scope_without_its_claim_gives_nothing(world: MemoryService, door: str, role: str, claim: str) -> None:
    knock = Knock(world=world, door=door, who=person(role, **{claim: None}), where="own")
    assert (await KNOCKS[door](knock)).status == 403


async def test_a_dock_whose_token_names_no_client_is_refused(world: MemoryService) -> None:
    knock = Knock(world=world, door="grant", who=person("dock", azp=None), where="itself")
    assert (await at_the_grants(knock)).status == 403


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


LET_IN = ("200", "201", "202", "shown")


@pytest.mark.parametrize("door", sorted(name for name, door in DOORS.items() if door.permission is not None))
async def test_what_a_door_lets_in_is_entered_under_the_operation_it_declares(world: MemoryService, door: str) -> None:
    role, where = next((role, where) for at, role, where, met in cells() if at == door and met in LET_IN)
    answered = await KNOCKS[door](Knock(world=world, door=door, who=WHO[role], where=where))
    assert answered.status < 300
    granted = [entry.operation for entry in _written(world, door) if entry.outcome is Outcome.GRANTED]
    assert set(granted) == {DOORS[door].operation}


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
