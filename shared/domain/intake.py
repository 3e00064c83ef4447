"""What becomes of a blob that has landed: a clip, held or in quarantine, with every reason.

I1  Nothing is refused and nothing is lost: whatever lies in the container becomes a clip.
I2  The clip is quarantined if it came without a grant, or differs from its grant in path, dock, borough,
    camera, size or hash, or names no officer, or another than the grant, or if its bytes have a problem.
I3  What the grant says is believed before what the blob's metadata says: a write SAS can set metadata.
I4  The clock that counts is the blob's creation time at the server. All other times are claims, with a source.
    Where they are more than an hour apart that is a warning, and changes nothing else.
I5  A category the dock sent is taken if we know it, an incident if it is a number of one (correct.py, rule K4), else
    left out; whether the clip is evidence only a person says.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from urllib.parse import unquote

from shared.domain.categorise import CATEGORIES
from shared.domain.correct import INCIDENT_NUMBER
from shared.domain.footage import (
    Blob,
    Borough,
    ClaimedTime,
    Clip,
    ClipId,
    Decision,
    DockId,
    Evidential,
    Grant,
    Integrity,
    OfficerId,
    Sha256,
    State,
)
from shared.domain.media import Inspection, Media, Warning  # noqa: A004 - the field's word
from shared.domain.naming import id_of_path, recording_in
from shared.domain.retention import retention

T = TypeVar("T")
LONGEST = 200
APART = timedelta(hours=1)
EXTENSIONS = {"mp4": ".mp4", "mov": ".mov", "matroska": ".mkv"}
NOT_UTF8 = "\N{REPLACEMENT CHARACTER}"
SAID = ("officer", "borough", "camera", "dock", "recorded_at", "sha256", "category", "incident")


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """What the storage says of a blob: facts. `metadata` is what the dock wrote beside it: claims."""

    blob: Blob
    created_at: datetime
    content_type: str | None = None
    metadata: Mapping[str, str]


def recording_of(path: str, grant: Grant | None) -> ClipId:
    """The clip id of a blob: its recording id if that was granted for exactly this path, else of the path."""
    recording = recording_in(path)
    return recording if recording and grant and grant.path == path else id_of_path(path)


def taken_in(landed: Landed, grant: Grant | None, inspection: Inspection) -> Clip:
    """Rules I1 to I5. The grant is the one whose path is the blob's, or None."""
    said = {name: _said(landed.metadata, name) for name in SAID}
    reasons = (*_differences(landed, grant), *(str(problem) for problem in inspection.problems))
    category = said["category"] if said["category"] in CATEGORIES else None
    recorded = grant.recorded_at if grant else _time(said["recorded_at"])
    times = tuple(_times(recorded, inspection.media))
    return Clip(
        id=recording_of(landed.blob.path, grant),
        blob=landed.blob,
        uploaded_at=landed.created_at,
        retention=retention(Evidential.UNDECIDED, uploaded_at=landed.created_at, now=landed.created_at),
        borough=grant.borough if grant else _of(Borough, said["borough"]),
        officer=(grant.officer if grant else None) or _of(OfficerId, said["officer"]),
        camera=grant.camera if grant else said["camera"],
        dock=grant.dock if grant else _of(DockId, said["dock"]),
        incident=_incident(said["incident"]),
        recorded_at=recorded,
        times=times,
        media=_remarked(inspection.media, landed.blob.path, times),
        poster=inspection.poster is not None,
        integrity=Integrity(claimed=grant.sha256 if grant else _hash(said["sha256"])),
        decision=Decision(category=category),
        state=State.QUARANTINED if reasons else State.HELD,
        quarantine=reasons,
    )


def _differences(landed: Landed, grant: Grant | None) -> Iterator[str]:
    """Rule I2, as codes. A dock that says nothing of a fact agrees with its grant."""
    if grant is None:
        yield "no-grant"
        return
    metadata = landed.metadata
    granted = {"dock": grant.dock, "borough": grant.borough, "camera": grant.camera, "sha256": grant.sha256}
    for name, value in granted.items():
        if metadata.get(name) and _said(metadata, name) != value:
            yield f"{name}-differs"
    if landed.blob.size != grant.size:
        yield "size-differs"
    officer = _said(metadata, "officer")
    if officer is None and grant.officer is None:
        yield "no-officer"
    elif officer and grant.officer and officer != grant.officer:
        yield "officer-differs"


def _times(recorded: datetime | None, media: Media | None) -> Iterator[ClaimedTime]:
    if recorded:
        yield ClaimedTime(source="camera", at=recorded)
    if media and media.created_at:
        yield ClaimedTime(source="container", at=media.created_at)
    if media and media.position and media.position.at:
        yield ClaimedTime(source="position", at=media.position.at)


def _remarked(media: Media | None, path: str, times: tuple[ClaimedTime, ...]) -> Media | None:
    """With the warnings that need more than the bytes: its name, which never decides, and the other clocks."""
    if media is None:
        return None
    claimed = [time.at for time in times]
    remarks = {
        Warning.WRONG_EXTENSION: not path.lower().endswith(EXTENSIONS[media.container]),
        Warning.TIMES_DIFFER: len(claimed) > 1 and max(claimed) - min(claimed) > APART,
    }
    more = (warning for warning, is_so in remarks.items() if is_so)
    return replace(media, warnings=tuple(sorted({*media.warnings, *more})))


def _said(metadata: Mapping[str, str], name: str) -> str | None:
    """A value the dock wrote, decoded; None if absent, blank, not text or too long to be meant."""
    raw = metadata.get(name, "")
    text = unquote(raw, errors="replace").strip()
    return text if 0 < len(text) <= LONGEST and text.isprintable() and NOT_UTF8 not in text else None


def _of(kind: Callable[[str], T], text: str | None) -> T | None:
    return kind(text) if text is not None else None


def _time(text: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(text or "")
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):  # a time at either end of the calendar may have no place in UTC
        return None


def _incident(text: str | None) -> str | None:
    return text if text is not None and INCIDENT_NUMBER.fullmatch(text) else None


def _hash(text: str | None) -> Sha256 | None:
    whole = text is not None and len(text) == len("0" * 64) and set(text) <= set("0123456789abcdef")
    return Sha256(text) if text and whole else None
