"""Own walk and native code together, in this process: what is concluded from both."""

import random
import struct
from io import BytesIO

import pytest
from PIL import Image

from shared.adapters.media.conclude import LONGEST_MS
from shared.adapters.media.examine import examine
from shared.adapters.media.native import MOST_PIXELS, POSTER_WIDTH
from shared.adapters.media.ranged import Ranged
from shared.domain.media import Inspection, Media, Problem, Warning  # noqa: A004 - the field's word
from tests.media import made
from tests.media.conftest import Clip
from tests.media.made import FTYP, borders, box


def examined(data: bytes) -> Inspection:
    published: list[Inspection] = []
    found = examine(Ranged(len(data), lambda offset, length: data[offset : offset + length]), published.append)
    assert not published or published[-1] == found
    return found


def media_of(data: bytes) -> Media:
    media = examined(data).media
    assert media is not None
    return media


def changed(data: bytes, near: bytes, offset: int, value: bytes) -> bytes:
    """The bytes after the letters of a box, overwritten."""
    at = data.index(near) + 4 + offset
    return data[:at] + value + data[at + len(value) :]


@pytest.mark.parametrize("layout", ["end", "front", "hybrid", "fragmented", "fragmented-bare"])
def test_a_cut_at_any_border_or_by_one_byte_is_never_called_whole_and_as_long(clip: Clip, layout: str) -> None:
    data = clip(layout)
    whole = media_of(data).duration_ms
    for kind, start, end in borders(data):
        # without its index at the end a file of fragments has lost nothing
        for cut in {start, end - 1, start + 1} - ({start} if kind in ("ftyp", "mfra") else set()):
            found = examined(data[:cut])
            assert found.problems or (found.media is not None and (found.media.duration_ms or 0) < (whole or 0) - 500)


def test_an_index_whose_media_is_gone_is_truncated(clip: Clip) -> None:
    """Cut at the border between moov and mdat the boxes add up; the sample tables do not."""
    data = clip("front")
    index_end = next(end for kind, _, end in borders(data) if kind == "moov")
    assert Problem.TRUNCATED in examined(data[:index_end]).problems


def test_an_index_whose_media_is_empty_is_not_whole(clip: Clip) -> None:
    data = clip("front")
    start = next(start for kind, start, _ in borders(data) if kind == "mdat")
    assert examined(data[:start] + box("mdat")).problems


def test_media_to_the_end_of_the_file_cut_short_is_truncated(clip: Clip) -> None:
    """A size of 0 always adds up."""
    data = clip("front")
    start = next(start for kind, start, _ in borders(data) if kind == "mdat")
    open_ended = data[:start] + bytes(4) + data[start + 4 :]
    assert examined(open_ended).problems == ()
    assert examined(open_ended[:-1]).problems == (Problem.TRUNCATED,)


def test_the_length_is_the_longer_of_picture_and_sound(clip: Clip) -> None:
    media = media_of(clip(seconds=1))
    assert media.video is not None
    assert media.audio is not None
    assert media.duration_ms == max(media.video.duration_ms or 0, media.audio.duration_ms or 0)
    assert media.duration_ms == pytest.approx(1000, abs=100)


def test_a_data_track_does_not_make_a_recording_longer(clip: Clip) -> None:
    data = clip("end")
    at = data.index(b"moov") - 4
    (size,) = struct.unpack_from(">I", data, at)
    telemetry = made.trak(number=9, handler=b"meta", length=90_000, entry=made.sample_entry(b"gpmd"))
    longer = data[:at] + struct.pack(">I", size + len(telemetry)) + data[at + 4 :] + telemetry
    found = examined(longer)
    assert found.problems == ()
    assert found.media is not None
    assert found.media.duration_ms == pytest.approx(3000, abs=100)
    assert found.media.warnings == ()


def test_a_header_that_claims_more_than_is_there_is_a_warning() -> None:
    head = FTYP + box("moov", made.mvhd(), made.trak(), made.mvex(1, claimed=3_900_000))
    data = head + made.moof(made.traf(1, start=0, lengths=[1000] * 8)) + box("mdat", bytes(80))
    media = media_of(data)
    assert media.duration_ms == 8000
    assert Warning.DURATIONS_DIFFER in media.warnings
    true = head.replace(struct.pack(">I", 3_900_000), struct.pack(">I", 8_000))
    assert Warning.DURATIONS_DIFFER not in media_of(true + data[len(head) :]).warnings


def test_a_length_nobody_can_say_is_unknown() -> None:
    head = FTYP + box("moov", made.mvhd(), made.trak(), made.mvex(1))
    untimed = made.moof(made.traf(1, start=None, lengths=[1000])) + box("mdat", bytes(80))
    media = media_of(head + untimed)
    assert media.duration_ms is None
    assert Warning.DURATION_UNKNOWN in media.warnings


@pytest.mark.parametrize("length,expected", [(LONGEST_MS, LONGEST_MS), (LONGEST_MS + 1, None)])
def test_a_length_of_months_is_no_length(length: int, expected: int | None) -> None:
    head = FTYP + box("moov", made.mvhd(), made.trak(), made.mvex(1))
    long = made.traf(1, start=0, lengths=[0]), made.traf(1, start=length - 1, lengths=[1], wide=True)
    data = head + b"".join(made.moof(one) + box("mdat", bytes(8)) for one in long)
    assert media_of(data).duration_ms == expected


