"""Recordings as body cameras and phones write them: held, and no warning but what they lack."""

import struct

from shared.domain.media import Warning  # noqa: A004 - the field's word
from tests.media import made
from tests.media.corpus.ingredients import (
    Ingredients,
    changed,
    in_index,
    klv,
    metadata,
    nested,
    spot,
    text_item,
    with_telemetry,
)
from tests.media.corpus.shape import Family, Recording, Sparse
from tests.media.made import box, long_box

GOOD = Family(name="good")
GREENWICH = (51_503_300, -119_600)
TWO_GIBIBYTES = 2 << 30


@GOOD.row(seconds=3)
def index_at_the_end(of: Ingredients) -> bytes:
    return of.clip("end")


@GOOD.row(seconds=3)
def index_at_the_front(of: Ingredients) -> bytes:
    return of.clip("front")


@GOOD.row(seconds=3)
def fragments_with_an_index_at_the_end(of: Ingredients) -> bytes:
    return of.clip("fragmented")


@GOOD.row(seconds=3)
def fragments_with_an_index_at_the_front(of: Ingredients) -> bytes:
    return of.clip("fragmented-sidx")


@GOOD.row(seconds=3)
def fragments_without_an_index(of: Ingredients) -> bytes:
    return of.clip("fragmented-bare")


@GOOD.row(seconds=3)
def hybrid(of: Ingredients) -> bytes:
    return of.clip("hybrid")


@GOOD.row(seconds=3, suffix=".mov")
def quicktime(of: Ingredients) -> bytes:
    return of.clip(suffix=".mov")


@GOOD.row(seconds=3, suffix=".mkv")
def matroska(of: Ingredients) -> bytes:
    return of.clip(suffix=".mkv")


@GOOD.row(seconds=1)
def hevc(of: Ingredients) -> bytes:
    return of.clip(codec="libx265", seconds=1)


@GOOD.row(seconds=1)
def av1(of: Ingredients) -> bytes:
    return of.clip(codec="libsvtav1", seconds=1)


@GOOD.row(seconds=1)
def mpeg_4(of: Ingredients) -> bytes:
    return of.clip(codec="mpeg4", seconds=1)


@GOOD.row(seconds=2, warnings=(Warning.NO_AUDIO,))
def no_sound(of: Ingredients) -> bytes:
    return of.clip(audio=False, seconds=2)


@GOOD.row(seconds=2, warnings=(Warning.NO_AUDIO,))
def no_sound_in_fragments(of: Ingredients) -> bytes:
    return of.clip("fragmented", audio=False, seconds=2)


@GOOD.row(seconds=0.1, warnings=(Warning.NO_AUDIO,))
def one_picture(of: Ingredients) -> bytes:
    return of.clip(audio=False, seconds=0.1)


@GOOD.row(seconds=1)
def twenty_five_pictures_a_second(of: Ingredients) -> bytes:
    return of.clip(rate=25, seconds=1)


@GOOD.row(seconds=3)
def media_to_the_end_of_the_file(of: Ingredients) -> bytes:
    data = of.clip("front")
    start, _ = spot(data, "mdat")
    return data[:start] + bytes(4) + data[start + 4 :]


@GOOD.row(seconds=3)
def two_gibibytes_index_at_the_end(of: Ingredients) -> Recording:
    """A hole at the end of the media: no sample moves."""
    data = of.clip("end")
    (free, media), (_, media_end), (index, index_end) = (spot(data, kind) for kind in ("free", "mdat", "moov"))
    tail = TWO_GIBIBYTES - (index_end - index)
    head = data[:free] + long_box("mdat", size=tail - free) + data[media + 8 : media_end]
    return Sparse(TWO_GIBIBYTES, {0: head, tail: data[index:]})


