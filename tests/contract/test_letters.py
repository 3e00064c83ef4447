"""Dead letters: oldest first, page by page, read in both schemas; what cannot be read is there all the same."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
from azure.core.credentials_async import AsyncTokenCredential
from azure.storage.blob.aio import ContainerClient

from local.stand_ins.subscription import Schema, dead_letter
from shared.adapters.blob_letters import BlobLetters
from shared.domain.health import Backlog
from shared.domain.worklist import DeadLetter
from shared.ports import Place
from tests.builders import NOW, fresh_id
from tests.fakes import MemoryLetters

PATH = "hackney/2026/11/25/AX3-00417/6f1c2a9e-0b1d-4c57-9a43-2f0f5f3f7a10.mp4"
EVENT = {
    "id": "1",
    "topic": "/subscriptions/none",
    "subject": f"/blobServices/default/containers/footage/blobs/{PATH}",
    "eventType": "Microsoft.Storage.BlobCreated",
    "eventTime": "2026-11-25T20:52:56.1234567Z",
    "data": {"api": "PutBlockList"},
    "dataVersion": "",
    "metadataVersion": "1",
}
WHY: dict[str, str | int] = {
    "deadLetterReason": "MaxDeliveryAttemptsExceeded",
    "deliveryAttempts": 30,
    "lastDeliveryOutcome": "ServiceUnavailable",
}


@pytest.fixture
async def container(settings: dict[str, str], credential: AsyncTokenCredential) -> AsyncIterator[ContainerClient]:
    """A container of this test's own on the account that DEAD_LETTER_URL names."""
    account = settings["DEAD_LETTER_URL"].rpartition("/")[0]
    async with ContainerClient(account, f"letters-{fresh_id()}", credential) as client:
        await client.create_container()
        yield client
        await client.delete_container()


async def write(container: ContainerClient, name: str, content: bytes) -> None:
    await container.upload_blob(name, content)


async def read(container: ContainerClient, *, after: Place | None = None, limit: int = 100) -> list[DeadLetter]:
    return list(await BlobLetters(container).letters(after=after, limit=limit))


@pytest.mark.stack
@pytest.mark.parametrize("schema", list(Schema))
async def test_a_letter_says_why_it_was_given_up_and_which_footage_it_was_about(
    container: ContainerClient, schema: Schema
) -> None:
    await write(container, "INGEST/2026/11/25/20/1.json", json.dumps(dead_letter(EVENT, schema, WHY)).encode())

    (letter,) = await read(container)
    assert (letter.id, letter.path) == ("INGEST/2026/11/25/20/1.json", PATH)
    assert (letter.reason, letter.outcome, letter.attempts) == tuple(
        WHY[name] for name in ("deadLetterReason", "lastDeliveryOutcome", "deliveryAttempts")
    )
    assert isinstance(letter.at, datetime)
    assert letter.at.tzinfo is not None


@pytest.mark.stack
@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"[1, 2]", b'["event"]', b"\xff\xfe", b"[" * 60_000, b'[{"subject": 7}]', b"null"]
)
async def test_what_cannot_be_read_is_on_the_list_all_the_same(container: ContainerClient, content: bytes) -> None:
    await write(container, "1.json", content)

    (letter,) = await read(container)
    assert letter == DeadLetter(id="1.json", at=letter.at)


@pytest.mark.stack
async def test_a_letter_about_something_else_names_no_footage(container: ContainerClient) -> None:
    other = EVENT | {"subject": "/blobServices/default/containers/posters/blobs/x.jpg"}
    await write(container, "1.json", json.dumps(dead_letter(other, Schema.CLOUD_EVENT, WHY)).encode())

    (letter,) = await read(container)
    assert (letter.path, letter.reason) == (None, WHY["deadLetterReason"])


@pytest.mark.stack
@pytest.mark.parametrize("size", [1, 2, 3, 10])
async def test_the_oldest_comes_first_whatever_its_name_and_pages_cover_everything_once(
    container: ContainerClient, size: int
) -> None:
    for name in ("2026/9/1.json", "2026/10/1.json", "2026/10/0.json", "2026/1/1.json", "2026/2/1.json"):
        await write(container, name, b"[]")

    found: list[DeadLetter] = []
    after: Place | None = None
    while page := await read(container, after=after, limit=size):
        found += page
        after = Place(page[-1].at, page[-1].id)
        assert len(page) <= size
        assert len(found) <= 5
    assert len({letter.id for letter in found}) == 5
    order = [(letter.at, letter.id) for letter in found]
    assert order == sorted(order)


@pytest.mark.stack
async def test_a_letter_written_later_comes_later_though_its_name_comes_first(container: ContainerClient) -> None:
    await write(container, "9.json", b"[]")
    written = (await container.get_blob_client("9.json").get_blob_properties()).last_modified
    later = container.get_blob_client("10.json")
    async with asyncio.timeout(10):
        while True:  # the storage tells times in whole seconds
            await later.upload_blob(b"[]", overwrite=True)
            if (await later.get_blob_properties()).last_modified > written:
                break

    first, second = await read(container)
    assert (first.id, second.id) == ("9.json", "10.json")
    assert await read(container, limit=1) == [first]
    assert await read(container, after=Place(first.at, first.id)) == [second]


@pytest.mark.stack
async def test_letters_are_counted_up_to_a_most_and_the_oldest_dated_without_reading_any(
    container: ContainerClient,
) -> None:
    letters = BlobLetters(container)
    assert await letters.waiting(most=2) == Backlog(count=0)

    for name in ("2.json", "1.json", "3.json"):
        await write(container, name, b"{")
    written = {item.name: item.last_modified async for item in container.list_blobs()}
    assert await letters.waiting(most=1000) == Backlog(count=3, oldest=min(written.values()))
    assert await letters.waiting(most=3) == Backlog(count=3, oldest=min(written.values()))
    assert await letters.waiting(most=2) == Backlog(count=2, oldest=min(written["1.json"], written["2.json"]))


@pytest.mark.stack
async def test_a_container_that_is_not_there_is_a_fault(
    settings: dict[str, str], credential: AsyncTokenCredential
) -> None:
    account = settings["DEAD_LETTER_URL"].rpartition("/")[0]
    async with ContainerClient(account, f"absent-{fresh_id()}", credential) as absent:
        with pytest.raises(Exception, match="ContainerNotFound"):
            await read(absent)
        with pytest.raises(Exception, match="ContainerNotFound"):
            await BlobLetters(absent).waiting(most=1)


@pytest.mark.stack
async def test_the_container_the_setting_names_is_there(
    settings: dict[str, str], credential: AsyncTokenCredential
) -> None:
    async with ContainerClient.from_container_url(settings["DEAD_LETTER_URL"], credential) as there:
        assert isinstance(await read(there, limit=1), list)


async def test_the_fake_shows_them_oldest_first_after_a_place() -> None:
    letters = MemoryLetters()
    given: Any = [DeadLetter(id=name, at=NOW) for name in ("b", "a", "c")]
    letters.dead += given
    assert [each.id for each in await letters.letters(after=None, limit=2)] == ["a", "b"]
    assert [each.id for each in await letters.letters(after=Place(NOW, "b"), limit=2)] == ["c"]
    assert await letters.waiting(most=2) == Backlog(count=2, oldest=NOW)
    assert await MemoryLetters().waiting(most=2) == Backlog(count=0)