@pytest.mark.parametrize(
    "seconds,expected",
    [
        (0, None),
        (made.CREATED, "2026-03-01T12:00:00+00:00"),
        (1_993_000_000, None),
        (3_187_382_399, None),
        (3_187_382_400, "2005-01-01T00:00:00+00:00"),
    ],
)
def test_the_clock_is_a_time_or_was_never_set(clip: Clip, seconds: int, expected: str | None) -> None:
    media = media_of(changed(clip(), b"mvhd", 4, struct.pack(">I", seconds)))
    assert (media.created_at and media.created_at.isoformat()) == expected
    assert (Warning.CLOCK_UNSET in media.warnings) == (expected is None)


def test_a_codec_nobody_knows_is_a_warning_and_the_recording_is_indexed(clip: Clip) -> None:
    found = examined(clip().replace(b"avc1", b"zzz9"))
    assert found.problems == ()
    assert found.media is not None
    assert {Warning.UNKNOWN_CODEC, Warning.NO_POSTER} <= set(found.media.warnings)
    assert found.media.video is not None
    assert (found.media.video.codec, found.media.video.width) == ("zzz9", 320)
    assert found.media.duration_ms == pytest.approx(3000, abs=100)


def test_encrypted_footage_says_so(clip: Clip) -> None:
    assert Problem.ENCRYPTED in examined(clip().replace(b"avc1", b"encv")).problems


def test_a_recording_without_picture_is_none(clip: Clip) -> None:
    found = examined(clip().replace(b"vide", b"data"))
    assert found.problems == (Problem.NO_VIDEO_TRACK,)


def test_a_recording_without_sound_is_taken_with_a_warning(clip: Clip) -> None:
    found = examined(clip(audio=False))
    assert found.problems == ()
    assert found.media is not None
    assert found.media.warnings == (Warning.NO_AUDIO,)


def test_text_that_is_not_utf_8_is_a_warning(clip: Clip) -> None:
    assert media_of(clip().replace(b"Acme", b"\xff\xfe\xfdx")).warnings == (Warning.TEXT_NOT_UTF8,)


def test_an_odd_frame_rate_is_a_warning() -> None:
    track = made.trak(samples=1000, length=1000, offset=36)
    data = FTYP + box("mdat", bytes(1000)) + box("moov", made.mvhd(), track)
    assert Warning.ODD_FRAME_RATE in media_of(data).warnings


def test_the_other_codec_and_quicktime_are_known(clip: Clip) -> None:
    media = media_of(clip(suffix=".mov", codec="libx265", width=640, height=360, seconds=0.5))
    assert media.container == "mov"
    assert media.video is not None
    assert media.video.codec == "hevc"


@pytest.mark.parametrize(
    "width,height,poster", [(320, 180, (320, 180)), (1280, 720, (640, 360)), (640, 482, (640, 482))]
)
def test_the_poster_is_a_plain_jpeg_no_wider_than_it_must_be(
    clip: Clip, width: int, height: int, poster: tuple[int, int]
) -> None:
    found = examined(clip(width=width, height=height, seconds=0.2))
    assert found.poster is not None
    picture = Image.open(BytesIO(found.poster))
    assert picture.format == "JPEG"
    assert picture.size == poster
    assert picture.size[0] <= POSTER_WIDTH
    assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"Lavc" not in found.poster
    assert b"D01A7F42" not in found.poster


def test_the_poster_shows_the_picture(clip: Clip) -> None:
    """The clock stands light on dark in the upper right corner."""
    poster = examined(clip()).poster
    assert poster is not None
    corner = Image.open(BytesIO(poster)).convert("L").crop((140, 5, 314, 18))
    darkest, lightest = corner.getextrema()
    assert darkest < 60  # type: ignore[operator]
    assert lightest > 180  # type: ignore[operator]


def test_a_turned_camera_gives_an_upright_poster(clip: Clip) -> None:
    """The matrix of the track header: a quarter turn."""
    quarter = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 180 << 16, 0, 1 << 30)
    data = changed(clip(), b"tkhd", 40, quarter)
    poster = examined(data).poster
    assert poster is not None
    assert Image.open(BytesIO(poster)).size == (180, 320)


@pytest.mark.parametrize("height,drawn", [(2304, True), (2306, False)])
def test_pictures_are_decoded_up_to_the_cap_and_no_further(clip: Clip, height: int, drawn: bool) -> None:
    assert (4096 * height <= MOST_PIXELS) == drawn
    found = examined(clip(width=4096, height=height, seconds=0.1, audio=False))
    assert (found.poster is not None) == drawn
    assert found.media is not None
    assert (Warning.NO_POSTER in found.media.warnings) != drawn


def test_a_clip_without_a_key_frame_has_no_poster_and_is_taken(clip: Clip) -> None:
    """The sync sample table names none."""
    data = changed(clip(), b"stss", 4, bytes(4))
    found = examined(data)
    assert found.problems == ()


@pytest.mark.parametrize("layout", ["end", "fragmented"])
@pytest.mark.parametrize("seed", range(100))
def test_flipped_bytes_end_in_an_answer(clip: Clip, layout: str, seed: int) -> None:
    chance = random.Random(f"{layout}{seed}")  # noqa: S311 - the same flips every time
    data = bytearray(clip(layout, seconds=1, width=160, height=90, rate=5, audio=False))
    heads = [n for kind, start, end in borders(bytes(data)) for n in range(start, end) if kind != "mdat"]
    for at in chance.sample(heads, chance.randrange(1, 5)):
        data[at] = chance.choice((0, 1, 0x7F, 0xFF, data[at] ^ 1 << chance.randrange(8)))
    found = examined(bytes(data))
    assert found.media is not None or found.problems
