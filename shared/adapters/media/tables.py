"""The sample tables of a track (`stbl`): how many samples, how they are timed, where the first one lies.

All of it is claims (ISO/IEC 14496-12, 8.5 to 8.7). Raises NotABox where a table ends before its entries do, and
TooManyBoxes where it speaks of more samples than any camera writes.
"""

import struct
from dataclasses import dataclass, replace

from shared.adapters.media.boxes import Box, Fields, NotABox, TooManyBoxes, within

MOST_SAMPLES = 4_000_000  # of one track: a day and a half of pictures, a day of sound
BACKWARDS = 1 << 31  # a length of this and more is a negative number to those who read it as signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """`entry` is the sample entry's four letters (avc1, mp4a); `samples` and `timed` must agree.

    `longest` is the longest that one sample lasts, the last one apart; `backwards`: one lasts less than nothing.
    `first_at` and `first_size` are where the first sample lies.
    """

    entry: str = ""
    samples: int = 0
    timed: int | None = None
    longest: int = 0
    backwards: bool = False
    first_at: int | None = None
    first_size: int = 0


def read_tables(data: bytes, minf: Box) -> Tables:
    found = Tables()
    for stbl in (box for box in within(data, minf) if box.kind == b"stbl"):
        for box in within(data, stbl):
            found = _with(found, data, box)
    return found


def _with(found: Tables, data: bytes, box: Box) -> Tables:
    if box.kind == b"stsd":
        return replace(found, entry=_first_entry(data, box))
    if box.kind in (b"stsz", b"stz2"):
        return _sizes(found, data, box)
    if box.kind == b"stts":
        return _times(found, data, box)
    if box.kind in (b"stco", b"co64"):
        return replace(found, first_at=_first_chunk(data, box))
    return found


def _first_entry(data: bytes, box: Box) -> str:
    fields = Fields(data, box)
    if fields.number(4) == 0:
        return ""
    fields.skip(4)
    return letters(fields.number(4))


def _sizes(found: Tables, data: bytes, box: Box) -> Tables:
    fields = Fields(data, box)
    size, count = fields.number(4), _bounded(fields.number(4))
    if box.kind == b"stsz" and size == 0 and count:
        size = fields.number(4)
    return replace(found, samples=count, first_size=size if box.kind == b"stsz" else 0)


def _times(found: Tables, data: bytes, box: Box) -> Tables:
    fields = Fields(data, box)
    count, table = _bounded(fields.number(4)), fields.rest()
    if count * 8 > len(table):
        raise NotABox("a table of times ends before its entries do")
    timed = longest = last = 0
    for samples, length in struct.iter_unpack(">II", table[: count * 8]):
        longest = max(longest, last, length if samples > 1 else 0)
        timed, last = timed + samples, length
    return replace(found, timed=timed, longest=longest, backwards=max(longest, last) >= BACKWARDS)


def _first_chunk(data: bytes, box: Box) -> int | None:
    fields = Fields(data, box)
    return fields.number(8 if box.kind == b"co64" else 4) if fields.number(4) else None


def _bounded(count: int) -> int:
    if count > MOST_SAMPLES:
        raise TooManyBoxes(f"more than {MOST_SAMPLES} samples in one track")
    return count


def letters(number: int) -> str:
    """Four letters as a name, without what cannot be printed."""
    text = number.to_bytes(4, "big").decode("latin1")
    return "".join(letter for letter in text if " " <= letter <= "~").strip()
