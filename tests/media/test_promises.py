"""What an index promises against what is there: fragments at its front, times that run, tracks that begin late."""

import struct

import pytest

from shared.adapters.media.structure import Structure, read_structure
from shared.domain.media import Problem
from tests.media import made
from tests.media.made import FTYP, HEAD, PICTURE, SOUND, Bytes, box, fragment, moov


def structure(data: bytes) -> Structure:
    return read_structure(Bytes(data))


def sidx(*sizes: int, offset: int = 0, count: int | None = None, version: int = 0) -> bytes:
    wide = offset.to_bytes(8 if version else 4, "big")
    rows = b"".join(made.words(size, 1000, 0) for size in sizes)
    counted = struct.pack(">HH", 0, len(sizes) if count is None else count)
    return made.full("sidx", made.words(PICTURE, 1000), bytes(len(wide)), wide, counted, rows, version=version)


@pytest.mark.parametrize("version", [0, 1])
def test_fragments_promised_at_the_front_and_not_there_are_truncated(version: int) -> None:
    """Cut at the border of two fragments, where the boxes add up."""
    one, two = fragment(0, 1000), fragment(1000, 1000)
    head = HEAD + sidx(len(one), len(two), version=version)
    assert structure(head + one + two).problems == ()
    cut = structure(head + one)
    assert (cut.problems, cut.lengths_ms) == ((Problem.TRUNCATED,), {PICTURE: 1000})
    late = HEAD + sidx(len(one), len(two), offset=1, version=version)
    assert structure(late + one + two).problems == (Problem.TRUNCATED,)


def test_an_index_of_indexes_promises_by_its_sizes_too() -> None:
    one = fragment(0, 1000)
    inner = sidx(len(one))
    outer = sidx(1 << 31 | len(inner) + len(one))
    assert structure(HEAD + outer + inner + one).problems == ()
    assert structure(HEAD + outer + inner + one[:-1]).problems == (Problem.TRUNCATED,)


def test_an_index_at_the_front_that_is_not_sound_is_told_and_the_fragments_are_measured() -> None:
    found = structure(HEAD + sidx(8, count=9) + fragment(0, 1000))
    assert (found.problems, found.lengths_ms) == ((Problem.INCONSISTENT,), {PICTURE: 1000})


def test_a_track_that_begins_late_begins_late_and_is_as_long_as_it_is() -> None:
    head = FTYP + moov(made.trak(), made.trak(number=SOUND, handler=b"soun"), made.mvex(PICTURE, SOUND))
    found = structure(head + fragment(5000, 900) + fragment(7000, 800, number=SOUND) + fragment(5900, 100))
    assert (found.begins_ms, found.lengths_ms) == ({PICTURE: 0, SOUND: 2000}, {PICTURE: 1000, SOUND: 800})


def test_an_index_that_is_packed_is_told_and_shown_to_nobody() -> None:
    found = structure(FTYP + box("mdat", bytes(9)) + box("moov", box("cmov", bytes(9))))
    assert (found.problems, found.shown) == ((Problem.COMPRESSED_INDEX,), 0)


@pytest.mark.parametrize("timescale,problems", [(0, (Problem.INCONSISTENT,)), (1, ())])
def test_an_index_that_counts_no_time_is_inconsistent(timescale: int, problems: tuple[Problem, ...]) -> None:
    media = box("mdat", bytes(50))
    of_track = box("moov", made.mvhd(), made.trak(samples=3, length=300, timescale=timescale))
    of_movie = box("moov", made.mvhd(timescale=timescale), made.trak(samples=3, length=300))
    assert structure(FTYP + media + of_track).problems == problems
    assert structure(FTYP + media + of_movie).problems == problems


def test_a_sample_that_lasts_less_than_nothing_is_inconsistent() -> None:
    longest = made.trak(samples=1, length=(1 << 31) - 1)
    assert structure(FTYP + box("mdat", bytes(50)) + moov(longest)).problems == ()
    backwards = made.trak(samples=1, length=1 << 31)
    assert structure(FTYP + box("mdat", bytes(50)) + moov(backwards)).problems == (Problem.INCONSISTENT,)


def test_a_run_of_more_samples_than_any_camera_writes_is_not_sound() -> None:
    """Twelve bytes that would claim a month."""
    tfhd, tfdt = made.full("tfhd", made.words(PICTURE, 1), flags=8), made.full("tfdt", made.words(0))
    endless = made.moof(box("traf", tfhd, tfdt, made.full("trun", made.words(0xFFFFFFFF))))
    found = structure(HEAD + endless + box("mdat", bytes(8)))
    assert (found.lengths_ms, found.problems) == ({}, (Problem.INCONSISTENT,))
