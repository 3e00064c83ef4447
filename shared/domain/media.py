"""What a recording says of itself: tracks, lengths, claimed times, and what is wrong with it.

These are claims of the file, kept with their source. Durations are whole milliseconds. `duration_ms` is the
longest of the video and audio presentations (reference/video.md section 3); data tracks do not count. Positions are
whole millionths of a degree: the first fix alone, and who wrote it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Problem(StrEnum):
    """Why footage cannot be taken as it is. Each is a sentence in docs/quarantine.md."""

    EMPTY = "empty"
    NOT_VIDEO = "not-video"
    NO_INDEX = "no-index"
    TRUNCATED = "truncated"
    INCONSISTENT = "inconsistent"
    NO_VIDEO_TRACK = "no-video-track"
    TOO_COMPLEX = "too-complex"
    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    COMPRESSED_INDEX = "compressed-index"


class Warning(StrEnum):  # noqa: A001 - the word of the field; the builtin is never wanted here
    """What an officer or expert should know, though the footage is taken in."""

    CLOCK_UNSET = "clock-unset"
    DURATION_UNKNOWN = "duration-unknown"
    DURATIONS_DIFFER = "durations-differ"
    UNKNOWN_CODEC = "unknown-codec"
    NO_AUDIO = "no-audio"
    NO_POSTER = "no-poster"
    ODD_FRAME_RATE = "odd-frame-rate"
    TEXT_NOT_UTF8 = "text-not-utf8"
    LATE_AUDIO = "late-audio"
    GAP = "gap"
    WRONG_EXTENSION = "wrong-extension"
    TIMES_DIFFER = "times-differ"


class PositionSource(StrEnum):
    """Who wrote a position: the user data of a phone or camera, QuickTime's metadata, GoPro's telemetry."""

    USER_DATA = "user-data"
    QUICKTIME = "quicktime-metadata"
    GOPRO = "gopro-telemetry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """The first fix. `at` is the satellites' time, where the fix carries one."""

    latitude_microdegrees: int
    longitude_microdegrees: int
    source: PositionSource
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """`begins_ms` counts from the beginning of the presentation."""

    codec: str
    width: int
    height: int
    begins_ms: int = 0
    duration_ms: int | None = None
    frames: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Audio:
    codec: str
    sample_rate: int
    channels: int
    begins_ms: int = 0
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """`container` is mp4, mov or matroska; `layout` progressive, fragmented or hybrid (None where unknown)."""

    container: str
    layout: str | None = None
    duration_ms: int | None = None
    video: Video | None = None
    audio: Audio | None = None
    created_at: datetime | None = None
    position: Position | None = None
    warnings: tuple[Warning, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What looking at a recording gave. Footage with any problem is kept, and quarantined."""

    media: Media | None
    poster: bytes | None
    problems: tuple[Problem, ...] = ()
