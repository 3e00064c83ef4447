"""Sound recordings with something an officer or expert should know: held, with the warning that says it."""

import struct
from datetime import timedelta

from shared.domain.media import Warning  # noqa: A004 - the field's word
from tests.media import made
from tests.media.corpus.ingredients import (
    MEDIA_AT,
    START,
    Ingredients,
    changed,
    grown,
    in_index,
    index_of,
    metadata,
    spot,
    text_item,
    track,
    with_telemetry,
)
from tests.media.corpus.shape import Family
from tests.media.made import box, words

ODD = Family(name="odd")
PLAIN = (Warning.NO_AUDIO, Warning.NO_POSTER)
CAMERA_ALONE = ("camera",)


def clock(of: Ingredients, seconds: int) -> bytes:
    return changed(of.clip(), b"mvhd", 4, struct.pack(">I", seconds))


@ODD.row(seconds=3, warnings=(Warning.CLOCK_UNSET,), sources=CAMERA_ALONE)
def a_clock_never_set(of: Ingredients) -> bytes:
    return clock(of, 0)


@ODD.row(seconds=3, warnings=(Warning.CLOCK_UNSET,), sources=CAMERA_ALONE)
def a_clock_that_counts_from_1970(of: Ingredients) -> bytes:
    return clock(of, 1_772_366_400)


@ODD.row(seconds=3, warnings=(Warning.TIMES_DIFFER,))
def local_time_written_as_universal_time(of: Ingredients) -> bytes:
    return clock(of, made.CREATED + 8 * 3600)


@ODD.row(seconds=3)
def clocks_an_hour_apart_and_no_more(of: Ingredients) -> bytes:
    return clock(of, made.CREATED - 3600)


@ODD.row(seconds=3, warnings=(Warning.TIMES_DIFFER,), recorded_at=START - timedelta(days=4000))
def a_camera_that_says_another_year(of: Ingredients) -> bytes:
    return of.clip()


@ODD.row(seconds=3, warnings=(Warning.CLOCK_UNSET,), suffix=".mkv", sources=CAMERA_ALONE)
def matroska_without_a_clock(of: Ingredients) -> bytes:
    """Its element DateUTC counts from 2001."""
    return changed(of.clip(suffix=".mkv"), b"\x44\x61\x88", -1, bytes(8))


@ODD.row(seconds=3, warnings=(Warning.WRONG_EXTENSION,))
def matroska_named_mp4(of: Ingredients) -> bytes:
    return of.clip(suffix=".mkv")


@ODD.row(seconds=3, warnings=(Warning.WRONG_EXTENSION,), suffix=".mkv")
def mp4_named_mkv(of: Ingredients) -> bytes:
    return of.clip()


@ODD.row(seconds=3, warnings=(Warning.WRONG_EXTENSION,))
def quicktime_named_mp4(of: Ingredients) -> bytes:
    return of.clip(suffix=".mov")


@ODD.row(seconds=5, warnings=(Warning.LATE_AUDIO,))
def sound_two_seconds_late(of: Ingredients) -> bytes:
    return of.late_sound(seconds=2, flags="")


@ODD.row(seconds=5, warnings=(Warning.LATE_AUDIO,))
def sound_two_seconds_late_in_fragments(of: Ingredients) -> bytes:
    return of.late_sound(seconds=2, flags="+frag_keyframe+delay_moov+default_base_moof")


@ODD.row(seconds=1, warnings=(Warning.DURATIONS_DIFFER, Warning.NO_AUDIO))
def an_edit_list_that_shows_one_second_of_three(of: Ingredients) -> bytes:
    return changed(of.clip(audio=False), b"elst", 8, words(1000))


@ODD.row(seconds=32.5, warnings=(Warning.GAP, *PLAIN, Warning.ODD_FRAME_RATE), poster=False)
def half_a_minute_without_a_picture(of: Ingredients) -> bytes:
    return _timed(track(samples=11, length=32_500), (5, 250, 1, 30_000, 5, 250))


