"""The feed's pages: turned by their links to the end, by whoever began, for the same question, within a day."""

import base64
from datetime import timedelta
from urllib.parse import quote, urlencode

import pytest

from functions.feed_pages import LONGEST_TOKEN, FeedPages
from shared.ports import Last
from shared.usecases.feed import Onward
from tests.builders import BOROUGH, NOW, OTHER_BOROUGH
from tests.functions.directory import Claims, person
from tests.functions.feed_asked import (
    AUDITOR,
    OF_BOROUGH,
    ROOT,
    enter,
    follow,
    get,
    ids,
    pages,
    queries,
    token_in,
)
from tests.functions.test_pages import LETTERS
from tests.functions.world import Answered, MemoryService

TWO = {"Prefer": "odata.maxpagesize=2"}
ANOTHER = person("auditor", borough=None, oid="5b8f0f7e-0000-4000-8000-00000000000a", sid="session-2")
A_FORGED_ONE = base64.urlsafe_b64encode(
    b"\0" * 32 + b'["2099-01-01T00:00:00.000000Z","","",null,null,"2099-01-01T00:00:00.000000Z"]'
)


def is_refused(answered: Answered) -> None:
    assert (answered.status, answered.json["error"]["target"]) == (400, "$skiptoken")


async def first(world: MemoryService, **query: str) -> Answered:
    enter(world, 5)
    return await get(world, query={f"${name}": value for name, value in query.items()}, headers=TWO)


@pytest.mark.parametrize("order", ["occurredAt", "occurredAt desc", "id", "id desc", "occurredAt asc,id asc"])
async def test_the_links_lead_to_each_row_once_while_entries_are_added_between_the_pages(
    world: MemoryService, order: str
) -> None:
    made = enter(world, 7)
    answered = await get(world, query={"$orderby": order}, headers=TWO)
    found = [answered]
    while link := found[-1].json.get("@odata.nextLink"):
        world.time += timedelta(minutes=3)
        enter(world, 3, borough=f"new {len(found)}", key="new")
        found.append(await follow(world, link, headers=TWO))
        assert len(found[-1].json["value"]) <= 2
    new = {row["id"] for row in (await get(world, query={"$filter": "startswith(borough,'new')"})).json["value"]}
    seen = [each for each in ids(found) if each not in new and each not in {entry.id for entry in queries(world)}]
    assert sorted(seen) == sorted(entry.id for entry in made)


async def test_a_question_is_entered_once_however_many_pages_it_has(world: MemoryService) -> None:
    enter(world, 7)
    found = await pages(world, {"$filter": "action eq 'footage.read'"}, headers=TWO)
    assert [len(page.json["value"]) for page in found] == [2, 2, 2, 1]
    (entered,) = queries(world)
    assert entered.pk.startswith("actor:")


async def test_a_link_says_the_whole_question_again_on_the_address_that_callers_know(world: MemoryService) -> None:
    asked = {"filter": "contains(action,'o''b+&é') or action eq 'footage.read'", "select": "id", "top": "4"}
    answered = await first(world, **asked)
    link = answered.json["@odata.nextLink"]
    assert link.startswith(
        f"{ROOT}/AuditEntries?$filter=contains%28action%2C%27o%27%27b%2B%26%C3%A9%27%29%20or%20action%20eq%20%27"
        "footage.read%27&$select=id&$top=4&$skiptoken="
    )
    second = await follow(world, link, headers=TWO)
    assert ([len(page.json["value"]) for page in (answered, second)]) == [2, 2]
    assert "@odata.nextLink" not in second.json


@pytest.mark.parametrize(
    "token", ["", "x", "=", "é", "A" * 300, A_FORGED_ONE.decode(), A_FORGED_ONE.decode().rstrip("=")]
)
async def test_a_token_that_we_did_not_give_is_refused(world: MemoryService, token: str) -> None:
    is_refused(await get(world, query={"$skiptoken": token}))
    assert "feed.page" not in world.faults.calls


async def test_a_token_with_any_one_character_changed_is_refused(world: MemoryService) -> None:
    token = token_in(await first(world))
    for at in range(0, len(token) - 1, 5):
        other = "A" if token[at] != "A" else "B"
        is_refused(await get(world, query={"$skiptoken": token[:at] + other + token[at + 1 :]}))


async def test_a_token_with_another_last_character_is_refused_though_it_may_be_decoded_to_the_same(
    world: MemoryService,
) -> None:
    token = token_in(await first(world))
    for other in set(LETTERS) - {token[-1]}:
        is_refused(await get(world, query={"$skiptoken": token[:-1] + other}))


