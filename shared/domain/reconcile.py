"""Reconcile: what lies in the storage, held against the index, path by path; what differs is a finding.

N1  A blob older than 15 minutes of which the index knows nothing: `not-indexed`. Before that its event may be on its
    way. Where a person names a prefix they say that it is not: there nothing is too young.
N2  A clip held or in quarantine whose pinned version does not lie there: `missing`.
N3  Another content than the pinned one is current at the path: `overwritten`. If its bytes hash to what the clip's
    bytes hash to, or were to hash to, only what is said beside them was changed: `metadata-changed`. (Tier and lease
    leave an ETag as it is and metadata does not, so a blob that has its ETag has its metadata.)
N4  A pinned version in the archive tier can be neither played nor hashed: `archived`. One under a lease cannot be
    weeded: `leased`.
N5  A hash asked for more than an hour ago and not known: `hash-overdue`. Not where the bytes are not there.
N6  A clip being weeded is compared with nothing; after a day its weeding is overdue: `condemned-overdue`.
N7  Anything at the path of a weeded clip: `resurfaced`. It is neither served as the old clip nor erased.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.domain.footage import Blob, Clip, Fixity, Sha256, State

GRACE = timedelta(minutes=15)
NO_GRACE = timedelta(0)
HASHED_WITHIN = timedelta(hours=1)
WEEDED_WITHIN = timedelta(days=1)
ARCHIVE = "Archive"


class Finding(StrEnum):
    NOT_INDEXED = "not-indexed"
    MISSING = "missing"
    OVERWRITTEN = "overwritten"
    METADATA_CHANGED = "metadata-changed"
    ARCHIVED = "archived"
    LEASED = "leased"
    HASH_OVERDUE = "hash-overdue"
    CONDEMNED_OVERDUE = "condemned-overdue"
    RESURFACED = "resurfaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """One version of one blob as a listing of the storage tells of it. `current`: its name alone means it."""

    blob: Blob
    current: bool
    created_at: datetime
    tier: str | None = None
    rehydrating: bool = False
    leased: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """What lies directly in a folder: folders, each ending in `/`, and blobs, both by their whole paths."""

    folders: tuple[str, ...]
    paths: tuple[str, ...]


def judge(shelved: Sequence[Shelved], clip: Clip | None, *, now: datetime, grace: timedelta) -> tuple[Finding, ...]:
    """Rules N1 to N7, for all that lies at one path and the clip of that path."""
    if clip is None:
        return (Finding.NOT_INDEXED,) if _should_be_indexed(shelved, now - grace) else ()
    match clip.state:
        case State.CONDEMNED:
            overdue = clip.weeding is not None and clip.weeding.condemned_at + WEEDED_WITHIN < now
            return (Finding.CONDEMNED_OVERDUE,) if overdue else ()
        case State.WEEDED:
            return (Finding.RESURFACED,) if shelved else ()
    return _of_a_clip_that_is_kept(shelved, clip, now)


def current(shelved: Sequence[Shelved]) -> Shelved | None:
    return next((each for each in shelved if each.current), None)


def pinned(shelved: Sequence[Shelved], clip: Clip) -> Shelved | None:
    """The version id says which it is where there is one; else the ETag."""
    blob = clip.blob
    same = (s for s in shelved if (s.blob.version == blob.version if blob.version else s.blob.etag == blob.etag))
    return next(same, None)


def known_hash(clip: Clip) -> Sha256 | None:
    """What the clip's bytes hash to, or, until they are read, what the dock says."""
    return clip.integrity.sha256 or clip.integrity.claimed


def _should_be_indexed(shelved: Sequence[Shelved], since: datetime) -> bool:
    lying = current(shelved)
    return lying is not None and lying.created_at < since


def _of_a_clip_that_is_kept(shelved: Sequence[Shelved], clip: Clip, now: datetime) -> tuple[Finding, ...]:
    here, lying = pinned(shelved, clip), current(shelved)
    other = lying is not None and lying != here
    pending = clip.integrity.state is Fixity.PENDING and clip.uploaded_at + HASHED_WITHIN < now
    found = (
        (Finding.OVERWRITTEN, other),
        (Finding.MISSING, here is None),
        (Finding.ARCHIVED, here is not None and (here.tier == ARCHIVE or here.rehydrating)),
        (Finding.LEASED, here is not None and here.leased),
        (Finding.HASH_OVERDUE, here is not None and pending),
    )
    return tuple(finding for finding, so in found if so)