@GOOD.row(seconds=3)
def two_gibibytes_index_at_the_front(of: Ingredients) -> Recording:
    data = of.clip("front")
    (free, media) = spot(data, "free")
    head = data[:free] + long_box("mdat", size=TWO_GIBIBYTES - free) + data[media + 8 :]
    return Sparse(TWO_GIBIBYTES, {0: head})


@GOOD.row(seconds=3)
def a_turned_camera(of: Ingredients) -> bytes:
    quarter = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 180 << 16, 0, 1 << 30)
    return changed(of.clip(), b"tkhd", 40, quarter)


@GOOD.row(seconds=3)
def telemetry_longer_than_the_picture(of: Ingredients) -> bytes:
    entry = made.sample_entry(b"gpmd")
    return in_index(of.clip(), made.trak(number=9, handler=b"meta", length=90_000, entry=entry))


@GOOD.row(seconds=3, position=GREENWICH)
def a_position_in_user_data(of: Ingredients) -> bytes:
    return in_index(of.clip(), text_item("\xa9xyz", b"+51.5033-000.1196/"))


@GOOD.row(seconds=3, position=(51_503_333, -119_722))
def a_position_in_degrees_minutes_and_seconds(of: Ingredients) -> bytes:
    return in_index(of.clip(), text_item("\xa9xyz", b"+513012.0-0000711.0+010.5/"))


@GOOD.row(seconds=3, position=GREENWICH)
def a_position_in_quicktime_metadata(of: Ingredients) -> bytes:
    return in_index(of.clip(), metadata(b"com.apple.quicktime.location.ISO6709", b"+51.5033-000.1196+010.000/"))


@GOOD.row(seconds=3, position=GREENWICH, sources=("camera", "container", "position"))
def a_position_in_telemetry(of: Ingredients) -> bytes:
    stream = nested(
        b"STRM",
        klv(b"GPSF", b"L", 4, made.words(3)),
        klv(b"GPSU", b"U", 16, b"260301120002.500"),
        klv(b"SCAL", b"l", 4, struct.pack(">5i", 10_000_000, 10_000_000, 1000, 1000, 100)),
        klv(b"GPS5", b"l", 20, struct.pack(">5i", 515_033_000, -1_196_000, 10_500, 0, 0)),
    )
    return with_telemetry(of.clip(), nested(b"DEVC", klv(b"DVNM", b"c", 4, b"Hero"), stream))


@GOOD.row(seconds=3, position=GREENWICH, sources=("camera", "container", "position"))
def a_position_in_newer_telemetry(of: Ingredients) -> bytes:
    days = 9556  # from 2000-01-01 to 2026-03-01
    row = struct.pack(">7i2H", 515_033_000, -1_196_000, 10_500, 0, 0, days, 43_202_500, 200, 3)
    scales = struct.pack(">9i", 10_000_000, 10_000_000, 1000, 1000, 100, 1, 1000, 100, 1)
    stream = nested(
        b"STRM", klv(b"TYPE", b"c", 1, b"lllllllSS"), klv(b"SCAL", b"l", 4, scales), klv(b"GPS9", b"?", 32, row)
    )
    return with_telemetry(of.clip(), nested(b"DEVC", nested(b"STRM", klv(b"TMPC", b"f", 4, bytes(4))), stream))


@GOOD.row(seconds=3)
def telemetry_without_a_fix(of: Ingredients) -> bytes:
    stream = nested(
        b"STRM",
        klv(b"GPSF", b"L", 4, made.words(0)),
        klv(b"SCAL", b"l", 4, made.words(10_000_000)),
        klv(b"GPS5", b"l", 20, struct.pack(">5i", 515_033_000, -1_196_000, 0, 0, 0)),
    )
    return with_telemetry(of.clip(), nested(b"DEVC", stream))


@GOOD.row(seconds=3)
def boxes_nobody_knows_around_it(of: Ingredients) -> bytes:
    data = of.clip("front")
    return data + box("uuid", bytes(16), b"acme") + box("free", bytes(5)) + box("acme", b"serial")
