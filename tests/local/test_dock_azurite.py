"""The upload against Azurite: what the small service of the other tests claims of storage is true of a real one."""

import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import aiohttp
import pytest
from azure.storage.blob import generate_blob_sas
from azure.storage.blob.aio import BlobClient, ContainerClient

from local.docking.bandwidth import Unlimited
from local.docking.door import AlreadyCommitted, Grant
from local.docking.faults import Refused
from local.docking.journal import About, Journal
from local.docking.patience import Patience, SystemClock
from local.docking.upload import BLOCK, Parcel, Upload
from tests.local.dock_azurite import ACCOUNT, KEY, azurite_in

pytestmark = pytest.mark.stack

NAME = "lambeth/2026/03/01/BWV-31/rec.mp4"
METADATA = {"officer": "Zo%C3%AB", "sha256": "ab"}


class Storage:
    """Azurite with the container `footage`, giving out grants for one blob."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url, self.session, self.renewals = url, session, 0

    @property
    def blob_url(self) -> str:
        return f"{self.url}/footage/{NAME}"

    def grant(self, *, ends: timedelta = timedelta(hours=1), permission: str = "cw") -> Grant:
        now = datetime.now(UTC)
        sas = generate_blob_sas(
            ACCOUNT,
            "footage",
            NAME,
            account_key=KEY,
            permission=permission,
            start=now - timedelta(hours=2),
            expiry=now + ends,
        )
        return Grant(recording="rec", url=f"{self.blob_url}?{sas}", expires="")

    async def upload(self, path: Path, grant: Grant) -> int:
        """The bytes sent; Azurite's own answers decide everything else."""
        sent: list[int] = []
        about = About(service="", dock="d", camera="c", size=path.stat().st_size, sha256="", block=BLOCK)

        async def renew() -> Grant:
            self.renewals += 1
            return self.grant(permission="cw" if "sp=cw" in grant.url else "c")

        upload = Upload(
            Parcel(path=path, size=path.stat().st_size, content_type="video/mp4", metadata=METADATA),
            grant,
            journal=Journal(about, told=pytest.fail),
            bandwidth=Unlimited(),
            renew=renew,
            session=self.session,
            patience=Patience(clock=SystemClock(), randomness=random.Random(1)),  # noqa: S311 - a test's dice
            told=pytest.fail,
            sent=sent.append,
        )
        await upload.run()
        return sum(sent)


@pytest.fixture(scope="module")
async def azurite(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    async with azurite_in(tmp_path_factory.mktemp("azurite")) as url:
        yield url


@pytest.fixture
async def storage(azurite: str) -> AsyncIterator[Storage]:
    async with (
        aiohttp.ClientSession() as session,
        ContainerClient.from_container_url(f"{azurite}/footage", credential=KEY) as container,
    ):
        await container.create_container()
        yield Storage(azurite, session)
        await container.delete_container()


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(random.Random(2).randbytes(2 * BLOCK + 1))  # noqa: S311 - a test's dice
    return path


async def test_bytes_content_type_and_metadata_arrive(storage: Storage, clip: Path) -> None:
    assert await storage.upload(clip, storage.grant()) == 2 * BLOCK + 1
    async with BlobClient.from_blob_url(storage.blob_url, credential=KEY) as blob:
        properties = await blob.get_blob_properties()
        assert await (await blob.download_blob()).readall() == clip.read_bytes()
    assert properties.content_settings.content_type == "video/mp4"
    assert properties.metadata == METADATA
    assert unquote(properties.metadata["officer"]) == "Zoë"


async def test_a_second_commit_finds_the_first_and_does_not_overwrite_it(storage: Storage, clip: Path) -> None:
    await storage.upload(clip, storage.grant())
    other = clip.with_name("other.mp4")
    other.write_bytes(b"other")
    with pytest.raises(AlreadyCommitted):
        await storage.upload(other, storage.grant())
    async with BlobClient.from_blob_url(storage.blob_url, credential=KEY) as blob:
        assert (await blob.get_blob_properties()).size == 2 * BLOCK + 1


async def test_a_grant_whose_hour_is_over_is_renewed_once(storage: Storage, clip: Path) -> None:
    assert await storage.upload(clip, storage.grant(ends=timedelta(seconds=-5))) == 2 * BLOCK + 1
    assert storage.renewals == 1


async def test_a_grant_that_may_not_write_is_refused_for_good(storage: Storage, clip: Path) -> None:
    with pytest.raises(Refused, match="storage refuses even a fresh grant"):
        await storage.upload(clip, storage.grant(permission="c"))
    assert storage.renewals == 1


async def test_an_empty_recording_is_an_empty_blob(storage: Storage, tmp_path: Path) -> None:
    empty = tmp_path / "empty.mp4"
    empty.touch()
    assert await storage.upload(empty, storage.grant()) == 0
    async with BlobClient.from_blob_url(storage.blob_url, credential=KEY) as blob:
        assert (await blob.get_blob_properties()).size == 0
