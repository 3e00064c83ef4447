"""Movie fragments: when the last one ends, without walking them all (ISO/IEC 14496-12, 8.8; video.md 1.4).

Where the last `moof` is: by the index at the end (`mfra`), else by looking back from the end.
When a fragment begins: by its `tfdt`, else by the time the index gives for it. Neither: unknown.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from shared.adapters.media.boxes import (
    MOST,
    Box,
    Fields,
    NotABox,
    Source,
    TooManyBoxes,
    children,
    read_box,
    within,
)
from shared.adapters.media.tables import MOST_SAMPLES

LOOK_BACK = (1 << 20, 4 << 20, 16 << 20)
LARGEST_MOOF = 4 << 20
LARGEST_INDEX = 8 << 20
LARGEST_SIDX = 1 << 20  # 65,535 entries, the most its count can say
USUAL_INDEX = 128 << 10  # read at once, for one read instead of two
MFRO = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Samples of one track in one fragment, in the track's units. `start` None: the fragment does not say."""

    track: int
    start: int | None
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    moof: Box
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signpost:
    """One line of the index: in this moof, this track is at this time."""

    track: int
    time: int
    moof: int


def read_fragment(source: Source, at: int, lengths: dict[int, int]) -> Fragment:
    """The fragment whose moof is at `at`. A moof begins with its header, or it is no moof."""
    moof = read_box(source, at)
    size = moof.end - moof.start
    if moof.kind != b"moof" or moof.end > source.size or size > LARGEST_MOOF:
        raise NotABox(f"no whole moof at {at}")
    data = source.at(at, size)
    boxes = list(children(data, moof.body - at, size))
    if not boxes or boxes[0].kind != b"mfhd":
        raise NotABox(f"a moof without its header at {at}")
    runs = tuple(_run(data, box, lengths) for box in boxes if box.kind == b"traf")
    return Fragment(moof=moof, runs=runs)


def _run(data: bytes, traf: Box, lengths: dict[int, int]) -> Run:
    track, start, total, default = 0, None, 0, 0
    for box in within(data, traf):
        if box.kind == b"tfhd":
            track, default = _header(data, box, lengths)
        elif box.kind == b"tfdt":
            start = Fields(data, box).wide()
        elif box.kind == b"trun":
            total += _length(data, box, default)
    return Run(track=track, start=start, length=total)


def _header(data: bytes, box: Box, lengths: dict[int, int]) -> tuple[int, int]:
    fields = Fields(data, box)
    track = fields.number(4)
    fields.skip((8 if fields.flags & 1 else 0) + (4 if fields.flags & 2 else 0))
    return track, fields.number(4) if fields.flags & 8 else lengths.get(track, 0)


def _length(data: bytes, box: Box, default: int) -> int:
    fields = Fields(data, box)
    count = fields.number(4)
    if count > MOST_SAMPLES:
        raise NotABox(f"more than {MOST_SAMPLES} samples in one run")
    fields.skip(4 * bool(fields.flags & 0x1) + 4 * bool(fields.flags & 0x4))
    if not fields.flags & 0x100:  # no length of its own for each sample
        return count * default
    width = 4 * sum(bool(fields.flags & bit) for bit in (0x100, 0x200, 0x400, 0x800))
    table = fields.rest()
    if count * width > len(table):
        raise NotABox("a run of samples ends before its entries do")
    rows = struct.iter_unpack(f">I{width - 4}x", table[: count * width])
    return sum(length for (length,) in rows)


def promised_end(source: Source, sidx: Box) -> int:
    """Where the fragments end that an index at the front lists: a file cut between two of them is shorter."""
    if sidx.end - sidx.start > LARGEST_SIDX or sidx.end > source.size:
        raise NotABox("an index of fragments that is too long")
    data = source.at(sidx.start, sidx.end - sidx.start)
    (box,) = children(data, 0, len(data))
    fields = Fields(data, box)
    fields.skip(8)  # the track and its timescale
    fields.wide()  # the earliest time
    offset = fields.wide()
    fields.skip(2)
    count, rows = fields.number(2), fields.rest()
    if count * 12 > len(rows):
        raise NotABox("an index of fragments ends before its entries do")
    sizes: int = sum(size & 0x7FFFFFFF for (size,) in struct.iter_unpack(">I8x", rows[: count * 12]))
    return sidx.end + offset + sizes


def signposts(source: Source) -> list[Signpost]:
    """What the index at the end says, latest moof first. Empty where there is none, or it is not sound."""
    if source.size < MFRO:
        return []
    end = source.at(source.size - min(source.size, USUAL_INDEX), min(source.size, USUAL_INDEX))
    length, kind, _, index = struct.unpack(">I4sII", end[-MFRO:])
    if (length, kind) != (MFRO, b"mfro") or not MFRO < index <= min(source.size, LARGEST_INDEX):
        return []
    try:
        found = list(_index(source.at(source.size - index, index)))
    except (NotABox, TooManyBoxes):
        return []
    return sorted(found, key=lambda post: post.moof, reverse=True)


def _index(data: bytes) -> Iterator[Signpost]:
    boxes = list(children(data, 0, len(data)))
    if len(boxes) != 1:
        raise NotABox("an index of fragments is one box, to the end of the file")
    for box in within(data, boxes[0]):
        if box.kind == b"tfra":
            yield from _last_lines(data, box)


def _last_lines(data: bytes, box: Box, most: int = 4) -> Iterator[Signpost]:
    fields = Fields(data, box)
    track, widths, count = fields.number(4), fields.number(4), fields.number(4)
    wide = 8 if fields.version == 1 else 4
    tail = sum((widths >> shift & 3) + 1 for shift in (4, 2, 0))
    line, rows = 2 * wide + tail, fields.rest()
    if count * line > len(rows):
        raise NotABox("an index of fragments ends before its entries do")
    for number in range(max(0, count - most), count):
        row = rows[number * line : (number + 1) * line]
        moof = int.from_bytes(row[wide : 2 * wide], "big")
        yield Signpost(track=track, time=int.from_bytes(row[:wide], "big"), moof=moof)


def look_back(source: Source) -> Iterator[int]:
    """Where a moof may begin, from the end of the file backwards, in steps that grow."""
    seen, tries = source.size, 0
    for step in LOOK_BACK:
        begin = max(0, source.size - step)
        # three bytes more than unseen, for the four letters may lie across the border
        data = source.at(begin, min(seen + 3, source.size) - begin)
        found = len(data)
        while (found := data.rfind(b"moof", 0, found)) >= 0:
            tries += 1
            if tries > MOST:
                raise TooManyBoxes("the end of the file is full of what looks like fragments")
            if begin + found >= 4:  # noqa: PLR2004 - the size stands before the letters
                yield begin + found - 4
        if begin == 0:
            return
        seen = begin
