"""Where a recording began: ISO 6709 in its two boxes, GoPro's telemetry in its two ways; else nowhere."""

import struct
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.media.gopro import LONGEST, first_fix, fix_in
from shared.adapters.media.movie import Track, parse_movie
from shared.adapters.media.tables import Tables
from shared.domain.media import Position, PositionSource
from tests.media import made
from tests.media.corpus.ingredients import klv, metadata, nested, text_item
from tests.media.made import Bytes, box, words

LOCATION = b"com.apple.quicktime.location.ISO6709"


def found_in(*parts: bytes) -> Position | None:
    return parse_movie(box("moov", made.mvhd(), *parts)).position


@pytest.mark.parametrize(
    "text,north,east",
    [
        (b"+51.5033-000.1196/", 51_503_300, -119_600),
        (b"+51-000/", 51_000_000, 0),
        (b"-33.856784+151.215297+025.000/", -33_856_784, 151_215_297),
        (b"+5130.198-00007.176/", 51_503_300, -119_600),
        (b"+513011.88-0000710.56CRSWGS_84/", 51_503_300, -119_600),
        (b"+90.0000+180.0000/", 90_000_000, 180_000_000),
        (b"+51.50331949-000.11960050/", 51_503_319, -119_600),
    ],
)
def test_a_position_is_whole_microdegrees(text: bytes, north: int, east: int) -> None:
    both = (text_item("\xa9xyz", text), PositionSource.USER_DATA), (metadata(LOCATION, text), PositionSource.QUICKTIME)
    for part, source in both:
        assert found_in(part) == Position(latitude_microdegrees=north, longitude_microdegrees=east, source=source)


@pytest.mark.parametrize(
    "text",
    [
        b"", b"/", b"51.5-000.1/", b"+90.0001+000.0000/", b"+51.5+180.0001/", b"+00.0000+000.0000/", b"+5.5+1.5/",
        b"+51.5033", b"+515-000/", b"+\xd9\xa5\xd9\xa1-000/", b"+51.1234567890123-000/", b"nowhere",
    ],
)  # fmt: skip
def test_what_is_no_position_is_none(text: bytes) -> None:
    assert found_in(text_item("\xa9xyz", text)) is None
    assert found_in(metadata(LOCATION, text)) is None


def test_the_first_that_says_is_believed() -> None:
    silent, one, other = box("udta"), text_item("\xa9xyz", b"+10+010/"), metadata(LOCATION, b"+20+020/")
    assert found_in(silent, one, other) == found_in(one)
    assert found_in(metadata(b"com.acme.serial", b"+20+020/"), one) == found_in(one)


@given(st.binary(max_size=120), st.sampled_from(["udta", "meta"]))
def test_no_bytes_surprise_the_reader_of_positions(data: bytes, kind: str) -> None:
    """And never do they make the index unsound."""
    movie = parse_movie(box("moov", made.mvhd(), box(kind, data)))
    assert movie.created == made.CREATED


FIX = klv(b"GPS5", b"l", 20, struct.pack(">5i", 515_033_000, -1_196_000, 0, 0, 0))
SCALE = klv(b"SCAL", b"l", 4, words(10_000_000))
THREE = klv(b"GPSF", b"L", 4, words(3))


def device(*items: bytes) -> bytes:
    return nested(b"DEVC", nested(b"STRM", *items))


def test_a_fix_without_a_time_is_a_position_without_one() -> None:
    assert fix_in(device(THREE, SCALE, FIX)) == Position(
        latitude_microdegrees=51_503_300, longitude_microdegrees=-119_600, source=PositionSource.GOPRO
    )


def test_a_fix_carries_the_satellites_time() -> None:
    when = klv(b"GPSU", b"U", 16, b"260301120002.500")
    found = fix_in(device(THREE, when, SCALE, FIX))
    assert found is not None
    assert found.at == datetime(2026, 3, 1, 12, 0, 2, 500_000, tzinfo=UTC)


def test_a_newer_fix_counts_days_from_2000() -> None:
    row = struct.pack(">7i2H", 515_033_000, -1_196_000, 0, 0, 0, 9556, 43_202_500, 200, 3)
    scales = struct.pack(">9i", 10_000_000, 10_000_000, 1, 1, 1, 1, 1000, 100, 1)
    found = fix_in(device(klv(b"SCAL", b"l", 4, scales), klv(b"GPS9", b"?", 32, row)))
    assert found is not None
    assert found.at == datetime(2026, 3, 1, 12, 0, 2, 500_000, tzinfo=UTC)
    assert fix_in(device(klv(b"SCAL", b"l", 4, scales), klv(b"GPS9", b"?", 32, row[:-1] + b"\0"))) is None


@pytest.mark.parametrize("dimensions", [0, 1, 4])
def test_without_a_fix_there_is_no_position(dimensions: int) -> None:
    assert fix_in(device(klv(b"GPSF", b"L", 4, words(dimensions)), SCALE, FIX)) is None


@pytest.mark.parametrize("items", [(SCALE, FIX), (THREE, FIX), (THREE, SCALE), (THREE, SCALE, FIX[:-4]), ()])
def test_a_fix_of_which_a_part_is_missing_is_none(items: tuple[bytes, ...]) -> None:
    assert fix_in(device(*items)) is None


@given(st.binary(max_size=300))
def test_no_bytes_surprise_the_reader_of_telemetry(data: bytes) -> None:
    assert fix_in(data) is None
    assert fix_in(device(data)) is None


@pytest.mark.parametrize("size,reads", [(100, 1), (LONGEST + 100, 1), (1 << 30, 0)])
def test_telemetry_costs_one_read_of_limited_length(size: int, reads: int) -> None:
    source = Bytes(device(THREE, SCALE, FIX).ljust(LONGEST + 100, b"\0"))
    track = Track(number=1, tables=Tables(entry="gpmd", first_at=0, first_size=size))
    assert (first_fix(source, (track,)) is not None) == bool(reads)
    assert source.reads == reads
