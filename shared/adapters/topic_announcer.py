"""TopicAnnouncer keeps the promise of Announcer on an Event Grid topic: ids and facts of a clip, and no person.

The event of a clip has always the same id, so that a subscriber can tell a repetition.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime

from azure.core.messaging import CloudEvent
from azure.eventgrid.aio import EventGridPublisherClient

from shared.domain.document import timestamp
from shared.domain.footage import Clip

INDEXED = "Continuity.FootageIndexed"
SOURCE = "/continuity"
EVENTS = uuid.UUID("0b8f6a52-7d0c-5e0b-8c1d-6c1f2a7e9d31")  # our own namespace for UUIDv5 of clip ids


class TopicAnnouncer:
    def __init__(self, client: EventGridPublisherClient) -> None:
        self._client = client

    async def footage_indexed(self, clip: Clip, *, now: datetime) -> None:
        event = CloudEvent(
            source=SOURCE,
            type=INDEXED,
            subject=f"footage/{clip.id}",
            id=str(uuid.uuid5(EVENTS, clip.id)),
            time=now,
            data=_facts(clip),
        )
        await self._client.send(event)


def _facts(clip: Clip) -> Mapping[str, object]:
    return {
        "clip": clip.id,
        "borough": clip.borough,
        "dock": clip.dock,
        "camera": clip.camera,
        "uploadedAt": timestamp(clip.uploaded_at),
        "state": clip.state.value,
        "size": clip.blob.size,
        "durationMs": clip.media.duration_ms if clip.media else None,
    }
