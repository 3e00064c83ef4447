"""What a $filter says. (What is refused of it: test_odata_refused.py.)"""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from shared.domain.odata.columns import Column, Edm
from shared.domain.odata.parser import parsed_filter
from shared.domain.odata.sets import AUDIT_ENTRIES
from shared.domain.odata.syntax import (
    All,
    Always,
    Among,
    Compared,
    Comparison,
    Condition,
    Match,
    Matched,
    Moment,
    Not,
    Operand,
    Some,
    Through,
    Value,
)
from tests.domain.chance import steady
from tests.domain.odata_evaluation import holds
from tests.domain.odata_filters import entries, filters


def parsed(text: str) -> Condition:
    return parsed_filter(text, AUDIT_ENTRIES)


def column(name: str) -> Column:
    found = AUDIT_ENTRIES.column(name)
    assert found is not None
    return found


def at(name: str, comparison: Comparison, value: Value, through: Through | None = None) -> Compared:
    return Compared(Operand(column(name), through), comparison, value)


A, B, C = (at("action", Comparison.EQ, letter) for letter in "abc")
a, b, c = (f"action eq '{letter}'" for letter in "abc")
PENDING = at("pending", Comparison.EQ, True)


@pytest.mark.parametrize("comparison", Comparison)
def test_a_column_is_compared_with_a_value_from_either_side(comparison: Comparison) -> None:
    flipped = {"gt": "lt", "lt": "gt", "ge": "le", "le": "ge"}.get(comparison, comparison)
    assert parsed(f"number {comparison} 5") == at("number", comparison, 5)
    assert parsed(f"5 {flipped} number") == at("number", comparison, 5)


@pytest.mark.parametrize(
    "text,said",
    [
        (f"{a} or {b} and {c}", Some((A, All((B, C))))),
        (f"{a} and {b} or {c}", Some((All((A, B)), C))),
        (f"({a} or {b}) and {c}", All((Some((A, B)), C))),
        (f"{a} or {b} or {c}", Some((A, B, C))),
        (f"not ({a}) and {b}", All((Not(A), B))),
        (f"not({a} and {b})", Not(All((A, B)))),
        ("not pending", Not(PENDING)),
        ("not pending eq true", Not(PENDING)),
        ("not pending eq false", Not(Not(PENDING))),
        ("not not pending", Not(Not(PENDING))),
        ("((pending))", PENDING),
        ("(number) eq (5)", at("number", Comparison.EQ, 5)),
        ("number gt 4 eq false", Not(at("number", Comparison.GT, 4))),
        (f"({a}) ne false", A),
        ("(pending eq true) eq null", Always(False)),
        ("true", Always(True)),
        ("null", Always(False)),
        ("1 lt 2 and 'a' ne 'b'", All((Always(True), Always(True)))),
        ("null eq null or null gt null", Some((Always(True), Always(False)))),
    ],
)
def test_not_binds_before_comparisons_those_before_and_and_that_before_or(text: str, said: Condition) -> None:
    assert parsed(text) == said


@pytest.mark.parametrize(
    "text,value",
    [
        ("2026-11-25T20:52:56Z", Moment(datetime(2026, 11, 25, 20, 52, 56, tzinfo=UTC))),
        ("2026-11-25t20:52z", Moment(datetime(2026, 11, 25, 20, 52, tzinfo=UTC))),
        ("2026-11-25T20:52:56.1Z", Moment(datetime(2026, 11, 25, 20, 52, 56, 100_000, tzinfo=UTC))),
        ("2026-11-25T20:52:56.123456000000Z", Moment(datetime(2026, 11, 25, 20, 52, 56, 123_456, tzinfo=UTC))),
        ("2026-11-25T20:52:56.123456000001Z", Moment(datetime(2026, 11, 25, 20, 52, 56, 123_456, tzinfo=UTC), True)),
        ("2026-07-01T00:00:00+01:00", Moment(datetime(2026, 6, 30, 23, tzinfo=UTC))),
        ("2026-07-01T00:00:00-00:30", Moment(datetime(2026, 7, 1, 0, 30, tzinfo=UTC))),
        ("2016-12-31T23:59:60Z", Moment(datetime(2016, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), True)),
    ],
)
def test_a_time_is_read_with_any_offset_and_any_fraction(text: str, value: Moment) -> None:
    assert parsed(f"occurredAt ge {text}") == at("occurredAt", Comparison.GE, value)


def test_a_quote_in_a_text_is_doubled_and_everything_else_stands_for_itself() -> None:
    assert parsed("action eq 'it''s, (eq) \t☂ or ''''x'''") == at("action", Comparison.EQ, "it's, (eq) \t☂ or ''x'")
    assert parsed("action eq ''") == at("action", Comparison.EQ, "")


@pytest.mark.parametrize(
    "text,said",
    [
        ("contains(reasonText,'x')", Matched(Operand(column("reasonText")), Match.CONTAINS, "x")),
        (
            "startswith( tolower(actorName) , tolower('PC') )",
            Matched(Operand(column("actorName"), Through.TOLOWER), Match.STARTSWITH, "pc"),
        ),
        ("endswith(action,'read') eq true", Matched(Operand(column("action")), Match.ENDSWITH, "read")),
        ("endswith(action,'read') eq false", Not(Matched(Operand(column("action")), Match.ENDSWITH, "read"))),
        ("year(occurredAt) eq 2026", at("occurredAt", Comparison.EQ, 2026, Through.YEAR)),
        ("action in ('a',null)", Among(Operand(column("action")), ("a", None))),
        ("action in('a')", Among(Operand(column("action")), ("a",))),
        ("month(occurredAt) in ( 1 , 2 )", Among(Operand(column("occurredAt"), Through.MONTH), (1, 2))),
        ("number in ()", Among(Operand(column("number")), ())),
    ],
)
def test_functions_and_lists_are_read(text: str, said: Condition) -> None:
    assert parsed(text) == said


@given(filters)
@steady
def test_a_filter_in_brackets_says_the_same_and_under_not_the_contrary(text: str) -> None:
    documents = entries(12, "p")
    plain, bracketed, contrary = (parsed(each) for each in (text, f"({text})", f"not ({text})"))
    found = [holds(plain, document) for document in documents]
    assert [holds(bracketed, document) for document in documents] == found
    assert [not holds(contrary, document) for document in documents] == found


@pytest.mark.parametrize(
    "text,found",
    [
        ("actorName eq null", [False, True, True]),
        ("actorName ne null", [True, False, False]),
        ("actorName eq 'Ada'", [True, False, False]),
        ("actorName ne 'Ada'", [False, True, True]),
        ("not (actorName eq 'Ada')", [False, True, True]),
        ("actorName gt 'A'", [True, False, False]),
        ("not (actorName gt 'A')", [False, True, True]),
        ("actorName le null", [False, False, False]),
        ("contains(actorName,'d')", [True, False, False]),
        ("not contains(actorName,'d')", [False, True, True]),
        ("actorName in ('Ada',null)", [True, True, True]),
        ("not (actorName in ('Ada'))", [False, True, True]),
    ],
)
def test_what_is_absent_or_null_makes_a_comparison_false_and_its_contrary_true(text: str, found: list[bool]) -> None:
    """The table of syntax.py, on the oracle that the store is held against."""
    documents: list[dict[str, Any]] = [{"actor": {"name": "Ada"}}, {"actor": {"name": None}}, {"actor": {}}]
    assert [holds(parsed(text), document) for document in documents] == found


def test_every_type_of_the_feed_has_a_way_to_write_it() -> None:
    from shared.domain.odata.checking import WRITTEN

    assert set(WRITTEN) == set(Edm)
