"""Boxes of ISO base media files (ISO/IEC 14496-12, 4.2): where each begins and ends.

Rules:
1. A size of 1 means a 64-bit size follows; a size of 0 means to the end of what holds the box.
2. A box smaller than its own header, or whose type is no four printable characters, is no box.
3. Nobody walks more than MOST boxes on one level: a million tiny ones cost seconds (video.md 1.6).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

HEADER = 8
LONG_HEADER = 16
MOST = 4096


class NotABox(Exception):
    """What stands there is not a box, or does not fit in what holds it."""


class TooManyBoxes(Exception):
    """More boxes on one level than any camera writes."""


class Source(Protocol):
    """Random access to a file of known size."""

    size: int

    def at(self, offset: int, length: int) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """`end` is what its header claims; it may lie beyond what holds it."""

    kind: bytes
    start: int
    body: int
    end: int


def read_box(source: Source, at: int) -> Box:
    """The box at `at`, of which at least the first eight bytes are there."""
    return _parse(source.at(at, min(LONG_HEADER, source.size - at)), at, source.size)


def children(data: bytes, start: int, end: int) -> Iterator[Box]:
    """The boxes between two places of `data`. Fewer than eight bytes left over are QuickTime's terminator."""
    count = 0
    while start + HEADER <= end:
        count += 1
        if count > MOST:
            raise TooManyBoxes(f"more than {MOST} boxes on one level")
        box = _parse(data[start : min(start + LONG_HEADER, end)], start, end)
        if box.end > end:
            raise NotABox(f"the box {box.kind!r} at {start} is longer than what holds it")
        yield box
        start = box.end


def within(data: bytes, holder: Box) -> Iterator[Box]:
    return children(data, holder.body, holder.end)


def _parse(head: bytes, at: int, holder_end: int) -> Box:
    if len(head) < HEADER:
        raise NotABox(f"a box header cut short at {at}")
    size, kind = struct.unpack_from(">I4s", head)
    header = HEADER
    if size == 1:
        if len(head) < LONG_HEADER:
            raise NotABox(f"a long box header cut short at {at}")
        (size,) = struct.unpack_from(">Q", head, HEADER)
        header = LONG_HEADER
    elif size == 0:
        size = holder_end - at
    if size < header or not _is_type(kind):
        raise NotABox(f"no box at {at}")
    return Box(kind=kind, start=at, body=at + header, end=at + size)


def _is_type(kind: bytes) -> bool:
    # 0xA9 is the (c) that QuickTime's user data begins with
    return all(0x20 <= letter < 0x7F or letter == 0xA9 for letter in kind)  # noqa: PLR2004 - printable ASCII


class Fields:
    """Big-endian numbers of one full box, taken in turn. Raises NotABox where the box ends too early."""

    def __init__(self, data: bytes, box: Box) -> None:
        self._data, self._at, self.end = data, box.body, box.end
        head = self.number(4)
        self.version, self.flags = head >> 24, head & 0xFFFFFF

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width), "big")

    def take(self, width: int) -> bytes:
        at, self._at = self._at, self._at + width
        if self._at > self.end:
            raise NotABox("a box ends before its fields do")
        return self._data[at : self._at]

    def skip(self, width: int) -> None:
        self.take(width)

    def wide(self) -> int:
        """A number that is 64 bits wide in version 1 and 32 in version 0."""
        return self.number(8 if self.version == 1 else 4)

    def rest(self) -> bytes:
        return self._data[self._at : self.end]
