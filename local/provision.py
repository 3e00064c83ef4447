"""Creates what Bicep creates in the cloud and the application never does: database, containers, queues, signing keys.

Run as `python -m local.provision` with the application's environment, by the same credential and clients as the
application's. What exists already is left as it is. No time to live is switched on: no record of
evidence may end by itself.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable
from contextlib import suppress
from pathlib import Path
from typing import Any

from azure.core.exceptions import ResourceExistsError
from azure.cosmos import PartitionKey
from azure.cosmos.aio import CosmosClient
from azure.cosmos.exceptions import CosmosResourceExistsError
from azure.identity.aio import DefaultAzureCredential
from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue.aio import QueueServiceClient

from local import leash

ROOT = Path(__file__).parent.parent
COSMOS = ROOT / "infra" / "cosmos.json"
FOOTAGE = ("footage", "posters", "renditions")
LEDGER = ("ledger",)
RUNTIME = ("azure-webjobs-hosts", "deadletters")
QUEUES = ("fixity", "fixity-poison")
KEYS_TOOL = ROOT / "tools" / "keys.py"


async def provision() -> None:
    runtime = os.environ["AzureWebJobsStorage__blobServiceUri"]  # noqa: SIM112 - Functions spells it so
    async with DefaultAzureCredential() as credential:
        await asyncio.gather(
            _containers(os.environ["FOOTAGE_ACCOUNT_URL"], FOOTAGE, credential),
            _containers(os.environ["LEDGER_ACCOUNT_URL"], LEDGER, credential),
            _containers(runtime, RUNTIME, credential),
            _queues(os.environ["QUEUE_ACCOUNT_URL"], credential),
            _database(os.environ["COSMOS_ENDPOINT"], json.loads(COSMOS.read_text()), credential),
        )


async def _containers(account: str, names: tuple[str, ...], credential: DefaultAzureCredential) -> None:
    async with BlobServiceClient(account, credential=credential) as service:
        for name in names:
            await _unless_there(service.create_container(name))


async def _queues(account: str, credential: DefaultAzureCredential) -> None:
    async with QueueServiceClient(account, credential=credential) as service:
        for name in QUEUES:
            await _unless_there(service.create_queue(name))


async def _database(endpoint: str, layout: dict[str, Any], credential: DefaultAzureCredential) -> None:
    async with CosmosClient(endpoint, credential=credential) as client:
        await _unless_there(client.create_database(layout["database"]))
        database = client.get_database_client(layout["database"])
        for container in layout["containers"]:
            key = PartitionKey(container["partitionKey"])
            indexes = indexing_policy(container["compositeIndexes"])
            await _unless_there(database.create_container(container["id"], key, indexing_policy=indexes))


def indexing_policy(composite_indexes: list[Any]) -> dict[str, Any]:
    return {
        "indexingMode": "consistent",
        "automatic": True,
        "includedPaths": [{"path": "/*"}],
        "excludedPaths": [{"path": '/"_etag"/?'}],
        "compositeIndexes": composite_indexes,
    }


async def _unless_there(creation: Awaitable[object]) -> None:
    with suppress(ResourceExistsError, CosmosResourceExistsError):
        await creation


def _create_keys() -> None:
    if KEYS_TOOL.exists():
        subprocess.run([sys.executable, "-m", "tools.keys", "create"], cwd=ROOT, check=True)


if __name__ == "__main__":
    leash.hold()
    asyncio.run(provision())
    _create_keys()
