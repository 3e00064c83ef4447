"""The doors of approvals by who looks: whose are listed, page by page, and how much of each is shown."""

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.approve import Standing
from tests.builders import (
    NOW,
    OTHER_BOROUGH,
    OTHER_OFFICER,
    an_approval,
    fresh_id,
)
from tests.functions.directory import MANAGER, OFFICER_BYRON
from tests.functions.test_approvals_doors import BYRON_AS_MANAGER, SUPERVISOR, WITHHELD, ask, decide, evidence, read
from tests.functions.world import MemoryService


@pytest.fixture
def held(world: MemoryService) -> MemoryService:
    world.hold(evidence())
    return world


def asked_about(world: MemoryService, number: int, **changes: Any) -> list[str]:
    """Approvals of as many clips, every two of one instant, the first asked first."""
    made = [an_approval(clip=fresh_id(), asked_at=NOW + timedelta(seconds=n // 2), **changes) for n in range(number)]
    world.records.put(*made)
    return [each.clip for each in made]


@pytest.mark.parametrize("number", [0, 1, 2, 3, 5])
async def test_paging_through_shows_each_once_oldest_first_and_enters_every_page(
    world: MemoryService, number: int
) -> None:
    clips = asked_about(world, number)
    page = await world.ask("approvals", MANAGER, query={"limit": "2"})
    found, pages = list(page.json["approvals"]), 1
    while page.json["next"]:
        page = await world.ask("approvals", MANAGER, query={"limit": "2", "page": page.json["next"]})
        found, pages = [*found, *page.json["approvals"]], pages + 1
    assert sorted(row["clip"] for row in found) == sorted(clips)
    keys = [(row["askedAt"], row["clip"]) for row in found]
    assert keys == sorted(keys)
    assert [entry.action for entry in world.entries("actor:P2001")].count("approvals.read") == pages


async def test_a_list_is_of_the_open_ones_or_of_the_state_that_is_asked_for(world: MemoryService) -> None:
    each = {state: asked_about(world, 1, state=state) for state in Standing}
    for state in Standing:
        rows = (await world.ask("approvals", MANAGER, query={"state": state})).json["approvals"]
        assert [row["clip"] for row in rows] == each[state]
    assert [row["clip"] for row in (await world.ask("approvals", MANAGER)).json["approvals"]] == each[Standing.OPEN]


async def test_an_officer_sees_what_was_asked_about_their_own_clips_alone(world: MemoryService) -> None:
    (own,) = asked_about(world, 1)
    asked_about(world, 1, officer=OTHER_OFFICER)
    asked_about(world, 1, officer=OTHER_OFFICER, borough=OTHER_BOROUGH)
    rows = (await world.ask("approvals", OFFICER_BYRON)).json["approvals"]
    assert [row["clip"] for row in rows] == [own]


async def test_a_token_is_good_for_its_state_and_its_caller_alone(world: MemoryService) -> None:
    asked_about(world, 3)
    token = (await world.ask("approvals", MANAGER, query={"limit": "2"})).json["next"]
    refused = [
        await world.ask("approvals", MANAGER, query={"page": token, "state": "granted"}),
        await world.ask("approvals", BYRON_AS_MANAGER, query={"page": token}),
        await world.ask("search", MANAGER, query={"page": token}),
    ]
    assert [(answered.status, answered.json["field"]) for answered in refused] == [(400, "page")] * 3


@pytest.mark.parametrize("query, field", [({"limit": "0"}, "limit"), ({"limit": "101"}, "limit"), ({"a": "b"}, "a")])
async def test_a_question_that_does_not_fit_is_refused_by_its_field(
    world: MemoryService, query: dict[str, str], field: str
) -> None:
    answered = await world.ask("approvals", MANAGER, query=query)
    assert (answered.status, answered.json["field"]) == (400, field)


async def test_the_officer_whose_clip_it_is_learns_that_it_was_asked_and_not_by_whom_or_why(
    held: MemoryService,
) -> None:
    await ask(held, SUPERVISOR, category="complaint")
    await decide(held, (await read(held)).etag)
    for who, whole in ((MANAGER, True), (SUPERVISOR, True), (OFFICER_BYRON, False)):
        (listed,) = (await held.ask("approvals", who, query={"state": "granted"})).json["approvals"]
        found = (await read(held, who)).json
        assert found == listed
        assert [found[name] is not None for name in WITHHELD] == [whole] * len(WITHHELD)
        assert (found["state"], found["askedAt"] is not None, found["decidedAt"] is not None) == ("granted", True, True)


async def test_an_officer_who_asked_sees_what_they_asked_and_what_was_answered(held: MemoryService) -> None:
    await decide(held, (await ask(held)).etag)
    found = (await read(held, OFFICER_BYRON)).json
    assert [name for name in WITHHELD if found[name] is None] == []