@pytest.mark.parametrize(
    "who",
    [ANOTHER, OF_BOROUGH, person("auditor", borough=OTHER_BOROUGH)],
    ids=["another", "the same with a borough", "the same with another borough"],
)
async def test_a_token_is_refused_to_anybody_else_and_to_the_same_person_with_another_reach(
    world: MemoryService, who: Claims
) -> None:
    link = (await first(world)).json["@odata.nextLink"]
    assert (await follow(world, link)).status == 200
    is_refused(await follow(world, link, who=who))


@pytest.mark.parametrize(
    "query",
    [
        {"$filter": "pending"},
        {"$orderby": "id"},
        {"$orderby": "occurredAt asc"},
        {"$top": "3"},
        {"$skip": "1"},
        {"$count": "true"},
        {"$select": "id"},
    ],
)
async def test_a_token_is_refused_for_another_question(world: MemoryService, query: dict[str, str]) -> None:
    token = token_in(await first(world))
    is_refused(await get(world, query={**query, "$skiptoken": token}))


async def test_a_token_of_one_set_is_refused_at_another_and_one_of_another_door_here(world: MemoryService) -> None:
    token = token_in(await first(world))
    is_refused(await get(world, "Disclosures", {"$skiptoken": token}))
    listed = await world.ask("audit", AUDITOR, query={"limit": "1", "borough": BOROUGH})
    is_refused(await get(world, query={"$skiptoken": listed.json["next"]}))
    answered = await world.ask("audit", AUDITOR, query={"limit": "1", "page": token})
    assert (answered.status, answered.json["field"]) == (400, "page")


async def test_a_token_is_good_for_a_day(world: MemoryService) -> None:
    link = (await first(world)).json["@odata.nextLink"]
    later = person("auditor", borough=None, exp=int((NOW + timedelta(days=2)).timestamp()))
    world.time += timedelta(hours=24)
    assert (await follow(world, link, who=later)).status == 200
    world.time += timedelta(microseconds=1)
    is_refused(await follow(world, link, who=later))


async def test_whoever_may_no_longer_is_refused_whatever_token_they_have(world: MemoryService) -> None:
    link = (await first(world)).json["@odata.nextLink"]
    answered = await follow(world, link, who=person("officer", borough=None))
    assert (answered.status, answered.json["error"]["code"]) == (403, "Forbidden")


async def test_the_size_of_a_page_may_change_on_the_way(world: MemoryService) -> None:
    link = (await first(world)).json["@odata.nextLink"]
    assert len((await follow(world, link)).json["value"]) == 3


def asking_for(length: int) -> dict[str, str]:
    """A question the address of whose next page has so many characters, with the longest token that there is."""
    asked = {"$filter": f"action in ('footage.read','{'é' * 600}','')", "$orderby": "id"}
    encoded = urlencode({**asked, "$skiptoken": ""}, quote_via=quote, safe="$")
    room = length - len(f"{ROOT}/AuditEntries?{encoded}") - LONGEST_TOKEN
    return {**asked, "$filter": f"{asked['$filter'][:-2]}{'x' * room}')"}


async def test_the_longest_question_that_is_answered_has_links_that_can_be_sent_and_are(world: MemoryService) -> None:
    enter(world, 5)
    found = await pages(world, asking_for(7_500), headers=TWO)
    assert [len(page.json["value"]) for page in found] == [2, 2, 1]
    links = [len(page.json["@odata.nextLink"]) for page in found[:-1]]
    assert 7_500 - 100 < max(links) <= 7_500


async def test_a_question_one_character_longer_is_refused_before_anything_is_read_of_it(world: MemoryService) -> None:
    enter(world, 5)
    answered = await get(world, query=asking_for(7_501), headers=TWO)
    error = answered.json["error"]
    assert (answered.status, error["code"], error["target"]) == (400, "BadRequest", "query")
    assert "7501 characters, and 7500 can be sent" in error["message"]
    assert "feed.page" not in world.faults.calls
    assert queries(world) == []


async def test_no_token_is_longer_than_the_room_that_is_kept_for_one(world: MemoryService) -> None:
    """An id is a UUID, or a session's: 32 letters and its number."""
    value = Last("x" * 48, "x" * 48)
    going_on = Onward(until=NOW, after=value, left=999_999_999, count=999_999_999_999)
    token = await FeedPages(keys=world.keys, question="any", now=NOW).following(going_on)
    assert LONGEST_TOKEN - 20 < len(token) <= LONGEST_TOKEN
