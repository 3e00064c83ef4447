"""BlobLetters keeps the promise of DeadLetters: Event Grid writes each event it gives up as a blob of its own.

A letter is a JSON list of one event with the reasons beside it, in the schema of the subscription: the attribute names
of CloudEvents are lower case. They lie by hour, without leading zeros, so their names say nothing of their order:
all are listed, and only the page is read. There are none on a good day, and some thousands after a bad night.
"""

import json
from collections.abc import Mapping
from typing import Any

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import BlobProperties
from azure.storage.blob.aio import ContainerClient

from shared.domain.health import Backlog
from shared.domain.naming import path_in
from shared.domain.worklist import DeadLetter
from shared.ports import Place

LONGEST = 64 * 1024  # no event is delivered that is longer


class BlobLetters:
    def __init__(self, container: ContainerClient) -> None:
        self._container = container

    async def letters(self, *, after: Place | None, limit: int) -> list[DeadLetter]:
        listed = [item async for item in self._container.list_blobs()]
        beyond = [item for item in listed if after is None or _order(item) > (after.at, after.id)]
        return [await self._letter(item) for item in sorted(beyond, key=_order)[:limit]]

    async def waiting(self, *, most: int) -> Backlog:
        listed: list[BlobProperties] = []
        async for item in self._container.list_blobs(results_per_page=most):
            listed.append(item)
            if len(listed) == most:
                break
        return Backlog(count=len(listed), oldest=min((item.last_modified for item in listed), default=None))

    async def _letter(self, item: BlobProperties) -> DeadLetter:
        return _read(item, await self._content(item) if item.size else b"")

    async def _content(self, item: BlobProperties) -> bytes:
        try:
            download = await self._container.download_blob(item.name, offset=0, length=min(item.size, LONGEST))
            content: bytes = await download.readall()
        except ResourceNotFoundError:  # put back by somebody since it was listed
            return b""
        return content


def _order(item: BlobProperties) -> tuple[Any, str]:
    return item.last_modified, item.name


def _read(item: BlobProperties, content: bytes) -> DeadLetter:
    event = _event(content)
    attempts = event.get("deliveryattempts")
    return DeadLetter(
        id=item.name,
        at=item.last_modified,
        reason=_text(event, "deadletterreason"),
        outcome=_text(event, "lastdeliveryoutcome"),
        attempts=attempts if isinstance(attempts, int) else None,
        path=path_in(_text(event, "subject") or ""),
    )


def _event(content: bytes) -> Mapping[str, Any]:
    """The event by its names in lower case; nothing, if it is none."""
    try:
        (event,) = json.loads(content)
        return {name.lower(): value for name, value in event.items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return {}


def _text(event: Mapping[str, Any], name: str) -> str | None:
    value = event.get(name)
    return value if isinstance(value, str) else None
