"""Dead letters: events in blobs, each a list in either schema, as Event Grid wrote them when it gave up.

L1  A letter is deleted once the function has taken every event in it, and only if it is still the letter that was read.
L2  A letter that cannot be read, or has anything but news of a blob in it, is not for ingest: it stays, and is named.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import AzureError, ResourceModifiedError, ResourceNotFoundError
from azure.storage.blob import BlobProperties
from azure.storage.blob.aio import ContainerClient

from tools.replaying.outcome import Outcome

AT_ONCE = 8
LARGEST = 1024 * 1024  # a whole delivery of Event Grid is no larger
BLOB_CREATED = "Microsoft.Storage.BlobCreated"
Post = Callable[[Mapping[str, Any]], Awaitable[str | None]]


class Letters:
    def __init__(self, container: ContainerClient, post: Post) -> None:
        self._container, self._post = container, post

    async def put_back(self, *, limit: int | None, dry_run: bool) -> Outcome:
        put_back, stayed, seen = 0, list[str](), 0
        async for letters in self._some_at_once(None if limit is None else limit + 1):
            wanted = letters if limit is None else letters[: limit - seen]
            seen += len(letters)
            for letter, why in zip(
                wanted, await asyncio.gather(*(self._one(each, dry_run=dry_run) for each in wanted)), strict=True
            ):
                put_back += why is None
                stayed += [] if why is None else [f"stayed: {letter.name}: {why}"]
        more = limit is not None and seen > limit
        return Outcome(put_back=put_back, stayed=tuple(stayed), dry_run=dry_run, more=more)

    async def _some_at_once(self, most: int | None) -> AsyncIterator[list[BlobProperties]]:
        batch: list[BlobProperties] = []
        seen = 0
        async for letter in self._container.list_blobs():
            batch.append(letter)
            seen += 1
            if len(batch) == AT_ONCE or seen == most:
                yield batch
                batch = []
            if seen == most:
                return
        if batch:
            yield batch

    async def _one(self, letter: BlobProperties, *, dry_run: bool) -> str | None:
        """None if it was put back, or would be; else why it stays."""
        try:
            events = events_in(await self._read(letter))
            if events is None:
                return "it is no letter for ingest"
            for event in () if dry_run else events:
                refused = await self._post(event)
                if refused is not None:
                    return f"the function answered {refused}"
            if not dry_run:
                await self._delete(letter)
        except ResourceNotFoundError:
            return None  # somebody else has put it back
        except ResourceModifiedError:
            return "it was written anew meanwhile"
        except AzureError as fault:  # its text may hold an address
            return f"the storage answered {type(fault).__name__}"
        return None

    async def _read(self, letter: BlobProperties) -> bytes:
        if not letter.size:
            return b""
        unchanged = MatchConditions.IfNotModified
        download = await self._container.download_blob(
            letter.name, offset=0, length=LARGEST, etag=letter.etag, match_condition=unchanged
        )
        content: bytes = await download.readall()
        return content

    async def _delete(self, letter: BlobProperties) -> None:
        unchanged = MatchConditions.IfNotModified
        await self._container.delete_blob(letter.name, etag=letter.etag, match_condition=unchanged)


def events_in(content: bytes) -> list[Mapping[str, Any]] | None:
    """Rule L2: the events of a letter, or None if it is not for ingest."""
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return None
    events = said if isinstance(said, list) else [said]
    good = all(isinstance(each, dict) and BLOB_CREATED in (each.get("type"), each.get("eventType")) for each in events)
    return events if events and good else None
