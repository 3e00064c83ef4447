"""Compare: one place, the blobs that lie there beside the clips that should, a page at a time.

The storage is listed first and the index read after it, so that a blob taken in meanwhile is not called unknown. What
can have changed between the two is looked at again before it is said: a listing is no proof that something is gone.
"""

import hashlib
from asyncio import to_thread
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from shared.domain.entry import entry_id
from shared.domain.footage import Blob, Clip
from shared.domain.naming import id_of_path, recording_in
from shared.domain.reconcile import Finding, Shelved, current, judge, known_hash
from shared.ports import Footage, Gone, Records

PAGE = 1000  # clips
END = "\uffff"  # after every character a path has
NEXT = "\x01"  # before every character a path has
OVERWRITTEN, METADATA_CHANGED = "footage.overwritten", "footage.metadata-changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One finding, on a clip, on a blob, or on both. `other`: the content that lies there and is not the clip's."""

    finding: Finding
    path: str
    clip: Clip | None
    other: Blob | None = None

    @property
    def subject(self) -> str:
        return self.clip.id if self.clip else recording_in(self.path) or id_of_path(self.path)

    @property
    def key(self) -> str:
        """The operation key of what is entered once about this other content."""
        before = f"{self.clip.blob.key}\n" if self.clip else f"{self.path}\n"
        return before + (self.other.etag if self.other else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """All that was found on the paths up to `to` and after the span before it."""

    to: str
    found: tuple[Found, ...]


async def spans(
    prefix: str, *, now: datetime, grace: timedelta, footage: Footage, records: Records
) -> AsyncIterator[Span]:
    """The place, page by page of the listing, in the order of the paths."""
    begins = prefix
    async for to, lying in _pages(prefix, footage):
        found: list[Found] = []
        async for path, shelved, clip in _pairs(begins, to, lying, records):
            here: list[Found] = []
            for finding in judge(shelved, clip, now=now, grace=grace):
                here += await _confirmed(finding, path, shelved, clip, footage=footage, records=records)
            found += _less_what_only_seems_missing(here)
        yield Span(to=to, found=tuple(found))
        begins = to + NEXT


async def _pages(prefix: str, footage: Footage) -> AsyncIterator[tuple[str, dict[str, list[Shelved]]]]:
    """What lies on whole paths: the versions of one are not parted by the end of a page."""
    waiting: list[Shelved] = []
    async for page in footage.shelved(prefix):
        waiting += page
        by_path = {path: list(versions) for path, versions in groupby(waiting, lambda s: s.blob.path)}
        if len(by_path) > 1:
            _, waiting = by_path.popitem()
            yield list(by_path)[-1], by_path
    yield prefix + END, {waiting[0].blob.path: waiting} if waiting else {}


async def _pairs(
    begins: str, to: str, lying: dict[str, list[Shelved]], records: Records
) -> AsyncIterator[tuple[str, Sequence[Shelved], Clip | None]]:
    unknown = set(lying)
    more = True
    while more:
        clips = await records.clips_at(begins, to, limit=PAGE)
        for clip in clips:
            path = clip.blob.path
            unknown.discard(path)
            yield path, lying.get(path, ()), clip
        more = len(clips) == PAGE
        begins = clips[-1].blob.path + NEXT if more else to
    for path in sorted(unknown):
        yield path, lying[path], None


async def _confirmed(
    finding: Finding, path: str, shelved: Sequence[Shelved], clip: Clip | None, *, footage: Footage, records: Records
) -> list[Found]:
    lying = current(shelved)
    other = lying.blob if lying else None
    match finding, clip:
        case Finding.MISSING, Clip():
            so = not await _is_there(clip.blob, footage)
        case Finding.RESURFACED, Clip():
            other = other or shelved[-1].blob
            so = await _is_there(other, footage)
        case Finding.OVERWRITTEN, Clip() if other is not None:
            finding, so = await _overwritten(clip, other, footage=footage, records=records), True
        case _:
            so = True
    return [Found(finding=finding, path=path, clip=clip, other=other)] if so else []


def _less_what_only_seems_missing(found: list[Found]) -> list[Found]:
    """Where the same bytes lie there under another ETag, and no version is kept, nothing is missing."""
    same = any(each.finding is Finding.METADATA_CHANGED for each in found)
    unversioned = any(each.clip and each.clip.blob.version is None for each in found)
    return [each for each in found if not (same and unversioned and each.finding is Finding.MISSING)]


async def _is_there(blob: Blob, footage: Footage) -> bool:
    try:
        await footage.read(blob, 0, 0)
    except Gone:
        return False
    return True


async def _overwritten(clip: Clip, other: Blob, *, footage: Footage, records: Records) -> Finding:
    """Rule N3. Bytes are read only where they can be the same, and only until it is entered which it was."""
    key = Found(finding=Finding.OVERWRITTEN, path=clip.blob.path, clip=clip, other=other).key
    if await records.entry(clip.pk, entry_id(clip.pk, OVERWRITTEN, key)):
        return Finding.OVERWRITTEN
    if await records.entry(clip.pk, entry_id(clip.pk, METADATA_CHANGED, key)):
        return Finding.METADATA_CHANGED
    known = known_hash(clip)
    same = known is not None and other.size == clip.blob.size and await _hash(other, footage) == known
    return Finding.METADATA_CHANGED if same else Finding.OVERWRITTEN


async def _hash(blob: Blob, footage: Footage) -> str | None:
    digest = hashlib.sha256()
    try:
        async for piece in footage.stream(blob):
            await to_thread(digest.update, piece)
    except Gone:
        return None
    return digest.hexdigest()
