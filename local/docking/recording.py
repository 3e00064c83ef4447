"""A recording as it lies on the camera: what is known of it, its fingerprint, the metadata sent with it."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from local.docking.faults import Unfit

CONTENT_TYPES = {".mp4": "video/mp4", ".mkv": "video/x-matroska", ".mov": "video/quicktime"}
METADATA_LIMIT = 8 * 1024  # Azure's own limit, names and values together


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One file, with what the camera and the station say of it. `continues` is the id of an earlier grant."""

    path: Path
    camera: str
    recorded_at: datetime
    officer: str | None = None
    borough: str | None = None
    firmware: str | None = None
    start_reason: str | None = None
    stop_reason: str | None = None
    category: str | None = None
    incident: str | None = None
    continues: str | None = None

    def __post_init__(self) -> None:
        if self.recorded_at.tzinfo is None:
            raise ValueError("recorded_at must say its time zone")

    @property
    def content_type(self) -> str:
        known = CONTENT_TYPES.get(self.path.suffix.lower())
        if known is None:
            kinds = ", ".join(CONTENT_TYPES)
            raise Unfit(f"{self.path.name}: not a kind of recording the store takes ({kinds})")
        return known

    @property
    def recorded_at_utc(self) -> str:
        return self.recorded_at.astimezone(UTC).isoformat().replace("+00:00", "Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    size: int
    sha256: str


async def fingerprint_of(path: Path) -> Fingerprint:
    return await asyncio.to_thread(_fingerprint, path)


def _fingerprint(path: Path) -> Fingerprint:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return Fingerprint(size=file.tell(), sha256=digest)
    except OSError as error:
        raise Unfit(f"{path.name}: cannot be read: {error.strerror}") from error


def short_name(path: Path) -> str:
    """A name for the file that no file in another folder has."""
    whole = hashlib.sha256(str(path.absolute()).encode()).hexdigest()
    return f"{path.name}-{whole[:16]}"


def blob_metadata(recording: Recording, *, sha256: str, dock: str) -> dict[str, str]:
    """What is written on the blob. Percent-encoded: a header carries ASCII, and people's names do not."""
    said: dict[str, str | None] = {
        "officer": recording.officer,
        "borough": recording.borough,
        "camera": recording.camera,
        "dock": dock,
        "firmware": recording.firmware,
        "recorded_at": recording.recorded_at_utc,
        "start_reason": recording.start_reason,
        "stop_reason": recording.stop_reason,
        "sha256": sha256,
        "category": recording.category,
        "incident": recording.incident,
    }
    metadata = {name: quote(value, safe="") for name, value in said.items() if value}
    size = sum(len(name) + len(value) for name, value in metadata.items())
    if size > METADATA_LIMIT:
        raise Unfit(f"{recording.path.name}: its metadata is {size} bytes, the store takes {METADATA_LIMIT}")
    return metadata
