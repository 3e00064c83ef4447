"""Wholeness, layout and length from an ISO file's structure alone."""

import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.media.boxes import MOST, TooManyBoxes
from shared.adapters.media.fragments import look_back, signposts
from shared.adapters.media.movie import Movie
from shared.adapters.media.ranged import Ranged
from shared.adapters.media.structure import LARGEST_MOOV, Structure, read_structure
from shared.domain.media import Problem
from tests.media import made
from tests.media.conftest import Clip
from tests.media.made import FTYP, HEAD, PICTURE, SOUND, Bytes, borders, box, fragment, moov


def structure(data: bytes) -> Structure:
    return read_structure(Bytes(data))


def whole(timed: int | None = None) -> bytes:
    """ftyp, mdat of 300 bytes, moov of 300 samples."""
    return FTYP + box("mdat", bytes(300)) + moov(made.trak(samples=300, length=3000, offset=36, timed=timed))


@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
@pytest.mark.parametrize(
    "layout,expected",
    [
        ("end", "progressive"),
        ("front", "progressive"),
        ("hybrid", "progressive"),  # closed properly, FFmpeg's hybrid is a file in one piece
        ("fragmented", "fragmented"),
        ("fragmented-bare", "fragmented"),
    ],
)
def test_every_layout_is_known_and_whole(clip: Clip, layout: str, suffix: str, expected: str) -> None:
    found = structure(clip(layout, suffix))
    assert (found.layout, found.problems) == (expected, ())


@pytest.mark.parametrize("layout", ["fragmented", "fragmented-bare"])
def test_fragments_run_as_long_as_the_clip(clip: Clip, layout: str) -> None:
    lengths = structure(clip(layout)).lengths_ms
    assert lengths.keys() == {PICTURE, SOUND}
    assert all(length == pytest.approx(3000, abs=100) for length in lengths.values())


@pytest.mark.parametrize("layout", ["end", "front", "hybrid", "fragmented", "fragmented-bare"])
def test_one_byte_short_shows(clip: Clip, layout: str) -> None:
    found = structure(clip(layout)[:-1])
    # an index at the end that lost its last byte can no longer be one box among the others
    assert Problem.TRUNCATED in found.problems


@pytest.mark.parametrize("layout", ["end", "hybrid"])
def test_a_file_cut_before_its_index_has_none(clip: Clip, layout: str) -> None:
    data = clip(layout)
    cuts = [start for _, start, _ in borders(data)][1:]
    assert len(cuts) == 3
    for cut in cuts:
        assert structure(data[:cut]).problems == (Problem.NO_INDEX,)


def test_fragments_cut_at_a_border_are_a_shorter_recording(clip: Clip) -> None:
    data = clip("fragmented-bare")
    seen = []
    for kind, start, end in borders(data):
        if kind in ("moof", "moov"):
            assert Problem.TRUNCATED in structure(data[:end]).problems, "no media after the fragment's head"
        elif kind == "mdat":
            found = structure(data[:end])
            assert found.problems == ()
            seen.append(found.lengths_ms[PICTURE])
        assert start == 0 or Problem.TRUNCATED in structure(data[: end - 1]).problems
        assert start == 0 or Problem.TRUNCATED in structure(data[: start + 3]).problems
    assert len(seen) == 3
    assert all(length == pytest.approx(1000 * (n + 1), abs=100) for n, length in enumerate(seen))


@pytest.mark.parametrize(
    "data,problems",
    [
        (b"#EXTM3U\nhttp://127.0.0.1/secret\n", (Problem.NOT_VIDEO,)),
        (b"Dear Sir, please find attached", (Problem.NOT_VIDEO,)),
        (bytes(4096), (Problem.NOT_VIDEO,)),
        (b"abc", (Problem.NOT_VIDEO,)),
        (box("RIFF", bytes(30)), (Problem.NOT_VIDEO,)),
        (FTYP, (Problem.NO_INDEX,)),
        (FTYP + box("mdat", bytes(100)), (Problem.NO_INDEX,)),
        (FTYP + fragment(0, 100), (Problem.NO_INDEX,)),
        (FTYP[:-4], (Problem.TRUNCATED, Problem.NO_INDEX)),
        (whole(), ()),
        (whole() + b"junk", (Problem.TRUNCATED,)),
        (whole() + bytes(16), (Problem.INCONSISTENT,)),
        (whole() + box("free", size=9), (Problem.TRUNCATED,)),
        (FTYP + box("mdat", bytes(300), size=308 + 9) + bytes(25), (Problem.INCONSISTENT, Problem.NO_INDEX)),
        (FTYP + box("mdat", bytes(300), size=200), (Problem.INCONSISTENT, Problem.NO_INDEX)),
        (FTYP + moov(box("trak", size=900)), (Problem.INCONSISTENT,)),
        (FTYP + moov(made.trak()), (Problem.TRUNCATED,)),
        (whole(timed=299), (Problem.INCONSISTENT,)),
        (whole(timed=301), (Problem.INCONSISTENT,)),
        (HEAD, (Problem.TRUNCATED,)),
        (HEAD + fragment(0, 100), ()),
    ],
)
def test_what_is_wrong_is_said(data: bytes, problems: tuple[Problem, ...]) -> None:
    assert structure(data).problems == problems


