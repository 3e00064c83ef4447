"""What is refused of a $filter: what is none, with its place; what this feed does not do; and what is too much."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.odata.lexer import LONGEST
from shared.domain.odata.parser import DEEPEST, MOST_ITEMS, MOST_TERMS, parsed_filter
from shared.domain.odata.sets import AUDIT_ENTRIES
from shared.domain.odata.syntax import Among, Condition, Some
from shared.errors import Malformed, Refusal, Unsupported
from tests.domain.chance import steady

a, b = "action eq 'a'", "action eq 'b'"
WORDS = ["action", "eq", "ne", "in", "not", "(", ")", ",", "'a'", "5", "null", "year(", "and", "or", "/"]


def parsed(text: str) -> Condition:
    return parsed_filter(text, AUDIT_ENTRIES)


@pytest.mark.parametrize(
    "text,place,expected",
    [
        ("", 1, "expected a column, a value, a function or a bracket"),
        (")", 1, "expected a column, a value, a function or a bracket"),
        (f"{a} and", 15 + 3, "expected a column, a value, a function or a bracket"),
        (f"{a})", 14, "this bracket was never opened"),
        (f"({a}", 15, "expected )"),
        (f"{a} {b}", 15, "expected and, or, or the end"),
        ("action EQ 'a'", 1, "expected a condition, such as a column, eq and a value"),
        ("action", 1, "expected a condition, such as a column, eq and a value"),
        ("not action eq 'a'", 5, "expected a condition, such as a column, eq and a value"),
        ("action eq 'a", 11, "a string that begins here has no end"),
        ("action eq 'a'and pending", 14, "expected a blank after the string"),
        ("action eq x'a'", 11, "expected a blank before the string"),
        ("action eq 1and pending", 11, "expected a value, with a blank after it"),
        ("action eq 5", 8, "action is compared with text in single quotes"),
        ("number eq '5'", 8, "number is compared with a whole number"),
        ("occurredAt ge 2026-01-01", 12, "occurredAt is compared with a time, as 2026-11-25T20:52:56Z"),
        ("localDate ge 2026-01-01T00:00:00Z", 11, "localDate is compared with a date, as 2026-11-25"),
        ("year(occurredAt) eq '2026'", 18, "year(occurredAt) is compared with a whole number"),
        ("pending eq 1", 9, "pending is compared with true or false"),
        ("pending gt false", 9, "true and false are compared with eq and ne"),
        ("occurredAt ge 2026-02-30T00:00:00Z", 15, "there is no such date between the years 1 and 9999"),
        ("occurredAt ge 0001-01-01T00:00:00+01:00", 15, "there is no such date between the years 1 and 9999"),
        ("localDate eq 12026-01-01", 14, "there is no such date between the years 1 and 9999"),
        ("occurredAt ge 2026-01-01T24:00:00Z", 15, "a time is written 2026-11-25T20:52:56Z or with an offset"),
        ("occurredAt ge 2026-01-01T00:00:00 01:00", 15, "a time is written 2026-11-25T20:52:56Z or with an offset"),
        ("id eq 6f1c2a9e-0b1d-4c57-9a43-2f0f5f3f7a10", 7, "an id stands in single quotes here"),
        ("salt eq 'x'", 1, "AuditEntries has no column salt"),
        ("_etag eq 'x'", 1, "AuditEntries has no column _etag"),
        ("matches(action,'a')", 1, "there is no function matches"),
        ("contains(action)", 1, "contains takes a column of text and a text in single quotes"),
        ("contains(number,'5')", 1, "contains takes a column of text and a text in single quotes"),
        ("contains(action,null)", 1, "contains takes a column of text and a text in single quotes"),
        ("year(action) eq 2026", 1, "year takes a column of times"),
        ("tolower(number) eq 'a'", 1, "tolower takes a column of text"),
        ("action in ('a',)", 16, "expected a column, a value, a function or a bracket"),
        ("action in 'a'", 11, "expected ("),
        ("action in ('a',5)", 16, "action is compared with text in single quotes"),
        ("action in ('a',actorId)", 16, "a list holds values and nothing else"),
        ("'a' in ('a')", 5, "in stands between a column and a list of values"),
        ("1 lt 'a'", 3, "the two values are of different types"),
        ("(pending eq true) eq 'true'", 19, "a condition is compared with true or false, with eq or ne"),
        ("action eq '\ud800'", 11, "half a character is no text"),
        ("action eq\n'a'", 1, "expected a condition, such as a column, eq and a value"),
    ],
)
def test_what_is_no_filter_is_refused_with_its_place_and_what_was_expected(
    text: str, place: int, expected: str
) -> None:
    with pytest.raises(Malformed) as no:
        parsed(text)
    assert no.value.field == "$filter"
    assert str(no.value).startswith(f"the filter is not understood at character {place}: {expected}")


@pytest.mark.parametrize(
    "text",
    [
        "subject eq trail",
        "(pending eq true) eq (pending eq false)",
        "number add 1 eq 5",
        "number mod 2 eq 1",
        "-number gt 1",
        "number gt 1.5",
        "number gt 12345678901234567890",
        "style/x eq 1",
        "action has Sales.Pattern'Yellow'",
        "action eq duration'PT1S'",
        "occurredAt ge datetime'2026-01-01T00:00:00'",
        "Products/any(p:p/x eq 1)",
        "any()",
        "length(action) eq 5",
        "indexof(action,'a') eq -1",
        "concat(action,'a') eq 'b'",
        "cast(action,Edm.String) eq 'a'",
        "isof(action,Edm.String)",
        "geo.distance(x,y) lt 1",
        "occurredAt gt now()",
        "time(occurredAt) eq 12:00",
        "number gt 12:00:00",
        "substring(action,1) eq 'a'",
        "matchesPattern(action,'^a')",
        "contains('abc',action)",
        "contains(action,subject)",
        "tolower(toupper(action)) eq 'a'",
        "year(2026-01-01) eq 2026",
        "year(localDate) eq 2026",
        "$it eq 'a'",
        "@p eq 'a'",
        "action eq @p",
        'action in ["a"]',
        'action eq {"a":1}',
        "changes eq 'a'",
        "contains(changes,'a')",
    ],
)
def test_odata_that_this_feed_does_not_do_is_said_to_be_that(text: str) -> None:
    with pytest.raises(Unsupported, match="what this feed does not do") as no:
        parsed(text)
    assert no.value.field == "$filter"


def test_a_filter_has_no_more_characters_than_it_may() -> None:
    most = "action eq '" + "x" * (LONGEST - 12) + "'"
    assert len(most) == LONGEST
    parsed(most)
    with pytest.raises(Malformed, match="at most 8000 characters, not 8001"):
        parsed(most + " ")


def test_a_filter_is_no_deeper_than_it_may_be() -> None:
    assert parsed("(" * DEEPEST + "pending" + ")" * DEEPEST) == parsed("pending")
    for opening in ("(", "not ", "not(", "tolower("):
        with pytest.raises(Malformed, match=f"at most {DEEPEST} brackets deep"):
            parsed(opening * (DEEPEST + 1) + "pending")


def test_brackets_side_by_side_are_not_deep() -> None:
    assert isinstance(parsed(" or ".join(["(not (pending))"] * (DEEPEST + 1))), Some)


def test_a_filter_names_no_more_than_it_may() -> None:
    assert isinstance(parsed(" or ".join(["pending"] * MOST_TERMS)), Some)
    with pytest.raises(Malformed, match=f"at most {MOST_TERMS} columns and values"):
        parsed(" or ".join(["pending"] * (MOST_TERMS + 1)))


def test_a_list_has_no_more_values_than_it_may() -> None:
    assert isinstance(parsed(f"number in ({','.join(['1'] * MOST_ITEMS)})"), Among)
    with pytest.raises(Malformed, match=f"at most {MOST_ITEMS} values"):
        parsed(f"number in ({','.join(['1'] * (MOST_ITEMS + 1))})")


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000,
        "not " * 25_000 + "pending",
        " or ".join([a] * 7_000),
        "action in (" + ",".join(["'x'"] * 25_000) + ")",
        "'" * 99_999,
        "contains(" * 11_000,
        "pending" + " eq true" * 12_000,
        "☂" * 100_000,
        "\x00" * 100_000,
        "1" * 100_000,
    ],
)
def test_a_hundred_thousand_characters_are_refused_whatever_they_are(text: str) -> None:
    for cut in (text, text[:LONGEST]):
        with pytest.raises((Malformed, Unsupported)):
            parsed(cut)


@given(st.text(max_size=60) | st.lists(st.sampled_from(WORDS)).map(" ".join))
@steady
def test_whatever_is_sent_is_understood_or_refused_and_nothing_of_it_but_a_name_is_repeated(text: str) -> None:
    try:
        parsed(text)
    except Refusal as no:
        said = str(no)
        quoted = [word for word in text.split() if len(word) > 3 and word in said and not word.isidentifier()]
        assert [word for word in quoted if word not in "year( 'a'"] == []
