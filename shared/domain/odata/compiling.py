"""From what a filter says to a clause of a Cosmos query and its parameters.

The text is put together from the constants of this module and the paths of the columns (columns.py) and from nothing
else; every value is a parameter. Cosmos has a third truth, undefined: an absent or null property makes most
comparisons undefined, and NOT leaves it so. Here `not` is carried inwards to the comparisons, so that nothing is ever
denied as a whole: between AND and OR an undefined counts as false, and each comparison has two clauses,

    asked             as it stands                        under `not`
    x eq v            x = @v                              absent OR x != @v
    x ne v            absent OR x != @v                   x = @v
    x gt v (ge lt le) x > @v                              absent OR x <= @v
    x eq null         absent                              present
    x gt null         false                               true
    x in (v, w)       x IN (@v, @w)                       absent OR NOT (x IN (@v, @w))
    x in (v, null)    absent OR x IN (@v)                 present AND NOT (x IN (@v))
    contains(x, v)    CONTAINS(x, @v)                     absent OR NOT CONTAINS(x, @v)

where absent is `NOT IS_DEFINED(x) OR IS_NULL(x)` and present is `IS_DEFINED(x) AND NOT IS_NULL(x)`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import assert_never

from shared.domain.odata.columns import Column
from shared.domain.odata.stretches import PIECES, Stored, Stretch, is_stretch, stored, stretch
from shared.domain.odata.syntax import (
    All,
    Always,
    Among,
    Compared,
    Comparison,
    Condition,
    Match,
    Matched,
    Not,
    Operand,
    Some,
    Through,
    Value,
)

Parameters = Mapping[str, object]

COMPARED: Mapping[Comparison, str] = MappingProxyType(
    {
        Comparison.EQ: " = ",
        Comparison.NE: " != ",
        Comparison.GT: " > ",
        Comparison.GE: " >= ",
        Comparison.LT: " < ",
        Comparison.LE: " <= ",
    }
)
OPPOSITE: Mapping[Comparison, Comparison] = MappingProxyType(
    {
        Comparison.EQ: Comparison.NE,
        Comparison.NE: Comparison.EQ,
        Comparison.GT: Comparison.LE,
        Comparison.LE: Comparison.GT,
        Comparison.GE: Comparison.LT,
        Comparison.LT: Comparison.GE,
    }
)
MATCHED: Mapping[Match, str] = MappingProxyType(
    {Match.CONTAINS: "CONTAINS(", Match.STARTSWITH: "STARTSWITH(", Match.ENDSWITH: "ENDSWITH("}
)
FOLDED: Mapping[Through, str] = MappingProxyType({Through.TOLOWER: "LOWER(", Through.TOUPPER: "UPPER("})


@dataclass(frozen=True, slots=True)
class Clause:
    """`loose`: an OR stands open in it, so that it takes brackets where AND joins it."""

    text: str
    loose: bool = False

    @property
    def tight(self) -> str:
        return f"({self.text})" if self.loose else self.text


def compiled(condition: Condition) -> tuple[str, Parameters]:
    """A clause that AND may join, and the values of its parameters, which are called f0, f1, f2 and so on."""
    writer = _Writer()
    return writer.clause(condition, denied=False).tight, MappingProxyType(writer.parameters)


def path(column: Column) -> str:
    """Where the column is in a document, for a query."""
    return "c" + "".join(f'["{name}"]' for name in column.path)


@dataclass(slots=True)
class _Writer:
    parameters: dict[str, Stored] = field(default_factory=dict)

    def clause(self, condition: Condition, *, denied: bool) -> Clause:
        match condition:
            case Not(condition=inner):
                return self.clause(inner, denied=not denied)
            case All(conditions=parts):
                return self._join(parts, denied=denied, by_or=denied)
            case Some(conditions=parts):
                return self._join(parts, denied=denied, by_or=not denied)
            case Always(value=value):
                return _truth(value is not denied)
            case Matched():
                return self._matched(condition, denied=denied)
            case Among():
                return self._among(condition, denied=denied)
            case Compared():
                return self._compared(condition, denied=denied)
        assert_never(condition)

    def _join(self, parts: tuple[Condition, ...], *, denied: bool, by_or: bool) -> Clause:
        clauses = [self.clause(part, denied=denied) for part in parts]
        if by_or:
            return Clause(" OR ".join(clause.text for clause in clauses), loose=True)
        return Clause(" AND ".join(clause.tight for clause in clauses))

    def _value(self, value: Stored) -> str:
        name = f"f{len(self.parameters)}"
        self.parameters[name] = value
        return f"@{name}"

    def _matched(self, condition: Matched, *, denied: bool) -> Clause:
        operand = condition.operand
        text = f"{MATCHED[condition.match]}{_expression(operand)}, {self._value(condition.text)})"
        return Clause(f"{_absent(operand)} OR NOT {text}", loose=True) if denied else Clause(text)

    def _among(self, condition: Among, *, denied: bool) -> Clause:
        operand = condition.operand
        values = [value for value in condition.values if value is not None]
        if not values or is_stretch(operand):
            each = tuple(Compared(operand, Comparison.EQ, value) for value in condition.values)
            return self.clause(Some(each) if each else Always(False), denied=denied)
        listed = ", ".join([self._value(stored(operand, value)) for value in values])
        within = f"{_expression(operand)} IN ({listed})"
        if denied:
            without = f"NOT ({within})"
            if len(values) < len(condition.values):
                return Clause(f"{_present(operand)} AND {without}")
            return Clause(f"{_absent(operand)} OR {without}", loose=True)
        if len(values) < len(condition.values):
            return Clause(f"{_absent(operand)} OR {within}", loose=True)
        return Clause(within)

    def _compared(self, condition: Compared, *, denied: bool) -> Clause:
        operand, comparison, value = condition.operand, condition.comparison, condition.value
        if value is None:
            return _null(operand, comparison, denied=denied)
        if comparison is Comparison.NE:
            comparison, denied = Comparison.EQ, not denied
        known = self._known(operand, OPPOSITE[comparison] if denied else comparison, value)
        return Clause(f"{_absent(operand)} OR {known.text}", loose=True) if denied else known

    def _known(self, operand: Operand, comparison: Comparison, value: Value) -> Clause:
        """The comparison, where the column has a value."""
        if is_stretch(operand):
            return self._placed(path(operand.column), comparison, stretch(operand, value))
        return Clause(f"{_expression(operand)}{COMPARED[comparison]}{self._value(stored(operand, value))}")

    def _placed(self, where: str, comparison: Comparison, stretch: Stretch) -> Clause:
        match comparison:
            case Comparison.EQ:
                return Clause(f"{where} >= {self._value(stretch.first)} AND {where} < {self._value(stretch.end)}")
            case Comparison.NE:
                text = f"{where} < {self._value(stretch.first)} OR {where} >= {self._value(stretch.end)}"
                return Clause(text, loose=True)
            case Comparison.LT | Comparison.GE:
                return Clause(f"{where}{COMPARED[comparison]}{self._value(stretch.first)}")
            case Comparison.GT:
                return Clause(f"{where} >= {self._value(stretch.end)}")
            case Comparison.LE:
                return Clause(f"{where} < {self._value(stretch.end)}")
        assert_never(comparison)


def _truth(value: bool) -> Clause:  # noqa: FBT001 - it is what it is about
    return Clause("true" if value else "false")


def _null(operand: Operand, comparison: Comparison, *, denied: bool) -> Clause:
    if comparison not in (Comparison.EQ, Comparison.NE):
        return _truth(denied)
    if (comparison is Comparison.EQ) is denied:
        return Clause(_present(operand))
    return Clause(_absent(operand), loose=True)


def _absent(operand: Operand) -> str:
    return f"NOT IS_DEFINED({path(operand.column)}) OR IS_NULL({path(operand.column)})"


def _present(operand: Operand) -> str:
    return f"IS_DEFINED({path(operand.column)}) AND NOT IS_NULL({path(operand.column)})"


def _expression(operand: Operand) -> str:
    where, through = path(operand.column), operand.through
    if through is None:
        return where
    if through in FOLDED:
        return f"{FOLDED[through]}{where})"
    return f"SUBSTRING({where}{PIECES[through]}" if through in PIECES else where
