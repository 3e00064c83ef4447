"""What a Bicep file says, as data: expressions, types and statements, each knowing its line.

Types share the expressions' nodes where they look alike (a literal, a name); evaluation never looks inside a type but
to learn what a parameter may be.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal(Node):
    """A string without interpolation, a number, true, false or null."""

    value: str | int | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpolation(Node):
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Name(Node):
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Property(Node):
    """`of.name`; `of.?name` is safe: null where there is none."""

    of: Node
    name: str
    safe: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Index(Node):
    of: Node
    key: Node
    safe: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NestedResource(Node):
    """`of::name`."""

    of: Node
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assured(Node):
    """`of!`: the author's word that it is not null."""

    of: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Node):
    """`name(…)`, or `of.name(…)` where `of` is a namespace."""

    of: Node | None
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unary(Node):
    operator: str
    operand: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary(Node):
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Lambda(Node):
    parameters: tuple[str, ...]
    body: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread(Node):
    of: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Member(Node):
    """`key: value` of an object; the key is a literal or an interpolation."""

    key: Node
    value: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectLiteral(Node):
    """Its members, and the resources nested in it where it is a resource's body."""

    members: tuple[Member | Spread, ...]
    resources: tuple[Resource, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayLiteral(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditional(Node):
    """`if (condition) {…}` before a body."""

    condition: Node
    body: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop(Node):
    """`[for (item, index) in source: body]`."""

    item: str
    index: str | None
    source: Node
    body: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapped(Node):
    """A type made of another: `of[]`, `of?`, `of!`, `of.part`, `of[*]`."""

    of: Node
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered(Node):
    """A type made of several: a union, a tuple, the arguments of `resourceInput<…>`, the fields of an object."""

    how: str
    of: tuple[Node, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Node):
    """Everything at the top of a file. `last_line` is where it ends."""

    decorators: tuple[Node, ...]
    last_line: int

    def decorated(self, name: str) -> Call | None:
        """The decorator of that name, if it is there, with or without `sys.`."""
        return next((each for each in self.decorators if isinstance(each, Call) and each.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope(Statement):
    """`targetScope = …`."""

    value: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter(Statement):
    name: str
    type: Node | None
    default: Node | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable(Statement):
    name: str
    value: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Output(Statement):
    name: str
    type: Node
    value: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeDeclaration(Statement):
    name: str
    type: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Function(Statement):
    name: str
    parameters: tuple[str, ...]
    body: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource(Statement):
    name: str
    type: str
    existing: bool
    body: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Module(Statement):
    name: str
    path: str
    body: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Import(Statement):
    """`import {a, b as c} from 'path'`, or everything under one name."""

    path: str
    names: tuple[tuple[str, str], ...]
    everything_as: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside(Statement):
    """A statement that deploys nothing: metadata, assert, test, extension, and those of a parameter file."""

    keyword: str
    names: tuple[str, ...] = ()
    value: Node | None = None
