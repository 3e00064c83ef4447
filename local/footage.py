"""Synthesises body-camera footage: a clock burnt in, a tone, a moving picture. Nobody is in it.

Rules:
1. The same arguments give the same bytes: no clock, no randomness, one encoder thread.
2. The container follows the name: .mp4, .mov or .mkv. `layout` says where the index of an MP4 or MOV stands.
3. No system font and no ffmpeg binary: PyAV and Pillow only.
"""

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import av
import numpy as np
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer
    from av.stream import Stream
    from av.video.stream import VideoStream

Layout = Literal["end", "front", "fragmented", "fragmented-bare", "fragmented-sidx", "hybrid"]

FORMATS = {".mp4": "mp4", ".mov": "mov", ".mkv": "matroska"}
FLAGS: dict[Layout, str] = {
    "end": "",
    "front": "+faststart",
    "fragmented": "+frag_keyframe+empty_moov+default_base_moof",
    # what a camera leaves that lost its power: no mfra, so nothing says where the last fragment is
    "fragmented-bare": "+frag_keyframe+empty_moov+default_base_moof+skip_trailer",
    # an index of the fragments (sidx) at the front instead of one at the end
    "fragmented-sidx": "+frag_keyframe+empty_moov+default_base_moof+global_sidx+skip_trailer",
    "hybrid": "+hybrid_fragmented+frag_keyframe",
}
SAMPLE_RATE = 48_000
AUDIO_FRAME = 1024
QUALITY: dict[str, dict[str, str]] = {
    "libx264": {"preset": "ultrafast", "crf": "45", "sc_threshold": "0"},
    "libx265": {"preset": "ultrafast", "crf": "45"},
    "libsvtav1": {"preset": "12", "crf": "60", "svtav1-params": "lp=1"},
}


def synthesise(
    path: Path,
    *,
    seconds: float,
    start: datetime,
    serial: str,
    width: int = 320,
    height: int = 180,
    rate: int = 10,
    audio: bool = True,
    layout: Layout = "end",
    codec: str = "libx264",
    bit_rate: int | None = None,
) -> Path:
    """One clip, from `start` by the camera's clock. `bit_rate` makes it as heavy as a real one."""
    claims = {"creation_time": _stamp(start), "make": "Acme", "com.acme.serial": serial}
    with _writer(path, layout, claims) as out:
        video = _video_stream(out, codec, width, height, rate, bit_rate)
        sound = out.add_stream("aac", rate=SAMPLE_RATE, layout="mono") if audio else None
        scene = _Scene(width, height, noisy=bit_rate is not None)
        heard, tone = 0, _tone()
        for number, frame in enumerate(_frames(scene, round(seconds * rate), rate, start, serial), 1):
            out.mux(video.encode(frame))
            while sound and heard < number * SAMPLE_RATE / rate:
                tone.pts, heard = heard, heard + AUDIO_FRAME
                out.mux(sound.encode(tone))
        out.mux(video.encode(None))
        if sound:
            out.mux(sound.encode(None))
    return path


def _frames(scene: "_Scene", count: int, rate: int, start: datetime, serial: str) -> "Iterator[av.VideoFrame]":
    for number in range(count):
        at = start + timedelta(seconds=number / rate)
        frame = scene.frame(number, f"{_stamp(at, 'milliseconds')} {serial}")
        frame.pts, frame.time_base = number, Fraction(1, rate)
        yield frame


def lengthen(source: Path, target: Path, *, times: int, layout: Layout) -> Path:
    """The same clip `times` over, without coding it anew: about a gigabyte in two seconds."""
    with av.open(source) as clip:
        claimed = clip.metadata.get("creation_time", "").split(";")[0]
        with _writer(target, layout, {"creation_time": claimed} if claimed else {}) as out:
            copies = {s.index: out.add_stream_from_template(s) for s in clip.streams}
            _loop(clip, out, copies, times)
    return target


def _loop(clip: "InputContainer", out: "OutputContainer", copies: "dict[int, Stream]", times: int) -> None:
    packets = [p for p in clip.demux() if p.dts is not None]
    length = dict.fromkeys(copies, 0)
    for packet in packets:
        length[packet.stream.index] += packet.duration or 0
    for turn in range(times):
        for packet in packets:
            later = turn * length[packet.stream.index]
            copy = av.Packet(bytes(packet))
            copy.pts, copy.dts = (packet.pts or 0) + later, (packet.dts or 0) + later
            copy.duration, copy.time_base = packet.duration, packet.time_base
            copy.is_keyframe = packet.is_keyframe
            copy.stream = copies[packet.stream.index]
            out.mux_one(copy)


