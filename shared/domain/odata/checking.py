"""Whether what a filter puts together can be put together: types, and what a column can be asked.

Each function takes what was read, and where, and gives what it means.
"""

import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from shared.domain.odata.columns import Column, Edm, EntitySet
from shared.domain.odata.lexer import malformed, unsupported
from shared.domain.odata.syntax import (
    Always,
    Among,
    Compared,
    Comparison,
    Condition,
    Literal,
    Match,
    Matched,
    Moment,
    Not,
    Operand,
    Term,
    Through,
)

FLIPPED = {
    Comparison.EQ: Comparison.EQ,
    Comparison.NE: Comparison.NE,
    Comparison.GT: Comparison.LT,
    Comparison.GE: Comparison.LE,
    Comparison.LT: Comparison.GT,
    Comparison.LE: Comparison.GE,
}
WAYS: Mapping[Comparison, Callable[[Any, Any], bool]] = MappingProxyType(
    {each: getattr(operator, each.value) for each in Comparison}
)
MATCHES, THROUGHS = frozenset(each.value for each in Match), frozenset(each.value for each in Through)
EQUALITY = (Comparison.EQ, Comparison.NE)
WRITTEN = {
    Edm.STRING: "text in single quotes",
    Edm.MOMENT: "a time, as 2026-11-25T20:52:56Z",
    Edm.DATE: "a date, as 2026-11-25",
    Edm.BOOLEAN: "true or false",
    Edm.NUMBER: "a whole number",
}
OF_TEXT = (Through.TOLOWER, Through.TOUPPER)
OF_DATES = (Through.YEAR, Through.MONTH, Through.DAY)
NOT_DONE = frozenset(
    {
        "any",
        "all",
        "cast",
        "ceiling",
        "concat",
        "floor",
        "fractionalseconds",
        "geo.distance",
        "geo.intersects",
        "geo.length",
        "hassubsequence",
        "hassubset",
        "indexof",
        "isof",
        "length",
        "matchesPattern",
        "maxdatetime",
        "mindatetime",
        "now",
        "round",
        "substring",
        "time",
        "totaloffsetminutes",
        "totalseconds",
        "trim",
        "case",
    }
)


def column(entities: EntitySet, name: str, at: int) -> Operand:
    found = entities.column(name)
    if found is None:
        raise malformed(at, f"{entities.name} has no column {name[:64]}")
    if not found.filterable:
        raise unsupported(at, f"{found.name} is worked out for each row and cannot be filtered by")
    return Operand(found)


def condition(term: Term, at: int) -> Condition:
    """A term where something must be true or false."""
    match term:
        case Operand() if term.edm is Edm.BOOLEAN:
            return Compared(term, Comparison.EQ, True)
        case Literal(edm=Edm.BOOLEAN, value=value):
            return Always(bool(value))
        case Literal(edm=None):
            return Always(False)
        case Operand() | Literal():
            raise malformed(at, "expected a condition, such as a column, eq and a value")
    return term


def compared(left: Term, comparison: Comparison, right: Term, at: int) -> Condition:
    match left, right:
        case Operand(), Literal():
            return _with_value(left, comparison, right, at)
        case Literal(), Operand():
            return _with_value(right, FLIPPED[comparison], left, at)
        case Literal(), Literal():
            return _two_values(left, comparison, right, at)
        case (Operand(), _) | (_, Operand()):
            raise unsupported(at, "comparing two columns")
        case (_, Literal()):
            return _truth(left, comparison, right, at)
        case (Literal(), _):
            return _truth(right, comparison, left, at)
    raise unsupported(at, "comparing two conditions")


def _with_value(operand: Operand, comparison: Comparison, value: Literal, at: int) -> Condition:
    _same_type(operand, value, at)
    if operand.edm is Edm.BOOLEAN and comparison not in EQUALITY:
        raise malformed(at, "true and false are compared with eq and ne")
    return Compared(operand, comparison, value.value)


def _same_type(operand: Operand, value: Literal, at: int) -> None:
    if value.edm not in (None, operand.edm):
        what = operand.column.name if operand.through is None else f"{operand.through}({operand.column.name})"
        raise malformed(at, f"{what} is compared with {WRITTEN[operand.edm]}")


def _two_values(left: Literal, comparison: Comparison, right: Literal, at: int) -> Condition:
    if left.value is None or right.value is None:
        return Always(comparison in EQUALITY and WAYS[comparison](left.value, right.value))
    if left.edm is not right.edm:
        raise malformed(at, "the two values are of different types")
    return Always(WAYS[comparison](_ordered(left), _ordered(right)))


def _ordered(value: Literal) -> Any:
    return (value.value.at, value.value.later) if isinstance(value.value, Moment) else value.value


def _truth(found: Term, comparison: Comparison, value: Literal, at: int) -> Condition:
    """A condition compared with true, false or null."""
    if comparison not in EQUALITY or value.edm not in (None, Edm.BOOLEAN):
        raise malformed(at, "a condition is compared with true or false, with eq or ne")
    if value.value is None:
        return Always(comparison is Comparison.NE)
    known = condition(found, at)
    return known if bool(value.value) is (comparison is Comparison.EQ) else Not(known)


def among(left: Term, values: list[tuple[Term, int]], at: int) -> Condition:
    if not isinstance(left, Operand):
        raise malformed(at, "in stands between a column and a list of values")
    given: list[Any] = []
    for value, where in values:
        if not isinstance(value, Literal):
            raise malformed(where, "a list holds values and nothing else")
        _same_type(left, value, where)
        given.append(value.value)
    return Among(left, tuple(given))


def called(name: str, arguments: list[tuple[Term, int]], at: int) -> Term:
    """What a function of a column is. What it needs is said where the function stands."""
    terms = [term for term, _ in arguments]
    if name in MATCHES:
        return _matched(Match(name), terms, at)
    if name not in THROUGHS:
        raise malformed(at, f"there is no function {name[:64]}")
    return _through(Through(name), terms, at)


def _matched(match: Match, terms: list[Term], at: int) -> Term:
    match terms:
        case [Operand(edm=Edm.STRING) as operand, Literal(edm=Edm.STRING, value=str(text))]:
            return Matched(operand, match, text)
        case [Literal(edm=Edm.STRING), Operand(edm=Edm.STRING)] | [Operand(edm=Edm.STRING), Operand(edm=Edm.STRING)]:
            raise unsupported(at, f"{match} with a column as what is looked for")
    raise malformed(at, f"{match} takes a column of text and a text in single quotes")


def _through(through: Through, terms: list[Term], at: int) -> Term:
    match terms:
        case [Literal(edm=Edm.STRING, value=str(text))] if through in OF_TEXT:
            return Literal(Edm.STRING, text.lower() if through is Through.TOLOWER else text.upper())
        case [Operand(through=None, column=found)] if _can(through, found):
            if found.local_day:
                raise unsupported(at, f"{through} of a day in London")
            return Operand(found, through)
        case [Operand(through=Through())]:
            raise unsupported(at, "a function of a function")
        case [Literal()]:
            raise unsupported(at, f"{through} of a value")
    raise malformed(at, f"{through} takes a column of {'text' if through in OF_TEXT else 'times'}")


def _can(through: Through, found: Column) -> bool:
    if through in OF_TEXT:
        return found.edm is Edm.STRING
    return found.edm is Edm.MOMENT or (found.edm is Edm.DATE and through in OF_DATES)
