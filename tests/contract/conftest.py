"""The real servers of the contract suites: the local stack, or another account if one is named.

TEST_COSMOS_ENDPOINT (with TEST_COSMOS_KEY for Microsoft's emulator) and TEST_STORAGE_URL name accounts provisioned as
infra/ says; whoever runs the suites there is signed in to them. Every test uses fresh ids, so that one set of
servers serves them all.
"""

import json
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from azure.core.credentials_async import AsyncTokenCredential
from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy, CosmosClient
from azure.identity.aio import DefaultAzureCredential
from azure.storage.blob.aio import BlobServiceClient, ContainerClient

from local.provision import indexing_policy
from shared.adapters.cosmos.records import CosmosRecords
from tests.builders import fresh_id
from tests.contract.sealer import Sealer, Where
from tests.contract.storage import MemoryStorage, RealStorage, Storage
from tests.fakes import MemoryRecords

LAYOUT = json.loads((Path(__file__).parents[2] / "infra" / "cosmos.json").read_text())
CONTAINER = next(container for container in LAYOUT["containers"] if container["id"] == "records")
ELSEWHERE_COSMOS, ELSEWHERE_KEY = os.environ.get("TEST_COSMOS_ENDPOINT"), os.environ.get("TEST_COSMOS_KEY")
ELSEWHERE_STORAGE = os.environ.get("TEST_STORAGE_URL")
OWN_DATABASE = "contract"
REAL = pytest.param("real", marks=pytest.mark.stack)


@pytest.fixture(scope="session")
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    """The local stack's settings: for all that is not elsewhere."""
    started: dict[str, str] = request.getfixturevalue("stack").settings
    return started


@contextmanager
def in_environment(settings: Mapping[str, str]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="session")
async def credential(settings: dict[str, str]) -> AsyncIterator[AsyncTokenCredential]:
    with in_environment(settings):  # a credential reads the environment when it is made, and only then
        made = DefaultAzureCredential()
    async with made:
        yield made


@pytest.fixture(scope="session")
async def container(settings: dict[str, str], credential: AsyncTokenCredential) -> AsyncIterator[ContainerProxy]:
    """On the local server a container of this suite's own; elsewhere the provisioned one."""
    if ELSEWHERE_COSMOS:
        async with DefaultAzureCredential() as signed_in:
            client = CosmosClient(ELSEWHERE_COSMOS, ELSEWHERE_KEY or signed_in)
            async with client:
                yield client.get_database_client(LAYOUT["database"]).get_container_client(CONTAINER["id"])
        return
    async with CosmosClient(settings["COSMOS_ENDPOINT"], credential) as client:
        database = await client.create_database_if_not_exists(OWN_DATABASE)
        indexes = indexing_policy(CONTAINER["compositeIndexes"])
        key = PartitionKey(CONTAINER["partitionKey"])
        yield await database.create_container_if_not_exists(CONTAINER["id"], key, indexing_policy=indexes)


@asynccontextmanager
async def own_container(
    settings: Mapping[str, str], credential: AsyncTokenCredential, purpose: str
) -> AsyncIterator[ContainerProxy]:
    """A container for records on the local server, of whoever asks alone, and gone after them."""
    async with CosmosClient(settings["COSMOS_ENDPOINT"], credential) as client:
        database = await client.create_database_if_not_exists(OWN_DATABASE)
        indexes, name = indexing_policy(CONTAINER["compositeIndexes"]), f"{purpose}-{fresh_id()}"
        key = PartitionKey(CONTAINER["partitionKey"])
        yield await database.create_container(name, key, indexing_policy=indexes)
        await database.delete_container(name)


@pytest.fixture
async def sealed_records(settings: dict[str, str], credential: AsyncTokenCredential) -> AsyncIterator[ContainerProxy]:
    """A container of one test's own for the records that are sealed, since there is one head in each."""
    async with own_container(settings, credential, "sealing") as made:
        yield made


@pytest.fixture
async def sealed_files(settings: dict[str, str], credential: AsyncTokenCredential) -> AsyncIterator[ContainerClient]:
    """A container of the same test's own on the ledger's account."""
    async with BlobServiceClient(settings["LEDGER_ACCOUNT_URL"], credential) as service:
        client = await service.create_container(f"sealing-{fresh_id()}")
        yield client
        await client.delete_container()


@pytest.fixture
def where(sealed_records: ContainerProxy, sealed_files: ContainerClient, settings: dict[str, str]) -> Where:
    return Where(settings=settings, database=OWN_DATABASE, records=sealed_records.id, files=sealed_files.container_name)


@pytest.fixture
async def sealer(where: Where) -> AsyncIterator[Sealer]:
    """In an environment that says where all that is, to its credential and to whatever command is run beside it."""
    with in_environment(where.settings):
        async with AsyncExitStack() as opened:
            yield await Sealer.connected(where, opened)


@pytest.fixture(scope="session")
async def blob_service(settings: dict[str, str], credential: AsyncTokenCredential) -> AsyncIterator[BlobServiceClient]:
    if ELSEWHERE_STORAGE:
        async with DefaultAzureCredential() as signed_in, BlobServiceClient(ELSEWHERE_STORAGE, signed_in) as service:
            yield service
        return
    async with BlobServiceClient(settings["FOOTAGE_ACCOUNT_URL"], credential) as service:
        yield service


@pytest.fixture(params=["memory", REAL])
def records(request: pytest.FixtureRequest) -> MemoryRecords | CosmosRecords:
    if request.param == "memory":
        return MemoryRecords()
    return CosmosRecords(request.getfixturevalue("container"))


@pytest.fixture(params=["memory", "memory-versioned", REAL])
def storage(request: pytest.FixtureRequest) -> Storage:
    """A storage, the port that is under test on it, and the means to set its scene."""
    if request.param == "real":
        return RealStorage(request.getfixturevalue("blob_service"))
    return MemoryStorage(versioned=request.param == "memory-versioned")


@pytest.fixture(params=[REAL])
def real(request: pytest.FixtureRequest) -> RealStorage:
    return RealStorage(request.getfixturevalue("blob_service"))
