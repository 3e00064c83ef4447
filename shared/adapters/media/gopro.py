"""The first fix of GoPro's telemetry (`gpmd`, the GPMF format): one read of the first second's sample.

Rules:
1. Only a fix of two or three dimensions is one; without a fix in the first sample there is none.
2. Both ways a fix is written are read: GPS9, each with its own time, and the older GPS5 with GPSU and GPSF beside.
3. Two levels are looked into (a device's streams), and not a byte beyond LONGEST: nothing here can run away.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from shared.adapters.media.boxes import Source
from shared.adapters.media.movie import Track
from shared.adapters.media.position import MILLION, position
from shared.domain.media import Position, PositionSource

ENTRY = "gpmd"
LONGEST = 64 * 1024
FIXED = (2, 3)
MILLENNIUM = datetime(2000, 1, 1, tzinfo=UTC)
GPS5, GPS9 = struct.Struct(">5i"), struct.Struct(">7i2H")
HEAD = struct.Struct(">4scBH")
OLDER_TIME = re.compile(rb"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\.(\d{3})", re.ASCII)

Stream = dict[bytes, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    kind: bytes
    nested: bool
    data: bytes


def first_fix(source: Source, tracks: tuple[Track, ...]) -> Position | None:
    track = next((t for t in tracks if t.tables.entry == ENTRY), None)
    at = track.tables.first_at if track else None
    if track is None or at is None or at + track.tables.first_size > source.size:
        return None
    return fix_in(source.at(at, min(track.tables.first_size, LONGEST)))


def fix_in(sample: bytes) -> Position | None:
    for device in _items(sample):
        for stream in _items(device.data) if device.nested else ():
            found = _fix({item.kind: item.data for item in _items(stream.data)} if stream.nested else {})
            if found:
                return found
    return None


def _items(data: bytes) -> Iterator[Item]:
    """Four letters, a type, a size, how many of it, and padding to four bytes."""
    at = 0
    while at + HEAD.size <= len(data):
        kind, form, size, count = HEAD.unpack_from(data, at)
        at += HEAD.size
        yield Item(kind=kind, nested=form == b"\0", data=data[at : at + size * count])
        at += (size * count + 3) // 4 * 4


def _fix(stream: Stream) -> Position | None:
    try:
        if b"GPS9" in stream:
            return _newer(stream)
        return _older(stream) if b"GPS5" in stream else None
    except (struct.error, ValueError, ArithmeticError):
        return None


def _newer(stream: Stream) -> Position | None:
    row, scales = GPS9.unpack_from(stream[b"GPS9"]), _scales(stream, 9)
    days, seconds, fix = row[5], Fraction(row[6], scales[6]), row[8]
    at = MILLENNIUM + timedelta(days=days // scales[5], microseconds=round(seconds * MILLION))
    return _placed(row, scales, at) if fix in FIXED else None


def _older(stream: Stream) -> Position | None:
    (fix,) = struct.unpack_from(">I", stream.get(b"GPSF", b""))
    row, scales = GPS5.unpack_from(stream[b"GPS5"]), _scales(stream, 5)
    return _placed(row, scales, _older_time(stream.get(b"GPSU", b""))) if fix in FIXED else None


def _older_time(text: bytes) -> datetime | None:
    """Year to milliseconds. By hand: what parses times in the standard library opens a file to do so."""
    match = OLDER_TIME.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, milliseconds = (int(part) for part in match.groups())
    return datetime(2000 + year, month, day, hour, minute, second, milliseconds * 1000, tzinfo=UTC)


def _scales(stream: Stream, count: int) -> tuple[int, ...]:
    """One divisor for each column, or one for all."""
    raw = stream.get(b"SCAL", b"")
    scales = struct.unpack_from(f">{len(raw) // 4}i", raw)
    return scales * count if len(scales) == 1 else scales[:count] if len(scales) >= count else (0,) * count


def _placed(row: tuple[int, ...], scales: tuple[int, ...], at: datetime | None) -> Position | None:
    north, east = (round(Fraction(row[n] * MILLION, scales[n])) for n in (0, 1))
    found = position(north, east, PositionSource.GOPRO)
    return replace(found, at=at) if found else None
