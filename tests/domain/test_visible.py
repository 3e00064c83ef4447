"""What is shown hides nothing and reorders nothing; what can be seen stays as it is."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.visible import HIDDEN, JOINERS, visible
from tests.domain.chance import steady


@pytest.mark.parametrize(
    "given_text, shown",
    [
        ("PC Zoë Łukasiewicz", "PC Zoë Łukasiewicz"),
        ("", ""),
        ("a\nb\r\tc\x00", "a<U+000A>b<U+000D><U+0009>c<U+0000>"),
        ("PC \u202elive\u202c", "PC <U+202E>live<U+202C>"),
        ("\u2066x\u2069\u200e\u200f\u061c", "<U+2066>x<U+2069><U+200E><U+200F><U+061C>"),
        ("\u2028\u2029\ufeff\u00ad", "<U+2028><U+2029><U+FEFF><U+00AD>"),
        ("\ud800 \ue000 \U000e0041 \U0010ffff", "<U+D800> <U+E000> <U+E0041> <U+10FFFF>"),
        ("م\u200cح", "م\u200cح"),
        ("ශ්\u200dරී", "ශ්\u200dරී"),
        ("a\u200cb", "a<U+200C>b"),
        ("\u200dم", "<U+200D>م"),
        ("م\u200c\u200c", "م\u200c<U+200C>"),
        ("م \u200d", "م <U+200D>"),
        ("\u0661\u200d", "\u0661<U+200D>"),
    ],
)
def test_what_cannot_be_seen_is_written_as_its_number(given_text: str, shown: str) -> None:
    assert visible(given_text) == shown


@steady
@given(st.text(st.characters(exclude_categories=[])))
def test_nothing_of_any_text_hides(text: str) -> None:
    shown = visible(text)
    hidden = [each for each in shown if unicodedata.category(each) in HIDDEN and each not in JOINERS]
    assert hidden == []
    assert shown.isprintable() or any(unicodedata.category(each) == "Zs" or each in JOINERS for each in shown)


@steady
@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_what_can_be_seen_stays_as_it_is(text: str) -> None:
    assert visible(text) == text
