"""A trail on paper: everything on it can be read, by eye and aloud, in any script; and nothing runs out of it."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
import segno

from shared.domain.entry import Change, Entry, Reason
from shared.domain.transcript import committed
from shared.domain.transcript_print import TO_VERIFY, as_printed
from shared.domain.weed import condemned, tombstone
from tests.builders import NOW, RECORDING, SHA256, an_actor, an_asking, an_entry, an_overdue_clip
from tests.printing.papers import SERVICE, Paper, opened, printed
from tests.transcripts import CHECKPOINT, NAMES, UNBROKEN, a_transcript

TRANSCRIPT = a_transcript(len(NAMES))
MILLIMETRE = 72 / 25.4
MARKUP = '#panic("x") *bold* _it_ $x^2$ `raw` <label> @ref \\ // #sys.inputs.page \\u{41} -- ... ~ "quoted"'


@pytest.fixture(scope="module")
async def paper() -> Paper:
    return await printed(TRANSCRIPT)


def an_entry_of(name: str, *, text: str = "to see") -> Entry:
    return an_entry(asking=an_asking(actor=an_actor(name=name)), reason=Reason(code="stated", text=text))[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_any_script_of_the_city_is_there_to_be_read(paper: Paper, name: str) -> None:
    assert paper.says(name)


def test_every_reason_is_there_whole_however_long_its_words(paper: Paper) -> None:
    reasons = [entry.reason.text or "" for entry in TRANSCRIPT.entries if entry.reason]
    assert UNBROKEN in reasons
    assert [reason for reason in reasons if not paper.says(f"Reason stated: {reason}")] == []


def test_the_hashes_and_what_binds_each_entry_can_be_copied_as_they_are(paper: Paper) -> None:
    assert paper.text.count(SHA256) == 1
    assert [entry.number for entry in TRANSCRIPT.entries if committed(entry) not in paper.text] == []
    assert paper.says(f"Ledger {CHECKPOINT.origin} Size {CHECKPOINT.size} entries Root")
    assert all(paper.says(words) for words in TO_VERIFY)


def test_it_says_where_to_ask_for_what_can_be_verified_and_what_it_takes(paper: Paper) -> None:
    assert paper.says(f"This trail is at {SERVICE}/api/footage/{RECORDING}/trail")
    assert paper.says(f"The checkpoint is at {SERVICE}/api/ledger/checkpoint?size={CHECKPOINT.size}")
    assert paper.says("one file, continuity-verify.pyz")
    assert paper.says("Python and its package cryptography")


def test_nothing_of_it_is_outside_of_the_page_or_lies_on_something_else(paper: Paper) -> None:
    assert (paper.outside, paper.overprinted) == ((), ())


def test_every_page_says_whose_trail_it_is_and_which_of_how_many_it_is(paper: Paper) -> None:
    count = len(paper.pages)
    assert count > 1
    for number, page in enumerate(paper.pages, start=1):
        assert f"Page {number} of {count}" in page
        assert f"Trail of recording {RECORDING}" in page


def test_it_can_be_read_aloud(paper: Paper) -> None:
    """Tagged, in its language, with a title and headings: PDF/UA-1, which the printer holds it against itself."""
    assert paper.tagged
    assert paper.title == f"Trail of recording {RECORDING}"
    assert b"/Lang(en-GB)" in paper.raw
    assert b"<pdfuaid:part>1</pdfuaid:part>" in paper.raw
    entries = [f"{entry.number}. {entry.action}, granted" for entry in TRANSCRIPT.entries]
    assert list(paper.headings) == [paper.title, "The ledger, and how to verify this", "Entries", *entries]


def test_it_is_read_in_the_order_in_which_it_is_said(paper: Paper) -> None:
    numbers = re.findall(r"^(\d+)\. footage\.categorised, granted", paper.text, re.MULTILINE)
    assert numbers == [str(entry.number) for entry in TRANSCRIPT.entries]
    labels = ["Recording", "Camera", "SHA-256", "This paper", "The ledger", "Root", "Entries", "When", "Who", "Reason"]
    found = [paper.text.index(f"\n{label}") for label in labels]
    assert found == sorted(found)


def test_the_square_code_says_what_binds_the_trail(paper: Paper) -> None:
    """Read off the page dot by dot."""
    code = as_printed(TRANSCRIPT, public_base_url=SERVICE).code
    expected = [list(map(bool, row)) for row in segno.make_qr(code, error="m").matrix]
    assert dots(paper.raw, len(expected)) == expected


def dots(raw: bytes, count: int) -> list[list[bool]]:
    """The right-most square of the first page, as so many dots each way."""
    scale = 4
    with opened(raw) as document:
        bitmap = document[0].render(scale=scale, grayscale=True).to_numpy().squeeze() < 128
    first = int((210 - 18 - 46) * MILLIMETRE * scale)
    rows = bitmap[int(60 * MILLIMETRE * scale) : int(200 * MILLIMETRE * scale), first:]
    dark = rows.any(axis=1).nonzero()[0]
    runs = [run for run in _runs(dark.tolist()) if run[1] - run[0] > 20 * MILLIMETRE * scale]
    (top, bottom), across = runs[0], rows[runs[0][0] : runs[0][1] + 1].any(axis=0).nonzero()[0]
    left, right = int(across[0]), int(across[-1])
    places = [(number + 0.5) / count for number in range(count)]
    return [
        [bool(rows[int(top + y * (bottom - top + 1)), int(left + x * (right - left + 1))]) for x in places]
        for y in places
    ]


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """Where they follow one another, but for the few white lines that are in a code."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number - runs[-1][1] < 8:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


