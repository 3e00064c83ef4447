"""Dead letters: put back in either schema, deleted once taken and not before, and whatever stays is named."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from local.stand_ins.subscription import Schema, cloud_event, dead_letter
from tests.tools.letterbox import Letterbox
from tools.replaying.letters import AT_ONCE, Letters, events_in
from tools.replaying.outcome import Outcome
from tools.replaying.webhook import Webhook

if TYPE_CHECKING:
    from azure.storage.blob.aio import ContainerClient

EVENT = {
    "topic": "/subscriptions/0/storageAccounts/footage",
    "subject": "/blobServices/default/containers/footage/blobs/Southwark/2026/03/01/cam-1/clip.mp4",
    "eventType": "Microsoft.Storage.BlobCreated",
    "eventTime": "2026-03-01T18:41:00.9584103Z",
    "id": "event-1",
    "data": {"api": "PutBlockList", "eTag": "0x8D4BCC2E4835CD0"},
    "dataVersion": "",
    "metadataVersion": "1",
}
WHY: Mapping[str, str | int] = {
    "deadLetterReason": "MaxDeliveryAttemptsExceeded",
    "deliveryAttempts": 30,
    "lastDeliveryOutcome": "GenericError",
    "publishTime": "2026-03-01T18:41:01Z",
    "lastDeliveryAttemptTime": "2026-03-02T18:41:01Z",
}
LETTER = {schema: json.dumps(dead_letter(EVENT, schema, WHY)).encode() for schema in Schema}
CLOUD = LETTER[Schema.CLOUD_EVENT]


class Posts:
    """A function that takes every event, but for those it is told to refuse."""

    def __init__(self, *refuses: str) -> None:
        self.refuses, self.taken = refuses, list[str]()

    async def __call__(self, event: Mapping[str, Any]) -> str | None:
        if event["id"] in self.refuses:
            return "500"
        self.taken.append(event["id"])
        return None


async def put_back(box: Letterbox, post: Posts, *, limit: int | None = None, dry_run: bool = False) -> Outcome:
    return await Letters(cast("ContainerClient", box), post).put_back(limit=limit, dry_run=dry_run)


def letter(*ids: str) -> bytes:
    return json.dumps([dead_letter(EVENT | {"id": each}, Schema.CLOUD_EVENT, WHY)[0] for each in ids]).encode()


async def test_what_is_taken_is_deleted_and_what_is_refused_stays_and_is_named() -> None:
    box, post = Letterbox(a=letter("one"), b=letter("two"), c=letter("three")), Posts("two")
    assert await put_back(box, post) == Outcome(put_back=2, stayed=("stayed: b: the function answered 500",))
    assert (sorted(post.taken), list(box.letters)) == (["one", "three"], ["b"])


async def test_a_letter_of_several_events_goes_when_all_of_them_are_taken() -> None:
    box, post = Letterbox(a=letter("one", "two")), Posts("two")
    assert (await put_back(box, post)).put_back == 0
    assert "a" in box.letters
    assert (await put_back(box, Posts())).put_back == 1
    assert box.letters == {}


async def test_a_dry_run_counts_and_changes_nothing() -> None:
    box, post = Letterbox(a=CLOUD, b=b"nonsense"), Posts()
    outcome = await put_back(box, post, dry_run=True)
    assert str(outcome) == "1 would be put back, 1 stayed"
    assert (post.taken, len(box.letters)) == ([], 2)


@pytest.mark.parametrize("limit", [1, 3, AT_ONCE, AT_ONCE + 2, 2 * AT_ONCE])
async def test_a_limit_is_kept_and_said(limit: int) -> None:
    many = {f"letter{number:02}": letter(f"event-{number}") for number in range(2 * AT_ONCE + 1)}
    box, post = Letterbox(**many), Posts()
    outcome = await put_back(box, post, limit=limit)
    assert (outcome.put_back, outcome.more, len(post.taken)) == (limit, True, limit)
    assert len(box.letters) == len(many) - limit
    assert "more than the limit" in str(outcome)


async def test_a_limit_that_is_not_reached_is_not_spoken_of() -> None:
    outcome = await put_back(Letterbox(a=CLOUD, b=CLOUD), Posts(), limit=2)
    assert (outcome.put_back, outcome.more) == (2, False)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b"7",
        b'["text"]',
        b"[" * 40_000,
        json.dumps([EVENT | {"eventType": "Microsoft.Storage.BlobDeleted"}]).encode(),
        json.dumps([EVENT, EVENT | {"eventType": "Continuity.FootageIndexed"}]).encode(),
    ],
)
async def test_what_is_no_letter_for_ingest_stays_and_is_named(content: bytes) -> None:
    box, post = Letterbox(a=content), Posts()
    assert (await put_back(box, post)).stayed == ("stayed: a: it is no letter for ingest",)
    assert (post.taken, list(box.letters)) == ([], ["a"])


def test_an_event_that_is_not_in_a_list_is_a_letter_too() -> None:
    assert events_in(json.dumps(cloud_event(EVENT)).encode()) == [cloud_event(EVENT)]


async def test_a_letter_written_anew_meanwhile_stays() -> None:
    box = Letterbox(a=CLOUD)

    class Rewriting(Posts):
        async def __call__(self, event: Mapping[str, Any]) -> str | None:
            box.letters["a"] = (LETTER[Schema.EVENT_GRID], "etag-2")
            return await super().__call__(event)

    assert (await put_back(box, Rewriting())).stayed == ("stayed: a: it was written anew meanwhile",)
    assert "a" in box.letters


async def test_a_letter_that_somebody_else_put_back_is_no_trouble() -> None:
    box = Letterbox(a=CLOUD)

    class Rivalling(Posts):
        async def __call__(self, event: Mapping[str, Any]) -> str | None:
            del box.letters["a"]
            return await super().__call__(event)

    assert (await put_back(box, Rivalling())).stayed == ()


async def test_a_letter_that_the_storage_does_not_give_stays_the_others_go_and_no_text_is_told() -> None:
    box, post = Letterbox(a=CLOUD, b=CLOUD), Posts()
    box.broken.add("a")
    assert await put_back(box, post) == Outcome(
        put_back=1, stayed=("stayed: a: the storage answered HttpResponseError",)
    )


@dataclass(slots=True)
class Host:
    url: str = ""
    status: int = 202
    heard: list[tuple[Mapping[str, str], Mapping[str, str], Any]] = field(default_factory=list)


@asynccontextmanager
async def hosting(status: int = 202) -> AsyncIterator[Host]:
    host = Host(status=status)

    async def answer(request: web.Request) -> web.Response:
        host.heard.append((request.query, request.headers, json.loads(await request.text())))
        return web.Response(status=host.status, headers={"Location": "/elsewhere"})

    app = web.Application()
    app.router.add_post("/runtime/webhooks/EventGrid", answer)
    async with TestServer(app) as server:
        host.url = str(server.make_url("/runtime/webhooks/EventGrid?functionName=ingest"))
        yield host


@pytest.mark.parametrize(
    "schema,content_type,body",
    [
        (Schema.CLOUD_EVENT, "application/cloudevents+json; charset=utf-8", cloud_event(EVENT)),
        (Schema.EVENT_GRID, "application/json; charset=utf-8", [EVENT]),
    ],
)
async def test_each_schema_is_posted_as_event_grid_posts_it(schema: Schema, content_type: str, body: Any) -> None:
    (event,) = json.loads(LETTER[schema])
    async with hosting() as host, aiohttp.ClientSession() as http:
        assert await Webhook(http, host.url, key="the-system-key").post(event) is None
    ((query, headers, heard),) = host.heard
    assert (dict(query), heard) == ({"functionName": "ingest"}, body)
    assert (headers["Content-Type"], headers["aeg-event-type"]) == (content_type, "Notification")
    assert headers["x-functions-key"] == "the-system-key"


@pytest.mark.parametrize("status", [302, 400, 401, 404, 500, 503])
async def test_only_2xx_is_a_yes(status: int) -> None:
    async with hosting(status) as host, aiohttp.ClientSession() as http:
        assert await Webhook(http, host.url, key=None).post(cloud_event(EVENT)) == str(status)
    assert "x-functions-key" not in host.heard[0][1]


async def test_a_host_that_is_not_there_is_a_no() -> None:
    async with hosting() as host:
        pass
    async with aiohttp.ClientSession() as http:
        assert await Webhook(http, host.url, key=None).post(cloud_event(EVENT)) == "ClientConnectorError"
