"""Footage on a storage that keeps versions, as the cloud's does and the laptop's does not."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from azure.storage.blob.aio import BlobServiceClient

from shared.adapters.blob_footage import BlobFootage
from shared.domain.footage import Blob
from shared.errors import HeldByStorage
from shared.ports import Gone
from tests.builders import JPEG, NOW, a_path, fresh_id
from tests.contract.versioned_blobs import Version, VersionedBlobs, serving

PATH = a_path()


@dataclass(frozen=True, slots=True)
class Cloud:
    blobs: VersionedBlobs
    footage: BlobFootage

    def put(self, content: bytes) -> Blob:
        return pinned(self.blobs.put(f"footage/{PATH}", content))

    def left(self, path: str = f"footage/{PATH}") -> list[bytes]:
        return [version.content for version in self.blobs.blobs.get(path, [])]


def pinned(version: Version) -> Blob:
    return Blob(path=PATH, etag=version.etag.strip('"'), size=len(version.content), version=version.id)


@pytest.fixture
async def cloud() -> AsyncIterator[Cloud]:
    blobs = VersionedBlobs()
    async with serving(blobs) as url, BlobServiceClient(url, retry_total=0) as service:
        yield Cloud(blobs, BlobFootage(service))


async def test_what_has_landed_is_pinned_by_its_version(cloud: Cloud) -> None:
    cloud.put(b"first")
    second = cloud.put(b"second")

    landed = await cloud.footage.landed(PATH)
    assert landed is not None
    assert landed.blob == second
    assert landed.created_at == datetime(2026, 11, 25, 18, 52, 56, tzinfo=UTC)
    assert landed.metadata == {"officer": "P1"}


async def test_an_overwritten_version_is_still_read_as_it_was(cloud: Cloud) -> None:
    first = cloud.put(b"first")
    cloud.put(b"second")

    assert await cloud.footage.read(first, 1, 3) == b"irs"
    assert b"".join([chunk async for chunk in cloud.footage.stream(first)]) == b"first"


async def test_erasing_the_current_version_takes_it_away_for_good(cloud: Cloud) -> None:
    """Deleting the blob by its name alone would only have turned it into an earlier version."""
    blob = cloud.put(b"footage")

    for _ in range(2):
        await cloud.footage.erase(blob)
        assert cloud.left() == []
    with pytest.raises(Gone):
        await cloud.footage.read(blob, 0, 1)


async def test_erasing_an_earlier_version_leaves_the_current_one(cloud: Cloud) -> None:
    first, second = cloud.put(b"first"), cloud.put(b"second")

    await cloud.footage.erase(first)
    assert cloud.left() == [b"second"]
    landed = await cloud.footage.landed(PATH)
    assert landed is not None
    assert landed.blob == second


async def test_erasing_goes_on_where_an_earlier_attempt_broke_off(cloud: Cloud) -> None:
    blob = cloud.put(b"footage")
    cloud.blobs.current.clear()

    await cloud.footage.erase(blob)
    assert cloud.left() == []


async def test_all_other_versions_go_and_other_names_stay(cloud: Cloud) -> None:
    for content in (b"one", b"two", b"three"):
        cloud.put(content)
    cloud.blobs.put(f"footage/{PATH}.bak", b"beside")

    await cloud.footage.erase_other_versions(PATH)
    assert cloud.left() == []
    assert cloud.left(f"footage/{PATH}.bak") == [b"beside"]


@pytest.mark.parametrize("overwritten", [False, True])
async def test_a_held_version_stays_and_can_still_be_read(cloud: Cloud, overwritten: bool) -> None:
    blob = cloud.put(b"evidence")
    cloud.blobs.current[f"footage/{PATH}"].held = True
    if overwritten:
        cloud.put(b"later")

    with pytest.raises(HeldByStorage):
        await cloud.footage.erase(blob)
    assert await cloud.footage.read(blob, 0, 8) == b"evidence"


async def test_a_hold_on_an_older_version_alone_makes_the_clip_not_erasable(cloud: Cloud) -> None:
    cloud.put(b"held")
    cloud.blobs.current[f"footage/{PATH}"].held = True
    second = cloud.put(b"not held")
    assert second.version is not None

    with pytest.raises(HeldByStorage):
        await cloud.footage.must_be_erasable(fresh_id(), PATH, now=NOW)
    assert cloud.left() == [b"held", b"not held"]


async def test_a_hold_on_an_earlier_version_of_the_poster_makes_the_clip_not_erasable(cloud: Cloud) -> None:
    clip = fresh_id()
    cloud.put(b"footage")
    cloud.blobs.put(f"posters/{clip}.jpg", JPEG).held = True
    cloud.blobs.put(f"posters/{clip}.jpg", b"of a later attempt")

    with pytest.raises(HeldByStorage):
        await cloud.footage.must_be_erasable(clip, PATH, now=NOW)
    await cloud.footage.must_be_erasable(fresh_id(), PATH, now=NOW)


async def test_another_refusal_of_the_storage_is_a_fault(cloud: Cloud) -> None:
    blob = cloud.put(b"footage")
    async with BlobServiceClient("http://127.0.0.1:1/account", retry_total=0) as nobody:
        with pytest.raises(Exception, match="Cannot connect") as fault:
            await BlobFootage(nobody).erase(blob)
    assert not isinstance(fault.value, HeldByStorage | Gone)


async def test_every_version_of_a_poster_goes_with_the_clip(cloud: Cloud) -> None:
    clip = fresh_id()
    for content in (JPEG, b"of an earlier attempt"):
        cloud.blobs.put(f"posters/{clip}.jpg", content)
    cloud.blobs.put(f"renditions/{clip}/redacted.mp4", b"redacted")

    await cloud.footage.erase_derived(clip)
    assert cloud.left(f"posters/{clip}.jpg") == []
    assert cloud.left(f"renditions/{clip}/redacted.mp4") == []


async def test_each_version_is_listed_and_which_of_them_is_current(cloud: Cloud) -> None:
    first, second = cloud.put(b"first"), cloud.put(b"second")
    listed = [each async for page in cloud.footage.shelved(PATH) for each in page]
    assert [(each.blob, each.current) for each in listed] == [(first, False), (second, True)]


async def test_of_a_deleted_blob_no_version_is_current(cloud: Cloud) -> None:
    first = cloud.put(b"first")
    cloud.blobs.current.clear()
    listed = [each async for page in cloud.footage.shelved(PATH) for each in page]
    assert [(each.blob, each.current) for each in listed] == [(first, False)]
