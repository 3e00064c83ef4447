"""Deciding on many clips through the running host and the real store: results, a repeat, an undo, the kept table."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import pytest

from local.story import Cast
from shared.adapters.cosmos.records import CosmosRecords
from shared.domain.footage import Borough, ClipId, OfficerId
from shared.ports import Create
from tests.builders import a_clip, fresh_id
from tests.e2e.store import Store

pytestmark = pytest.mark.stack
SAID = {"category": "other", "evidential": "no", "reason": "quiet patrol \U0001f693"}


@pytest.fixture
async def doe(people: Cast) -> AsyncIterator[aiohttp.ClientSession]:
    """PC Doe with headers of their own choosing."""
    token = {"Authorization": f"Bearer {people.doe.token}"}
    async with aiohttp.ClientSession(people.doe.base_url, headers=token) as session:
        yield session


async def taken_in(store: Store, number: int) -> list[ClipId]:
    """So many clips of PC Doe's."""
    ids = [fresh_id() for _ in range(number)]
    records = CosmosRecords(store.container)
    for clip in ids:
        owned = a_clip(id=clip, officer=OfficerId("4021"), borough=Borough("Southwark"), poster=False)
        await records.write(clip, [Create(owned)])
    return ids


async def post(
    who: aiohttp.ClientSession, path: str, body: object, headers: Mapping[str, str]
) -> tuple[int, dict[str, Any]]:
    async with who.post(f"/api/{path}", json=body, headers=headers) as answer:
        return answer.status, await answer.json(content_type=None)


async def versions(who: aiohttp.ClientSession, ids: list[ClipId]) -> list[str]:
    found = []
    for clip in ids:
        async with who.get(f"/api/footage/{clip}") as answer:
            found.append(str((await answer.json())["version"]))
    return found


async def test_twenty_clips_are_decided_on_at_once_repeated_and_one_taken_back(
    doe: aiohttp.ClientSession, store: Store
) -> None:
    ids = await taken_in(store, 20)
    seen = await versions(doe, ids)
    unknown = fresh_id()
    asked = [{"id": clip, "version": version, **SAID} for clip, version in zip(ids, seen, strict=True)]
    body = {"clips": [*asked, {"id": unknown, "version": seen[0], **SAID}]}
    key = {"Idempotency-Key": f"bulk-{unknown}"}

    status, first = await post(doe, "footage/categories", body, key)
    assert status == 207
    assert [result["id"] for result in first["results"]] == [*ids, unknown]
    assert [result["status"] for result in first["results"]] == [200] * 20 + [404]
    assert await post(doe, "footage/categories", body, key) == (207, first)

    last = first["results"][0]["clip"]
    assert last["undoable"] is True
    etag = {"If-Match": f'"{last["version"]}"'}
    status, undone = await post(doe, f"footage/{ids[0]}/undo", {"reason": "the other clip"}, etag)
    assert (status, undone["decision"]["category"], undone["undoable"]) == (200, None, False)
    actions = [entry["action"] for entry in await store.entries(ids[0])]
    assert actions == ["footage.read", "footage.categorised", "footage.category-undone"]


async def test_the_table_of_categories_is_sent_once_and_then_known(doe: aiohttp.ClientSession) -> None:
    async with doe.get("/api/categories") as answer:
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "private, max-age=3600")
        etag = answer.headers["ETag"]
    async with doe.get("/api/categories", headers={"If-None-Match": f'"other", W/{etag}'}) as answer:
        assert (answer.status, await answer.read(), answer.headers["ETag"]) == (304, b"", etag)
