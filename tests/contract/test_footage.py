"""Footage: a blob is read at exactly its version, and erased for good or not at all."""

import asyncio
import hashlib
from datetime import UTC

import pytest
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob.aio import BlobServiceClient

from shared.adapters.blob_footage import RANGE, BlobFootage
from shared.domain.footage import Blob, ClipId
from shared.ports import Footage, Gone
from tests.builders import JPEG, a_blob, a_metadata, a_path, fresh_id
from tests.contract.storage import RealStorage, Storage

CONTENT = bytes(range(256)) * 4


def a_fresh_path() -> str:
    return a_path(fresh_id())


async def everything(footage: Footage, blob: Blob) -> bytes:
    return b"".join([chunk async for chunk in footage.stream(blob)])


async def must_be_gone(footage: Footage, blob: Blob) -> None:
    with pytest.raises(Gone):
        await footage.read(blob, 0, 1)
    with pytest.raises(Gone):
        await everything(footage, blob)


async def test_what_has_landed_is_told_with_the_facts_of_the_storage(storage: Storage) -> None:
    path = a_fresh_path()
    await storage.put(path, CONTENT, a_metadata(incident="CAD%204711"))

    landed = await storage.footage.landed(path)
    assert landed is not None
    assert (landed.blob.path, landed.blob.size, landed.content_type) == (path, len(CONTENT), "video/mp4")
    assert landed.created_at.tzinfo == UTC
    assert landed.metadata == a_metadata(incident="CAD%204711")
    assert landed.blob.etag
    assert '"' not in landed.blob.etag


async def test_names_of_metadata_are_in_lower_case(storage: Storage) -> None:
    path = a_fresh_path()
    await storage.put(path, CONTENT, {"officer": "P1"})

    landed = await storage.footage.landed(path)
    assert landed is not None
    assert landed.metadata == {"officer": "P1"}


@pytest.mark.parametrize("path", ["", "nowhere.mp4"])
async def test_where_nothing_lies_nothing_has_landed(storage: Storage, path: str) -> None:
    assert await storage.footage.landed(f"{fresh_id()}/{path or 'x'}") is None


async def test_a_path_of_any_script_is_a_path(storage: Storage) -> None:
    path = f"{fresh_id()}/a b/50%/ü+&?=#/警察.mp4"
    landed = await storage.put(path, CONTENT)

    assert landed.blob.path == path
    assert await everything(storage.footage, landed.blob) == CONTENT


@pytest.mark.parametrize("offset,length", [(0, 1), (0, 1024), (1023, 1), (1, 1022), (0, 0), (1024, 0), (512, 512)])
async def test_a_range_is_exactly_the_bytes_asked_for(storage: Storage, offset: int, length: int) -> None:
    blob = (await storage.put(a_fresh_path(), CONTENT)).blob

    assert await storage.footage.read(blob, offset, length) == CONTENT[offset : offset + length]


@pytest.mark.parametrize("offset,length", [(0, 1025), (1024, 1), (-1, 1), (0, -1), (5000, 0)])
async def test_a_range_beyond_the_blob_is_the_callers_mistake(storage: Storage, offset: int, length: int) -> None:
    blob = (await storage.put(a_fresh_path(), CONTENT)).blob

    with pytest.raises(ValueError, match="not within"):
        await storage.footage.read(blob, offset, length)


@pytest.mark.parametrize("size", [0, 1, RANGE - 1, RANGE, RANGE + 1, 2 * RANGE + 17])
async def test_a_stream_is_all_the_bytes_in_order_a_few_megabytes_at_a_time(storage: Storage, size: int) -> None:
    content = hashlib.shake_256(b"footage").digest(size)
    blob = (await storage.put(a_fresh_path(), content)).blob

    chunks = [chunk async for chunk in storage.footage.stream(blob)]
    assert hashlib.sha256(b"".join(chunks)).digest() == hashlib.sha256(content).digest()
    assert all(0 < len(chunk) <= RANGE for chunk in chunks)


async def test_many_ranges_can_be_read_at_once(storage: Storage) -> None:
    blob = (await storage.put(a_fresh_path(), CONTENT)).blob
    starts = range(0, len(CONTENT), 64)

    parts = await asyncio.gather(*(storage.footage.read(blob, start, 64) for start in starts))
    assert b"".join(parts) == CONTENT


async def test_what_was_overwritten_is_never_read_in_place_of_what_was_pinned(storage: Storage) -> None:
    path = a_fresh_path()
    first = (await storage.put(path, b"the first content")).blob
    second = (await storage.put(path, b"an other content!")).blob

    assert await everything(storage.footage, second) == b"an other content!"
    if first.version:
        assert await everything(storage.footage, first) == b"the first content"
    else:
        await must_be_gone(storage.footage, first)


