"""What a filter means, said again in plain Python over stored documents: the oracle for the queries it becomes.

Nothing here knows how times are kept as text or how Cosmos treats what is absent: values are read as what they are, and
days in London are the time zone database's.
"""

import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shared.domain.odata.columns import Column, Document, Edm
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

LONDON = ZoneInfo("Europe/London")
NANOSECOND = 1  # of the pairs that times are compared as
MATCHES: Mapping[Match, Callable[[str, str], bool]] = {
    Match.CONTAINS: lambda text, part: part in text,
    Match.STARTSWITH: str.startswith,
    Match.ENDSWITH: str.endswith,
}


def holds(condition: Condition, document: Document) -> bool:
    match condition:
        case Always(value=value):
            return value
        case Not(condition=inner):
            return not holds(inner, document)
        case All(conditions=parts):
            return all(holds(part, document) for part in parts)
        case Some(conditions=parts):
            return any(holds(part, document) for part in parts)
        case Among(operand=operand, values=values):
            return any(_compared(_value(operand, document), Comparison.EQ, value) for value in values)
        case Matched(operand=operand, match=match, text=text):
            found = _value(operand, document)
            return found is not None and MATCHES[match](found, text)
        case Compared(operand=operand, comparison=comparison, value=value):
            return _compared(_value(operand, document), comparison, value)


def _compared(found: Any, comparison: Comparison, value: Value) -> bool:
    if found is None or value is None:
        same = found is None and value is None
        return same if comparison is Comparison.EQ else not same and comparison is Comparison.NE
    return bool(getattr(operator, comparison.value)(found, _exact(value)))


def _exact(value: Value) -> Any:
    """A time with its nanoseconds, which ours never have."""
    return (value.at, NANOSECOND if value.later else 0) if isinstance(value, Moment) else value


def _value(operand: Operand, document: Document) -> Any:
    found = _read(operand.column, document)
    if found is None or operand.through is None:
        return found
    match operand.through:
        case Through.TOLOWER:
            return found.lower()
        case Through.TOUPPER:
            return found.upper()
    at: Any = found[0] if isinstance(found, tuple) else found
    return at.date() if operand.through is Through.DATE else getattr(at, operand.through.value)


def _read(column: Column, document: Document) -> Any:
    found: Any = document
    for name in column.path:
        found = found.get(name) if isinstance(found, dict) else None
    if found is None or column.edm not in (Edm.MOMENT, Edm.DATE):
        return found
    if column.local_day:
        return datetime.fromisoformat(found).astimezone(LONDON).date()
    if column.edm is Edm.DATE:
        return date.fromisoformat(found)
    at = datetime.fromisoformat(found)
    assert at.utcoffset() == timedelta(0)
    return at, 0
