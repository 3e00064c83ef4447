"""QueueFixity keeps the promise of FixityQueue: a message names a clip, and never lapses before it is read.

The text is base64, as the Functions queue trigger expects; the client is one without an encoding policy of its own.
"""

import base64
import json

from azure.storage.queue.aio import QueueClient

from shared.domain.footage import ClipId
from shared.domain.health import Backlog

MOST_PEEKED = 32  # what the service shows at once
FOREVER = -1  # by default a message is dropped unread after seven days


class QueueFixity:
    def __init__(self, client: QueueClient) -> None:
        self._client = client

    async def ask(self, clip: ClipId) -> None:
        message = base64.b64encode(json.dumps({"clip": clip}).encode())
        await self._client.send_message(message.decode("ascii"), time_to_live=FOREVER)

    async def waiting(self) -> Backlog:
        properties = await self._client.get_queue_properties()
        seen = await self._client.peek_messages(max_messages=MOST_PEEKED)
        inserted = [message.inserted_on for message in seen if message.inserted_on is not None]
        return Backlog(count=properties.approximate_message_count or 0, oldest=min(inserted, default=None))
