"""Links: an address carries exactly the right it was made for, for as long as it was made for, and no other."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, quote, urlsplit

import aiohttp
import pytest
from azure.storage.blob.aio import BlobServiceClient

from shared.adapters.blob_links import BlobLinks
from shared.domain.footage import Blob
from shared.ports import Links
from tests.builders import a_blob, a_path, fresh_id
from tests.contract.conftest import REAL
from tests.contract.storage import RealStorage
from tests.fakes import MemoryLinks

CONTENT = b"the footage itself"
BLOCK_BLOB = {"x-ms-blob-type": "BlockBlob"}
HOUR = timedelta(hours=1)


def now() -> datetime:
    """The real clock: the storage judges links by its own."""
    return datetime.now(UTC)


@pytest.fixture(params=["memory", REAL])
def links(request: pytest.FixtureRequest) -> Links:
    return MemoryLinks() if request.param == "memory" else BlobLinks(request.getfixturevalue("blob_service"))


def rights(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


async def test_a_link_to_write_names_the_path_the_right_and_the_end(links: Links) -> None:
    path, until = a_path(fresh_id()), now() + HOUR
    url = await links.to_write(path, now=now(), until=until)

    assert urlsplit(url).scheme == "https"
    assert urlsplit(url).path.endswith(f"/footage/{path}")
    assert rights(url)["sp"] == ["cw"]
    assert rights(url)["spr"] == ["https"]
    assert rights(url)["se"][0][:19] == until.strftime("%Y-%m-%dT%H:%M:%S")
    assert "sip" not in rights(url)


async def test_a_link_to_read_is_bound_to_the_address_only_where_one_is_given(links: Links) -> None:
    blob, began = a_blob(path=a_path(fresh_id())), now()
    anywhere = await links.to_read(blob, now=began, until=began + HOUR, address=None)
    here = await links.to_read(blob, now=began, until=began + HOUR, address="192.0.2.17")

    assert rights(anywhere)["sp"] == rights(here)["sp"] == ["r"]
    assert "sip" not in rights(anywhere)
    assert rights(here)["sip"] == ["192.0.2.17"]


async def test_a_link_to_read_names_the_pinned_version(links: Links) -> None:
    version = "2026-11-25T20:52:56.1234567Z"
    blob, began = a_blob(path=a_path(fresh_id()), version=version), now()
    url = await links.to_read(blob, now=began, until=began + HOUR, address=None)

    assert rights(url)["versionid"] == [version]


async def test_a_path_is_escaped_as_an_address_must_be(links: Links) -> None:
    path, began = f"{fresh_id()}/50% ü?#.mp4", now()
    url = await links.to_write(path, now=began, until=began + HOUR)

    assert urlsplit(url).path.endswith(quote(path))


async def test_a_link_that_would_have_ended_already_is_not_made(links: Links) -> None:
    began = now()
    with pytest.raises(ValueError, match="must end after"):
        await links.to_write("a/b.mp4", now=began, until=began)


@pytest.mark.parametrize("address", ["2001:db8::1", "192.0.2.17,192.0.2.18", "nowhere", ""])
async def test_an_address_a_link_cannot_be_bound_to_is_not_passed_over(links: Links, address: str) -> None:
    began = now()
    with pytest.raises(ValueError, match=re.escape(repr(address)) if address else "empty"):
        await links.to_read(a_blob(), now=began, until=began + HOUR, address=address)


class Visitor:
    """Somebody with a link and no other credential."""

    def __init__(self, client: aiohttp.ClientSession, links: Links, storage: RealStorage) -> None:
        self.client, self.links, self.storage = client, links, storage
        self.path = a_path(fresh_id())

    async def write_link(self, until: timedelta = HOUR) -> str:
        return await self.links.to_write(self.path, now=now(), until=now() + until)

    async def read_link(self, blob: Blob) -> str:
        return await self.links.to_read(blob, now=now(), until=now() + HOUR, address=None)

    async def ask(self, method: str, url: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        async with self.client.request(method, url, data=body, headers=headers) as answer:
            return answer.status, await answer.read()

    async def put(self, url: str, **headers: str) -> int:
        return (await self.ask("PUT", url, CONTENT, **BLOCK_BLOB, **headers))[0]


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture(params=[REAL])
def visitor(request: pytest.FixtureRequest, client: aiohttp.ClientSession) -> Visitor:
    service: BlobServiceClient = request.getfixturevalue("blob_service")
    return Visitor(client, BlobLinks(service), RealStorage(service))


async def test_a_link_to_write_writes_in_one_piece_and_in_blocks(visitor: Visitor) -> None:
    url = await visitor.write_link()
    block, blocks = "AAAAAAAA", b"<BlockList><Latest>AAAAAAAA</Latest></BlockList>"

    assert (await visitor.ask("PUT", f"{url}&comp=block&blockid={block}", CONTENT))[0] == 201
    status, _ = await visitor.ask("PUT", f"{url}&comp=blocklist", blocks, **{"If-None-Match": "*"})
    assert status == 201
    assert (await visitor.ask("PUT", f"{url}&comp=blocklist", blocks, **{"If-None-Match": "*"}))[0] == 409
    assert await visitor.put(url) == 201


async def test_a_link_to_write_neither_reads_nor_deletes_nor_lists(visitor: Visitor) -> None:
    await visitor.storage.put(visitor.path, CONTENT)
    url = await visitor.write_link()

    assert (await visitor.ask("GET", url))[0] == 403
    assert (await visitor.ask("HEAD", url))[0] == 403
    assert (await visitor.ask("DELETE", url))[0] == 403
    assert (await visitor.ask("GET", f"{url}&comp=blocklist&blocklisttype=all"))[0] == 403
    container = url.replace(f"/{visitor.path}", "")
    assert (await visitor.ask("GET", f"{container}&restype=container&comp=list"))[0] == 403
    assert await visitor.storage.footage.landed(visitor.path) is not None


async def test_a_link_to_write_reaches_no_other_path_and_no_other_container(visitor: Visitor) -> None:
    url = await visitor.write_link()
    elsewhere = a_path(fresh_id())

    assert await visitor.put(url.replace(visitor.path, elsewhere)) == 403
    assert await visitor.put(url.replace(visitor.path, f"{visitor.path}/more")) == 403
    assert await visitor.put(url.replace("/footage/hackney", "/posters/hackney")) == 403
    assert await visitor.storage.footage.landed(elsewhere) is None


async def test_a_link_cannot_be_given_more_rights_or_more_time(visitor: Visitor) -> None:
    await visitor.storage.put(visitor.path, CONTENT)
    url = await visitor.write_link()

    assert (await visitor.ask("DELETE", url.replace("sp=cw", "sp=cwd")))[0] == 403
    longer = re.sub(r"se=2\d{3}", "se=2099", url)
    assert longer != url
    assert await visitor.put(longer) == 403


async def test_a_link_that_has_ended_does_nothing(visitor: Visitor) -> None:
    """It ended before it is used: the link of a caller who says it is an hour ago."""
    earlier = now() - HOUR
    url = await visitor.links.to_write(visitor.path, now=earlier, until=earlier + timedelta(minutes=59))

    assert await visitor.put(url) == 403
    assert await visitor.storage.footage.landed(visitor.path) is None


async def test_a_link_to_read_reads_whole_and_in_ranges_and_does_nothing_else(visitor: Visitor) -> None:
    landed = await visitor.storage.put(visitor.path, CONTENT)
    url = await visitor.read_link(landed.blob)

    assert await visitor.ask("GET", url) == (200, CONTENT)
    assert await visitor.ask("GET", url, Range="bytes=4-10") == (206, CONTENT[4:11])
    assert await visitor.put(url) == 403
    assert (await visitor.ask("DELETE", url))[0] == 403
    assert (await visitor.ask("PUT", f"{url}&comp=metadata", b"", **{"x-ms-meta-officer": "P1"}))[0] == 403
    other = (await visitor.storage.put(a_path(fresh_id()), b"another")).blob
    assert (await visitor.ask("GET", url.replace(visitor.path, other.path)))[0] == 403


async def test_the_key_is_asked_for_once_an_hour_and_no_link_outlives_it(visitor: Visitor) -> None:
    began, asked = now(), []

    class Counting(BlobServiceClient):
        async def get_user_delegation_key(self, start: datetime, end: datetime, **more: object) -> object:  # type: ignore[override]
            asked.append(end)
            return await super().get_user_delegation_key(start, end)

    service = visitor.storage.service
    async with Counting(service.url, service.credential) as counting:
        links = BlobLinks(counting)
        for minutes, hours in ((0, 1), (1, 4), (59, 5)):
            at = began + timedelta(minutes=minutes)
            await links.to_write(visitor.path, now=at, until=at + hours * HOUR)
        assert len(asked) == 1
        await links.to_write(visitor.path, now=began + HOUR, until=began + 2 * HOUR)
        assert len(asked) == 2
        await links.to_write(visitor.path, now=began + HOUR, until=began + 30 * HOUR)
    assert len(asked) == 3
    assert asked[-1] >= began + 30 * HOUR


async def test_links_are_ready_while_a_key_to_sign_them_with_is_to_be_had_and_as_long_as_it_is_good(
    visitor: Visitor,
) -> None:
    began, there = now(), True

    class Leaving(BlobServiceClient):
        async def get_user_delegation_key(self, start: datetime, end: datetime, **more: object) -> object:  # type: ignore[override]
            if not there:
                raise OSError("the storage gives no key")
            return await super().get_user_delegation_key(start, end)

    service = visitor.storage.service
    async with Leaving(service.url, service.credential) as leaving:
        links = BlobLinks(leaving)
        await links.ready(now=began)
        there = False
        await links.ready(now=began + HOUR - timedelta(seconds=1))
        with pytest.raises(OSError, match="no key"):
            await links.ready(now=began + HOUR)
