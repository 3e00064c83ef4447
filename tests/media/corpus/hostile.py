"""Recordings made to do harm: to read too much, take too long, want too much memory, call somebody, or be believed.

What cannot be told from a recording is held; nothing here ends in anything but an answer.
"""

import zlib

from shared.domain.media import Problem, Warning  # noqa: A004 - the field's word
from tests.media import made
from tests.media.corpus.ingredients import (
    Ingredients,
    changed,
    grown,
    index_of,
    track,
)
from tests.media.corpus.shape import Family, Recording, Sparse
from tests.media.made import FTYP, HEAD, box, fragment, full, long_box, words

HOSTILE = Family(name="hostile")
NOTHING: dict[str, object] = {"seconds": None, "poster": False, "sources": ("camera",)}
PLAIN = (Warning.NO_AUDIO, Warning.NO_POSTER)
COMPLEX = (Problem.TOO_COMPLEX,)
GIBIBYTE = 1 << 30


@HOSTILE.row(problems=COMPLEX, **NOTHING)
def a_million_tiny_boxes(of: Ingredients) -> bytes:
    return FTYP + box("free") * 1_000_000


@HOSTILE.row(problems=COMPLEX, **NOTHING)
def a_million_tiny_boxes_in_the_index(of: Ingredients) -> bytes:
    return index_of(box("free") * 1_000_000)


@HOSTILE.row(problems=COMPLEX, **NOTHING)
def tiny_boxes_on_every_level_of_many_tracks(of: Ingredients) -> bytes:
    tables = box("stbl", box("free") * 4000)
    return index_of(box("trak", box("mdia", *[box("minf", tables)] * 20)) * 64)


@HOSTILE.row(problems=COMPLEX, **NOTHING)
def boxes_far_apart(of: Ingredients) -> Recording:
    """Each of them costs a read of its own."""
    step = 1 << 20
    return Sparse(
        len(FTYP) + 4000 * step, {0: FTYP} | {len(FTYP) + n * step: box("free", size=step) for n in range(4000)}
    )


@HOSTILE.row(problems=COMPLEX, **NOTHING)
def twenty_thousand_tracks(of: Ingredients) -> bytes:
    return index_of(made.trak() * 20_000)


@HOSTILE.row(problems=COMPLEX, **NOTHING)
def one_track_more_than_is_read(of: Ingredients) -> bytes:
    return index_of(track() * 65)


@HOSTILE.row(problems=COMPLEX, **NOTHING)
def an_index_of_a_gibibyte(of: Ingredients) -> Recording:
    return Sparse(len(FTYP) + GIBIBYTE, {0: FTYP + box("moov", size=GIBIBYTE)})


@HOSTILE.row(problems=COMPLEX, **NOTHING)
def four_thousand_million_samples(of: Ingredients) -> bytes:
    return changed(index_of(track()), b"stsz", 4, words(1, 0xFFFFFFFF))


@HOSTILE.row(problems=COMPLEX, **NOTHING)
def four_thousand_million_times(of: Ingredients) -> bytes:
    return changed(index_of(track()), b"stts", 4, words(0xFFFFFFFF))


@HOSTILE.row(problems=(Problem.INCONSISTENT,), warnings=(*PLAIN, Warning.ODD_FRAME_RATE), seconds=3900, poster=False)
def a_few_bytes_that_unfold_to_tables_of_gigabytes(of: Ingredients) -> bytes:
    """Sixty tracks, each of nearly four million samples of one size. Native code goes on without what did not fit."""
    tracks = [track(number=n, samples=3_900_000, length=3_900_000) for n in range(1, 61)]
    return index_of(*tracks, media=3_900_000)


@HOSTILE.row(
    problems=(Problem.INCONSISTENT,),
    warnings=(Warning.DURATIONS_DIFFER, *PLAIN, Warning.ODD_FRAME_RATE),
    seconds=0,
    poster=False,
)
def time_that_runs_backwards(of: Ingredients) -> bytes:
    return changed(index_of(track()), b"stts", 8, words(10, 0xFFFFFF00))


