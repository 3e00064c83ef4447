"""The parameters of one Bicep file against what is given for them: names, presence, plain types, `@allowed`."""

from collections.abc import Callable, Iterator, Mapping

from tools.bicep import tree
from tools.bicep.unreadable import Unreadable
from tools.bicep.values import Unknown, Value, is_unknown

PLAIN: Mapping[str, type] = {"string": str, "int": int, "bool": bool, "array": list, "object": dict}


class Parameters:
    def __init__(self, file: str, declared: list[tree.Parameter], given: Mapping[str, Value]) -> None:
        self._file, self._declared, self._given = file, declared, given

    def refuses(self) -> Iterator[str]:
        names = {each.name for each in self._declared}
        for name in self._given:
            if isinstance(name, str) and name not in names:
                yield f"has no parameter {name!r}"
        for each in self._declared:
            spread = any(isinstance(name, Unknown) for name in self._given)
            if each.name not in self._given and not may_be_left_out(each) and not spread:
                yield f"lacks parameter {each.name!r}"

    def value(self, of: tree.Parameter, evaluated: Callable[[tree.Node], Value]) -> Value:
        """As given, else the default, else null where that is allowed, else the only value there may be."""
        if of.name in self._given and not (self._given[of.name] is None and of.default):
            value = self._given[of.name]
        elif of.default is not None:
            value = evaluated(of.default)
        else:
            value = None if is_nullable(of) else Unknown(why=f"parameter {of.name}")
        if not fits(of.type, value):
            raise Unreadable(self._file, of.line, f"{of.name} is to be a {plain(of.type)} and is given {value!r}")
        return self._allowed(of, value, evaluated)

    def _allowed(self, of: tree.Parameter, value: Value, evaluated: Callable[[tree.Node], Value]) -> Value:
        decorator = of.decorated("allowed")
        if not decorator:
            return value
        allowed = evaluated(decorator.arguments[0])
        if isinstance(value, Unknown):
            return allowed[0] if len(allowed) == 1 else value
        if value is not None and value not in allowed:
            raise Unreadable(self._file, of.line, f"{of.name} may not be {value!r}")
        return value


def plain(kind: tree.Node | None) -> str:
    """`string` of `string?`; empty for a type that is put together."""
    if isinstance(kind, tree.Wrapped):
        return plain(kind.of) if kind.how == "?" else "array" if kind.how == "[]" else ""
    if isinstance(kind, tree.Gathered):
        return kind.how if kind.how in PLAIN else ""
    return kind.name if isinstance(kind, tree.Name) and kind.name in PLAIN else ""


def fits(kind: tree.Node | None, value: Value) -> bool:
    if value is None or is_unknown(value) or not plain(kind):
        return True
    wanted = PLAIN[plain(kind)]
    return isinstance(value, wanted) and isinstance(value, bool) == (wanted is bool)


def is_nullable(of: tree.Parameter) -> bool:
    return isinstance(of.type, tree.Wrapped) and of.type.how == "?"


def may_be_left_out(of: tree.Parameter) -> bool:
    return of.default is not None or is_nullable(of)
