"""The files of the ledger: each is written once, the same again is done, another is an alarm, and none is missing."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast

import pytest
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import HttpResponseError
from azure.storage.blob.aio import BlobServiceClient, ContainerClient

from shared.adapters.blob_ledger import LEDGER, BlobLedger
from shared.domain.note import Checkpoint
from shared.domain.seal import checkpoint_path
from shared.domain.tiles import ENTRIES, Tile
from shared.domain.witness import cosignature_path, kept_line
from shared.ports import Differs, Gone, LedgerFiles
from tests.builders import NOW, fresh_id
from tests.contract.conftest import REAL
from tests.fakes import MemoryLedger, MemoryWitness

PATHS = [
    str(Tile(level=ENTRIES, index=1_234_067, width=1)),
    str(Tile(level=0, index=0)),
    str(Tile(level=63, index=7, width=255)),
    checkpoint_path(12),
    cosignature_path(12, MemoryWitness().key),
]
TILE = bytes(range(256)) * 32
TIMES = (timedelta(0), timedelta(seconds=1))


@pytest.fixture(scope="session")
async def service(settings: dict[str, str], credential: AsyncTokenCredential) -> AsyncIterator[BlobServiceClient]:
    async with BlobServiceClient(settings["LEDGER_ACCOUNT_URL"], credential) as opened:
        yield opened


@pytest.fixture(scope="module")
async def container(service: BlobServiceClient) -> AsyncIterator[ContainerClient]:
    """A container of this suite's own on the ledger's account."""
    async with service.get_container_client(f"ledger-{fresh_id()}") as client:
        await client.create_container()
        yield client
        await client.delete_container()


@pytest.fixture(params=["memory", REAL])
def files(request: pytest.FixtureRequest) -> LedgerFiles:
    return MemoryLedger() if request.param == "memory" else BlobLedger(request.getfixturevalue("container"))


@pytest.fixture
def under() -> str:
    """A folder of this test's own."""
    return f"{fresh_id()}/"


@pytest.mark.parametrize("path", PATHS)
async def test_what_is_kept_is_read_whole(files: LedgerFiles, under: str, path: str) -> None:
    await files.keep(under + path, TILE)
    assert await files.read(under + path) == TILE


async def test_a_cosignature_is_kept_to_the_letter_and_the_first_of_a_witness_stands(
    files: LedgerFiles, under: str
) -> None:
    """Its dash is no ASCII. What a second one meets is what cosigning counts on."""
    witness, note = MemoryWitness(), str(Checkpoint(origin="continuity.test/ledger", size=12, root=bytes(32)))
    first, second = (witness.line(f"{note}\n\u2014 k AAAAAAA=\n", NOW + later).encode() for later in TIMES)
    path = under + cosignature_path(12, witness.key)
    await files.keep(path, first)
    with pytest.raises(Differs):
        await files.keep(path, second)
    assert kept_line(witness.key, await files.read(path)).line.encode() == first != second


@pytest.mark.parametrize("raw", [b"", b"\n", TILE])
async def test_the_same_again_is_done_already(files: LedgerFiles, under: str, raw: bytes) -> None:
    for _ in range(3):
        await files.keep(under + "a", raw)
    assert await files.read(under + "a") == raw


@pytest.mark.parametrize("other", [b"", TILE[:-1], TILE + b"\n", TILE[::-1]])
async def test_another_content_is_an_alarm_and_changes_nothing(files: LedgerFiles, under: str, other: bytes) -> None:
    await files.keep(under + "a", TILE)
    with pytest.raises(Differs, match=f"another content lies at {under}a"):
        await files.keep(under + "a", other)
    assert await files.read(under + "a") == TILE


async def test_of_many_who_keep_at_once_one_has_written_and_all_who_meant_the_same_are_done(
    files: LedgerFiles, under: str
) -> None:
    meant = [b"one", b"other"] * 8
    ended = await asyncio.gather(*(files.keep(under + "a", raw) for raw in meant), return_exceptions=True)
    kept = await files.read(under + "a")
    assert kept in meant
    assert [type(each) for each in ended] == [type(None) if raw == kept else Differs for raw in meant]


async def test_what_is_not_there_is_gone(files: LedgerFiles, under: str) -> None:
    await files.keep(under + "a", TILE)
    for path in ("b", "a/b", "", "a.p/1"):
        with pytest.raises(Gone, match="nothing lies at"):
            await files.read(under + path)


@pytest.mark.stack
async def test_a_ledger_that_is_not_there_is_a_fault_and_no_empty_one(service: BlobServiceClient) -> None:
    absent = BlobLedger(service.get_container_client(f"absent-{fresh_id()}"))
    with pytest.raises(Exception, match="ContainerNotFound"):
        await absent.read("a")
    with pytest.raises(Exception, match="ContainerNotFound"):
        await absent.keep("a", TILE)


@pytest.mark.stack
async def test_the_ledger_of_the_stack_is_there(service: BlobServiceClient) -> None:
    found = [item async for item in service.list_containers(LEDGER)]
    names: list[Any] = [item.name for item in found]
    assert LEDGER in names


class AddsOnly:
    """A container whose caller may add and not write over: that something lies there is told by 403."""

    def __init__(self, lies: bytes) -> None:
        self.lies = lies

    def get_blob_client(self, _: str) -> "AddsOnly":
        return self

    async def upload_blob(self, *_: object, **__: object) -> None:
        refused = HttpResponseError("This request is not authorized to perform blob overwrites.")
        refused.error_code = "UnauthorizedBlobOverwrite"  # type: ignore[attr-defined] # as azure-storage-blob sets it
        raise refused

    async def download_blob(self) -> "AddsOnly":
        return self

    async def readall(self) -> bytes:
        return self.lies


async def test_an_identity_that_may_not_write_over_meets_what_lies_there_as_any_other_does() -> None:
    ledger = BlobLedger(cast("ContainerClient", AddsOnly(TILE)))
    await ledger.keep("a", TILE)
    with pytest.raises(Differs, match="another content lies at a"):
        await ledger.keep("a", TILE[:-1])
