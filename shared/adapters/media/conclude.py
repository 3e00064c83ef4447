"""The facts of a recording, from the own walk's claims and from what native code saw.

Whose word counts:
1. The clock, the position and the length of fragments: the own walk's.
2. Codecs, sizes, the length of files in one piece: native code's, which honours edit lists; else the index's claim.
3. The length of a recording: from when the first of picture and sound begins to when the last ends.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from shared.adapters.media.movie import Movie, Track
from shared.adapters.media.native import Sight
from shared.adapters.media.structure import Structure
from shared.domain.media import Audio, Media, Video, Warning  # noqa: A004 - the field's word

EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
FIRST_CAMERA = datetime(2005, 1, 1, tzinfo=UTC)  # no police force wore cameras before: the clock was never set
TOLERANCE_MS = 100
LONGEST_MS = 100 * 24 * 3600 * 1000
LATE_MS = 1000  # a pre-event buffer without sound is 30 s long (video.md section 2)
GAP_SECONDS = 2
QUICKTIME = b"qt  "

Stream = TypeVar("Stream", Video, Audio)


def of_iso(structure: Structure, brand: bytes, sight: Sight | None) -> Media:
    movie = structure.movie or Movie()
    in_pieces = structure.layout == "fragmented" or bool(structure.lengths_ms)
    videos = {t.number: _claimed_video(movie, t) for t in movie.tracks if t.handler == "vide"}
    audios = {t.number: _claimed_audio(movie, t) for t in movie.tracks if t.handler == "soun"}
    if sight:
        claimed = {t.number: t.tables.samples or None for t in movie.tracks}
        videos |= {n: replace(v, frames=claimed.get(n, v.frames)) for n, v in sight.videos.items()}
        audios |= sight.audios
    if in_pieces:
        videos = {n: replace(_in_pieces(structure, n, v), frames=None) for n, v in videos.items()}
        audios = {n: _in_pieces(structure, n, a) for n, a in audios.items()}
    media = of_streams("mov" if brand == QUICKTIME else "mp4", videos, audios, sight)
    created, unset = _clock(movie.created)
    extra = {Warning.CLOCK_UNSET} if unset else set()
    extra |= _difference(movie, media.duration_ms, fragmented=in_pieces) | _gaps(movie)
    return replace(
        media,
        layout=structure.layout,
        created_at=created,
        position=movie.position,
        warnings=_sorted(media.warnings, extra),
    )


def of_matroska(sight: Sight) -> Media:
    media = of_streams("matroska", sight.videos, sight.audios, sight)
    created = _written_clock(sight.created)
    extra = set() if created else {Warning.CLOCK_UNSET}
    return replace(media, created_at=created, warnings=_sorted(media.warnings, extra))


def of_streams(container: str, videos: dict[int, Video], audios: dict[int, Audio], sight: Sight | None) -> Media:
    """The first picture and the first sound stand for the rest; the length is that of all."""
    pictures, sounds = [_bounded(v) for v in videos.values()], [_bounded(a) for a in audios.values()]
    media = Media(
        container=container,
        duration_ms=_length([*pictures, *sounds]),
        video=next(iter(pictures), None),
        audio=next(iter(sounds), None),
    )
    warnings = set(sight.warnings if sight else ())
    if sight and (len(sight.videos) < len(videos) or len(sight.audios) < len(audios)):
        warnings.add(Warning.UNKNOWN_CODEC)
    return replace(media, warnings=_sorted(warnings, _absences(media, sight), _lateness(media)))


def _in_pieces(structure: Structure, number: int, stream: Stream) -> Stream:
    begins = structure.begins_ms.get(number, 0)
    return replace(stream, begins_ms=begins, duration_ms=structure.lengths_ms.get(number))


def _bounded(stream: Stream) -> Stream:
    """A hundred days in one recording, or before it, is no length and no beginning."""
    length = stream.duration_ms
    return replace(
        stream,
        begins_ms=stream.begins_ms if 0 <= stream.begins_ms <= LONGEST_MS else 0,
        duration_ms=length if length is not None and 0 <= length <= LONGEST_MS else None,
    )


def _length(streams: list[Video | Audio]) -> int | None:
    ends = [stream.begins_ms + stream.duration_ms for stream in streams if stream.duration_ms is not None]
    return max(ends) - min(stream.begins_ms for stream in streams) if ends else None


def _absences(media: Media, sight: Sight | None) -> set[Warning]:
    missing = {
        Warning.DURATION_UNKNOWN: media.duration_ms is None,
        Warning.NO_AUDIO: media.audio is None,
        Warning.NO_POSTER: sight is None or sight.poster is None,
    }
    return {warning for warning, is_missing in missing.items() if is_missing}


def _lateness(media: Media) -> set[Warning]:
    late = media.video and media.audio and media.audio.begins_ms - media.video.begins_ms > LATE_MS
    return {Warning.LATE_AUDIO} if late else set()


def _gaps(movie: Movie) -> set[Warning]:
    """Of files in one piece, whose tables are in the index: one picture or one frame of sound that lasts too long."""
    timed = [track for track in movie.tracks if track.wanted and track.timescale and not track.tables.backwards]
    long = any(track.tables.longest > GAP_SECONDS * track.timescale for track in timed)
    return {Warning.GAP} if long else set()


def _sorted(*warnings: "set[Warning] | tuple[Warning, ...]") -> tuple[Warning, ...]:
    return tuple(sorted({warning for several in warnings for warning in several}))


def _claimed_video(movie: Movie, track: Track) -> Video:
    return Video(
        codec=track.tables.entry,
        width=track.width,
        height=track.height,
        begins_ms=movie.delay_ms(track),
        duration_ms=_claimed_length(track),
        frames=track.tables.samples or None,
    )


def _claimed_audio(movie: Movie, track: Track) -> Audio:
    return Audio(
        codec=track.tables.entry,
        sample_rate=0,
        channels=0,
        begins_ms=movie.delay_ms(track),
        duration_ms=_claimed_length(track),
    )


def _claimed_length(track: Track) -> int | None:
    return track.length * 1000 // track.timescale if track.timescale else None


def _difference(movie: Movie, found_ms: int | None, *, fragmented: bool) -> set[Warning]:
    """The header's claim against what was found: an initial part may claim an hour of which seconds are there."""
    lengths = [(_claimed_length(track) or 0) + movie.delay_ms(track) for track in movie.tracks if track.wanted]
    claimed = movie.claimed_ms if fragmented else max(lengths, default=None)
    if not claimed or found_ms is None or abs(claimed - found_ms) <= TOLERANCE_MS:
        return set()
    return {Warning.DURATIONS_DIFFER}


def _clock(seconds: int) -> tuple[datetime | None, bool]:
    """Seconds from 1904 as a time, and whether the clock was plainly never set."""
    try:
        created = EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return None, True
    return (None, True) if created < FIRST_CAMERA else (created, False)


def _written_clock(text: str) -> datetime | None:
    """A remux may write the time twice, with a semicolon between (video.md 1.6)."""
    try:
        created = datetime.fromisoformat(text.partition(";")[0])
    except ValueError:
        return None
    return created.astimezone(UTC) if created.tzinfo and created >= FIRST_CAMERA else None
