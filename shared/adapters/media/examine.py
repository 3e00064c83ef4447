"""Looks at a recording through a ranged reader: own walk first, native code second, then one account of both.

Whose word counts:
1. Wholeness, layout, the clock and the length of fragments: the own walk's.
2. Codecs, sizes, the length of files in one piece: native code's, which honours edit lists; else the index's claim.
3. The length of a recording: the longest of its picture and its sound (video.md section 3).
`publish` is called after the walk and again at the end, so that what is known outlives a native crash.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shared.adapters.media import native
from shared.adapters.media.boxes import TooManyBoxes
from shared.adapters.media.matroska import is_cut_short, is_matroska
from shared.adapters.media.movie import Movie, Track
from shared.adapters.media.native import Sight
from shared.adapters.media.ranged import Ranged, Refused, View
from shared.adapters.media.structure import Structure, read_structure
from shared.domain.media import Audio, Inspection, Media, Problem, Video, Warning  # noqa: A004 - the field's word

EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
FIRST_CAMERA = datetime(2005, 1, 1, tzinfo=UTC)  # no police force wore cameras before: the clock was never set
TOLERANCE_MS = 100
LONGEST_MS = 100 * 24 * 3600 * 1000
QUICKTIME = b"qt  "

Publish = Callable[[Inspection], None]


def examine(source: Ranged, publish: Publish) -> Inspection:
    """Everything the file says. Raises nothing for what the file is."""
    found = Inspection(media=None, poster=None)

    def keep(inspection: Inspection) -> None:
        nonlocal found
        found = inspection
        publish(found)

    try:
        if is_matroska(source.at(0, min(4, source.size))):
            keep(_matroska(source))
        else:
            _iso(source, keep)
    except (Refused, TooManyBoxes, MemoryError):
        keep(_with(found, Problem.TOO_COMPLEX))
    except native.FAILURES:
        keep(_with(found, Problem.UNREADABLE))
    return found


def _with(inspection: Inspection, *more: Problem) -> Inspection:
    return replace(inspection, problems=tuple(dict.fromkeys((*inspection.problems, *more))))


def _iso(source: Ranged, keep: Publish) -> None:
    structure = read_structure(source)
    container = "mov" if source.at(0, min(12, source.size))[8:12] == QUICKTIME else "mp4"
    claims = _account(structure, structure.movie, container, None) if structure.movie else None
    keep(Inspection(media=claims, poster=None, problems=_problems(structure, None)))
    if not structure.shown:
        return
    one_piece = structure.layout in ("progressive", "hybrid") and not structure.lengths_ms
    sight = native.look(View(source, structure.shown), "mov", source.size, whole_index=one_piece)
    media = _account(structure, structure.movie or Movie(), container, sight)
    keep(Inspection(media=media, poster=sight.poster, problems=_problems(structure, sight)))


def _problems(structure: Structure, sight: Sight | None) -> tuple[Problem, ...]:
    problems = [*structure.problems, *sorted(sight.problems if sight else ())]
    tracks = structure.movie.tracks if structure.movie else ()
    if structure.movie and not any(track.handler == "vide" for track in tracks):
        problems.append(Problem.NO_VIDEO_TRACK)
    if any(track.entry in ("encv", "enca") for track in tracks):
        problems.append(Problem.ENCRYPTED)
    return tuple(dict.fromkeys(problems))


def _account(structure: Structure, movie: Movie, container: str, sight: Sight | None) -> Media:
    pieces = structure.lengths_ms if structure.layout == "fragmented" or structure.lengths_ms else None
    videos = {t.number: _claimed_video(t) for t in movie.tracks if t.handler == "vide"}
    audios = {t.number: _claimed_audio(t) for t in movie.tracks if t.handler == "soun"}
    if sight:
        claimed = {t.number: t.samples or None for t in movie.tracks}
        videos |= {n: replace(v, frames=claimed.get(n, v.frames)) for n, v in sight.videos.items()}
        audios |= sight.audios
    if pieces is not None:
        videos = {n: replace(v, duration_ms=pieces.get(n), frames=None) for n, v in videos.items()}
        audios = {n: replace(a, duration_ms=pieces.get(n)) for n, a in audios.items()}
    media = _media(container, videos, audios, sight)
    created, unset = _clock(movie.created)
    extra = {Warning.CLOCK_UNSET} if unset else set()
    extra |= _difference(movie, media.duration_ms, fragmented=pieces is not None)
    return replace(media, layout=structure.layout, created_at=created, warnings=_sorted(media.warnings, extra))


def _media(container: str, videos: dict[int, Video], audios: dict[int, Audio], sight: Sight | None) -> Media:
    """The first picture and the first sound stand for the rest; the length is the longest of all."""
    told = [v.duration_ms for v in videos.values()] + [a.duration_ms for a in audios.values()]
    lengths = [length for length in told if length is not None]
    longest = max(lengths, default=None)
    warnings = set(sight.warnings if sight else ())
    if longest is None or not 0 <= longest <= LONGEST_MS:
        longest = None
        warnings.add(Warning.DURATION_UNKNOWN)
    if not audios:
        warnings.add(Warning.NO_AUDIO)
    if sight is None or sight.poster is None:
        warnings.add(Warning.NO_POSTER)
    if not sight or len(sight.videos) < len(videos) or len(sight.audios) < len(audios):
        warnings |= {Warning.UNKNOWN_CODEC} if sight else set()
    return Media(
        container=container,
        duration_ms=longest,
        video=next(iter(videos.values()), None),
        audio=next(iter(audios.values()), None),
        warnings=_sorted(warnings),
    )


def _sorted(*warnings: "set[Warning] | tuple[Warning, ...]") -> tuple[Warning, ...]:
    return tuple(sorted({warning for several in warnings for warning in several}))


def _claimed_video(track: Track) -> Video:
    return Video(
        codec=track.entry,
        width=track.width,
        height=track.height,
        duration_ms=_claimed_length(track),
        frames=track.samples or None,
    )


def _claimed_audio(track: Track) -> Audio:
    return Audio(codec=track.entry, sample_rate=0, channels=0, duration_ms=_claimed_length(track))


def _claimed_length(track: Track) -> int | None:
    return round(track.length * 1000 / track.timescale) if track.timescale else None


def _difference(movie: Movie, found_ms: int | None, *, fragmented: bool) -> set[Warning]:
    """The header's claim against what was found: an initial part may claim an hour of which seconds are there."""
    lengths = [_claimed_length(track) or 0 for track in movie.tracks if track.wanted]
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


def _matroska(source: Ranged) -> Inspection:
    cut = is_cut_short(source)
    try:
        sight = native.look(View(source, source.size), "matroska", source.size, whole_index=False)
    except native.FAILURES:
        return Inspection(media=None, poster=None, problems=_cut(cut, Problem.UNREADABLE))
    media = _media("matroska", sight.videos, sight.audios, sight)
    created = _written_clock(sight.created)
    extra = set() if created else {Warning.CLOCK_UNSET}
    media = replace(media, created_at=created, warnings=_sorted(media.warnings, extra))
    return Inspection(
        media=media,
        poster=sight.poster,
        problems=_cut(cut, *(() if sight.videos else (Problem.NO_VIDEO_TRACK,))),
    )


def _cut(cut: bool, *others: Problem) -> tuple[Problem, ...]:  # noqa: FBT001 - private, one word
    return (Problem.TRUNCATED, *others) if cut else others


def _written_clock(text: str) -> datetime | None:
    """A remux may write the time twice, with a semicolon between (video.md 1.6)."""
    try:
        created = datetime.fromisoformat(text.partition(";")[0])
    except ValueError:
        return None
    return created.astimezone(UTC) if created.tzinfo and created >= FIRST_CAMERA else None
