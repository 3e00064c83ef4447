"""Bicep's operators on values. What is unknown makes the result unknown, unless the other side decides alone."""

import operator
from collections.abc import Callable

from tools.bicep.values import Unknown, Value, is_unknown


def _divide(left: int, right: int) -> int:
    """Towards nothing, as Bicep does, where Python goes down."""
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _same(left: Value, right: Value) -> bool:
    """True is not 1, though Python says so."""
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)


BINARY: dict[str, Callable[[Value, Value], Value]] = {
    "==": _same,
    "!=": lambda left, right: not _same(left, right),
    "=~": lambda left, right: str(left).lower() == str(right).lower(),
    "!~": lambda left, right: str(left).lower() != str(right).lower(),
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "%": lambda left, right: left - _divide(left, right) * right,
}
DECIDES = {"&&": False, "||": True}


def binary(symbol: str, left: Value, right: Callable[[], Value]) -> Value:
    """The right side is asked only where the left leaves the question open."""
    if symbol == "??":
        return right() if left is None else left
    if symbol in DECIDES:
        return _logical(left, right, DECIDES[symbol])
    other = right()
    if is_unknown(left) or is_unknown(other):
        return Unknown(why=f"{left!r} {symbol} {other!r}")
    return BINARY[symbol](left, other)


def _logical(left: Value, right: Callable[[], Value], decides: bool) -> Value:  # noqa: FBT001 - it is the value itself
    if left is decides:
        return decides
    other = right()
    if other is decides or isinstance(left, bool):
        return other
    return Unknown(why=f"{left!r} and {other!r} decide")


def unary(symbol: str, value: Value) -> Value:
    if is_unknown(value):
        return Unknown(why=f"{symbol}{value!r}")
    return not value if symbol == "!" else -value
