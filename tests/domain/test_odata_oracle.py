"""What odata-query from PyPI reads in a filter is what we read in it, for every filter that both take.

It refuses some of ours (a list of one value, `not(`) and then has nothing to say; those below it must read.
"""

from typing import Any

import pytest
from hypothesis import given
from odata_query import ast
from odata_query.exceptions import ODataException
from odata_query.grammar import ODataLexer, ODataParser

from shared.domain.odata.parser import parsed_filter
from shared.domain.odata.sets import AUDIT_ENTRIES
from shared.domain.odata.syntax import (
    All,
    Always,
    Among,
    Compared,
    Condition,
    Matched,
    Moment,
    Not,
    Operand,
    Some,
    Value,
)
from tests.domain.chance import steady
from tests.domain.odata_filters import filters

FLIPPED = {"gt": "lt", "lt": "gt", "ge": "le", "le": "ge", "eq": "eq", "ne": "ne"}
NAMES = {ast.Eq: "eq", ast.NotEq: "ne", ast.Gt: "gt", ast.GtE: "ge", ast.Lt: "lt", ast.LtE: "le"}
MATCHES = ("contains", "startswith", "endswith")


def ours(condition: Condition) -> Any:
    match condition:
        case Not(condition=inner):
            return ("not", ours(inner))
        case All(conditions=parts):
            return ("and", *map(ours, parts))
        case Some(conditions=parts):
            return ("or", *map(ours, parts))
        case Always(value=value):
            return value
        case Among(operand=operand, values=values):
            return ("in", _operand(operand), tuple(map(_value, values)))
        case Matched(operand=operand, match=match, text=text):
            return (match.value, _operand(operand), text)
        case Compared(operand=operand, comparison=comparison, value=value):
            return (comparison.value, _operand(operand), _value(value))


def _operand(operand: Operand) -> Any:
    name = operand.column.name
    return (operand.through.value, name) if operand.through else name


def _value(value: Value) -> Any:
    return ("value", value.at if isinstance(value, Moment) else value)


def theirs(node: Any) -> Any:
    match node:
        case ast.BoolOp(op=op, left=left, right=right):
            word = "and" if isinstance(op, ast.And) else "or"
            return (word, *_flat(word, left), *_flat(word, right))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return ("not", _condition(operand))
        case ast.UnaryOp(operand=ast.Integer() as number):
            return ("value", -number.py_val)
        case ast.Compare(comparator=ast.In(), left=left, right=ast.List(val=listed)):
            return ("in", theirs(left), tuple(theirs(each) for each in listed))
        case ast.Compare(comparator=comparator, left=left, right=right):
            return _compared(NAMES[type(comparator)], theirs(left), theirs(right))
        case ast.Call(func=func, args=[first, ast.String(val=text)]):
            return (func.name, theirs(first), text)
        case ast.Call(func=func, args=[first]):
            return (func.name, theirs(first))
        case ast.Identifier(name=name):
            return name
        case ast.Null():
            return ("value", None)
    return ("value", node.py_val)


def _flat(word: str, node: Any) -> tuple[Any, ...]:
    """The parts of a chain. They keep no brackets, so that `a and (b and c)` is one to them."""
    found = _condition(node)
    return tuple(found[1:]) if isinstance(found, tuple) and found[0] == word else (found,)


def _condition(node: Any) -> Any:
    """Where a condition stands, a column is compared with true, and true and false are themselves."""
    found = theirs(node)
    if isinstance(found, tuple) and found[0] == "value":
        return found[1]
    return ("eq", found, ("value", True)) if isinstance(found, str) else found


def _compared(word: str, left: Any, right: Any) -> Any:
    if isinstance(left, tuple) and left[0] == "value":
        return (FLIPPED[word], right, left)
    if isinstance(left, tuple) and left[0] in MATCHES:  # a condition compared with a truth is itself, or not
        value = right[1]
        if value is None:
            return word == "ne"
        return left if value is (word == "eq") else ("not", left)
    return (word, left, right)


def flattened(found: Any) -> Any:
    """Ours keeps the brackets of a chain; theirs does not."""
    if not isinstance(found, tuple) or found[0] not in ("and", "or", "not"):
        return found
    word, *parts = found
    joined: list[Any] = []
    for part in map(flattened, parts):
        joined += part[1:] if word != "not" and isinstance(part, tuple) and part[0] == word else [part]
    return (word, *joined)


def same(text: str) -> bool:
    read = theirs_of(text)
    return bool(flattened(ours(parsed_filter(text, AUDIT_ENTRIES))) == flattened(read))


def theirs_of(text: str) -> Any:
    return _condition(ODataParser().parse(ODataLexer().tokenize(text)))


@pytest.mark.parametrize(
    "text",
    [
        "action eq 'a' or action eq 'b' and action eq 'c'",
        "not (action eq 'a' or number lt 5) and pending",
        "not contains(action,'it''s') or 5 ge number",
        "occurredAt ge 2026-01-01T00:00:00+01:00 and occurredAt lt 2026-02-01T00:00:00.5Z",
        "year(occurredAt) eq 2026 and date(occurredAt) ne 2026-01-05 and localDate le 2026-01-05",
        "action in ('a','b') and tolower(actorName) eq null",
        "startswith(tolower(action),'a') eq false",
    ],
)
def test_these_filters_say_the_same_to_both(text: str) -> None:
    assert same(text)


@given(filters)
@steady
def test_whatever_both_read_says_the_same_to_both(text: str) -> None:
    try:
        theirs_of(text)
    except ODataException:
        return
    assert same(text)
