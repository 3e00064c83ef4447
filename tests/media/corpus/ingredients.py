"""What the corpus is made from: synthesised clips, and the ways to change one box of them."""

import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import av

from local.footage import Layout, synthesise
from tests.media import made
from tests.media.made import borders, box, full, words

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
EMPTY_EDIT = (1 << 32) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingredients:
    """`address` is of a server that would notice a request."""

    folder: Path
    address: str
    _made: dict[str, bytes] = field(default_factory=dict)

    def clip(self, layout: Layout = "end", suffix: str = ".mp4", seconds: float = 3, **more: object) -> bytes:
        """The bytes of a synthesised clip, made on first asking."""
        name = f"{layout}-{seconds}-" + "-".join(f"{k}{v}" for k, v in sorted(more.items())) + suffix
        if name not in self._made:
            path = self.folder / name
            synthesise(path, seconds=seconds, start=START, serial="D01A7F42", layout=layout, **more)  # type: ignore[arg-type]
            self._made[name] = path.read_bytes()
        return self._made[name]

    def late_sound(self, *, seconds: float, flags: str) -> bytes:
        """A clip whose sound begins so much later than its picture, as a muxer writes it."""
        source, target = self.folder / "sound.mp4", self.folder / f"late-{seconds}{flags}.mp4"
        source.write_bytes(self.clip())
        options = {"movflags": flags} if flags else {}
        with av.open(source) as clip, av.open(target, "w", format="mp4", options=options) as out:
            out.metadata["creation_time"] = "2026-03-01T12:00:00Z"
            copies = {stream.index: out.add_stream_from_template(stream) for stream in clip.streams}
            for packet in (p for p in clip.demux() if p.dts is not None):
                later = int(seconds / packet.time_base) if packet.stream.type == "audio" else 0
                packet.pts, packet.dts = (packet.pts or 0) + later, (packet.dts or 0) + later
                packet.stream = copies[packet.stream.index]
                out.mux_one(packet)
        return target.read_bytes()


def changed(data: bytes, near: bytes, offset: int, value: bytes, *, nth: int = 1) -> bytes:
    """The bytes after the letters of the nth such box, overwritten."""
    at = -1
    for _ in range(nth):
        at = data.index(near, at + 1)
    at += 4 + offset
    return data[:at] + value + data[at + len(value) :]


def spot(data: bytes, wanted: str, *, nth: int = 1) -> tuple[int, int]:
    return [(start, end) for kind, start, end in borders(data) if kind == wanted][nth - 1]


def in_index(data: bytes, *more: bytes) -> bytes:
    """More boxes at the end of the index of a clip whose index stands last: no sample moves."""
    start, end = spot(data, "moov")
    extra = b"".join(more)
    return data[:start] + struct.pack(">I", end - start + len(extra)) + data[start + 4 : end] + extra + data[end:]


def grown(data: bytes, holders: str, more: bytes) -> bytes:
    """More at the end of the last of these boxes, each of which is the first of its name and holds the next."""
    at = 0
    for kind in holders.split():
        at = data.index(kind.encode(), at) - 4
        (size,) = struct.unpack_from(">I", data, at)
        data = data[:at] + struct.pack(">I", size + len(more)) + data[at + 4 :]
        end, at = at + size, at + 8
    return data[:end] + more + data[end:]


def index_of(*parts: bytes, media: int = 100, **header: int) -> bytes:
    """A file made by hand: so much media, then an index of these parts."""
    return made.FTYP + box("mdat", bytes(media)) + box("moov", made.mvhd(**header), *parts)


MEDIA_AT = len(made.FTYP) + 8


def track(**changes: object) -> bytes:
    """Three seconds of a picture no decoder knows to be broken: ten samples of one byte."""
    return made.trak(**({"samples": 10, "length": 3000, "offset": MEDIA_AT} | changes))  # type: ignore[arg-type]


def text_item(kind: str, text: bytes) -> bytes:
    """User data: a length, a language, a text."""
    return box("udta", box(kind, struct.pack(">HH", len(text), 0x15C7), text))


def metadata(name: bytes, value: bytes) -> bytes:
    """QuickTime's metadata: a name in keys, its value in ilst."""
    data = box("data", words(1, 0), value)
    handler = full("hdlr", bytes(4), b"mdta", bytes(13))
    keys = full("keys", words(1), box("mdta", name))
    return box("meta", handler, keys, box("ilst", words(8 + len(data), 1), data))


def klv(kind: bytes, form: bytes, size: int, data: bytes) -> bytes:
    """One item of GoPro's telemetry, padded."""
    head = struct.pack(">4scBH", kind, form, size, len(data) // size)
    return head + data + bytes(-len(data) % 4)


def nested(kind: bytes, *items: bytes) -> bytes:
    return klv(kind, b"\0", 1, b"".join(items))


def with_telemetry(clip: bytes, sample: bytes, *, at: int | None = None) -> bytes:
    """A clip with a track of telemetry, whose one sample stands behind the index."""
    end = len(clip) + len(_telemetry_track(0, 0))
    return in_index(clip, _telemetry_track(end + 8 if at is None else at, len(sample))) + box("mdat", sample)


def _telemetry_track(at: int, size: int) -> bytes:
    entry = box("gpmd", bytes(6), b"\0\1")
    return made.trak(number=9, handler=b"meta", samples=1, length=1000, sample_size=size, offset=at, entry=entry)
