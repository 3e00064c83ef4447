"""A process that seals without end on the real servers, with every adapter that the service seals with, to be killed.

It tells its pipe once it is connected and begins. What it raises ends it, with an exit code that is not a kill.
"""

import asyncio
import os
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection

from azure.cosmos.aio import CosmosClient
from azure.identity.aio import DefaultAzureCredential
from azure.keyvault.secrets.aio import SecretClient
from azure.storage.blob.aio import ContainerClient

from shared.adapters.blob_ledger import BlobLedger
from shared.adapters.cosmos.feed import CosmosFeed
from shared.adapters.cosmos.records import CosmosRecords
from shared.adapters.ed25519 import verifies
from shared.adapters.vault_keys import VaultKeys
from shared.usecases.seal import MOST, SealReport, seal
from tests.builders import NOW
from tests.usecases.scenes import by_the_service

LATER = NOW + timedelta(days=1)
IDLE_SECONDS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The stack's settings, and the containers whose entries are sealed and whose files are written."""

    settings: Mapping[str, str]
    database: str
    records: str
    files: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealer:
    """Everything that seals, connected."""

    records: CosmosRecords
    feed: CosmosFeed
    files: BlobLedger
    keys: VaultKeys
    origin: str

    @classmethod
    async def connected(cls, where: Where, opened: AsyncExitStack) -> "Sealer":
        settings = where.settings
        credential = await opened.enter_async_context(DefaultAzureCredential())
        cosmos = await opened.enter_async_context(CosmosClient(settings["COSMOS_ENDPOINT"], credential))
        files = ContainerClient(settings["LEDGER_ACCOUNT_URL"], where.files, credential)
        vault = SecretClient(settings["KEY_VAULT_URL"], credential)
        container = cosmos.get_database_client(where.database).get_container_client(where.records)
        return cls(
            records=CosmosRecords(container),
            feed=CosmosFeed(container),
            files=BlobLedger(await opened.enter_async_context(files)),
            keys=VaultKeys(await opened.enter_async_context(vault), clock=time.monotonic),
            origin=settings["LOG_ORIGIN"],
        )

    async def seal(self, *, at: datetime = LATER, most: int = MOST, at_once: int = 4) -> SealReport:
        return await seal(
            asking=by_the_service(at=at),
            now=lambda: at,
            origin=self.origin,
            records=self.records,
            feed=self.feed,
            files=self.files,
            keys=self.keys,
            check=verifies,
            out_of_time=lambda: False,
            at_once=at_once,
            most=most,
        )


def seal_without_end(where: Where, most: int, begun: Connection) -> None:
    os.environ.update(where.settings)  # a credential reads the environment when it is made
    asyncio.run(_sealing(where, most, begun))


async def _sealing(where: Where, most: int, begun: Connection) -> None:
    async with AsyncExitStack() as opened:
        sealer = await Sealer.connected(where, opened)
        await sealer.records.ledger_head()
        await sealer.keys.ledger_signer()
        begun.send("connected")
        while True:
            if not (await sealer.seal(most=most)).sealed:
                await asyncio.sleep(IDLE_SECONDS)
