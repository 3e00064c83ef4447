"""Hostile rows, continued: what stands beside the picture (text, positions, telemetry), and Matroska."""

import struct

from shared.domain.media import Problem
from tests.media.corpus.hostile import NOTHING
from tests.media.corpus.ingredients import (
    Ingredients,
    changed,
    in_index,
    klv,
    metadata,
    nested,
    text_item,
    with_telemetry,
)
from tests.media.corpus.shape import Family
from tests.media.made import box, words

SMUGGLED = Family(name="hostile")


@SMUGGLED.row(seconds=3)
def text_of_eight_megabytes(of: Ingredients) -> bytes:
    return in_index(of.clip(), text_item("\xa9cmt", b"A" * 60_000), box("udta", box("name", b"A" * (8 << 20))))


@SMUGGLED.row(seconds=3)
def metadata_with_a_lying_size(of: Ingredients) -> bytes:
    return changed(in_index(of.clip(), metadata(b"x", b"y")), b"ilst", 0, words(0xFFFFFFF0), nth=2)


@SMUGGLED.row(seconds=3)
def a_position_as_code(of: Ingredients) -> bytes:
    return in_index(of.clip(), text_item("\xa9xyz", b"+51.5033;import os;-000.1196/"))


@SMUGGLED.row(seconds=3)
def telemetry_that_claims_more_than_there_is(of: Ingredients) -> bytes:
    return with_telemetry(of.clip(), struct.pack(">4scBH", b"DEVC", b"\0", 255, 65535) + b"STRM\0\xff\xff\xff")


@SMUGGLED.row(seconds=3)
def telemetry_a_thousand_deep(of: Ingredients) -> bytes:
    inner = b""
    for _ in range(1000):
        inner = nested(b"STRM", inner)
    return with_telemetry(of.clip(), nested(b"DEVC", inner))


@SMUGGLED.row(seconds=3)
def telemetry_divided_by_nought(of: Ingredients) -> bytes:
    fix = klv(b"GPS5", b"l", 20, struct.pack(">5i", 1, 1, 1, 1, 1))
    stream = nested(b"STRM", klv(b"GPSF", b"L", 4, words(3)), klv(b"SCAL", b"l", 4, words(0)), fix)
    return with_telemetry(of.clip(), nested(b"DEVC", stream))


@SMUGGLED.row(seconds=3)
def telemetry_outside_the_file(of: Ingredients) -> bytes:
    return with_telemetry(of.clip(), b"GPS5" * 8, at=0xFFFFFFF0)


@SMUGGLED.row(problems=(Problem.UNREADABLE,), suffix=".mkv", **NOTHING)
def matroska_of_noise(of: Ingredients) -> bytes:
    return b"\x1a\x45\xdf\xa3" + b"\xff" * 5000


@SMUGGLED.row(problems=(Problem.TRUNCATED,), suffix=".mkv", seconds=3)
def matroska_with_a_lying_size(of: Ingredients) -> bytes:
    return changed(of.clip(suffix=".mkv"), b"\x18\x53\x80\x67", 0, b"\x01" + b"\x7f" * 7)


@SMUGGLED.row(problems=(Problem.TRUNCATED, Problem.UNREADABLE), suffix=".mkv", **NOTHING)
def matroska_nested_without_end(of: Ingredients) -> bytes:
    data = of.clip(suffix=".mkv")
    return data[:200] + b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff" * 2000