@HOSTILE.row(
    problems=(Problem.COMPRESSED_INDEX,), warnings=(Warning.CLOCK_UNSET, Warning.DURATION_UNKNOWN, *PLAIN), **NOTHING
)
def an_index_that_unpacks_to_half_a_gigabyte(of: Ingredients) -> bytes:
    packed = zlib.compress(bytes(1 << 22), 9)
    inner = box("cmov", box("dcom", b"zlib"), box("cmvd", words(1 << 29), packed))
    return FTYP + box("mdat", bytes(100)) + box("moov", inner)


@HOSTILE.row(problems=(Problem.NOT_VIDEO,), **NOTHING)
def a_playlist_named_mp4(of: Ingredients) -> bytes:
    return playlist(of)


def playlist(of: Ingredients) -> bytes:
    lines = ("#EXTM3U", "#EXT-X-TARGETDURATION:1", "#EXTINF:1,", f"{of.address}/segment.mp4", "#EXT-X-ENDLIST")
    return "\n".join(lines).encode() + b"\n"


@HOSTILE.row(problems=(Problem.NO_INDEX,), **NOTHING)
def a_playlist_in_a_box(of: Ingredients) -> bytes:
    return FTYP + box("free", playlist(of))


@HOSTILE.row(seconds=3)
def a_playlist_behind_it(of: Ingredients) -> bytes:
    return of.clip() + box("free", playlist(of))


@HOSTILE.row(problems=(Problem.NOT_VIDEO,), **NOTHING)
def a_page_that_fetches_a_picture(of: Ingredients) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{of.address}/x.png"/></svg>'.encode()


@HOSTILE.row(problems=(Problem.NOT_VIDEO,), **NOTHING)
def a_list_of_files_to_join(of: Ingredients) -> bytes:
    return f"ffconcat version 1.0\nfile '/etc/passwd'\nfile '{of.address}/x.mp4'\n".encode()


@HOSTILE.row(
    problems=(Problem.TRUNCATED, Problem.NO_VIDEO_TRACK),
    warnings=(Warning.DURATION_UNKNOWN, *PLAIN),
    seconds=None,
    poster=False,
)
def boxes_a_thousand_deep(of: Ingredients) -> bytes:
    inner = b""
    for _ in range(1000):
        inner = box("trak", inner)
    return index_of(inner)


def _size(name: str, size: int, problems: tuple[Problem, ...]) -> None:
    HOSTILE.add(name, lambda of: FTYP + box("free", bytes(40), size=size), problems=problems, **NOTHING)


_size("a box of seven bytes", 7, (Problem.INCONSISTENT, Problem.NO_INDEX))
_size("a box smaller than its long size", 1, (Problem.INCONSISTENT, Problem.NO_INDEX))
_size("a box of four gigabytes in fifty bytes", 0xFFFFFFFF, (Problem.TRUNCATED, Problem.NO_INDEX))


@HOSTILE.row(problems=(Problem.TRUNCATED, Problem.NO_INDEX), **NOTHING)
def a_box_as_long_as_numbers_go(of: Ingredients) -> bytes:
    return FTYP + long_box("mdat", bytes(40), size=(1 << 64) - 1)


@HOSTILE.row(problems=(Problem.TRUNCATED, Problem.NO_INDEX), **NOTHING)
def an_index_longer_than_the_file(of: Ingredients) -> bytes:
    return FTYP + box("moov", made.mvhd(), track(), size=1 << 30)


@HOSTILE.row(problems=(Problem.TRUNCATED,), warnings=PLAIN, seconds=3, poster=False)
def a_sample_at_the_end_of_all_numbers(of: Ingredients) -> bytes:
    far = grown(track(), "trak mdia minf stbl", full("co64", words(1), ((1 << 63) - 2).to_bytes(8, "big")))
    return index_of(far.replace(b"stco", b"free"))


