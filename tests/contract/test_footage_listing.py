"""Footage, listed: all that lies under a prefix with the facts reconcile decides on, and nothing beside it."""

import pytest
from azure.storage.blob import StandardBlobTier

from shared.domain.footage import Blob
from shared.domain.reconcile import ARCHIVE, Folder, Shelved
from shared.ports import Footage, Gone
from tests.builders import a_blob, fresh_id
from tests.contract.storage import MemoryStorage, RealStorage, Storage


async def all_under(footage: Footage, prefix: str) -> list[Shelved]:
    return [each async for page in footage.shelved(prefix) for each in page]


async def archive(storage: Storage, blob: Blob) -> None:
    if isinstance(storage, RealStorage):
        client = storage.service.get_blob_client("footage", blob.path)
        await client.set_standard_blob_tier(StandardBlobTier.ARCHIVE)
    else:
        assert isinstance(storage, MemoryStorage)
        storage.footage.archive(blob)


async def test_what_is_listed_is_what_has_landed(storage: Storage) -> None:
    prefix = f"{fresh_id()}/"
    landed = await storage.put(f"{prefix}b.mp4", b"footage", {"officer": "P1"})
    (shelved,) = await all_under(storage.footage, prefix)
    assert (shelved.blob, shelved.created_at) == (landed.blob, landed.created_at)
    assert (shelved.current, shelved.tier, shelved.rehydrating, shelved.leased) == (True, "Hot", False, False)


async def test_a_prefix_is_the_beginning_of_a_path_and_paths_come_in_their_order(storage: Storage) -> None:
    folder = fresh_id()
    for name in ("b/2.mp4", "b/1.mp4", "a.mp4", "b/ü a.mp4", "c/1.mp4"):
        await storage.put(f"{folder}/{name}", b"footage")
    listed = [each.blob.path for each in await all_under(storage.footage, f"{folder}/b")]
    assert listed == [f"{folder}/b/1.mp4", f"{folder}/b/2.mp4", f"{folder}/b/ü a.mp4"]


async def test_where_nothing_lies_nothing_is_listed(storage: Storage) -> None:
    assert await all_under(storage.footage, f"{fresh_id()}/") == []
    assert await storage.footage.folder(f"{fresh_id()}/") == Folder(folders=(), paths=())


async def test_a_folder_has_its_folders_and_its_blobs_and_not_what_lies_deeper(storage: Storage) -> None:
    folder = f"{fresh_id()}/"
    for name in ("2026/11/25/x.mp4", "2026/y.mp4", "2025/z.mp4", "loose.mp4"):
        await storage.put(folder + name, b"footage")
    found = await storage.footage.folder(folder)
    assert found == Folder(folders=(f"{folder}2025/", f"{folder}2026/"), paths=(f"{folder}loose.mp4",))
    assert folder in (await storage.footage.folder("")).folders


async def test_an_overwritten_blob_has_one_current_content(storage: Storage) -> None:
    path = f"{fresh_id()}/x.mp4"
    first = await storage.put(path, b"first")
    second = await storage.put(path, b"second")
    listed = await all_under(storage.footage, path)
    assert [each.blob for each in listed if each.current] == [second.blob]
    earlier = [each.blob for each in listed if not each.current]
    assert earlier == ([first.blob] if first.blob.version else [])


async def test_a_lease_shows(storage: Storage) -> None:
    landed = await storage.put(f"{fresh_id()}/x.mp4", b"footage")
    await storage.lease(landed.blob)
    (shelved,) = await all_under(storage.footage, landed.blob.path)
    assert shelved.leased


async def test_what_is_in_the_archive_shows_and_is_brought_back_with_its_etag(storage: Storage) -> None:
    """The laptop's storage brings it back at once, the cloud in hours."""
    landed = await storage.put(f"{fresh_id()}/x.mp4", b"footage")
    await archive(storage, landed.blob)
    (shelved,) = await all_under(storage.footage, landed.blob.path)
    assert (shelved.tier, shelved.blob) == (ARCHIVE, landed.blob)
    for _ in range(2):
        await storage.footage.rehydrate(landed.blob)
        (shelved,) = await all_under(storage.footage, landed.blob.path)
        assert shelved.rehydrating or shelved.tier == "Hot"
        assert shelved.blob == landed.blob


async def test_what_is_not_in_the_archive_stays_as_it_is(storage: Storage) -> None:
    landed = await storage.put(f"{fresh_id()}/x.mp4", b"footage")
    await storage.footage.rehydrate(landed.blob)
    (shelved,) = await all_under(storage.footage, landed.blob.path)
    assert (shelved.tier, shelved.rehydrating) == ("Hot", False)


async def test_what_is_not_there_cannot_be_brought_back(storage: Storage) -> None:
    with pytest.raises(Gone):
        await storage.footage.rehydrate(a_blob(path=f"{fresh_id()}/x.mp4"))
