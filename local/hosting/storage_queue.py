"""A storage queue as its trigger uses it: received messages stay hidden, and are deleted, freed or set aside.

The client is handed in, so that credentials, certificates and accounts are the business of whoever connects.
Contents are carried as stored; what they mean is decoded by the listener.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from azure.storage.queue.aio import QueueClient

POISON = "-poison"
FOREVER = -1  # the service's own word for a message that does not expire


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    identity: str
    receipt: str
    content: str
    dequeue_count: int
    inserted_at: datetime
    expires_at: datetime
    visible_at: datetime


class WorkQueue(Protocol):
    """What a queue trigger needs. Every change has happened when it returns."""

    name: str

    async def receive(self, most: int, hidden_for: timedelta) -> list[Message]:
        """Up to `most` messages nobody else sees for `hidden_for`; none when the queue does not exist."""
        ...

    async def hide(self, message: Message, span: timedelta) -> Message:
        """Hide for `span` from now (zero: visible at once). The answer has the receipt to use from now on."""
        ...

    async def delete(self, message: Message) -> None: ...

    async def set_aside(self, message: Message) -> None:
        """Copy into the poison queue, made when missing, then delete here: a crash between leaves two, never none."""
        ...

    async def aclose(self) -> None: ...


class StorageQueue:
    """A WorkQueue in Azure Storage; `connect` gives the client of a queue name."""

    def __init__(self, name: str, connect: Callable[[str], "QueueClient"]) -> None:
        self.name = name
        self._queue = connect(name)
        self._poison = connect(name + POISON)

    async def receive(self, most: int, hidden_for: timedelta) -> list[Message]:
        from azure.core.exceptions import ResourceNotFoundError

        pages = self._queue.receive_messages(
            messages_per_page=most, max_messages=most, visibility_timeout=int(hidden_for.total_seconds())
        )
        try:
            return [
                Message(
                    identity=received.id,
                    receipt=cast("str", received.pop_receipt),
                    content=cast("str", received.content),
                    dequeue_count=received.dequeue_count or 1,
                    inserted_at=cast("datetime", received.inserted_on),
                    expires_at=cast("datetime", received.expires_on),
                    visible_at=cast("datetime", received.next_visible_on),
                )
                async for received in pages
            ]
        except ResourceNotFoundError:
            return []

    async def hide(self, message: Message, span: timedelta) -> Message:
        updated = await self._queue.update_message(
            message.identity,
            pop_receipt=message.receipt,
            content=message.content,
            visibility_timeout=int(span.total_seconds()),
        )
        return replace(message, receipt=cast("str", updated.pop_receipt))

    async def delete(self, message: Message) -> None:
        await self._queue.delete_message(message.identity, pop_receipt=message.receipt)

    async def set_aside(self, message: Message) -> None:
        from azure.core.exceptions import ResourceNotFoundError

        try:
            await self._poison.send_message(message.content, time_to_live=FOREVER)
        except ResourceNotFoundError:
            await self._make_poison_queue()
            await self._poison.send_message(message.content, time_to_live=FOREVER)
        await self.delete(message)

    async def aclose(self) -> None:
        await self._queue.close()
        await self._poison.close()

    async def _make_poison_queue(self) -> None:
        from azure.core.exceptions import ResourceExistsError

        try:
            await self._poison.create_queue()
        except ResourceExistsError:
            return  # another message was first