@HOSTILE.row(warnings=(Warning.DURATION_UNKNOWN, Warning.NO_AUDIO), seconds=None)
def times_at_the_end_of_all_numbers(of: Ingredients) -> bytes:
    data = of.clip("fragmented-bare", audio=False)
    return changed(data, b"tfdt", 4, b"\xff" * 8, nth=3)


@HOSTILE.row(problems=(Problem.INCONSISTENT,), warnings=(Warning.DURATIONS_DIFFER, *PLAIN), seconds=3, poster=False)
def an_edit_that_waits_longer_than_numbers_go(of: Ingredients) -> bytes:
    edits = full("elst", words(1), ((1 << 63) - 1).to_bytes(8, "big"), b"\xff" * 8, words(1 << 16), version=1)
    return index_of(grown(track(), "trak", box("edts", edits)))


@HOSTILE.row(warnings=(Warning.DURATIONS_DIFFER, *PLAIN), seconds=0, poster=False)
def a_hundred_thousand_edits_that_show_nothing(of: Ingredients) -> bytes:
    edits = full("elst", words(100_000), words(0, 0, 1 << 16) * 100_000)
    return index_of(grown(track(), "trak", box("edts", edits)))


@HOSTILE.row(seconds=3)
def an_index_of_fragments_that_names_itself(of: Ingredients) -> bytes:
    data = of.clip("fragmented-bare")
    return data + made.mfra((1, 77, len(data)))


@HOSTILE.row(seconds=3)
def an_index_of_fragments_that_names_what_is_not_there(of: Ingredients) -> bytes:
    return of.clip("fragmented-bare") + made.mfra((1, 77, 0x7FFFFFFF), (1, 78, 5))


@HOSTILE.row(seconds=3)
def an_index_of_fragments_longer_than_the_file(of: Ingredients) -> bytes:
    return changed(of.clip("fragmented-bare") + made.mfra((1, 0, 5)), b"mfro", 4, words(0x7FFFFFFF))


@HOSTILE.row(problems=COMPLEX, **NOTHING)
def a_tail_full_of_what_looks_like_fragments(of: Ingredients) -> bytes:
    return HEAD + fragment(0, 1000) + box("mdat", b"moof" * 100_000)


@HOSTILE.row(problems=(Problem.TRUNCATED,), seconds=9000)
def a_fragment_written_inside_the_media(of: Ingredients) -> bytes:
    """Made to be found from the end. What it says of the length is believed, and that nothing follows it is seen."""
    bait = made.moof(made.traf(1, start=9000 * 10_240, lengths=[5]))
    return of.clip("fragmented-bare") + box("mdat", bait)


@HOSTILE.row(
    problems=(Problem.INCONSISTENT, Problem.UNREADABLE), warnings=(Warning.NO_POSTER,), seconds=2, poster=False
)
def a_run_of_four_thousand_million_samples(of: Ingredients) -> bytes:
    return changed(of.clip("fragmented-bare"), b"trun", 4, words(0xFFFFFFFF))


@HOSTILE.row(problems=(), warnings=PLAIN, seconds=3, poster=False)
def a_picture_of_four_thousand_million_points(of: Ingredients) -> bytes:
    return index_of(track(entry=made.sample_entry(b"avc1", 0xFFFF, 0xFFFF)))


@HOSTILE.row(seconds=3, warnings=(Warning.NO_POSTER,), poster=False)
def a_decoder_set_up_with_noise(of: Ingredients) -> bytes:
    return changed(of.clip(), b"avcC", 0, b"\xff" * 24)


@HOSTILE.row(problems=(Problem.TRUNCATED,), seconds=3)
def an_index_of_fragments_that_promises_the_moon(of: Ingredients) -> bytes:
    return changed(of.clip("fragmented-sidx"), b"sidx", 32, words(0x7FFFFFFF))
