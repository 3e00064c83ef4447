"""A Bicep file to its statements. `parse(text, file)` is the whole of it; what it cannot read raises Unreadable."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from tools.bicep import tree
from tools.bicep.tokens import Kind, tokens
from tools.bicep.type_expressions import TypeExpressions
from tools.bicep.unreadable import Unreadable


@lru_cache(maxsize=512)
def parse(text: str, file: str) -> tuple[tree.Statement, ...]:
    """Kept, because a check reads the same files once for each combination of switches."""
    try:
        return _Statements(tokens(text, file), file).all()
    except RecursionError:
        raise Unreadable(file, 1, "nested too deep to be read") from None


class _Statements(TypeExpressions):
    def all(self) -> tuple[tree.Statement, ...]:
        found = []
        self.skip_line_ends()
        while not self.is_kind(Kind.END):
            found.append(self.statement())
            self.skip_line_ends()
        return tuple(found)

    def statement(self) -> tree.Statement:
        decorators = self.decorators()
        line, keyword = self.line, self.need_name()
        if keyword not in _READ:
            raise Unreadable(self.file, line, f"{keyword!r} begins no statement")
        kind, fields = _READ[keyword](self)
        if not self.is_kind(Kind.LINE_END, Kind.END) and not self.is_operator("}"):
            raise self.wrong(f"the statement of line {line} goes on with {self.token}")
        return kind(line=line, last_line=self.last_line, decorators=decorators, **fields)

    def value(self) -> tree.Node:
        self.need("=")
        self.skip_line_ends()
        return self.expression()

    def body(self) -> tree.Node:
        """Of a resource or a module: an object, a condition before one, or a loop."""
        self.need("=")
        self.skip_line_ends()
        if self.is_word("if"):
            return self.conditional()
        return self.array() if self.is_operator("[") else self.object()


Read = tuple[type[tree.Statement], dict[str, Any]]


def _target_scope(at: _Statements) -> Read:
    return tree.Scope, {"value": at.value()}


def _parameter(at: _Statements) -> Read:
    name = at.need_name()
    typed = not at.is_operator("=") and not at.is_kind(Kind.LINE_END, Kind.END)
    return tree.Parameter, {
        "name": name,
        "type": at.type() if typed else None,
        "default": at.value() if at.is_operator("=") else None,
    }


def _variable(at: _Statements) -> Read:
    name = at.need_name()
    if not at.is_operator("="):
        at.type()
    return tree.Variable, {"name": name, "value": at.value()}


def _output(at: _Statements) -> Read:
    return tree.Output, {"name": at.need_name(), "type": at.type(), "value": at.value()}


def _type(at: _Statements) -> Read:
    name = at.need_name()
    at.need("=")
    at.skip_line_ends()
    return tree.TypeDeclaration, {"name": name, "type": at.type()}


def _function(at: _Statements) -> Read:
    name, parameters = at.need_name(), []
    at.need("(")
    at.skip_line_ends()
    while not at.took(")"):
        parameters.append(at.need_name())
        at.type()
        at.skip_line_ends()
        if not at.took(",") and not at.is_operator(")"):
            raise at.wrong(f"expected ',' or ')', found {at.token}")
    at.type()
    at.skip_line_ends()
    at.need("=>")
    at.skip_line_ends()
    return tree.Function, {"name": name, "parameters": tuple(parameters), "body": at.expression()}


def _resource(at: _Statements) -> Read:
    name, kind = at.need_name(), at.need_text()
    existing = at.is_word("existing")
    if existing:
        at.take()
    return tree.Resource, {"name": name, "type": kind, "existing": existing, "body": at.body()}


def _module(at: _Statements) -> Read:
    return tree.Module, {"name": at.need_name(), "path": at.need_text(), "body": at.body()}


def _import(at: _Statements) -> Read:
    names: list[tuple[str, str]] = []
    everything = None
    if at.took("*"):
        at.need_word("as")
        everything = at.need_name()
    else:
        at.need("{")
        at.skip_line_ends()
        while not at.is_operator("}"):
            names.append(_imported(at))
            at.end_item("}")
        at.take()
    at.need_word("from")
    return tree.Import, {"path": at.need_text(), "names": tuple(names), "everything_as": everything}


def _imported(at: _Statements) -> tuple[str, str]:
    name = at.need_text() if at.is_kind(Kind.STRING) else at.need_name()
    if not at.is_word("as"):
        return name, name
    at.take()
    return name, at.need_name()


def _aside(keyword: str) -> "Callable[[_Statements], Read]":
    def read(at: _Statements) -> Read:
        """Names and strings, then perhaps a value: nothing here deploys anything."""
        names = []
        while at.is_kind(Kind.NAME, Kind.STRING):
            names.append(at.take().text if at.is_kind(Kind.NAME) else at.need_text())
            if at.is_operator("{"):
                at.object()
        value = at.body() if keyword == "test" else at.value() if at.is_operator("=") else None
        return tree.Aside, {"keyword": keyword, "names": tuple(names), "value": value}

    return read


ASIDES = ("metadata", "assert", "test", "extension", "provider", "using", "extends", "extensionConfig")
_READ: dict[str, Callable[[_Statements], Read]] = {
    "targetScope": _target_scope, "param": _parameter, "var": _variable, "output": _output, "type": _type,
    "func": _function, "resource": _resource, "module": _module, "import": _import,
    **{keyword: _aside(keyword) for keyword in ASIDES},
}  # fmt: skip
