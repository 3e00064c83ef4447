"""Whether an ISO file is whole, how it is laid out, and how long its fragments run: own code, few reads.

Rules, in order:
1. The first box is one that such a file may begin with, or the file is not video.
2. The boxes of the top level add up to the size of the file exactly: one byte short is truncated.
3. There is one moov, whole and sound; where there is a second, the first counts, as for every player.
4. A file of fragments is judged by its first fragment, by what stands from the last one to the end, and by the
   index at its front (`sidx`). Without one, what was cut off at the border of a fragment is a shorter recording
   that is whole, and is not noticed.
Raises TooManyBoxes and whatever the source raises; everything else wrong is in `problems`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from shared.adapters.media.boxes import HEADER, MOST, Box, NotABox, Source, TooManyBoxes, read_box
from shared.adapters.media.fragments import Fragment, Run, look_back, promised_end, read_fragment, signposts
from shared.adapters.media.movie import Movie, Track, parse_movie
from shared.domain.media import Problem

FIRST = frozenset((b"ftyp", b"styp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"uuid", b"moof", b"sidx"))
LARGEST_MOOV = 24 << 20
SMALL_TAIL = 4 << 20
OPENING_BOXES = 8
CLOSING_FRAGMENTS = 8
CLOSING_BOXES = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """`shown` is how much of the file native code needs to see.

    Of fragments only, by track: when each begins (`begins_ms`) and how long it runs (`lengths_ms`).
    """

    movie: Movie | None
    layout: str | None
    shown: int
    begins_ms: dict[int, int] = field(default_factory=dict)
    lengths_ms: dict[int, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Survey:
    """What the walk over the top level has met so far. `movie` None with `index_seen`: it is not sound."""

    movie: Movie | None = None
    index_seen: bool = False
    media_seen: bool = False
    first_moof: int | None = None
    end_seen: bool = False
    later: Problem | None = None  # a problem ends the walk; this one is told when what is there has been measured
    problems: list[Problem] = field(default_factory=list)

    def note(self, problem: Problem) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


def read_structure(source: Source) -> Structure:
    survey = _Survey()
    for box in _top_level(source, 0, survey):
        if box.start == 0 and box.kind not in FIRST:
            survey.note(Problem.NOT_VIDEO)
        if survey.problems:
            break  # the first box that does not fit ends what can be walked
        if box.kind == b"moof":
            survey.first_moof = box.start
            break
        _take(source, box, survey)
    if Problem.NOT_VIDEO in survey.problems:
        return Structure(movie=None, layout=None, shown=0, problems=(Problem.NOT_VIDEO,))
    if survey.later:
        survey.note(survey.later)
    if not survey.index_seen:
        survey.note(Problem.NO_INDEX)
    return _of_fragments(source, survey) if survey.first_moof is not None else _of_one_piece(source, survey)


def _top_level(source: Source, at: int, survey: _Survey) -> Iterator[Box]:
    """Box after box from `at`, noting what does not fit. The last may reach beyond the file."""
    for _ in range(MOST):
        if at == source.size:
            return
        if source.size - at < HEADER:  # also where the last box reached beyond the end
            survey.note(Problem.NOT_VIDEO if at == 0 else Problem.TRUNCATED)
            return
        _prepare(source, at, survey)
        try:
            box = read_box(source, at)
        except NotABox:
            survey.note(Problem.NOT_VIDEO if at == 0 else Problem.INCONSISTENT)
            return
        if box.end > source.size:
            survey.note(Problem.TRUNCATED)
        yield box
        at = box.end
    raise TooManyBoxes(f"more than {MOST} boxes on the top level")


def _prepare(source: Source, at: int, survey: _Survey) -> None:
    """What little follows the media is nearly always the index: one read for its header and all of it."""
    if survey.media_seen and not survey.index_seen and source.size - at <= SMALL_TAIL:
        source.at(at, source.size - at)


def _take(source: Source, box: Box, survey: _Survey) -> None:
    if box.kind == b"mdat":
        survey.media_seen = True
    if box.kind == b"sidx":
        _promised(source, box, survey)
    if box.kind != b"moov" or survey.index_seen:
        return
    survey.index_seen = True
    if box.end - box.start > LARGEST_MOOV:
        raise TooManyBoxes(f"an index of more than {LARGEST_MOOV} bytes")
    try:
        survey.movie = parse_movie(source.at(box.start, box.end - box.start))
    except NotABox:
        survey.note(Problem.INCONSISTENT)
    if survey.movie and survey.movie.compressed:
        survey.note(Problem.COMPRESSED_INDEX)  # and so native code is never shown what unpacks to anything


def _promised(source: Source, sidx: Box, survey: _Survey) -> None:
    try:
        end = promised_end(source, sidx)
    except NotABox:
        survey.later = Problem.INCONSISTENT
    else:
        survey.later = Problem.TRUNCATED if end > source.size else survey.later


def _of_one_piece(source: Source, survey: _Survey) -> Structure:
    movie, layout = survey.movie, None
    if movie is not None:
        layout = "hybrid" if movie.fragmented and movie.samples else "progressive"
        if not movie.samples and movie.tracks:
            # a head without a body: fragments were to follow, or samples to be counted
            layout = "fragmented" if movie.fragmented else layout
            survey.note(Problem.TRUNCATED)
        if movie.samples and not (movie.timescale and all(_adds_up(t) for t in movie.tracks if t.wanted)):
            survey.note(Problem.INCONSISTENT)
    shown = source.size if survey.index_seen and Problem.COMPRESSED_INDEX not in survey.problems else 0
    return Structure(movie=movie, layout=layout, shown=shown, problems=tuple(survey.problems))


def _adds_up(track: Track) -> bool:
    """Whether what the index says of a track can all be true: time that runs, forwards, for every sample."""
    tables = track.tables
    return track.timescale > 0 and not tables.backwards and tables.timed in (None, tables.samples)


def _of_fragments(source: Source, survey: _Survey) -> Structure:
    movie, first_moof = survey.movie, survey.first_moof or 0
    if movie is None:
        return Structure(movie=None, layout=None, shown=0, problems=tuple(survey.problems))
    shown, starts = _opening(source, movie, first_moof, survey)
    ends = _ends(source, movie, survey)
    # what stands in the index, in front of the fragments
    before = {track.number: track.length for track in movie.tracks if track.tables.samples}
    begins, lengths = _spans(movie, {} if movie.samples else starts, before | ends)
    return Structure(
        movie=movie,
        layout="hybrid" if movie.samples else "fragmented",
        shown=shown,
        begins_ms=begins,
        lengths_ms=lengths,
        problems=tuple(survey.problems),
    )


def _opening(source: Source, movie: Movie, at: int, survey: _Survey) -> tuple[int, dict[int, int]]:
    """How far native code must see to find a picture, and when each track begins, if that is in the first few."""
    wanted = {track.number for track in movie.tracks if track.wanted}
    pictures = {track.number for track in movie.tracks if track.handler == "vide"}
    starts: dict[int, int] = {}
    shown, seen, complete = at, False, False
    for box in islice(_top_level(source, at, survey), OPENING_BOXES):
        shown = shown if complete else min(box.end, source.size)
        if box.kind == b"moof":
            for run in _runs(source, box, movie, survey):
                seen = seen or run.track in pictures
                if run.start is not None:
                    starts.setdefault(run.track, run.start)
        complete = complete or (box.kind == b"mdat" and seen)
        if complete and wanted <= starts.keys():
            break
    return shown, starts


def _runs(source: Source, moof: Box, movie: Movie, survey: _Survey) -> tuple[Run, ...]:
    try:
        return read_fragment(source, moof.start, movie.sample_lengths).runs
    except NotABox:
        survey.note(Problem.TRUNCATED if moof.end > source.size else Problem.INCONSISTENT)
        return ()


def _ends(source: Source, movie: Movie, survey: _Survey) -> dict[int, int]:
    """When each track ends. Sound and picture may end in different fragments, so a few are looked at."""
    wanted = {track.number for track in movie.tracks if track.wanted}
    posts = signposts(source)
    told = {(post.moof, post.track): post.time for post in reversed(posts)}
    ends: dict[int, int] = {}
    fragments = _closing(source, movie, [post.moof for post in posts], survey)
    for fragment in islice(fragments, CLOSING_FRAGMENTS):
        here: dict[int, int] = {}
        for run in fragment.runs:
            start = run.start if run.start is not None else told.get((fragment.moof.start, run.track))
            if start is not None and run.track not in ends:
                here[run.track] = max(here.get(run.track, 0), start + run.length)
        ends |= here
        if wanted <= ends.keys():
            break
    return ends


def _closing(source: Source, movie: Movie, posts: list[int], survey: _Survey) -> Iterator[Fragment]:
    """Fragments from the last one backwards; from the first found, all that follows to the end is checked."""
    last = source.size
    for at in _candidates(source, posts, survey):
        if at >= last:
            continue
        try:
            fragment = read_fragment(source, at, movie.sample_lengths)
        except NotABox:
            continue
        last = at
        if survey.end_seen:
            yield fragment
        else:
            survey.end_seen = True
            yield from reversed(_chain(source, movie, fragment, survey))


def _candidates(source: Source, posts: list[int], survey: _Survey) -> Iterator[int]:
    """Where a moof may be: what the index at the end names; if that led nowhere, whatever looks like one."""
    yield from (at for at in dict.fromkeys(posts) if 0 < at <= source.size - HEADER)
    if not survey.end_seen:
        yield from look_back(source)


def _chain(source: Source, movie: Movie, first: Fragment, survey: _Survey) -> list[Fragment]:
    """The fragments from one to the end of the file, noting where the boxes do not add up."""
    fragments, open_moof = [], False
    for box in islice(_top_level(source, first.moof.start, survey), CLOSING_BOXES):
        if box.kind == b"moof":
            open_moof = True
            if box.end <= source.size:
                runs = _runs(source, box, movie, survey)
                fragments.append(Fragment(moof=box, runs=runs))
        elif box.kind == b"mdat":
            open_moof = False
    if open_moof:
        survey.note(Problem.TRUNCATED)  # a fragment's head, and no media after it
    return fragments


def _spans(movie: Movie, starts: dict[int, int], ends: dict[int, int]) -> tuple[dict[int, int], dict[int, int]]:
    """When each track begins, from when the first of them does, and how long it runs: both in milliseconds."""
    tracks = {track.number: track for track in movie.tracks if track.wanted and track.timescale}

    def at(number: int, units: int) -> float:
        return units * 1000 / tracks[number].timescale + movie.delay_ms(tracks[number])

    begun = {number: at(number, starts[number]) for number in tracks if number in starts}
    first = min(begun.values(), default=0)
    begins = {number: round(begun.get(number, first) - first) for number in tracks}
    lengths = {number: at(number, ends[number]) - begun.get(number, first) for number in tracks if number in ends}
    return begins, {number: max(0, round(length)) for number, length in lengths.items()}
