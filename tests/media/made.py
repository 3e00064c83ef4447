"""Boxes made by hand, so that the walk is tested against the standard and not against one muxer's habits."""

import struct
from collections.abc import Iterator

PICTURE, SOUND = 1, 2
HOUR = 3600
CREATED = 3855211200  # 2026-03-01T12:00:00Z, in seconds from 1904


def box(kind: str, *parts: bytes, size: int | None = None) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body) if size is None else size, kind.encode("latin1")) + body


def long_box(kind: str, *parts: bytes, size: int | None = None) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4sQ", 1, kind.encode("latin1"), 16 + len(body) if size is None else size) + body


def full(kind: str, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def words(*numbers: int) -> bytes:
    return struct.pack(f">{len(numbers)}I", *numbers)


FTYP = box("ftyp", b"isom", words(512), b"isomavc1")


def mvhd(*, created: int = CREATED, timescale: int = 1000, length: int = 0) -> bytes:
    return full("mvhd", words(created, created, timescale, length), bytes(80))


def sample_entry(name: bytes = b"mp4v", width: int = 64, height: int = 48) -> bytes:
    size = struct.pack(">HH", width, height)
    return box(name.decode(), bytes(6), b"\0\1", bytes(16), size, bytes(50))


def trak(
    *,
    number: int = PICTURE,
    handler: bytes = b"vide",
    timescale: int = 1000,
    length: int = 0,
    samples: int = 0,
    timed: int | None = None,
    sample_size: int = 1,
    offset: int = 0,
    entry: bytes | None = None,
    dinf: bytes = b"",
) -> bytes:
    """One track, its samples all alike and in one chunk."""
    counted = samples if timed is None else timed
    each = length // counted if counted else 0
    stbl = box(
        "stbl",
        full("stsd", words(1), sample_entry() if entry is None else entry),
        full("stts", words(1, counted, each) if counted else words(0)),
        full("stsc", words(1, 1, samples, 1) if samples else words(0)),
        full("stsz", words(sample_size, samples)),
        full("stco", words(1, offset) if samples else words(0)),
    )
    tkhd = full("tkhd", words(0, 0, number, 0, length), bytes(52), words(64 << 16, 48 << 16), flags=3)
    mdhd = full("mdhd", words(0, 0, timescale, length), bytes(4))
    hdlr = full("hdlr", bytes(4), handler, bytes(13))
    minf = box("minf", full("vmhd", bytes(8), flags=1), dinf, stbl)
    return box("trak", tkhd, box("mdia", mdhd, hdlr, minf))


def mvex(*numbers: int, claimed: int | None = None, each: int = 0) -> bytes:
    mehd = b"" if claimed is None else full("mehd", words(claimed))
    return box("mvex", mehd, *(full("trex", words(number, 1, each, 0, 0)) for number in numbers))


def traf(
    number: int, *, start: int | None, lengths: list[int], wide: bool = False, default: int | None = None
) -> bytes:
    tfhd = full("tfhd", words(number)) if default is None else full("tfhd", words(number, default), flags=8)
    tfdt = b""
    if start is not None:
        tfdt = full("tfdt", start.to_bytes(8 if wide else 4, "big"), version=int(wide))
    if default is not None or not lengths:
        return box("traf", tfhd, tfdt, full("trun", words(len(lengths))))
    return box("traf", tfhd, tfdt, full("trun", words(len(lengths), *lengths), flags=0x100))


def moof(*trafs: bytes, number: int = 1) -> bytes:
    return box("moof", full("mfhd", words(number)), *trafs)


def moov(*parts: bytes) -> bytes:
    return box("moov", mvhd(), *parts)


def fragment(at: int, length: int, *, number: int = PICTURE, media: int = 50) -> bytes:
    return moof(traf(number, start=at, lengths=[length])) + box("mdat", bytes(media))


HEAD = FTYP + moov(trak(), mvex(PICTURE))


def mfra(*lines: tuple[int, int, int]) -> bytes:
    """An index at the end: (track, time, where the moof is)."""
    tables = [full("tfra", words(track, 0, 1, time, at), b"\1\1\1") for track, time, at in lines]
    length = 8 + sum(len(table) for table in tables) + 16
    return box("mfra", *tables, full("mfro", words(length)))


class Bytes:
    """A source over bytes that objects to reading outside them, and remembers what was read."""

    def __init__(self, data: bytes) -> None:
        self.data, self.size, self.reads = data, len(data), 0

    def at(self, offset: int, length: int) -> bytes:
        assert 0 <= offset <= offset + length <= self.size, "read outside the file"
        self.reads += 1
        return self.data[offset : offset + length]


def borders(data: bytes) -> Iterator[tuple[str, int, int]]:
    """The top-level boxes of a sound file: kind, start, end."""
    at = 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        end = at + (size or len(data) - at)
        yield kind.decode(), at, end
        at = end
