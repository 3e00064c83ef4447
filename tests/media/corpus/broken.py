"""Recordings that something happened to: kept, in quarantine, with what is wrong with them."""

from shared.domain.media import Problem, Warning  # noqa: A004 - the field's word
from tests.media import made
from tests.media.corpus.ingredients import Ingredients, changed, in_index, index_of, spot, track
from tests.media.corpus.shape import Family
from tests.media.made import FTYP, box, words

BROKEN = Family(name="broken")
NOTHING: dict[str, object] = {"seconds": None, "poster": False, "sources": ("camera",)}


@BROKEN.row(problems=(Problem.EMPTY,), **NOTHING)
def no_bytes(of: Ingredients) -> bytes:
    return b""


@BROKEN.row(problems=(Problem.NOT_VIDEO,), **NOTHING)
def one_byte(of: Ingredients) -> bytes:
    return b"\0"


@BROKEN.row(problems=(Problem.NOT_VIDEO,), **NOTHING)
def noughts(of: Ingredients) -> bytes:
    return bytes(100_000)


@BROKEN.row(problems=(Problem.NOT_VIDEO,), **NOTHING)
def a_photograph(of: Ingredients) -> bytes:
    return b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(10_000) + b"\xff\xd9"


@BROKEN.row(problems=(Problem.NOT_VIDEO,), **NOTHING)
def a_letter(of: Ingredients) -> bytes:
    return b"Dear Sir, the camera of PC 4711 did not turn on.\n" * 100


@BROKEN.row(problems=(Problem.NO_INDEX,), **NOTHING)
def the_first_box_alone(of: Ingredients) -> bytes:
    return FTYP


@BROKEN.row(problems=(Problem.NO_INDEX,), **NOTHING)
def media_and_no_index(of: Ingredients) -> bytes:
    data = of.clip("end")
    return data[: spot(data, "moov")[0]]


def cut(layout: str, kind: str, nth: int, **expected: object) -> None:
    def make(of: Ingredients) -> bytes:
        data = of.clip(layout)  # type: ignore[arg-type]
        return data[: spot(data, kind, nth=nth)[0]]

    BROKEN.add(f"{layout}, cut before {kind} {nth}", make, **expected)


def byte_short(layout: str, problems: tuple[Problem, ...], **expected: object) -> None:
    BROKEN.add(f"{layout}, a byte short", lambda of: of.clip(layout)[:-1], problems=problems, **expected)  # type: ignore[arg-type]


TRUNCATED, NO_INDEX = (Problem.TRUNCATED,), (Problem.NO_INDEX,)
HEAD_ALONE = (Warning.DURATION_UNKNOWN, Warning.NO_POSTER)
for one_piece in ("end", "hybrid"):
    for one in ("free", "mdat", "moov"):
        cut(one_piece, one, 1, problems=NO_INDEX, **NOTHING)
    byte_short(one_piece, (Problem.TRUNCATED, Problem.NO_INDEX), **NOTHING)
cut("front", "moov", 1, problems=NO_INDEX, **NOTHING)
cut("front", "free", 1, problems=TRUNCATED, warnings=(Warning.NO_POSTER,), seconds=3, poster=False)
cut("front", "mdat", 1, problems=TRUNCATED, warnings=(Warning.NO_POSTER,), seconds=3, poster=False)
byte_short("front", TRUNCATED, seconds=3)
for pieces in ("fragmented", "fragmented-sidx"):
    # only the index at the front says how many were to follow
    whole = TRUNCATED if pieces == "fragmented-sidx" else ()
    cut(pieces, "moov", 1, problems=NO_INDEX, **NOTHING)
    cut(pieces, "moof", 1, problems=TRUNCATED, warnings=HEAD_ALONE, seconds=None, poster=False)
    cut(pieces, "mdat", 1, problems=TRUNCATED, warnings=(Warning.NO_POSTER,), seconds=1, poster=False)
    cut(pieces, "moof", 2, problems=whole, seconds=1)
    cut(pieces, "mdat", 2, problems=TRUNCATED, seconds=2)
    cut(pieces, "moof", 3, problems=whole, seconds=2)
    cut(pieces, "mdat", 3, problems=TRUNCATED, seconds=3)
    byte_short(pieces, TRUNCATED, seconds=3)
cut("fragmented", "mfra", 1, seconds=3)
cut("fragmented-sidx", "sidx", 1, problems=TRUNCATED, warnings=HEAD_ALONE, seconds=None, poster=False)
cut("fragmented-sidx", "sidx", 2, problems=TRUNCATED, warnings=HEAD_ALONE, seconds=None, poster=False)