def test_media_of_size_0_runs_to_the_end() -> None:
    data = FTYP + moov(made.trak(samples=3, length=300)) + box("mdat", bytes(50), size=0)
    assert structure(data).problems == ()


def test_media_of_64_bit_size_is_followed() -> None:
    data = FTYP + made.long_box("mdat", bytes(50)) + moov(made.trak(samples=3, length=300))
    assert structure(data).problems == ()


def test_a_million_tiny_boxes_end_early() -> None:
    source = Bytes(FTYP + box("free") * 1_000_000)
    with pytest.raises(TooManyBoxes):
        read_structure(source)
    assert source.reads <= MOST + 1


def test_an_index_larger_than_any_clip_needs_is_not_read() -> None:
    class Sparse(Bytes):
        def __init__(self, size: int) -> None:
            super().__init__(FTYP + box("moov", size=size))
            self.size = len(FTYP) + size

        def at(self, offset: int, length: int) -> bytes:
            assert length < 100
            return super().at(offset, length)

    with pytest.raises(TooManyBoxes):
        read_structure(Sparse(LARGEST_MOOV + 1))
    with pytest.raises(AssertionError):  # and is read while it is small enough
        read_structure(Sparse(LARGEST_MOOV))


def test_the_second_index_does_not_count() -> None:
    movie = structure(whole() + moov(made.trak(), made.trak(number=2))).movie or Movie()
    assert len(movie.tracks) == 1


def test_a_fragment_without_a_time_of_its_own_takes_it_from_the_index_at_the_end() -> None:
    untimed = made.moof(made.traf(PICTURE, start=None, lengths=[100] * 10)) + box("mdat", bytes(9))
    first = HEAD + untimed
    assert structure(first + untimed).lengths_ms == {}
    found = structure(first + untimed + made.mfra((PICTURE, 1000, len(first))))
    assert (found.lengths_ms, found.problems) == ({PICTURE: 2000}, ())


def test_picture_and_sound_that_end_in_different_fragments_are_both_found() -> None:
    head = FTYP + moov(made.trak(), made.trak(number=SOUND, handler=b"soun"), made.mvex(PICTURE, SOUND))
    data = head + fragment(0, 900) + fragment(0, 800, number=SOUND) + fragment(900, 50) + fragment(950, 50)
    assert structure(data).lengths_ms == {PICTURE: 1000, SOUND: 800}


def test_a_sound_that_ends_last_is_not_cut_off_by_an_index_that_lists_pictures_only() -> None:
    head = FTYP + moov(made.trak(), made.trak(number=SOUND, handler=b"soun"), made.mvex(PICTURE, SOUND))
    data = head + fragment(0, 900) + fragment(0, 1800, number=SOUND)
    found = structure(data + made.mfra((PICTURE, 0, len(head))))
    assert found.lengths_ms == {PICTURE: 900, SOUND: 1800}


def test_default_lengths_of_samples_count_from_the_fragment_and_from_the_header() -> None:
    own = made.traf(PICTURE, start=0, lengths=[0] * 5, default=70)
    assert structure(HEAD + made.moof(own) + box("mdat")).lengths_ms == {PICTURE: 350}
    head = FTYP + moov(made.trak(), made.mvex(PICTURE, each=40))
    theirs = box("traf", made.full("tfhd", made.words(PICTURE)), made.full("tfdt", made.words(0)), RUN_OF_SIX)
    assert structure(head + made.moof(theirs) + box("mdat")).lengths_ms == {PICTURE: 240}


RUN_OF_SIX = made.full("trun", made.words(6))


def test_a_recording_cut_out_of_a_longer_one_is_as_long_as_what_is_there() -> None:
    data = HEAD + fragment(3_900_000, 4000) + fragment(3_904_000, 4000)
    assert structure(data).lengths_ms == {PICTURE: 8000}


def test_64_bit_times_are_read() -> None:
    late = made.moof(made.traf(PICTURE, start=1 << 33, lengths=[500], wide=True)) + box("mdat")
    assert structure(HEAD + fragment(0, 1) + late).lengths_ms == {PICTURE: (1 << 33) + 500}


