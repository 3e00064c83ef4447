"""The upload against Azurite: what the small service of the other tests claims of storage is true of a real one."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import aiohttp
import pytest
from azure.storage.blob import generate_blob_sas
from azure.storage.blob.aio import BlobClient, ContainerClient

from local.docking.door import AlreadyCommitted, Grant
from local.docking.faults import Refused
from local.docking.patience import Patience, SystemClock
from local.docking.upload import BLOCK, Parcel, Upload

pytestmark = pytest.mark.stack

ROOT = Path(__file__).parent.parent.parent
AZURITE = ROOT / "local/node_modules/azurite/dist/src/blob/main.js"
ACCOUNT = "devstoreaccount1"
# Azurite's well-known key: it opens nothing anywhere else
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
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

        async def renew() -> Grant:
            self.renewals += 1
            return self.grant(permission="cw" if "sp=cw" in grant.url else "c")

        upload = Upload(
            Parcel(path=path, size=path.stat().st_size, content_type="video/mp4", metadata=METADATA),
            grant,
            renew=renew,
            session=self.session,
            patience=Patience(clock=SystemClock(), randomness=random.Random(1)),  # noqa: S311 - a test's dice
            told=pytest.fail,
            sent=sent.append,
        )
        await upload.run()
        return sum(sent)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


async def _answers(url: str, session: aiohttp.ClientSession) -> None:
    async with asyncio.timeout(60):
        while True:
            with suppress(aiohttp.ClientError):
                async with session.get(url):
                    return
            await asyncio.sleep(0.05)


@pytest.fixture(scope="module")
async def azurite(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    port, folder = _free_port(), tmp_path_factory.mktemp("azurite")
    options = ["--blobPort", str(port), "--location", str(folder), "--silent"]
    process = await asyncio.create_subprocess_exec(
        *("node", str(AZURITE), *options, "--skipApiVersionCheck", "--disableTelemetry"),
        cwd=folder,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        async with aiohttp.ClientSession() as session:
            await _answers(f"http://127.0.0.1:{port}/{ACCOUNT}?comp=list", session)
        yield f"http://127.0.0.1:{port}/{ACCOUNT}"
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 15)


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