def _timed(one: bytes, times: tuple[int, ...]) -> bytes:
    """A file of one track whose samples last as long as these pairs say."""
    more = words(*times[2:])
    whole = changed(grown(one, "trak mdia minf stbl stts", more), b"stts", 4, words(len(times) // 2, *times[:2]))
    return index_of(whole)


@ODD.row(seconds=3, warnings=(Warning.NO_POSTER, Warning.UNKNOWN_CODEC), poster=False)
def a_codec_nobody_knows(of: Ingredients) -> bytes:
    return of.clip().replace(b"avc1", b"zzz9")


@ODD.row(seconds=3, warnings=(Warning.TEXT_NOT_UTF8,))
def text_that_is_not_utf_8(of: Ingredients) -> bytes:
    return of.clip().replace(b"Acme", b"\xff\xfe\xfdx")


@ODD.row(seconds=1, warnings=(*PLAIN, Warning.ODD_FRAME_RATE), poster=False)
def a_thousand_pictures_a_second(of: Ingredients) -> bytes:
    return index_of(track(samples=1000, length=1000), media=1000)


@ODD.row(seconds=3, warnings=(Warning.DURATIONS_DIFFER,))
def a_head_that_claims_an_hour_of_which_seconds_are_there(of: Ingredients) -> bytes:
    return grown(of.clip("fragmented"), "moov mvex", made.full("mehd", words(3_600_000)))


@ODD.row(seconds=None, warnings=(Warning.DURATION_UNKNOWN,))
def fragments_that_do_not_say_when(of: Ingredients) -> bytes:
    return of.clip("fragmented-bare").replace(b"tfdt", b"free")


@ODD.row(seconds=3)
def a_second_index(of: Ingredients) -> bytes:
    data = of.clip()
    return data + box("moov", made.mvhd(), made.trak(), made.trak(number=2))


@ODD.row(seconds=3)
def media_before_the_first_box(of: Ingredients) -> bytes:
    """As old QuickTime writes it, with the name of the format last of all."""
    data = of.clip("end")
    start, end = spot(data, "ftyp")
    # room of the same size keeps every sample where it was
    return box("free", bytes(end - start - 8)) + data[end:] + data[start:end]


@ODD.row(seconds=0.1, warnings=(*PLAIN,), poster=False)
def a_picture_larger_than_is_decoded(of: Ingredients) -> bytes:
    return of.clip(width=4096, height=2306, seconds=0.1, audio=False)


@ODD.row(seconds=3)
def sound_under_a_handler_of_somebodys_own(of: Ingredients) -> bytes:
    return of.clip().replace(b"soun", b"zzzz")


@ODD.row(seconds=3)
def a_position_off_the_globe(of: Ingredients) -> bytes:
    return in_index(of.clip(), text_item("\xa9xyz", b"+91.0000+000.0000/"))


@ODD.row(seconds=3)
def a_position_that_is_no_fix(of: Ingredients) -> bytes:
    return in_index(of.clip(), text_item("\xa9xyz", b"+00.0000+000.0000/"))


@ODD.row(seconds=3, warnings=(Warning.TEXT_NOT_UTF8,))
def a_position_in_no_alphabet(of: Ingredients) -> bytes:
    return in_index(of.clip(), metadata(b"com.apple.quicktime.location.ISO6709", b"\xff\xfe" * 40))


@ODD.row(seconds=3)
def telemetry_that_is_something_else(of: Ingredients) -> bytes:
    return with_telemetry(of.clip(), b"#EXTM3U\n" * 40)


@ODD.row(seconds=3, warnings=PLAIN, poster=False)
def media_kept_elsewhere(of: Ingredients) -> bytes:
    """The index says that the media is at an address."""
    reference = box("dinf", made.full("dref", words(1), made.full("url ", f"{of.address}/clip.mp4\0".encode())))
    return index_of(track(dinf=reference, offset=MEDIA_AT))
