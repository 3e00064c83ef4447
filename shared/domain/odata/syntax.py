"""What a filter says, once it is understood: conditions on columns, joined. Nothing in it depends on a store.

The logic has two values. A column without a value, absent or null, makes a comparison false, but for `eq null` and
`ne`; it makes a function's condition false. `not` turns false into true, whatever made it false. So a row that has no
value is found by `not contains(...)` and by `not (x gt 5)`: an auditor rather sees a row too many than one too few.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from shared.domain.odata.columns import Column, Edm


class Comparison(StrEnum):
    EQ = "eq"
    NE = "ne"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"


class Match(StrEnum):
    CONTAINS = "contains"
    STARTSWITH = "startswith"
    ENDSWITH = "endswith"


class Through(StrEnum):
    """What is looked at of a column instead of the whole of it."""

    TOLOWER = "tolower"
    TOUPPER = "toupper"
    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    HOUR = "hour"
    MINUTE = "minute"
    SECOND = "second"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as it was written; `later`: by less than the microsecond that our times are exact to."""

    at: datetime
    later: bool = False


Plain = str | bool | int | date | Moment
Value = Plain | None


@dataclass(frozen=True, slots=True)
class Literal:
    """A value in a filter. `edm` is None for null, which is of every type."""

    edm: Edm | None
    value: Value


@dataclass(frozen=True, slots=True)
class Operand:
    column: Column
    through: Through | None = None

    @property
    def edm(self) -> Edm:
        match self.through:
            case None | Through.TOLOWER | Through.TOUPPER:
                return self.column.edm
            case Through.DATE:
                return Edm.DATE
        return Edm.NUMBER


@dataclass(frozen=True, slots=True)
class Compared:
    operand: Operand
    comparison: Comparison
    value: Value


@dataclass(frozen=True, slots=True)
class Among:
    operand: Operand
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    operand: Operand
    match: Match
    text: str


@dataclass(frozen=True, slots=True)
class Always:
    value: bool


@dataclass(frozen=True, slots=True)
class Not:
    condition: "Condition"


@dataclass(frozen=True, slots=True)
class All:
    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of them."""

    conditions: tuple["Condition", ...]


Condition = Compared | Among | Matched | Always | Not | All | Some
Term = Operand | Literal | Condition
