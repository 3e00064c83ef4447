"""The `moov` box: what the file claims of its tracks, length and clock (ISO/IEC 14496-12, 8.2 to 8.8).

All of it is claims; structure.py and examine.py compare them with what is there.
"""

import struct
from dataclasses import dataclass, field, replace
from typing import Any

from shared.adapters.media.boxes import Box, Fields, NotABox, TooManyBoxes, children, within
from shared.adapters.media.position import read_position
from shared.adapters.media.tables import Tables, letters, read_tables
from shared.domain.media import Position

MOST_TRACKS = 64
MOST_EMPTY_EDITS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """`length` counts by the track's timescale, `delay` by the movie's."""

    number: int
    handler: str = ""
    width: int = 0
    height: int = 0
    timescale: int = 0
    length: int = 0
    delay: int = 0
    tables: Tables = field(default_factory=Tables)

    @property
    def wanted(self) -> bool:
        return self.handler in ("vide", "soun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Movie:
    """`created` counts seconds from 1904 as written. `sample_lengths`: the fragments' defaults by track.

    `compressed`: the real index is packed inside this one.
    """

    tracks: tuple[Track, ...] = ()
    created: int = 0
    timescale: int = 0
    fragmented: bool = False
    compressed: bool = False
    claimed_ms: int | None = None
    position: Position | None = None
    sample_lengths: dict[int, int] = field(default_factory=dict)

    @property
    def samples(self) -> int:
        return sum(track.tables.samples for track in self.tracks)

    def delay_ms(self, track: Track) -> int:
        return track.delay * 1000 // self.timescale if self.timescale else 0


def parse_movie(data: bytes) -> Movie:
    """`data` is a whole moov box."""
    (moov,) = children(data, 0, len(data))
    tracks: list[Track] = []
    created, timescale, extends, position = 0, 0, None, None
    boxes = list(within(data, moov))
    for box in boxes:
        if box.kind == b"mvhd":
            created, timescale = _movie_header(data, box)
        elif box.kind == b"trak":
            if len(tracks) == MOST_TRACKS:
                raise TooManyBoxes(f"more than {MOST_TRACKS} tracks")
            tracks.append(_track(data, box))
        elif box.kind == b"mvex":
            extends = box
        elif box.kind in (b"udta", b"meta"):
            position = position or read_position(data, box)
    lengths, claimed = _extends(data, extends) if extends else ({}, None)
    return Movie(
        tracks=tuple(tracks),
        created=created,
        timescale=timescale,
        fragmented=extends is not None,
        compressed=any(box.kind == b"cmov" for box in boxes),
        claimed_ms=claimed * 1000 // timescale if claimed and timescale else None,
        position=position,
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
        elif box.kind == b"edts":
            track = replace(track, delay=_delay(data, box))
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
        return {"handler": letters(fields.number(4))}
    if box.kind == b"minf":
        return {"tables": read_tables(data, box)}
    return {}


def _delay(data: bytes, edts: Box) -> int:
    """How long nothing of the track is presented: the empty edits that come first."""
    for box in within(data, edts):
        if box.kind == b"elst":
            return _empty_edits(Fields(data, box))
    return 0


def _empty_edits(fields: Fields) -> int:
    width, delay = 8 if fields.version == 1 else 4, 0
    for _ in range(min(fields.number(4), MOST_EMPTY_EDITS)):
        length, begins = fields.number(width), fields.number(width)
        fields.skip(4)
        if begins != (1 << 8 * width) - 1:  # all bits set: an empty edit
            break
        delay += length
    return delay
