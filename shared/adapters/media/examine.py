"""Looks at a recording through a ranged reader: own walk first, native code second, then one account of both.

The own walk alone says whether the recording is whole and how it is laid out; what is concluded is in conclude.py.
`publish` is called after the walk and again at the end, so that what is known outlives a native crash.
"""

from collections.abc import Callable
from dataclasses import replace

from shared.adapters.media import native
from shared.adapters.media.boxes import TooManyBoxes
from shared.adapters.media.conclude import of_iso, of_matroska
from shared.adapters.media.gopro import first_fix
from shared.adapters.media.matroska import is_cut_short, is_matroska
from shared.adapters.media.native import Sight
from shared.adapters.media.ranged import Ranged, Refused, View
from shared.adapters.media.structure import Structure, read_structure
from shared.domain.media import Inspection, Problem

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
    structure = _placed(source, read_structure(source))
    brand = source.at(0, min(12, source.size))[8:12]
    claims = of_iso(structure, brand, None) if structure.movie else None
    keep(Inspection(media=claims, poster=None, problems=_problems(structure, None)))
    if not structure.shown:
        return
    one_piece = structure.layout in ("progressive", "hybrid") and not structure.lengths_ms
    sight = native.look(View(source, structure.shown), "mov", source.size, whole_index=one_piece)
    media = of_iso(structure, brand, sight)
    keep(Inspection(media=media, poster=sight.poster, problems=_problems(structure, sight)))


def _placed(source: Ranged, structure: Structure) -> Structure:
    """Where the index names no position, the first of the telemetry."""
    movie = structure.movie
    if movie is None or movie.position is not None:
        return structure
    return replace(structure, movie=replace(movie, position=first_fix(source, movie.tracks)))


def _problems(structure: Structure, sight: Sight | None) -> tuple[Problem, ...]:
    problems = [*structure.problems, *sorted(sight.problems if sight else ())]
    tracks = structure.movie.tracks if structure.movie else ()
    if structure.movie and not structure.movie.compressed and not any(track.handler == "vide" for track in tracks):
        problems.append(Problem.NO_VIDEO_TRACK)
    if any(track.tables.entry in ("encv", "enca") for track in tracks):
        problems.append(Problem.ENCRYPTED)
    return tuple(dict.fromkeys(problems))


def _matroska(source: Ranged) -> Inspection:
    cut = (Problem.TRUNCATED,) if is_cut_short(source) else ()
    try:
        sight = native.look(View(source, source.size), "matroska", source.size, whole_index=False)
    except native.FAILURES:
        return Inspection(media=None, poster=None, problems=(*cut, Problem.UNREADABLE))
    pictures = () if sight.videos else (Problem.NO_VIDEO_TRACK,)
    return Inspection(media=of_matroska(sight), poster=sight.poster, problems=(*cut, *pictures))
