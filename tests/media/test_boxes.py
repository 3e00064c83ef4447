"""The box walker: sizes that lie, too many boxes, and never a byte outside the file."""

import pytest

from shared.adapters.media.boxes import MOST, NotABox, TooManyBoxes, children, read_box
from shared.adapters.media.movie import MOST_TRACKS, parse_movie
from shared.adapters.media.tables import MOST_SAMPLES
from tests.media import made
from tests.media.made import Bytes, box, long_box


def test_the_three_forms_of_a_size() -> None:
    short, wide, rest = box("free", b"12"), long_box("mdat", b"123"), box("mdat", b"1234", size=0)
    source = Bytes(short + wide + rest)
    first = read_box(source, 0)
    second = read_box(source, first.end)
    third = read_box(source, second.end)
    assert [(b.kind, b.start, b.body, b.end) for b in (first, second, third)] == [
        (b"free", 0, 8, 10),
        (b"mdat", 10, 26, 29),
        (b"mdat", 29, 37, 41),
    ]


@pytest.mark.parametrize(
    "data",
    [
        box("free", size=7),
        box("free", size=2),
        long_box("free", size=15),
        long_box("free", size=0),
        long_box("free")[:15],
        b"\0\0\0\x10\0\0\0\0" + bytes(8),
        b"\0\0\0\x10fre\x7f" + bytes(8),
    ],
)
def test_what_cannot_be_a_box_is_none(data: bytes) -> None:
    with pytest.raises(NotABox):
        read_box(Bytes(data), 0)


def test_the_smallest_boxes_are_boxes() -> None:
    assert read_box(Bytes(box("free")), 0).end == 8
    assert read_box(Bytes(long_box("free")), 0).end == 16
    assert read_box(Bytes(box("\xa9xyz")), 0).kind == b"\xa9xyz"


def test_a_box_may_claim_more_than_the_file_but_a_child_no_more_than_what_holds_it() -> None:
    lying = box("free", b"12", size=100)
    assert read_box(Bytes(lying), 0).end == 100
    with pytest.raises(NotABox):
        list(children(lying, 0, len(lying)))


def test_a_terminator_of_four_zeros_is_left_over() -> None:
    data = box("free") + bytes(4)
    assert [b.kind for b in children(data, 0, len(data))] == [b"free"]


def test_so_many_boxes_on_one_level_and_not_one_more() -> None:
    level = box("free") * MOST
    assert len(list(children(level, 0, len(level)))) == MOST
    with pytest.raises(TooManyBoxes):
        list(children(level + box("free"), 0, len(level) + 8))


def test_so_many_tracks_and_not_one_more() -> None:
    assert len(parse_movie(box("moov", made.trak() * MOST_TRACKS)).tracks) == MOST_TRACKS
    with pytest.raises(TooManyBoxes):
        parse_movie(box("moov", made.trak() * (MOST_TRACKS + 1)))


def test_so_many_samples_and_not_one_more() -> None:
    assert parse_movie(box("moov", made.trak(samples=MOST_SAMPLES))).samples == MOST_SAMPLES
    with pytest.raises(TooManyBoxes):
        parse_movie(box("moov", made.trak(samples=MOST_SAMPLES + 1)))


def test_a_movie_says_what_its_tracks_are() -> None:
    moov = box("moov", made.mvhd(), made.trak(samples=30, length=3000), made.trak(number=2, handler=b"soun"))
    movie = parse_movie(moov)
    picture, sound = movie.tracks
    assert (picture.handler, picture.tables.entry, picture.width, picture.height) == ("vide", "mp4v", 64, 48)
    assert (picture.timescale, picture.length, picture.tables.samples, picture.tables.timed) == (1000, 3000, 30, 30)
    assert (sound.number, sound.handler) == (2, "soun")
    assert movie.created == made.CREATED
    assert not movie.fragmented


def test_a_version_1_header_is_64_bits_wide() -> None:
    mvhd = made.full("mvhd", (1 << 40).to_bytes(8, "big"), bytes(8), made.words(1000), bytes(8), version=1)
    assert parse_movie(box("moov", mvhd)).created == 1 << 40


@pytest.mark.parametrize("cut", range(8, 60))
def test_a_table_that_ends_before_its_entries_do_is_not_sound(cut: int) -> None:
    stts = made.full("stts", made.words(6, *range(12)))
    whole = box("stbl", stts)
    short = box("stbl", box("stts", stts[8:cut]))
    moov = [box("moov", box("trak", box("mdia", box("minf", stbl)))) for stbl in (whole, short)]
    assert parse_movie(moov[0]).tracks[0].tables.timed == 0 + 2 + 4 + 6 + 8 + 10
    with pytest.raises(NotABox):
        parse_movie(moov[1])


@pytest.mark.parametrize(
    "pairs,longest",
    [((3, 100), 100), ((1, 9000), 0), ((3, 100, 1, 9000), 100), ((3, 100, 1, 9000, 3, 100), 9000), ((1, 9, 1, 5), 9)],
)
def test_the_longest_sample_is_found_and_the_last_one_does_not_count(pairs: tuple[int, ...], longest: int) -> None:
    stts = made.full("stts", made.words(len(pairs) // 2, *pairs))
    tables = parse_movie(box("moov", box("trak", box("mdia", box("minf", box("stbl", stts)))))).tracks[0].tables
    assert tables.longest == longest


@pytest.mark.parametrize("kind,offset", [("stco", made.words(77)), ("co64", bytes(3) + b"\1" + made.words(77))])
def test_where_the_first_sample_lies_is_read(kind: str, offset: bytes) -> None:
    sizes = made.full("stsz", made.words(0, 2, 500, 600))
    stbl = box("stbl", sizes, made.full(kind, made.words(1), offset))
    tables = parse_movie(box("moov", box("trak", box("mdia", box("minf", stbl))))).tracks[0].tables
    assert (tables.first_at, tables.first_size) == (int.from_bytes(offset, "big"), 500)


def test_empty_edits_at_the_beginning_are_a_delay_and_later_ones_are_not() -> None:
    nothing, media = made.words(1500, 0xFFFFFFFF, 1 << 16), made.words(900, 0, 1 << 16)
    edits = made.full("elst", made.words(4), nothing, nothing, media, nothing)
    movie = parse_movie(box("moov", made.mvhd(timescale=500), box("trak", box("edts", edits))))
    assert movie.delay_ms(movie.tracks[0]) == 6000
