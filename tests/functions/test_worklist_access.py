"""The doors of worklists by who knocks: whose lists are whose, what `mine` narrows to, and what each is counted."""

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.approve import Standing
from shared.domain.footage import Fixity, Integrity, State
from shared.domain.retention import KEPT_FOR
from shared.domain.worklist import TO_DECIDE, UNMET_AFTER, Worklist
from tests.builders import (
    BOROUGH,
    NOW,
    OFFICER,
    OTHER_BOROUGH,
    OTHER_OFFICER,
    RECORDING,
    a_clip,
    a_grant,
    an_approval,
    fresh_id,
)
from tests.functions.access_knocks import WHO, WHOSE
from tests.functions.access_table import FOUND, MANAGED, cells_of
from tests.functions.directory import MANAGER, person
from tests.functions.world import Answered, MemoryService

GOES_SOON = NOW - KEPT_FOR + timedelta(days=1)
WHOLE = [name for name in Worklist if name not in TO_DECIDE]
MINE = {"mine": "true"}


async def show(world: MemoryService, name: str, who: Any, **query: str) -> Answered:
    return await world.ask("worklist", who, route={"name": name}, query=query)


def met(answered: Answered) -> str:
    if answered.status != 200:
        return str(answered.status)
    return "shown" if any(item.get("id") == RECORDING for item in answered.json["items"]) else "hidden"


@pytest.mark.parametrize("name", TO_DECIDE)
@pytest.mark.parametrize("role, where, expected", list(cells_of(FOUND)))
async def test_a_list_to_decide_on_shows_what_a_search_would(
    world: MemoryService, name: str, role: str, where: str, expected: str
) -> None:
    officer, borough = WHOSE[where]
    world.hold(a_clip(uploaded_at=GOES_SOON, officer=officer, borough=borough))
    answered = await show(world, name, WHO[role])
    assert met(answered) == expected, answered.raw


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("role, where, expected", list(cells_of(MANAGED)))
async def test_every_other_list_is_for_evidence_managers(
    world: MemoryService, name: str, role: str, where: str, expected: str
) -> None:
    assert where == "there"
    assert (await show(world, name, WHO[role])).status == int(expected)


async def test_mine_narrows_a_list_within_reach(world: MemoryService) -> None:
    mine = world.hold(a_clip(id=fresh_id(), borough=OTHER_BOROUGH))
    colleague_s = world.hold(a_clip(id=fresh_id(), officer=OTHER_OFFICER))
    both = person("officer", "supervisor")
    rows = (await show(world, "undecided", both)).json["items"]
    assert {row["id"] for row in rows} == {mine.id, colleague_s.id}
    rows = (await show(world, "undecided", both, **MINE)).json["items"]
    assert [row["id"] for row in rows] == [mine.id]


async def test_mine_is_refused_to_who_is_no_officer_and_of_a_list_that_is_nobody_s(world: MemoryService) -> None:
    refused = [
        await show(world, "expiring", person("supervisor", employeeid=None), **MINE),
        await show(world, "quarantine", MANAGER, **MINE),
    ]
    assert [(answered.status, answered.json["field"]) for answered in refused] == [(400, "mine")] * 2


async def test_a_token_of_mine_is_refused_for_everybody_s(world: MemoryService) -> None:
    for _ in range(3):
        world.hold(a_clip(id=fresh_id()))
    officer = person("officer")
    token = (await show(world, "undecided", officer, limit="2", **MINE)).json["next"]
    assert (await show(world, "undecided", officer, page=token, **MINE)).status == 200
    for name, query in (("undecided", {}), ("expiring", MINE)):
        refused = await show(world, name, officer, page=token, **query)
        assert (refused.status, refused.json["field"]) == (400, "page")


@pytest.fixture
def full(world: MemoryService) -> MemoryService:
    """Of each officer in each borough one clip that goes soon and one that does not; and what waits for a manager."""
    for officer in (OFFICER, OTHER_OFFICER):
        for borough in (BOROUGH, OTHER_BOROUGH):
            world.hold(a_clip(id=fresh_id(), officer=officer, borough=borough))
            world.hold(a_clip(id=fresh_id(), officer=officer, borough=borough, uploaded_at=GOES_SOON))
    world.hold(a_clip(id=fresh_id(), state=State.QUARANTINED, integrity=Integrity(state=Fixity.MISMATCH)))
    world.hold(a_clip(id=fresh_id(), state=State.QUARANTINED, integrity=Integrity(gave_up_at=NOW)))
    world.records.put(a_grant(recording=fresh_id(), granted_at=NOW - UNMET_AFTER))
    world.records.put(an_approval(), an_approval(clip=fresh_id(), state=Standing.REFUSED))
    return world


def clips(number: int) -> dict[str, int]:
    return {"undecided": 2 * number, "expiring": number}


def own(number: int) -> dict[str, int]:
    return {"held": 2 * number, **clips(number)}


WAITING = {"quarantine": 2, "mismatch": 1, "poison": 1, "unmetGrants": 1, "approvals": 1}


@pytest.mark.parametrize(
    "who, mine, within, waiting",
    [
        (person("officer"), own(2), clips(2), None),
        (person("supervisor"), own(1), clips(2), None),
        (person("supervisor", employeeid=None), None, clips(2), None),
        (person("officer", "supervisor"), own(2), clips(3), None),
        (person("disclosure-officer", employeeid=None), None, clips(4), None),
        (MANAGER, own(0), clips(4), WAITING),
        (person("officer", "evidence-manager"), own(2), clips(4), WAITING),
    ],
)
async def test_each_is_told_what_is_theirs_what_is_within_reach_and_what_waits_for_them(
    full: MemoryService, who: Any, mine: Any, within: Any, waiting: Any
) -> None:
    answered = await full.ask("worklists", who)
    assert (answered.status, answered.json) == (200, {"mine": mine, "within": within, "waiting": waiting})
