"""BlobFootage keeps the promises of Footage on the containers footage, posters and renditions of one account.

B1  A blob is addressed by its version id where the storage gave one, else by If-Match: never by its name alone.
B2  ETags are kept without the quotes in which they travel.
B3  Memory is bounded: a blob is read in ranges of 4 MiB. A stream has the next one fetched while the one before
    is worked on, and never a second.
B4  A hold, a retention policy or a lease forbids a deletion, and the caller is told so. Any other refusal of the
    storage is a fault: it may not be taken for a deletion.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobProperties, ContentSettings, StandardBlobTier
from azure.storage.blob.aio import BlobPrefix, BlobServiceClient

from shared.domain.footage import Blob, ClipId
from shared.domain.intake import Landed
from shared.domain.naming import CONTAINER
from shared.domain.reconcile import Folder, Shelved
from shared.errors import HeldByStorage
from shared.ports import Gone

POSTERS = "posters"
RENDITIONS = "renditions"
RANGE = 4 * 1024 * 1024
NOT_FOUND, CHANGED, FORBIDDEN = 404, 412, 403
NO_CONTAINER = "ContainerNotFound"
# Storage does not delete a current version by its id: it must first have become an earlier one.
IS_CURRENT = "OperationNotAllowedOnRootBlob"
BEING_REHYDRATED = "BlobBeingRehydrated"
HOLDS = ["versions", "snapshots", "legalhold", "immutabilitypolicy"]
IS_HELD = "a hold, a policy or a lease of the storage lies on the footage"
HELD = ("BlobImmutable", "LeaseIdMissing", "LeaseIdMismatch")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """One thing the storage keeps under a name: the current blob, one of its versions or a snapshot."""

    container: str
    name: str
    etag: str
    version: str | None = None
    snapshot: str | None = None


class BlobFootage:
    def __init__(self, service: BlobServiceClient) -> None:
        self._service = service

    async def landed(self, path: str) -> Landed | None:
        client = self._service.get_blob_client(CONTAINER, path)
        try:
            return _landed(path, await client.get_blob_properties())
        except HttpResponseError as error:
            if _is_gone(error):
                return None
            raise

    async def read(self, blob: Blob, offset: int, length: int) -> bytes:
        if offset < 0 or length < 0 or offset + length > blob.size:
            raise ValueError(f"bytes {offset} to {offset + length} are not within the blob's {blob.size}")
        if length == 0:
            await self._must_be_there(blob)
            return b""
        return await self._range(blob, offset, length)

    async def stream(self, blob: Blob) -> AsyncIterator[bytes]:
        if blob.size == 0:
            await self._must_be_there(blob)
            return
        coming = self._fetch(blob, 0)
        try:
            for offset in range(RANGE, blob.size + RANGE, RANGE):
                content = await coming
                if offset < blob.size:
                    coming = self._fetch(blob, offset)
                yield content
        finally:  # whoever stops in the middle leaves no fetch behind
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)

    def _fetch(self, blob: Blob, offset: int) -> "asyncio.Task[bytes]":
        return asyncio.create_task(self._range(blob, offset, min(RANGE, blob.size - offset)))

    async def must_be_erasable(self, clip: ClipId, path: str, *, now: datetime) -> None:
        for container, name in ((CONTAINER, path), (POSTERS, _poster(clip)), (RENDITIONS, f"{clip}/")):
            async for item in self._service.get_container_client(container).list_blobs(name, include=HOLDS):
                of_the_clip = item.name == name or name.endswith("/")
                if of_the_clip and _is_held(item, now):
                    raise HeldByStorage(IS_HELD)

    async def erase(self, blob: Blob) -> None:
        await self._delete(_Stored(container=CONTAINER, name=blob.path, etag=blob.etag, version=blob.version))

    async def erase_other_versions(self, path: str) -> None:
        await self._sweep(CONTAINER, path, exactly=True)

    async def keep_poster(self, clip: ClipId, jpeg: bytes) -> None:
        client = self._service.get_blob_client(POSTERS, _poster(clip))
        await client.upload_blob(jpeg, overwrite=True, content_settings=ContentSettings(content_type="image/jpeg"))

    async def poster(self, clip: ClipId) -> bytes:
        client = self._service.get_blob_client(POSTERS, _poster(clip))
        try:
            content: bytes = await (await client.download_blob()).readall()
        except HttpResponseError as error:
            raise _read_error(error) from error
        return content

    async def erase_derived(self, clip: ClipId) -> None:
        await self._sweep(POSTERS, _poster(clip), exactly=True)
        await self._sweep(RENDITIONS, f"{clip}/", exactly=False)

    async def shelved(self, prefix: str) -> AsyncIterator[Sequence[Shelved]]:
        listed = self._service.get_container_client(CONTAINER).list_blobs(prefix, include=["versions"])
        async for page in listed.by_page():
            yield [_shelved(item) async for item in page]

    async def folder(self, path: str) -> Folder:
        listed = self._service.get_container_client(CONTAINER).walk_blobs(path, delimiter="/")
        items = [item async for item in listed]
        return Folder(
            folders=tuple(item.name for item in items if isinstance(item, BlobPrefix)),
            paths=tuple(item.name for item in items if not isinstance(item, BlobPrefix)),
        )

    async def rehydrate(self, blob: Blob) -> None:
        client = self._service.get_blob_client(CONTAINER, blob.path)
        await self._must_be_there(blob)
        try:
            await client.set_standard_blob_tier(StandardBlobTier.HOT, version_id=blob.version)
        except HttpResponseError as error:
            if _code(error) != BEING_REHYDRATED:
                raise _read_error(error) from error

    async def _range(self, blob: Blob, offset: int, length: int) -> bytes:
        client = self._service.get_blob_client(CONTAINER, blob.path, version_id=blob.version)
        pinned = {} if blob.version else _only_if(blob.etag)
        try:
            download = await client.download_blob(offset=offset, length=length, **pinned)
            content: bytes = await download.readall()
        except HttpResponseError as error:
            raise _read_error(error) from error
        if len(content) != length:
            raise OSError(f"the storage gave {len(content)} bytes where {length} were asked for")
        return content

    async def _must_be_there(self, blob: Blob) -> None:
        client = self._service.get_blob_client(CONTAINER, blob.path, version_id=blob.version)
        try:
            await client.get_blob_properties(**({} if blob.version else _only_if(blob.etag)))
        except HttpResponseError as error:
            raise _read_error(error) from error

    async def _sweep(self, container: str, name: str, *, exactly: bool) -> None:
        """Delete all that is kept under the name, or under all names that begin with it."""
        listed = self._service.get_container_client(container).list_blobs(name, include=["versions", "snapshots"])
        async for item in listed:
            if item.name == name or not exactly:
                await self._delete(_stored(container, item))

    async def _delete(self, stored: _Stored) -> None:
        try:
            await self._delete_once(stored)
        except HttpResponseError as error:
            if error.status_code != FORBIDDEN or _code(error) != IS_CURRENT:
                raise
            await self._delete_once(_Stored(container=stored.container, name=stored.name, etag=stored.etag))
            await self._delete_once(stored)

    async def _delete_once(self, stored: _Stored) -> None:
        client = self._service.get_blob_client(
            stored.container, stored.name, snapshot=stored.snapshot, version_id=stored.version
        )
        whole = {"delete_snapshots": "include", **_only_if(stored.etag)}
        try:
            await client.delete_blob(**({} if stored.version or stored.snapshot else whole))
        except HttpResponseError as error:
            if _code(error).startswith(HELD):
                raise HeldByStorage(IS_HELD) from error
            if not _is_gone(error):
                raise


def _landed(path: str, properties: BlobProperties) -> Landed:
    blob = Blob(
        path=path,
        etag=_unquoted(properties.etag),
        size=properties.size,
        version=properties.version_id,
    )
    return Landed(
        blob=blob,
        created_at=properties.creation_time,
        content_type=properties.content_settings.content_type,
        metadata={name.lower(): value for name, value in (properties.metadata or {}).items()},
    )


def _shelved(item: BlobProperties) -> Shelved:
    return Shelved(
        blob=Blob(path=item.name, etag=_unquoted(item.etag), size=item.size, version=item.version_id),
        current=item.version_id is None or bool(item.is_current_version),
        created_at=item.creation_time,
        tier=item.blob_tier,
        rehydrating=item.archive_status is not None,
        leased=item.lease.status == "locked",
    )


def _is_held(item: BlobProperties, now: datetime) -> bool:
    policy_ends = item.immutability_policy.expiry_time if item.immutability_policy else None
    return bool(item.has_legal_hold or item.lease.status == "locked" or (policy_ends and policy_ends > now))


def _stored(container: str, item: BlobProperties) -> _Stored:
    return _Stored(
        container=container,
        name=item.name,
        etag=_unquoted(item.etag),
        version=item.version_id,
        snapshot=item.snapshot,
    )


def _poster(clip: ClipId) -> str:
    return f"{clip}.jpg"


def _unquoted(etag: str) -> str:
    return etag.strip('"')


def _only_if(etag: str) -> dict[str, Any]:
    return {"etag": f'"{etag}"', "match_condition": MatchConditions.IfNotModified}


def _is_gone(error: HttpResponseError) -> bool:
    missing = error.status_code == NOT_FOUND and _code(error) != NO_CONTAINER
    return missing or error.status_code == CHANGED


def _code(error: HttpResponseError) -> str:
    """The storage's own word for what was wrong; a text, though the SDK keeps the words it knows in an enum."""
    return getattr(error, "error_code", None) or ""


def _read_error(error: HttpResponseError) -> Exception:
    return Gone("the blob, or that version of it, is not there") if _is_gone(error) else error
