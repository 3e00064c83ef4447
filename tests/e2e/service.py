"""The running service as a test of events needs it: a dock, the webhook, the stores, and one clip to dock again."""

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Any

from azure.storage.blob import ContentSettings
from azure.storage.blob.aio import BlobClient

from local.calls import Person
from shared.domain.ledger import commitment
from tests.e2e.eventgrid import Deliveries, Json, created
from tests.e2e.store import Store

DOCK = "walworth-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The running service: its dock, its webhook, its stores, and one clip to dock again and again."""

    dock: Person
    webhook: Deliveries
    store: Store
    content: bytes

    async def granted(self) -> Json:
        """Leave to write the clip; nothing is written yet."""
        wish = {
            "camera": "BWV-0412",
            "officer": "4021",
            "recordedAt": "2026-11-25T20:00:00Z",
            "size": len(self.content),
            "sha256": hashlib.sha256(self.content).hexdigest(),
            "contentType": "video/mp4",
        }
        reply = await asyncio.to_thread(self.dock.post, f"/api/docks/{DOCK}/grants", wish)
        return dict(reply.must_be(201).body)

    async def landed(self, grant: Json, content: bytes | None = None) -> Json:
        """Write to the path of the grant, over whatever is there; the event of it."""
        settings = ContentSettings(content_type="video/mp4")
        async with BlobClient.from_blob_url(grant["url"]) as client:
            written = await client.upload_blob(content or self.content, overwrite=True, content_settings=settings)
            return created(str(client.blob_name), str(written["etag"]).strip('"'), api="PutBlob")

    async def actions(self, recording: str) -> list[str]:
        """What the trail tells, after its numbers and links were checked."""
        entries = await self.store.entries(recording)
        assert [entry["number"] for entry in entries] == list(range(1, len(entries) + 1))
        links = [None, *(commitment(entry) for entry in entries)]
        assert [entry["previous"] for entry in entries] == links[:-1]
        return [entry["action"] for entry in entries]

    async def verified(self, recording: str) -> Json:
        """The clip's document, once its bytes were hashed."""
        async with asyncio.timeout(30):
            while (clip := await self.store.document(recording, recording))["integrity"]["state"] == "pending":
                await asyncio.sleep(0.05)
        return clip

    async def known(self, recordings: list[str]) -> list[str]:
        """Those of them that are clips."""
        query = "SELECT VALUE c.id FROM c WHERE c.kind = 'clip'"
        clips: set[Any] = {row async for row in self.store.container.query_items(query)}
        return [recording for recording in recordings if recording in clips]

    async def everything(self) -> int:
        """How many documents there are."""
        counts: list[Any] = [row async for row in self.store.container.query_items("SELECT VALUE COUNT(1) FROM c")]
        return int(sum(counts))
