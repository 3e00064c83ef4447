"""The query a filter becomes: which clause for which comparison, and that nothing a caller sent is in its text."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.odata.compiling import compiled
from shared.domain.odata.options import Order, newest_first, parsed_options
from shared.domain.odata.ordering import after, ordered
from shared.domain.odata.parser import parsed_filter
from shared.domain.odata.sets import AUDIT_ENTRIES, SETS
from tests.domain.chance import steady
from tests.domain.odata_filters import filters, quoted

ABSENT = 'NOT IS_DEFINED(c["borough"]) OR IS_NULL(c["borough"])'
PRESENT = 'IS_DEFINED(c["borough"]) AND NOT IS_NULL(c["borough"])'
TIME = 'c["occurredAt"]'
PATHS = {name for entities in SETS for each in entities.columns for name in each.path}
WORDS = {
    "c", "AND", "OR", "NOT", "IN", "IS_DEFINED", "IS_NULL", "CONTAINS", "STARTSWITH", "ENDSWITH", "LOWER", "UPPER",
    "SUBSTRING", "true", "false",
}  # fmt: skip
TOKEN = re.compile(r'\["([A-Za-z0-9]+)"\]|(@f[0-9]+)|([A-Za-z_]+)|(, [0-9]+, 2\))|([ (),]|[!<>]?=|[<>])')


def clause(text: str) -> tuple[str, dict[str, Any]]:
    asked, values = compiled(parsed_filter(text, AUDIT_ENTRIES))
    return asked, dict(values)


@pytest.mark.parametrize(
    "text,as_asked,under_not",
    [
        ("borough eq 'x'", 'c["borough"] = @f0', f'({ABSENT} OR c["borough"] != @f0)'),
        ("borough ne 'x'", f'({ABSENT} OR c["borough"] != @f0)', 'c["borough"] = @f0'),
        ("borough gt 'x'", 'c["borough"] > @f0', f'({ABSENT} OR c["borough"] <= @f0)'),
        ("borough le 'x'", 'c["borough"] <= @f0', f'({ABSENT} OR c["borough"] > @f0)'),
        ("borough eq null", f"({ABSENT})", PRESENT),
        ("borough ne null", PRESENT, f"({ABSENT})"),
        ("borough gt null", "false", "true"),
        ("borough in ('x','y')", 'c["borough"] IN (@f0, @f1)', f'({ABSENT} OR NOT (c["borough"] IN (@f0, @f1)))'),
        (
            "borough in ('x',null)",
            f'({ABSENT} OR c["borough"] IN (@f0))',
            f'{PRESENT} AND NOT (c["borough"] IN (@f0))',
        ),
        ("borough in (null)", f"({ABSENT})", PRESENT),
        ("borough in ()", "false", "true"),
        ("contains(borough,'x')", 'CONTAINS(c["borough"], @f0)', f'({ABSENT} OR NOT CONTAINS(c["borough"], @f0))'),
        ("tolower(borough) eq 'x'", 'LOWER(c["borough"]) = @f0', f'({ABSENT} OR LOWER(c["borough"]) != @f0)'),
    ],
)
def test_each_comparison_has_its_two_clauses(text: str, as_asked: str, under_not: str) -> None:
    assert clause(text)[0] == as_asked
    assert clause(f"not ({text})")[0] == under_not
    assert clause(f"not (not ({text}))")[0] == as_asked


def test_under_not_all_becomes_some_and_some_all() -> None:
    every, some = "borough eq 'x' and number lt 5", "borough eq 'x' or number lt 5"
    number = 'NOT IS_DEFINED(c["number"]) OR IS_NULL(c["number"])'
    assert clause(every)[0] == 'c["borough"] = @f0 AND c["number"] < @f1'
    assert clause(f"not ({every})")[0] == f'({ABSENT} OR c["borough"] != @f0 OR {number} OR c["number"] >= @f1)'
    assert clause(some)[0] == '(c["borough"] = @f0 OR c["number"] < @f1)'
    assert clause(f"not ({some})")[0] == (f'({ABSENT} OR c["borough"] != @f0) AND ({number} OR c["number"] >= @f1)')


@pytest.mark.parametrize(
    "text,asked,values",
    [
        ("year(occurredAt) eq 2026", f"{TIME} >= @f0 AND {TIME} < @f1", ["2026", "2026~"]),
        ("year(occurredAt) gt 2026", f"{TIME} >= @f0", ["2026~"]),
        ("year(occurredAt) le 2026", f"{TIME} < @f0", ["2026~"]),
        ("year(occurredAt) lt 2026", f"{TIME} < @f0", ["2026"]),
        ("year(occurredAt) ge 99", f"{TIME} >= @f0", ["0099"]),
        ("year(occurredAt) eq -1", f"{TIME} >= @f0 AND {TIME} < @f1", ["", ""]),
        ("year(occurredAt) lt 10000", f"{TIME} < @f0", [":"]),
        ("date(occurredAt) eq 2026-01-05", f"{TIME} >= @f0 AND {TIME} < @f1", ["2026-01-05", "2026-01-05~"]),
        ("month(occurredAt) eq 3", f"SUBSTRING({TIME}, 5, 2) = @f0", ["03"]),
        ("day(occurredAt) ge 0", f"SUBSTRING({TIME}, 8, 2) >= @f0", ["00"]),
        ("hour(occurredAt) lt -1", f"SUBSTRING({TIME}, 11, 2) < @f0", [""]),
        ("minute(occurredAt) lt 100", f"SUBSTRING({TIME}, 14, 2) < @f0", [":"]),
        ("second(occurredAt) in (59,9)", f"SUBSTRING({TIME}, 17, 2) IN (@f0, @f1)", ["59", "09"]),
        (
            "localDate eq 2026-03-29",  # 23 hours long
            f"{TIME} >= @f0 AND {TIME} < @f1",
            ["2026-03-29T00:00:00.000000Z", "2026-03-29T23:00:00.000000Z"],
        ),
        (
            "localDate eq 2026-10-25",  # 25 hours long
            f"{TIME} >= @f0 AND {TIME} < @f1",
            ["2026-10-24T23:00:00.000000Z", "2026-10-26T00:00:00.000000Z"],
        ),
        ("localDate le 9999-12-31", f"{TIME} < @f0", ["~"]),
        ("localDate ge 1997-01-01", f"{TIME} >= @f0", ["1997-01-01T00:00:00.000000Z"]),
        (
            "localDate in (2026-01-01,null)",
            f"({TIME} >= @f0 AND {TIME} < @f1 OR NOT IS_DEFINED({TIME}) OR IS_NULL({TIME}))",
            ["2026-01-01T00:00:00.000000Z", "2026-01-02T00:00:00.000000Z"],
        ),
        ("occurredAt ge 2026-07-01T00:00:00+01:00", f"{TIME} >= @f0", ["2026-06-30T23:00:00.000000Z"]),
        ("occurredAt eq 2026-07-01T00:00:00.0000001Z", f"{TIME} = @f0", ["2026-07-01T00:00:00.000000Z~"]),
    ],
)
def test_time_is_compared_as_text(text: str, asked: str, values: list[str]) -> None:
    assert clause(text) == (asked, {f"f{number}": value for number, value in enumerate(values)})


EVIL = [
    "x' OR 1=1 --",
    '"] OR true OR c["',
    "@f0",
    "') OR IS_DEFINED(c.salt) OR CONTAINS('",
    "\\'; DROP",
    "c.salt",
    "/* */",
    "\x00",
    "☂",
]


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize(
    "shape",
    [
        "borough eq {}",
        "borough ne {}",
        "not (borough in ({},null))",
        "contains(tolower(borough),{})",
        "{} lt borough",
        "number lt 5 or startswith(borough,tolower({}))",
    ],
)
def test_an_injection_is_a_value(shape: str, evil: str) -> None:
    asked, values = clause(shape.format(quoted(evil)))
    assert asked == clause(shape.format("'x'"))[0]
    assert evil in values.values() or evil.lower() in values.values()


@given(text=filters)
@steady
def test_a_query_s_text_is_made_of_our_words_our_paths_and_our_parameters(text: str) -> None:
    asked, values = clause(text)
    found = [match.groups() for match in TOKEN.finditer(asked)]
    assert "".join(match[0] for match in TOKEN.finditer(asked)) == asked
    assert {path for path, *_ in found if path} <= PATHS
    assert {word for _, _, word, *_ in found if word} <= WORDS
    assert [name for _, name, *_ in found if name] == [f"@{name}" for name in values]


@given(marker=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).map("zqx{}".format))
@steady
def test_no_marker_in_a_filter_reaches_the_text(marker: str) -> None:
    text = quoted(marker)
    asked, values = clause(f"not (action eq {text} or contains(borough,{text})) and subject in ({text},'a')")
    assert "zqx" not in asked
    assert list(values.values()).count(marker) == 3


def order(text: str) -> Order:
    return parsed_options([("$orderby", text)], AUDIT_ENTRIES).order


def test_rows_are_ordered_by_a_column_and_the_key_one_way() -> None:
    assert ordered(newest_first(AUDIT_ENTRIES)) == ' ORDER BY c["occurredAt"] DESC, c["id"] DESC'
    assert ordered(order("occurredAt")) == ' ORDER BY c["occurredAt"] ASC, c["id"] ASC'
    assert ordered(order("id desc")) == ' ORDER BY c["id"] DESC'


@pytest.mark.parametrize(
    "by,text,values",
    [
        (
            "occurredAt desc",
            '(c["occurredAt"] < @after_value OR c["occurredAt"] = @after_value AND c["id"] < @after_key)',
            {"after_value": "v", "after_key": "k"},
        ),
        (
            "occurredAt",
            '(c["occurredAt"] > @after_value OR c["occurredAt"] = @after_value AND c["id"] > @after_key)',
            {"after_value": "v", "after_key": "k"},
        ),
        ("id", 'c["id"] > @after_key', {"after_key": "k"}),
        ("id desc", 'c["id"] < @after_key', {"after_key": "k"}),
    ],
)
def test_a_page_goes_on_strictly_after_the_row_before(by: str, text: str, values: dict[str, str]) -> None:
    asked, given_values = after(order(by), "v", "k")
    assert (asked, dict(given_values)) == (text, values)
