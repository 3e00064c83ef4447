"""What FFmpeg, through PyAV, sees of a recording: streams, lengths, and one key frame as a JPEG.

Rules:
1. The format is forced and the reader has no name, so that nothing else is ever opened (video.md 0.5).
2. What PyAV may raise on footage is FAILURES, seen on 549 real files and on mutations (video.md 1.6).
3. Pictures of more than MOST_PIXELS are not decoded; the JPEG is made from pixels alone, so says nothing else.
Runs only in the confined child: importing this module loads native code.
"""

from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from typing import TYPE_CHECKING, Any

import av
import av.subtitles.stream  # PyAV loads it for the first stream it meets, when no file can be opened any more
from av.logging import PANIC, set_level
from PIL import Image

from shared.adapters.media.ranged import View
from shared.domain.media import Audio, Problem, Video, Warning  # noqa: A004 - the field's word

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

FAILURES = (av.FFmpegError, OSError, ValueError, ArithmeticError, LookupError, AttributeError, TypeError)
MOST_PIXELS = 4096 * 2304
POSTER_WIDTH = 640
POSTER_QUALITY = 80
POSTER_PACKETS = 600
KEY_FRAMES = 3
READ = 128 * 1024
USUAL_RATES = (1, 240)

set_level(PANIC)
Image.preinit()  # a confined process cannot open the files of Pillow's plugins later


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Streams by their number in the file. `created` is the container's own words."""

    videos: dict[int, Video]
    audios: dict[int, Audio]
    created: str
    poster: bytes | None
    warnings: frozenset[Warning]
    problems: frozenset[Problem]


def look(view: View, container: str, size: int, *, whole_index: bool) -> Sight:
    """Opens, describes, and takes one picture. Raises FAILURES, MemoryError, and what the view raises."""
    with av.open(view, "r", format=container, metadata_errors="replace", buffer_size=READ) as clip:
        warnings = _warnings(clip)
        problems = _problems(clip, size) if whole_index else set()
        return Sight(
            videos={s.id: _video(s) for s in clip.streams.video if s.codec_context},
            audios={s.id: _audio(s) for s in clip.streams.audio if s.codec_context},
            created=str(clip.metadata.get("creation_time", "")),
            poster=_poster(clip),
            warnings=frozenset(warnings),
            problems=frozenset(problems),
        )


def _video(stream: Any) -> Video:
    context = stream.codec_context
    return Video(
        codec=context.name,
        width=context.width,
        height=context.height,
        begins_ms=_begins(stream),
        duration_ms=_length(stream),
        frames=stream.frames or None,
    )


def _audio(stream: Any) -> Audio:
    context = stream.codec_context
    return Audio(
        codec=context.name,
        sample_rate=context.sample_rate or 0,
        channels=context.channels or 0,
        begins_ms=_begins(stream),
        duration_ms=_length(stream),
    )


def _begins(stream: Any) -> int:
    """On the presentation's clock. The encoder's run-in before nought is not presented."""
    return max(0, round((stream.start_time or 0) * (stream.time_base or 0) * 1000))


def _length(stream: Any) -> int | None:
    if stream.duration is not None and stream.time_base:
        return int(stream.duration * stream.time_base * 1000 + Fraction(1, 2))
    return _written_length(stream.metadata.get("DURATION", ""))


def _written_length(text: str) -> int | None:
    """Matroska writes 00:00:10.026000000 beside a stream."""
    parts = text.split(":")
    if len(parts) != 3:  # noqa: PLR2004 - hours, minutes, seconds
        return None
    hours, minutes, seconds = int(parts[0]), int(parts[1]), float(parts[2])
    return round((hours * 3600 + minutes * 60 + seconds) * 1000)


def _warnings(clip: "InputContainer") -> set[Warning]:
    warnings = set()
    if any(s.codec_context is None for s in (*clip.streams.video, *clip.streams.audio)):
        warnings.add(Warning.UNKNOWN_CODEC)
    texts = [clip.metadata, *(stream.metadata for stream in clip.streams)]
    if any("\ufffd" in value for text in texts for value in text.values()):
        warnings.add(Warning.TEXT_NOT_UTF8)
    low, high = USUAL_RATES
    for stream in clip.streams.video:
        if stream.codec_context and stream.average_rate and not low <= stream.average_rate <= high:
            warnings.add(Warning.ODD_FRAME_RATE)
    return warnings


def _problems(clip: "InputContainer", size: int) -> set[Problem]:
    """The second and third test of completeness (video.md 1.5): are the samples where the index says?"""
    problems = set()
    for stream in (*clip.streams.video, *clip.streams.audio):
        last = max((entry.pos + entry.size for entry in stream.index_entries), default=0)
        if last > size:
            problems.add(Problem.TRUNCATED)
        if stream.frames and last <= 0:
            problems.add(Problem.INCONSISTENT)
    return problems


def _poster(clip: "InputContainer") -> bytes | None:
    stream = next((s for s in clip.streams.video if s.codec_context), None)
    if stream is None or not 0 < stream.codec_context.width * stream.codec_context.height <= MOST_PIXELS:
        return None
    try:
        frame = _key_frame(clip, stream)
        return None if frame is None else _jpeg(frame)
    except (*FAILURES, MemoryError):
        return None


def _key_frame(clip: "InputContainer", stream: "VideoStream") -> av.VideoFrame | None:
    context = stream.codec_context
    context.thread_count, context.thread_type = 1, "NONE"  # frame threads read ahead (video.md 1.3)
    context.options = {"max_pixels": str(MOST_PIXELS)}  # what the bitstream says may differ from the index
    tried = 0
    for count, packet in enumerate(clip.demux(stream)):
        if not packet.is_keyframe or not packet.size:
            if count >= POSTER_PACKETS:
                return None
            continue
        frames = context.decode(packet) or context.decode(None)
        if frames:
            return frames[0]
        tried += 1
        if tried == KEY_FRAMES:
            return None
        context.flush_buffers()
    return None


def _jpeg(frame: av.VideoFrame) -> bytes | None:
    if frame.width * frame.height > MOST_PIXELS:
        return None
    width = min(frame.width, POSTER_WIDTH)
    height = max(1, round(frame.height * width / frame.width))
    # one thread: a confined process can start no other
    picture = frame.to_image(width=width, height=height, threads=1)  # type: ignore[no-untyped-call]
    if frame.rotation:
        picture = picture.rotate(frame.rotation, expand=True)
        picture.thumbnail((POSTER_WIDTH, POSTER_WIDTH))
    plain = Image.frombytes("RGB", picture.size, picture.tobytes())
    out = BytesIO()
    plain.save(out, "JPEG", quality=POSTER_QUALITY)
    return out.getvalue()
