"""Pages: each row once, and a token that is good for one caller, one question and one hour."""

import base64
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from functions.paging import signed, verified
from shared.errors import Malformed
from tests.builders import BOROUGH, NOW, UPLOADED, a_clip, an_entry, fresh_id
from tests.functions.directory import AUDITOR, MANAGER, OFFICER_BYRON, person
from tests.functions.world import Answered, MemoryService

if TYPE_CHECKING:
    from shared.domain.entry import Entry, Trail

BUSY = "the busy one"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def hold(world: MemoryService, number: int) -> list[str]:
    """Clips, every other two of which were uploaded in the same instant."""
    clips = [a_clip(id=fresh_id(), uploaded_at=UPLOADED - timedelta(seconds=n // 2)) for n in range(number)]
    return [world.hold(clip).id for clip in clips]


def enter(world: MemoryService, number: int) -> list[str]:
    """Entries of one trail, all of one instant."""
    trail: Trail | None = None
    entries: list[Entry] = []
    for n in range(number):
        entry, trail = an_entry(trail, key=f"key-{n}", subject=BUSY)
        entries.append(entry)
        world.records.put(entry, trail)
    return [entry.id for entry in entries]


async def search(world: MemoryService, who: Any = OFFICER_BYRON, **query: str) -> Answered:
    return await world.ask("search", who, query={"limit": "2"} | query)


async def first_token(world: MemoryService) -> str:
    hold(world, 3)
    return str((await search(world)).json["next"])


def is_refused(answered: Answered) -> None:
    assert (answered.status, answered.json["field"]) == (400, "page")


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 7])
async def test_paging_through_gives_each_clip_once_newest_first(world: MemoryService, number: int) -> None:
    clips = hold(world, number)
    found: list[dict[str, Any]] = []
    page = await search(world)
    found += page.json["clips"]
    while page.json["next"]:
        page = await search(world, page=page.json["next"])
        found += page.json["clips"]
    assert sorted(clip["id"] for clip in found) == sorted(clips)
    keys = [(clip["uploadedAt"], clip["id"]) for clip in found]
    assert keys == sorted(keys, reverse=True)


async def test_paging_through_gives_each_entry_once_and_enters_the_question_once(world: MemoryService) -> None:
    entries = enter(world, 7)
    found: list[str] = []
    token: str | None = ""
    while token is not None:
        query = {"subject": BUSY, "limit": "3"} | ({"page": token} if token else {})
        page = await world.ask("audit", AUDITOR, query=query)
        found += [entry["id"] for entry in page.json["entries"]]
        token = page.json["next"]
    assert sorted(found) == sorted(entries)
    assert [entry.action for entry in world.entries("actor:P3001")] == ["audit.read"]


async def test_a_clip_that_arrives_meanwhile_moves_no_row_to_another_page(world: MemoryService) -> None:
    clips = hold(world, 4)
    first = await search(world)
    world.hold(a_clip(id=fresh_id(), uploaded_at=UPLOADED + timedelta(minutes=1)))
    second = await search(world, page=first.json["next"])
    assert sorted(clip["id"] for page in (first, second) for clip in page.json["clips"]) == sorted(clips)


async def test_the_size_of_a_page_may_change_on_the_way(world: MemoryService) -> None:
    token = await first_token(world)
    assert (await search(world, page=token, limit="50")).status == 200


@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        "x",
        "\u00e9",
        "=",
        "A" * 120,
        base64.urlsafe_b64encode(b"\0" * 32 + b'["2026-11-25T20:52:56.000000Z", "a", "2099-01-01T00:00:00.000000Z"]'),
    ],
)
async def test_a_token_we_did_not_give_is_refused(world: MemoryService, token: Any) -> None:
    is_refused(await search(world, page=token.decode() if isinstance(token, bytes) else token))


async def test_a_token_with_any_one_character_changed_is_refused(world: MemoryService) -> None:
    token = await first_token(world)
    for at in range(0, len(token) - 1, 7):
        other = "A" if token[at] != "A" else "B"
        is_refused(await search(world, page=token[:at] + other + token[at + 1 :]))


@pytest.mark.parametrize("length", [1, 2, 3])
def test_the_last_character_of_any_token_is_bound_as_the_others_are(length: int) -> None:
    """It may have two or four bits that a decoder passes over, as the token's length has it."""
    asked: Any = {"question": "who and what", "key": b"k" * 32}
    token = signed(["x" * length], **asked, until=NOW)
    assert verified(token, **asked, now=NOW, field="page") == ["x" * length]
    for other in set(LETTERS) - {token[-1]}:
        with pytest.raises(Malformed):
            verified(token[:-1] + other, **asked, now=NOW, field="page")


async def test_a_token_with_another_last_character_is_refused(world: MemoryService) -> None:
    token = await first_token(world)
    for other in set(LETTERS) - {token[-1]}:
        is_refused(await search(world, page=token[:-1] + other))


async def test_a_token_is_refused_to_anybody_else(world: MemoryService) -> None:
    token = await first_token(world)
    is_refused(await search(world, MANAGER, page=token))
    is_refused(await search(world, person("officer", oid="5b8f0f7e-0000-4000-8000-00000000000a"), page=token))


@pytest.mark.parametrize("query", [{"officer": "P1234"}, {"state": "held"}, {"camera": "AX3-00417"}])
async def test_a_token_is_refused_for_another_question(world: MemoryService, query: dict[str, str]) -> None:
    is_refused(await search(world, page=await first_token(world), **query))


async def test_a_token_of_one_door_is_refused_at_another(world: MemoryService) -> None:
    both = person("officer", "auditor")
    hold(world, 3)
    token = (await search(world, both)).json["next"]
    is_refused(await world.ask("audit", both, query={"limit": "2", "page": token}))


async def test_a_token_is_good_for_an_hour(world: MemoryService) -> None:
    token = await first_token(world)
    world.time += timedelta(hours=1)
    assert (await search(world, page=token)).status == 200
    world.time += timedelta(microseconds=1)
    is_refused(await search(world, page=token))


async def test_a_refused_token_shows_and_enters_nothing(world: MemoryService) -> None:
    hold(world, 3)
    await search(world, page="nonsense")
    assert world.entries() == []


async def test_the_feed_is_asked_for_what_the_query_names(world: MemoryService) -> None:
    (wanted,) = enter(world, 1)
    world.records.put(*an_entry(pk="actor:else", subject="else"))
    query = {
        "subject": BUSY,
        "actor": "P1234",
        "action": "footage.read",
        "borough": BOROUGH,
        "since": "2026-11-25T20:00:00Z",
        "until": "2026-11-25T21:00:00Z",
    }
    answered = await world.ask("audit", AUDITOR, query=query)
    assert [entry["id"] for entry in answered.json["entries"]] == [wanted]
