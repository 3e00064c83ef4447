"""MemoryFootage keeps the promises of Footage, as a storage with versions or as one without.

With versions an overwrite adds one and a deletion takes exactly one away; without, an overwrite destroys what was
there, and only the ETag tells. A hold, a lease and a policy that is not over lie on one version and forbid its
deletion; without versions they forbid the overwrite too. A policy is over by the storage's own clock, `time`.
"""

import itertools
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.domain.footage import Blob, ClipId
from shared.domain.intake import Landed
from shared.domain.reconcile import ARCHIVE, Folder, Shelved
from shared.errors import HeldByStorage
from shared.ports import Gone
from tests.builders import NOW
from tests.fakes.faults import Faults

CHUNK = 4 * 1024 * 1024
IS_HELD = "a legal hold, a lease or a retention policy lies on the blob"


@dataclass(slots=True)
class _Version:
    landed: Landed
    content: bytes
    held: bool = False
    leased: bool = False
    kept_until: datetime | None = None
    tier: str = "Hot"
    rehydrating: bool = False

    def is_held(self, now: datetime) -> bool:
        return self.held or self.leased or bool(self.kept_until and self.kept_until > now)


class MemoryFootage:
    def __init__(self, faults: Faults | None = None, *, versioned: bool = True, chunk: int = CHUNK) -> None:
        self.faults = faults or Faults()
        self.versioned = versioned
        self._chunk = chunk
        self._numbers = itertools.count(1)
        self._blobs: dict[str, list[_Version]] = {}
        self.posters: dict[ClipId, bytes] = {}
        self.renditions: dict[ClipId, dict[str, bytes]] = {}
        self.held_derived: set[ClipId] = set()
        self.time = NOW
        self.listed_at_once = 5000

    async def landed(self, path: str) -> Landed | None:
        async with self.faults.call("footage.landed"):
            versions = self._blobs.get(path)
            return versions[-1].landed if versions else None

    async def read(self, blob: Blob, offset: int, length: int) -> bytes:
        async with self.faults.call("footage.read"):
            if offset < 0 or length < 0 or offset + length > blob.size:
                raise ValueError(f"bytes {offset} to {offset + length} are not within the blob's {blob.size}")
            return self._pinned(blob).content[offset : offset + length]

    async def stream(self, blob: Blob) -> AsyncIterator[bytes]:
        if blob.size == 0:
            async with self.faults.call("footage.stream"):
                self._pinned(blob)
        for offset in range(0, blob.size, self._chunk):
            async with self.faults.call("footage.stream"):
                chunk = self._pinned(blob).content[offset : offset + self._chunk]
            yield chunk

    async def must_be_erasable(self, clip: ClipId, path: str, *, now: datetime) -> None:
        async with self.faults.call("footage.must_be_erasable"):
            if clip in self.held_derived or any(version.is_held(now) for version in self._at(path)):
                raise HeldByStorage(IS_HELD)

    async def erase(self, blob: Blob) -> None:
        async with self.faults.call("footage.erase"):
            self._delete(blob.path, [version for version in self._at(blob.path) if _is(version, blob)])

    async def erase_other_versions(self, path: str) -> None:
        async with self.faults.call("footage.erase_other_versions"):
            self._delete(path, list(self._at(path)))

    async def keep_poster(self, clip: ClipId, jpeg: bytes) -> None:
        async with self.faults.call("footage.keep_poster"):
            self.posters[clip] = jpeg

    async def poster(self, clip: ClipId) -> bytes:
        async with self.faults.call("footage.poster"):
            if clip not in self.posters:
                raise Gone
            return self.posters[clip]

    async def erase_derived(self, clip: ClipId) -> None:
        async with self.faults.call("footage.erase_derived"):
            if clip in self.held_derived:
                raise HeldByStorage(IS_HELD)
            self.posters.pop(clip, None)
            self.renditions.pop(clip, None)

    async def shelved(self, prefix: str) -> AsyncIterator[Sequence[Shelved]]:
        paths = sorted(path for path in self._blobs if path.startswith(prefix))
        lying = [(version, version is self._blobs[path][-1]) for path in paths for version in self._at(path)]
        for at in range(0, max(len(lying), 1), self.listed_at_once):
            async with self.faults.call("footage.shelved"):
                page = [_shelved(version, current=last) for version, last in lying[at : at + self.listed_at_once]]
            yield page

    async def folder(self, path: str) -> Folder:
        async with self.faults.call("footage.folder"):
            below = [name.removeprefix(path) for name, lying in self._blobs.items() if lying and name.startswith(path)]
            folders = {f"{path}{name.partition('/')[0]}/" for name in below if "/" in name}
            paths = {path + name for name in below if "/" not in name}
            return Folder(folders=tuple(sorted(folders)), paths=tuple(sorted(paths)))

    async def rehydrate(self, blob: Blob) -> None:
        async with self.faults.call("footage.rehydrate"):
            version = self._pinned(blob)
            version.rehydrating = version.rehydrating or version.tier == ARCHIVE

    def archive(self, blob: Blob) -> None:
        """Move that version to the archive tier, in no call's account."""
        self._pinned(blob).tier = ARCHIVE

    def lose(self, path: str) -> None:
        """Somebody with rights at the account deletes all that lies there, in no call's account."""
        del self._blobs[path]

    def say(self, path: str, metadata: Mapping[str, str]) -> Landed:
        """Somebody writes other metadata beside the current content: another ETag, and another version if any."""
        was = self._blobs[path][-1]
        return self.put(path, was.content, at=was.landed.created_at, metadata=metadata)

    def put(
        self,
        path: str,
        content: bytes,
        *,
        at: datetime,
        metadata: Mapping[str, str] | None = None,
        content_type: str | None = "video/mp4",
    ) -> Landed:
        """Write the blob as a dock would, in no call's account. An overwrite keeps no version where there are none."""
        number = next(self._numbers)
        version = f"{at:%Y-%m-%dT%H:%M:%S}.{number:07}Z" if self.versioned else None
        blob = Blob(path=path, etag=f"0x8DE{number:012X}", size=len(content), version=version)
        landed = Landed(blob=blob, created_at=at, content_type=content_type, metadata=metadata or {})
        if not self.versioned:
            self._delete(path, list(self._at(path)))
        self._blobs.setdefault(path, []).append(_Version(landed=landed, content=content))
        return landed

    def hold(self, blob: Blob, *, held: bool = True) -> None:
        """Place or lift a legal hold on that version, in no call's account."""
        self._pinned(blob).held = held

    def hold_derived(self, clip: ClipId) -> None:
        """Place a legal hold on what was made of the clip: its poster and its renditions."""
        self.held_derived.add(clip)

    def keep_until(self, blob: Blob, until: datetime | None) -> None:
        """Set a retention policy on that version, or take it away."""
        self._pinned(blob).kept_until = until

    def lease(self, blob: Blob) -> None:
        """An infinite lease on that version."""
        self._pinned(blob).leased = True

    def versions(self, path: str) -> list[Blob]:
        """What lies at `path`, oldest first, in no call's account."""
        return [version.landed.blob for version in self._at(path)]

    def _at(self, path: str) -> Iterator[_Version]:
        return iter(self._blobs.get(path, ()))

    def _pinned(self, blob: Blob) -> _Version:
        found = next((version for version in self._at(blob.path) if _is(version, blob)), None)
        if found is None:
            raise Gone
        return found

    def _delete(self, path: str, doomed: list[_Version]) -> None:
        for version in doomed:
            if version.is_held(self.time):
                raise HeldByStorage(IS_HELD)
            self._blobs[path].remove(version)


def _shelved(version: _Version, *, current: bool) -> Shelved:
    return Shelved(
        blob=version.landed.blob,
        current=current,
        created_at=version.landed.created_at,
        tier=version.tier,
        rehydrating=version.rehydrating,
        leased=version.leased,
    )


def _is(version: _Version, blob: Blob) -> bool:
    """The version id where there is one; else only the ETag says that the content is the same."""
    here = version.landed.blob
    return here.version == blob.version if blob.version else here.etag == blob.etag
