"""A storage as the contract suites see it: the port under test, and what docks, lawyers and accidents do to it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Protocol

from azure.storage.blob import BlobBlock, ContentSettings, ImmutabilityPolicy
from azure.storage.blob.aio import BlobClient, BlobServiceClient

from shared.adapters.blob_footage import BlobFootage
from shared.domain.footage import Blob, ClipId
from shared.domain.intake import Landed
from shared.ports import Footage
from tests.builders import UPLOADED
from tests.fakes import MemoryFootage

BLOCK = 512 * 1024


class Storage(Protocol):
    @property
    def footage(self) -> Footage: ...

    async def put(self, path: str, content: bytes, metadata: Mapping[str, str] | None = None) -> Landed:
        """Write the blob, over whatever is there."""

    async def hold(self, blob: Blob, *, held: bool = True) -> None:
        """Place or lift a legal hold."""

    async def keep_until(self, blob: Blob, until: datetime | None) -> None:
        """Set a retention policy, or take it away."""

    async def lease(self, blob: Blob) -> None:
        """An infinite lease, which forbids deletion as a hold does."""

    async def hold_poster(self, clip: ClipId) -> None: ...

    async def rendition(self, clip: ClipId, name: str, content: bytes) -> None: ...

    async def renditions(self, clip: ClipId) -> list[str]: ...


class MemoryStorage:
    def __init__(self, *, versioned: bool) -> None:
        self.footage = MemoryFootage(versioned=versioned)
        self.footage.time = datetime.now(UTC)

    async def put(self, path: str, content: bytes, metadata: Mapping[str, str] | None = None) -> Landed:
        return self.footage.put(path, content, at=UPLOADED, metadata=metadata)

    async def hold(self, blob: Blob, *, held: bool = True) -> None:
        self.footage.hold(blob, held=held)

    async def keep_until(self, blob: Blob, until: datetime | None) -> None:
        self.footage.keep_until(blob, until)

    async def lease(self, blob: Blob) -> None:
        self.footage.lease(blob)

    async def hold_poster(self, clip: ClipId) -> None:
        self.footage.hold_derived(clip)

    async def rendition(self, clip: ClipId, name: str, content: bytes) -> None:
        self.footage.renditions.setdefault(clip, {})[name] = content

    async def renditions(self, clip: ClipId) -> list[str]:
        return list(self.footage.renditions.get(clip, {}))


class RealStorage:
    def __init__(self, service: BlobServiceClient) -> None:
        self.service = service
        self.footage = BlobFootage(service)

    async def put(self, path: str, content: bytes, metadata: Mapping[str, str] | None = None) -> Landed:
        client, settings = self._blob(path), ContentSettings(content_type="video/mp4")
        parts = [content[at : at + BLOCK] for at in range(0, len(content), BLOCK)]
        for number, part in enumerate(parts):
            await client.stage_block(f"{number:08}", part)
        blocks = [BlobBlock(f"{number:08}") for number in range(len(parts))]
        await client.commit_block_list(blocks, metadata=dict(metadata or {}), content_settings=settings)
        landed = await self.footage.landed(path)
        assert landed is not None
        return landed

    async def hold(self, blob: Blob, *, held: bool = True) -> None:
        await self._blob(blob.path).set_legal_hold(held)

    async def keep_until(self, blob: Blob, until: datetime | None) -> None:
        if until is None:
            await self._blob(blob.path).delete_immutability_policy()
        else:
            policy = ImmutabilityPolicy(expiry_time=until, policy_mode="Unlocked")
            await self._blob(blob.path).set_immutability_policy(policy)

    async def lease(self, blob: Blob) -> None:
        await self._blob(blob.path).acquire_lease(-1)

    async def hold_poster(self, clip: ClipId) -> None:
        await self.service.get_blob_client("posters", f"{clip}.jpg").set_legal_hold(True)

    async def rendition(self, clip: ClipId, name: str, content: bytes) -> None:
        await self.service.get_blob_client("renditions", f"{clip}/{name}").upload_blob(content)

    async def renditions(self, clip: ClipId) -> list[str]:
        listed = self.service.get_container_client("renditions").list_blobs(f"{clip}/")
        return [item.name async for item in listed]

    async def hold_rendition(self, clip: ClipId, name: str) -> None:
        await self.service.get_blob_client("renditions", f"{clip}/{name}").set_legal_hold(True)

    async def snapshot(self, path: str) -> None:
        await self._blob(path).create_snapshot()

    async def kept(self, path: str) -> list[str]:
        """All that lies at the path, snapshots too."""
        listed = self.service.get_container_client("footage").list_blobs(path, include=["snapshots", "versions"])
        return [item.name async for item in listed]

    def _blob(self, path: str) -> BlobClient:
        return self.service.get_blob_client("footage", path)
