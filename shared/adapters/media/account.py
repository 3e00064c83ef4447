"""An inspection as JSON, and back. The child that writes it has read hostile bytes, so nothing is believed.

Whatever is not of the expected type, range or closed set raises BadAccount; nothing is mended.
"""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from shared.domain.media import (
    Audio,
    Inspection,
    Media,
    Position,
    PositionSource,
    Problem,
    Video,
    Warning,  # noqa: A004 - the field's word
)

LONGEST_NAME = 32
MOST = 1 << 40
CONTAINERS = ("mp4", "mov", "matroska")
LAYOUTS = ("progressive", "fragmented", "hybrid", None)
JPEG_BEGIN, JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"


class BadAccount(Exception):
    """What came back is not an account of footage. Names the field, never its content."""


def write_account(inspection: Inspection) -> bytes:
    """Everything but the poster, which travels beside it."""
    media = asdict(inspection.media) if inspection.media else None
    return json.dumps({"media": media, "problems": inspection.problems}, default=datetime.isoformat).encode()


def read_account(account: bytes, poster: bytes | None) -> Inspection:
    try:
        body = json.loads(account)
        media, problems = body["media"], tuple(Problem(problem) for problem in body["problems"])
        return Inspection(
            media=None if media is None else _media(media),
            poster=None if poster is None else _jpeg(poster),
            problems=problems,
        )
    except (ValueError, KeyError, TypeError, RecursionError) as e:
        raise BadAccount(f"an account of footage that cannot be read: {type(e).__name__}") from None


def _media(body: dict[str, Any]) -> Media:
    return Media(
        container=_one_of(body["container"], CONTAINERS, "container"),
        layout=_one_of(body["layout"], LAYOUTS, "layout"),
        duration_ms=_maybe(body["duration_ms"], "duration_ms"),
        video=None if body["video"] is None else _video(body["video"]),
        audio=None if body["audio"] is None else _audio(body["audio"]),
        created_at=_maybe_time(body["created_at"]),
        position=None if body["position"] is None else _position(body["position"]),
        warnings=tuple(Warning(warning) for warning in body["warnings"]),
    )


def _video(body: dict[str, Any]) -> Video:
    return Video(
        codec=_name(body["codec"]),
        width=_count(body["width"], "width"),
        height=_count(body["height"], "height"),
        begins_ms=_count(body["begins_ms"], "begins_ms"),
        duration_ms=_maybe(body["duration_ms"], "duration_ms"),
        frames=_maybe(body["frames"], "frames"),
    )


def _audio(body: dict[str, Any]) -> Audio:
    return Audio(
        codec=_name(body["codec"]),
        sample_rate=_count(body["sample_rate"], "sample_rate"),
        channels=_count(body["channels"], "channels"),
        begins_ms=_count(body["begins_ms"], "begins_ms"),
        duration_ms=_maybe(body["duration_ms"], "duration_ms"),
    )


def _position(body: dict[str, Any]) -> Position:
    return Position(
        latitude_microdegrees=_degrees(body["latitude_microdegrees"], 90),
        longitude_microdegrees=_degrees(body["longitude_microdegrees"], 180),
        source=PositionSource(body["source"]),
        at=_maybe_time(body["at"]),
    )


def _degrees(value: Any, most: int) -> int:
    if type(value) is not int or abs(value) > most * 1_000_000:
        raise BadAccount("a position is not on the globe")
    return value


def _one_of(value: Any, allowed: tuple[str | None, ...], field: str) -> Any:
    if value not in allowed:
        raise BadAccount(f"{field} is none of the known")
    return value


def _count(value: Any, field: str) -> int:
    if type(value) is not int or not 0 <= value <= MOST:
        raise BadAccount(f"{field} is not a count")
    return value


def _maybe(value: Any, field: str) -> int | None:
    return None if value is None else _count(value, field)


def _name(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_NAME or not value.isascii() or not value.isprintable():
        raise BadAccount("codec is not a name")
    return value


def _maybe_time(value: Any) -> datetime | None:
    if value is None:
        return None
    time = datetime.fromisoformat(value)
    if time.tzinfo is None:
        raise BadAccount("a time has no zone")
    return time


def _jpeg(poster: bytes) -> bytes:
    if not (poster.startswith(JPEG_BEGIN) and poster.endswith(JPEG_END)):
        raise BadAccount("poster is not a JPEG")
    return poster
