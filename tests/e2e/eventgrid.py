"""Event Grid's side of the door: events of a blob in both schemas, delivered as it delivers them."""

import asyncio
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp

from local.stand_ins.subscription import Schema, cloud_event

CREATED = "Microsoft.Storage.BlobCreated"
CONTAINER = "/blobServices/default/containers/footage/blobs/"
MEDIA_TYPES = {Schema.CLOUD_EVENT: "application/cloudevents+json", Schema.EVENT_GRID: "application/json"}
ANSWERED, FAULT = 202, 500
ANSWERED_WITHIN = 60.0  # seconds
Json = dict[str, Any]


def created(path: str, etag: str, **data: Any) -> Json:
    """That a content was committed at the path, in Event Grid's own schema."""
    url = f"https://127.0.0.1/footage/footage/{path}"
    return {
        "topic": "/subscriptions/0/resourceGroups/continuity/providers/Microsoft.Storage/storageAccounts/footage",
        "subject": f"{CONTAINER}{path}",
        "eventType": CREATED,
        "id": str(uuid.uuid4()),
        "data": {"api": "PutBlockList", "eTag": etag, "blobType": "BlockBlob", "url": url} | data,
        "dataVersion": "",
        "metadataVersion": "1",
        "eventTime": datetime.now(UTC).isoformat(),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliveries:
    """Delivers to the function `ingest` of the running host."""

    session: aiohttp.ClientSession
    host: str

    async def send(self, *events: Json, schema: Schema) -> int:
        """One delivery of one event or several; the status of the answer."""
        bodies = [cloud_event(event) if schema is Schema.CLOUD_EVENT else event for event in events]
        one = bodies[0] if schema is Schema.CLOUD_EVENT and len(bodies) == 1 else bodies
        return await self.post(one, media_type=MEDIA_TYPES[schema])

    async def post(self, body: object, *, media_type: str = "application/json") -> int:
        """Whatever body, as JSON or as the very bytes."""
        content: dict[str, Any] = {"data": body} if isinstance(body, bytes) else {"json": body}
        headers = {"aeg-event-type": "Notification", "Content-Type": media_type}
        url = f"{self.host}/runtime/webhooks/EventGrid?functionName=ingest"
        async with self.session.post(url, headers=headers, **content) as answer:
            return answer.status

    async def settled(self, events: list[tuple[Json, Schema]]) -> None:
        """All at once, begun in that order; what met a fault again, as Event Grid does, until all are answered."""
        async with asyncio.timeout(ANSWERED_WITHIN):
            while events:
                statuses = await asyncio.gather(*(self.send(event, schema=schema) for event, schema in events))
                assert set(statuses) <= {ANSWERED, FAULT}, statuses
                events = [event for event, status in zip(events, statuses, strict=True) if status == FAULT]