def _writer(path: Path, layout: Layout, metadata: dict[str, str]) -> "OutputContainer":
    name = FORMATS[path.suffix]
    # without bitexact each Matroska file gets a segment id by chance
    matroska = {"fflags": "+bitexact"}
    options = matroska if name == "matroska" else {"movflags": "use_metadata_tags" + FLAGS[layout]}
    out = av.open(path, "w", format=name, options=options)
    out.metadata.update(metadata)
    return out


def _video_stream(
    out: "OutputContainer", codec: str, width: int, height: int, rate: int, bit_rate: int | None
) -> "VideoStream":
    options = QUALITY.get(codec, {}) | {"g": str(rate), "keyint_min": str(rate)}
    if codec == "libx265":
        options["x265-params"] = f"keyint={rate}:min-keyint={rate}:scenecut=0:log-level=none:pools=none"
    if bit_rate is not None:
        options.pop("crf", None)
    stream = cast(
        "VideoStream",
        out.add_stream(codec, rate=rate, width=width, height=height, pix_fmt="yuv420p", options=options),
    )
    if bit_rate is not None:
        stream.bit_rate = bit_rate
    stream.codec_context.thread_count = 1
    return stream


class _Scene:
    """A wall seen by a swaying camera, with the clock in the corner as body cameras burn it in."""

    def __init__(self, width: int, height: int, *, noisy: bool) -> None:
        self._width, self._height = width, height
        chance = np.random.default_rng(1)
        cells = chance.integers(40, 200, (height // 32 + 7, width // 32 + 12), dtype=np.uint8)
        size = (cells.shape[1] * 32, cells.shape[0] * 32)
        self._wall = np.asarray(Image.fromarray(cells).resize(size, Image.Resampling.BICUBIC))
        self._grain = chance.integers(0, 24, (8, height, width), dtype=np.uint8) if noisy else None
        self._font = ImageFont.load_default(size=max(10, height // 18))
        self._frame = np.empty((height * 3 // 2, width), np.uint8)
        self._frame[height:] = 128  # grey: both colour planes at rest

    def frame(self, number: int, clock: str) -> "av.VideoFrame":
        across, down = int(160 + 150 * math.sin(number / 17)), int(80 + 70 * math.sin(number / 11))
        picture = self._frame[: self._height]
        picture[:] = self._wall[down : down + self._height, across : across + self._width]
        if self._grain is not None:
            picture[:] = picture // 4 * 3 + self._grain[number % 8]
        label = self._label(clock)
        picture[4 : 4 + label.shape[0], -4 - label.shape[1] : -4] = label
        return av.VideoFrame.from_ndarray(self._frame, "yuv420p")

    def _label(self, clock: str) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
        box = Image.new("L", (min(self._width - 8, self._height), self._height // 12), 16)
        ImageDraw.Draw(box).text((2, 1), clock, fill=235, font=self._font)
        return np.asarray(box)


def _tone() -> "av.AudioFrame":
    """A frame of 468.75 Hz: ten whole waves, so that one frame repeated is one unbroken tone."""
    wave = 0.2 * np.sin(2 * np.pi * 10 * np.arange(AUDIO_FRAME) / AUDIO_FRAME)
    frame = av.AudioFrame.from_ndarray(wave.astype(np.float32)[None], "fltp", "mono")
    frame.sample_rate, frame.time_base = SAMPLE_RATE, Fraction(1, SAMPLE_RATE)
    return frame


def _stamp(at: datetime, precision: str = "auto") -> str:
    return at.astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")


def clips(folder: Path, *, serial: str, start: datetime, count: int, seconds: float) -> Iterator[Path]:
    """A shift's worth of short clips, one after the other."""
    for number in range(count):
        begun = start + timedelta(seconds=number * (seconds + 60))
        name = f"{serial}-{begun:%Y%m%dT%H%M%SZ}.mp4"
        yield synthesise(folder / name, seconds=seconds, start=begun, serial=serial)
