"""Which characters are printed as they are: those that some font has, with the marks that stand on them."""

import json

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.printing.fonts import folders, in_order, numbered, printable
from shared.domain.visible import visible
from tests.domain.chance import steady
from tests.transcripts import NAMES

FONTS = typst.Fonts(include_system_fonts=False, font_paths=folders())
ONE_LINE = """
#set document(title: "one line")
#set text(font: json(bytes(sys.inputs.fonts)))
#sys.inputs.line
"""


def shows(line: str) -> bool:
    """Whether the typesetter can show every character of it: PDF/UA-1 does not let it leave one out."""
    given_line = {"line": line, "fonts": json.dumps(in_order(FONTS.families()))}
    try:
        typst.compile(ONE_LINE.encode(), font_paths=FONTS, sys_inputs=given_line, format="pdf", pdf_standards="ua-1")
    except typst.TypstError:
        return False
    return True


@pytest.mark.parametrize(
    "name", [*NAMES, "naïve", "Ångström", "e\u0301", "م\u200cح", "ශ්\u200dරී", "😀", "→", "㍿", "𠮷"]
)
def test_what_the_fonts_have_stays_as_it_is_and_is_shown(name: str) -> None:
    assert printable(name) == name
    assert shows(name)


@pytest.mark.parametrize(
    "text, as_numbers",
    [
        ("\U00010380", "<U+10380>"),
        ("a\U00010380b", "a<U+10380>b"),
        ("x\u0e31", "x<U+0E31>"),
        ("王\u0591", "<U+738B><U+0591>"),
        ("\u0591", "\u0591"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_what_no_font_has_is_written_as_its_number_with_what_stands_on_it(text: str, as_numbers: str) -> None:
    assert printable(text) == as_numbers


def test_numbered_leaves_nothing_that_could_be_missing() -> None:
    assert numbered("Zoë 王") == "Zo<U+00EB> <U+738B>"


def test_the_typesetter_does_refuse_what_it_cannot_show() -> None:
    """Else the test below would not tell anything."""
    assert not shows("\U00010380")


@steady
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30).map(visible))
def test_whatever_is_said_printable_or_all_in_numbers_it_is_shown(text: str) -> None:
    assert shows(printable(text)) or shows(numbered(text))


@pytest.mark.slow
def test_all_that_counts_as_printable_is_shown() -> None:
    """Every character below the supplementary planes, by the typesetter's own word."""
    every = "".join(visible(chr(code)) for code in range(0x20, 0x10000) if not 0xD800 <= code <= 0xDFFF)
    letters = " ".join(each for each in every if printable(each) == each and each.isalnum())
    assert len(letters) > 80_000
    assert shows(letters)
