"""The `moov` box: what the file claims of its tracks, length and clock (ISO/IEC 14496-12, 8.2 to 8.8).

All of it is claims; structure.py and examine.py compare them with what is there.
"""

import struct
from dataclasses import dataclass, field, replace
from typing import Any

from shared.adapters.media.boxes import Box, Fields, NotABox, TooManyBoxes, children, within

MOST_TRACKS = 64
MOST_SAMPLES = 4_000_000  # of one track: a day and a half of pictures, a day of sound


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """`entry` is the sample entry's four letters (avc1, mp4a); `samples` and `timed` must agree."""

    number: int
    handler: str = ""
    entry: str = ""
    width: int = 0
    height: int = 0
    timescale: int = 0
    length: int = 0
    samples: int = 0
    timed: int | None = None

    @property
    def wanted(self) -> bool:
        return self.handler in ("vide", "soun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Movie:
    """`created` counts seconds from 1904 as written. `sample_lengths`: the fragments' defaults by track."""

    tracks: tuple[Track, ...] = ()
    created: int = 0
    fragmented: bool = False
    claimed_ms: int | None = None
    sample_lengths: dict[int, int] = field(default_factory=dict)

    @property
    def samples(self) -> int:
        return sum(track.samples for track in self.tracks)


def parse_movie(data: bytes) -> Movie:
    """`data` is a whole moov box."""
    (moov,) = children(data, 0, len(data))
    tracks: list[Track] = []
    created, timescale, extends = 0, 0, None
    for box in within(data, moov):
        if box.kind == b"mvhd":
            created, timescale = _movie_header(data, box)
        elif box.kind == b"trak":
            if len(tracks) == MOST_TRACKS:
                raise TooManyBoxes(f"more than {MOST_TRACKS} tracks")
            tracks.append(_track(data, box))
        elif box.kind == b"mvex":
            extends = box
    lengths, claimed = _extends(data, extends) if extends else ({}, None)
    return Movie(
        tracks=tuple(tracks),
        created=created,
        fragmented=extends is not None,
        claimed_ms=claimed * 1000 // timescale if claimed and timescale else None,
        sample_lengths=lengths,
    )


def _movie_header(data: bytes, box: Box) -> tuple[int, int]:
    fields = Fields(data, box)
    created = fields.wide()
    fields.wide()  # when it was last changed
    return created, fields.number(4)


def _extends(data: bytes, mvex: Box) -> tuple[dict[int, int], int | None]:
    lengths: dict[int, int] = {}
    claimed = None
    for box in within(data, mvex):
        fields = Fields(data, box)
        if box.kind == b"mehd":
            claimed = fields.wide()
        elif box.kind == b"trex":
            number = fields.number(4)
            fields.skip(4)
            lengths[number] = fields.number(4)
    return lengths, claimed


def _track(data: bytes, trak: Box) -> Track:
    track = Track(number=0)
    for box in within(data, trak):
        if box.kind == b"tkhd":
            track = replace(track, **_track_header(data, box))
        elif box.kind == b"mdia":
            for part in within(data, box):
                track = replace(track, **_media_part(data, part))
    return track


def _track_header(data: bytes, box: Box) -> dict[str, Any]:
    fields = Fields(data, box)
    fields.wide()
    fields.wide()
    number = fields.number(4)
    if box.end - box.body < 12:  # noqa: PLR2004 - two 16.16 numbers end the box
        raise NotABox("a track header ends before its fields do")
    width, height = struct.unpack_from(">II", data, box.end - 8)
    return {"number": number, "width": width >> 16, "height": height >> 16}


def _media_part(data: bytes, box: Box) -> dict[str, Any]:
    if box.kind == b"mdhd":
        fields = Fields(data, box)
        fields.wide()
        fields.wide()
        return {"timescale": fields.number(4), "length": fields.wide()}
    if box.kind == b"hdlr":
        fields = Fields(data, box)
        fields.skip(4)
        return {"handler": _letters(fields.number(4))}
    if box.kind == b"minf":
        return _sample_tables(data, box)
    return {}


def _sample_tables(data: bytes, minf: Box) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for stbl in (box for box in within(data, minf) if box.kind == b"stbl"):
        for box in within(data, stbl):
            if box.kind == b"stsd":
                found["entry"] = _first_entry(data, box)
            elif box.kind in (b"stsz", b"stz2"):
                fields = Fields(data, box)
                fields.skip(4)
                found["samples"] = _bounded(fields.number(4))
            elif box.kind == b"stts":
                found["timed"] = _timed(data, box)
    return found


def _first_entry(data: bytes, box: Box) -> str:
    fields = Fields(data, box)
    if fields.number(4) == 0:
        return ""
    fields.skip(4)
    return _letters(fields.number(4))


def _timed(data: bytes, box: Box) -> int:
    """How many samples the time-to-sample table speaks of."""
    fields = Fields(data, box)
    count, table = _bounded(fields.number(4)), fields.rest()
    if count * 8 > len(table):
        raise NotABox("a table of times ends before its entries do")
    return sum(samples for samples, _ in struct.iter_unpack(">II", table[: count * 8]))


def _bounded(count: int) -> int:
    if count > MOST_SAMPLES:
        raise TooManyBoxes(f"more than {MOST_SAMPLES} samples in one track")
    return count


def _letters(number: int) -> str:
    text = number.to_bytes(4, "big").decode("latin1")
    return "".join(letter for letter in text if " " <= letter <= "~").strip()