async def test_what_no_font_has_or_nobody_sees_is_printed_as_its_number_and_markup_as_it_is() -> None:
    odd = {
        MARKUP: MARKUP,
        f"= {MARKUP}": f"= {MARKUP}",
        "PC \u202eeivets\u202c": "PC <U+202E>eivets<U+202C>",
        "\U00010380 of Ugarit": "<U+10380> of Ugarit",
        "x\u0e31\u0591": "x<U+0E31><U+0591>",
        "\ue000\ufffe": "<U+E000><U+FFFE>",
        "e\u0301 ශ්\u200dරී": "e\u0301 ශ්\u200dරී",
    }
    entries = [replace(an_entry_of(name), number=number) for number, name in enumerate(odd, start=1)]
    paper = await printed(a_transcript(told=entries))
    missing = [shown for shown in odd.values() if not paper.says(shown)]
    assert missing == []
    assert paper.outside == ()


async def test_two_long_texts_stand_further_apart_than_the_lines_of_one() -> None:
    long = ("a value that goes on and on until it fills more than one line, " * 5)[:300]
    changes = (Change(field="incident", before=long, after=long),)
    paper = await printed(a_transcript(told=[an_entry(changes=changes)[0]]))
    number = next(number for number, page in enumerate(paper.pages) if "incident became" in page)
    with opened(paper.raw) as document:
        text = document[number].get_textpage()
        said = text.get_text_range()
        begins = [said.index(f"incident {word}") for word in ("was", "became")]
        feet = [text.get_charbox(at)[1] for at in range(*begins) if said[at] == "n"]
        beneath = text.get_charbox(said.index("n", begins[1]))[1]
    lines = sorted({round(foot, 1) for foot in feet}, reverse=True)
    apart = max(upper - lower for upper, lower in pairwise(lines))
    assert len(lines) > 2
    assert lines[-1] - beneath > apart + 2


@pytest.mark.slow
async def test_words_wider_than_the_page_are_broken_in_every_script() -> None:
    words = ["W" * 90, "ﷺ" * 60, "മ" * 120, "王" * 200, "𐍈" * 30, "m" * 31 + "\u200b" + "i" * 70, "-" * 200]
    changes = (Change(field="f" * 120, before="b" * 120, after="https://" + "a" * 190),)
    entries = [
        replace(an_entry(asking=an_asking(actor=an_actor(name=word, role=word), session="s" * 150, request="r" * 90),
                         reason=Reason(code="stated", text=word), recipient=word, changes=changes,
                         action="a" * 100)[0], number=number)
        for number, word in enumerate(words, start=1)
    ]  # fmt: skip
    paper = await printed(a_transcript(told=entries))
    assert paper.outside == ()
    assert paper.says("W" * 90)
    assert paper.says("https://" + "a" * 190)


@pytest.mark.slow
async def test_an_entry_with_more_changes_than_a_page_has_lines_goes_on_on_the_next() -> None:
    changes = tuple(Change(field=f"field-{number}", before="a", after="b") for number in range(100))
    paper = await printed(a_transcript(told=[an_entry(changes=changes)[0]]))
    assert [change.field for change in changes if not paper.says(f"{change.field} became b")] == []
    assert paper.outside == ()
    assert paper.overprinted == ()


@pytest.mark.slow
async def test_a_weeded_clip_before_the_first_checkpoint_has_its_paper_too() -> None:
    gone = tombstone(condemned(an_overdue_clip(), "R5 31 days over", now=NOW), now=NOW)
    paper = await printed(a_transcript(2, clip=gone, checkpoint=None))
    assert paper.says("State weeded")
    assert paper.says("there is no checkpoint")


@pytest.mark.slow
async def test_five_hundred_entries_are_all_there() -> None:
    transcript = a_transcript(500)
    paper = await printed(transcript)
    assert [entry.number for entry in transcript.entries if committed(entry) not in paper.text] == []
    reasons = [f"Reason stated: {entry.reason.text}" for entry in transcript.entries if entry.reason]
    assert [reason for reason in reasons if not paper.says(reason)] == []
    assert len(paper.headings) == 503
    assert f"Page {len(paper.pages)} of {len(paper.pages)}" in paper.pages[-1]
    assert 60 <= len(paper.pages) <= 200
    assert paper.overprinted == ()
    assert paper.outside == ()
