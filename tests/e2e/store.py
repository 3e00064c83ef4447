"""Looking at the stores themselves, past the service: documents as they are, and whether a blob is there."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from azure.core import MatchConditions
from azure.core.credentials_async import AsyncTokenCredential
from azure.cosmos.aio import ContainerProxy, CosmosClient
from azure.storage.blob.aio import BlobServiceClient

from local.backdate import earlier


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    container: ContainerProxy
    blobs: BlobServiceClient

    @classmethod
    @asynccontextmanager
    async def of(cls, settings: Mapping[str, str], credential: AsyncTokenCredential) -> AsyncIterator[Self]:
        async with (
            CosmosClient(settings["COSMOS_ENDPOINT"], credential) as cosmos,
            BlobServiceClient(settings["FOOTAGE_ACCOUNT_URL"], credential=credential) as blobs,
        ):
            database = cosmos.get_database_client("continuity")
            yield cls(container=database.get_container_client("records"), blobs=blobs)

    async def document(self, pk: str, name: str) -> dict[str, Any]:
        return dict(await self.container.read_item(name, pk))

    async def entries(self, pk: str) -> list[dict[str, Any]]:
        """The entry documents of a trail, by their numbers."""
        query = "SELECT * FROM c WHERE c.pk = @pk AND c.kind = 'entry' ORDER BY c.number ASC"
        rows = self.container.query_items(query, parameters=[{"name": "@pk", "value": pk}], partition_key=pk)
        return [dict(row) async for row in rows]

    async def has_blob(self, container: str, name: str) -> bool:
        return bool(await self.blobs.get_blob_client(container, name).exists())

    async def back_date(self, clip: str, *, days: int) -> None:
        document = await self.document(clip, clip)
        older = earlier(document, timedelta(days=days))
        unchanged = MatchConditions.IfNotModified
        await self.container.replace_item(clip, older, etag=document["_etag"], match_condition=unchanged)