@BROKEN.row(problems=TRUNCATED, suffix=".mkv", seconds=3)
def matroska_cut_in_half(of: Ingredients) -> bytes:
    data = of.clip(suffix=".mkv")
    return data[: len(data) // 2]


@BROKEN.row(problems=(Problem.TRUNCATED, Problem.UNREADABLE), suffix=".mkv", **NOTHING)
def the_head_of_a_matroska(of: Ingredients) -> bytes:
    return of.clip(suffix=".mkv")[:10]


@BROKEN.row(problems=(Problem.INCONSISTENT,), seconds=3)
def garbage_behind_it(of: Ingredients) -> bytes:
    return of.clip("front") + b"\xde\xad\xbe\xef" * 64


@BROKEN.row(problems=TRUNCATED, seconds=3)
def three_bytes_behind_it(of: Ingredients) -> bytes:
    return of.clip("front") + b"end"


@BROKEN.row(problems=TRUNCATED, warnings=(Warning.NO_POSTER,), seconds=3, poster=False)
def an_index_and_empty_media(of: Ingredients) -> bytes:
    data = of.clip("front")
    return data[: spot(data, "mdat")[0]] + box("mdat")


@BROKEN.row(problems=(Problem.ENCRYPTED,), warnings=(Warning.NO_POSTER, Warning.UNKNOWN_CODEC), seconds=3, poster=False)
def encrypted(of: Ingredients) -> bytes:
    return of.clip().replace(b"avc1", b"encv")


@BROKEN.row(problems=(Problem.NO_VIDEO_TRACK,), warnings=(Warning.NO_POSTER,), seconds=3, poster=False)
def sound_alone(of: Ingredients) -> bytes:
    return of.clip().replace(b"trak", b"free", 1)


PLAIN = (Warning.NO_AUDIO, Warning.NO_POSTER)
ALONE = ("camera",)
MADE: dict[str, object] = {"problems": (Problem.INCONSISTENT,), "poster": False}


@BROKEN.row(**MADE, warnings=PLAIN, seconds=3)
def more_times_than_samples(of: Ingredients) -> bytes:
    return index_of(track(timed=12))


@BROKEN.row(**MADE, warnings=(Warning.CLOCK_UNSET, Warning.DURATION_UNKNOWN, *PLAIN), seconds=None, sources=ALONE)
def an_index_of_noughts(of: Ingredients) -> bytes:
    return FTYP + box("mdat", bytes(100)) + box("moov", bytes(200))


@BROKEN.row(problems=TRUNCATED, warnings=PLAIN, seconds=3, poster=False)
def samples_beyond_the_end(of: Ingredients) -> bytes:
    return index_of(track(offset=5000))


@BROKEN.row(**MADE, warnings=PLAIN, seconds=3)
def a_movie_that_counts_no_time(of: Ingredients) -> bytes:
    return index_of(track(), timescale=0)


@BROKEN.row(**MADE, warnings=(*PLAIN, Warning.ODD_FRAME_RATE), seconds=3000)
def a_track_that_counts_no_time(of: Ingredients) -> bytes:
    """Others take it to count seconds."""
    return index_of(track(timescale=0))


@BROKEN.row(problems=(Problem.NO_VIDEO_TRACK,), warnings=(Warning.DURATION_UNKNOWN, *PLAIN), seconds=None, poster=False)
def an_index_without_tracks(of: Ingredients) -> bytes:
    return index_of()


@BROKEN.row(**MADE, warnings=(Warning.CLOCK_UNSET, Warning.NO_POSTER), seconds=3, sources=ALONE)
def an_index_with_a_box_cut_short(of: Ingredients) -> bytes:
    return changed(of.clip(), b"stsc", -8, words(3))


@BROKEN.row(problems=TRUNCATED, seconds=1.75)
def a_fragment_promised_and_not_there(of: Ingredients) -> bytes:
    data = of.clip("fragmented-bare", seconds=1)
    return data + made.moof(made.traf(1, start=12_800, lengths=[5120]))


@BROKEN.row(problems=TRUNCATED, warnings=PLAIN, seconds=0, poster=False)
def tracks_without_samples(of: Ingredients) -> bytes:
    return index_of(made.trak())


@BROKEN.row(problems=(Problem.INCONSISTENT, Problem.UNREADABLE), warnings=(Warning.NO_POSTER,), seconds=3, poster=False)
def an_index_of_fragments_that_ends_too_early(of: Ingredients) -> bytes:
    return changed(of.clip("fragmented-sidx"), b"sidx", 30, b"\xff\xff")


@BROKEN.row(problems=(Problem.INCONSISTENT,), warnings=(Warning.CLOCK_UNSET,), seconds=3, sources=ALONE)
def a_box_longer_than_the_index_it_stands_in(of: Ingredients) -> bytes:
    return in_index(of.clip(), box("free", size=90))