async def test_an_overwrite_in_the_middle_of_a_stream_ends_it_or_does_not_touch_it(storage: Storage) -> None:
    path, content = a_fresh_path(), bytes(2 * RANGE + 10)  # the second range may be on its way already
    first = (await storage.put(path, content)).blob
    stream = storage.footage.stream(first)
    begun = await anext(stream)
    await storage.put(path, b"\x01" * len(content))

    if first.version:
        assert begun + b"".join([chunk async for chunk in stream]) == content
    else:
        with pytest.raises(Gone):
            async for _ in stream:
                pass


async def test_a_stream_given_up_in_the_middle_leaves_nothing_running(storage: Storage) -> None:
    blob = (await storage.put(a_fresh_path(), bytes(3 * RANGE))).blob
    before = asyncio.all_tasks()
    stream = storage.footage.stream(blob)
    await anext(stream)

    await stream.aclose()  # type: ignore[attr-defined] # both are generators, which the port does not promise
    assert asyncio.all_tasks() <= before


@pytest.mark.parametrize("size", [0, 5])
async def test_what_is_not_there_is_gone(storage: Storage, size: int) -> None:
    blob = a_blob(path=a_fresh_path(), size=size)

    with pytest.raises(Gone):
        await storage.footage.read(blob, 0, size)
    with pytest.raises(Gone):
        await everything(storage.footage, blob)


async def test_erasing_takes_the_pinned_version_away_and_erasing_again_is_no_error(storage: Storage) -> None:
    path = a_fresh_path()
    blob = (await storage.put(path, CONTENT)).blob

    for _ in range(3):
        await storage.footage.erase(blob)
        await must_be_gone(storage.footage, blob)
    assert await storage.footage.landed(path) is None


async def test_erasing_a_version_leaves_what_was_written_over_it(storage: Storage) -> None:
    path = a_fresh_path()
    first = (await storage.put(path, b"first")).blob
    second = (await storage.put(path, b"second")).blob

    await storage.footage.erase(first)
    await must_be_gone(storage.footage, first)
    assert await everything(storage.footage, second) == b"second"


async def test_erasing_all_other_versions_leaves_nothing_at_the_path_and_everything_beside_it(
    storage: Storage,
) -> None:
    path = a_fresh_path()
    beside = (await storage.put(f"{path}.bak", b"beside")).blob
    versions = [(await storage.put(path, content)).blob for content in (b"one", b"two", b"three")]

    for _ in range(2):
        await storage.footage.erase_other_versions(path)
        for blob in versions:
            await must_be_gone(storage.footage, blob)
    assert await storage.footage.landed(path) is None
    assert await everything(storage.footage, beside) == b"beside"


async def test_the_last_poster_kept_is_the_poster(storage: Storage) -> None:
    clip = fresh_id()
    with pytest.raises(Gone):
        await storage.footage.poster(clip)

    for jpeg in (JPEG, b"", b"another picture"):
        await storage.footage.keep_poster(clip, jpeg)
        assert await storage.footage.poster(clip) == jpeg


async def test_erasing_what_was_derived_takes_poster_and_renditions_of_that_clip_only(storage: Storage) -> None:
    clip, other = fresh_id(), fresh_id()
    longer = ClipId(f"{clip}-2")
    for each in (clip, other, longer):
        await storage.footage.keep_poster(each, JPEG)
        for name in ("redacted.mp4", "frames/1.jpg"):
            await storage.rendition(each, name, b"rendition")

    for _ in range(2):
        await storage.footage.erase_derived(clip)
        with pytest.raises(Gone):
            await storage.footage.poster(clip)
        assert await storage.renditions(clip) == []
    for each in (other, longer):
        assert await storage.footage.poster(each) == JPEG
        assert len(await storage.renditions(each)) == 2


async def test_a_snapshot_somebody_took_does_not_keep_footage_from_being_erased(real: RealStorage) -> None:
    """Leave to create a blob is leave to take snapshots of it, too."""
    blob = (await real.put(a_fresh_path(), CONTENT)).blob
    await real.snapshot(blob.path)

    await real.footage.erase(blob)
    assert await real.kept(blob.path) == []


@pytest.mark.stack
async def test_a_container_that_is_missing_is_a_fault_and_not_an_absence(
    settings: dict[str, str], credential: AsyncTokenCredential
) -> None:
    async with BlobServiceClient(settings["LEDGER_ACCOUNT_URL"], credential) as another_account:
        footage = BlobFootage(another_account)
        for call in (footage.landed("a.mp4"), footage.erase(a_blob()), footage.poster(fresh_id())):
            with pytest.raises(ResourceNotFoundError):
                await call
