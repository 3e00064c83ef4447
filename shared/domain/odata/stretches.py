"""Values as the store has them: times are text of one width, so that time is compared as text.

A year, a date or a day in London is a stretch of such texts, from its first to its end, and an index serves it. A
month, a day or an hour is a piece of the text, found by its place; it has two digits whatever it is compared with.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from shared.domain.document import timestamp
from shared.domain.odata.london import begins
from shared.domain.odata.syntax import Moment, Operand, Through, Value

Stored = str | int | bool

PIECES: Mapping[Through, str] = MappingProxyType(
    {
        Through.MONTH: ", 5, 2)",
        Through.DAY: ", 8, 2)",
        Through.HOUR: ", 11, 2)",
        Through.MINUTE: ", 14, 2)",
        Through.SECOND: ", 17, 2)",
    }
)
LAST = "~"  # sorts after everything that a time's text has in it
BEFORE_DIGITS, AFTER_DIGITS = "", ":"
LARGEST_YEAR, LARGEST_PIECE = 9999, 99


@dataclass(frozen=True, slots=True)
class Stretch:
    """The texts from `first` on and before `end`."""

    first: str
    end: str


def is_stretch(operand: Operand) -> bool:
    return operand.column.local_day or operand.through in (Through.YEAR, Through.DATE)


def stretch(operand: Operand, value: Value) -> Stretch:
    if operand.through is Through.YEAR:
        return _year(value)
    if not isinstance(value, date):
        raise TypeError("a day is compared with a date")
    if operand.column.local_day:
        return _local_day(value)
    return Stretch(value.isoformat(), value.isoformat() + LAST)


def _year(value: Value) -> Stretch:
    """The year, or a place before or after all years."""
    if not isinstance(value, int):
        raise TypeError("a year is compared with a number")
    if not 0 <= value <= LARGEST_YEAR:
        beyond = BEFORE_DIGITS if value < 0 else AFTER_DIGITS
        return Stretch(beyond, beyond)
    return Stretch(f"{value:04}", f"{value:04}" + LAST)


def _local_day(day: date) -> Stretch:
    end = LAST if day == date.max else timestamp(begins(day + timedelta(days=1)))
    return Stretch(timestamp(begins(day)), end)


def stored(operand: Operand, value: Value) -> Stored:
    """The value as the store has what it is compared with."""
    match value:
        case Moment(at=at, later=later):
            return timestamp(at) + LAST if later else timestamp(at)
        case date():
            return value.isoformat()
        case int() if operand.through in PIECES:
            return _piece(value)
        case str() | int():
            return value
    raise TypeError("null is compared with nothing")


def _piece(value: int) -> str:
    if 0 <= value <= LARGEST_PIECE:
        return f"{value:02}"
    return BEFORE_DIGITS if value < 0 else AFTER_DIGITS