def test_letters_across_the_border_of_two_steps_are_found() -> None:
    last = made.moof(made.traf(PICTURE, start=0, lengths=[5]))
    at = len(HEAD)
    data = HEAD + last + box("mdat", bytes((1 << 20) + 6 - len(last) - 8))
    assert len(data) - (1 << 20) - (at + 4) == 2
    assert at in look_back(Bytes(data))


def test_native_code_is_shown_one_fragment_with_a_picture_and_no_more() -> None:
    data = HEAD + fragment(0, 1000) + fragment(1000, 1000)
    assert structure(data).shown == len(HEAD + fragment(0, 1000))
    head = FTYP + moov(made.trak(), made.trak(number=SOUND, handler=b"soun"), made.mvex(PICTURE, SOUND))
    sound_first = head + fragment(0, 900, number=SOUND) + fragment(0, 900)
    assert structure(sound_first + fragment(900, 900)).shown == len(sound_first)


def test_an_index_behind_the_media_comes_in_one_read() -> None:
    data, asked = whole(), list[tuple[int, int]]()

    def fetch(offset: int, length: int) -> bytes:
        asked.append((offset, length))
        return data[offset : offset + length]

    assert read_structure(Ranged(len(data), fetch, block=64)).problems == ()
    assert asked == [(0, 64), (320, len(data) - 320)]


def test_samples_in_front_of_the_fragments_count() -> None:
    """What some muxers write: the first second in the index, the rest in fragments."""
    sound = made.trak(number=SOUND, handler=b"soun", samples=10, length=700)
    head = FTYP + moov(made.trak(samples=10, length=1000), sound, made.mvex(PICTURE, SOUND)) + box("mdat", bytes(20))
    found = structure(head + fragment(1000, 1000))
    assert (found.layout, found.problems) == ("hybrid", ())
    assert found.lengths_ms == {PICTURE: 2000, SOUND: 700}


@pytest.mark.parametrize("lie", [0, 5, 60, 10**6])
def test_an_index_at_the_end_that_lies_is_not_followed(lie: int) -> None:
    data = HEAD + fragment(0, 1000) + fragment(1000, 1000)
    assert structure(data + made.mfra((PICTURE, 77, lie))).lengths_ms == {PICTURE: 2000}


def test_letters_in_the_media_that_spell_a_fragment_are_not_one() -> None:
    false = box("moof", made.traf(PICTURE, start=9_000_000, lengths=[5]))  # without the header every moof has
    bait = false + b"moof" + box("moof", b"whatever") + b"\0\0\0\x20moof" + box("free")
    data = HEAD + fragment(0, 1000) + made.moof(made.traf(PICTURE, start=1000, lengths=[5])) + box("mdat", bait)
    found = structure(data)
    assert (found.lengths_ms, found.problems) == ({PICTURE: 1005}, ())


def test_a_tail_full_of_letters_ends_early() -> None:
    with pytest.raises(TooManyBoxes):
        structure(HEAD + fragment(0, 1000) + box("mdat", b"moof" * (MOST + 1)))


@given(st.binary(max_size=200), st.sampled_from([b"", FTYP, HEAD, whole(), HEAD + fragment(0, 100)]))
def test_the_walk_never_reads_outside_the_file_and_ends(tail: bytes, head: bytes) -> None:
    source = Bytes(head + tail)
    found = read_structure(source)
    assert found.shown <= source.size
    assert source.reads < 500


@pytest.mark.parametrize("layout", ["end", "front", "fragmented", "fragmented-bare"])
@pytest.mark.parametrize("seed", range(60))
def test_flipped_bytes_never_surprise_the_walk(clip: Clip, layout: str, seed: int) -> None:
    chance = random.Random(f"{layout}{seed}")  # noqa: S311 - the same flips every time
    data = bytearray(clip(layout, seconds=1, width=160, height=90, rate=5))
    heads = [n for _, start, end in borders(bytes(data)) for n in range(start, min(start + 900, end))]
    for at in chance.sample(heads, 4):
        data[at] = chance.choice((0, 1, 0x7F, 0xFF, data[at] ^ 1 << chance.randrange(8)))
    source = Bytes(bytes(data))
    try:
        found = read_structure(source)
    except TooManyBoxes:
        return
    assert found.shown <= source.size


def test_an_index_of_fragments_in_two_boxes_is_no_index() -> None:
    whole_index = box("mfra", box("mfro", struct.pack(">II", 0, 8 + 16)))
    two = box("free") + whole_index[:-4] + struct.pack(">I", 8 + 8 + 16)
    assert signposts(Bytes(HEAD + fragment(0, 1000) + two)) == []
