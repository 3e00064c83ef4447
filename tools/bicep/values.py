"""What an expression can be: JSON as Python has it, and the four things that are not JSON."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Value = Any  # str, int, bool, None, list, dict, or one of the classes below
OWN_PROPERTIES = ("name", "location", "tags", "sku", "kind", "identity", "zones", "plan")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Unknown:
    """What only a deployment knows. `origin` is the resource that will answer; two Unknowns are never equal."""

    why: str
    origin: "Resource | None" = None

    def __repr__(self) -> str:
        return f"<{self.why}>"

    def part(self, name: str) -> "Unknown":
        return Unknown(why=f"{self.why}.{name}", origin=self.origin)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resource:
    """One resource as it would be deployed: `existing` ones are only referred to."""

    symbol: str
    type: str
    api_version: str
    existing: bool
    condition: bool | Unknown
    body: dict[Any, Value]
    identity: str | Unknown
    file: str
    line: int
    module: str
    parent: "Resource | None" = None
    children: dict[str, Value] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<{self.symbol}>"

    @property
    def kind(self) -> str:
        """The type in lower case, as rules compare it: Azure does not distinguish."""
        return self.type.lower()

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}"

    @property
    def location(self) -> Value:
        return self.body.get("location")

    def at(self, path: str, default: Value = None) -> Value:
        """`at("properties.sku.name")`: what is written there, or the default."""
        here: Value = self.body
        for name in path.split("."):
            if isinstance(here, Unknown):
                return here
            if not isinstance(here, dict) or name not in here:
                return default
            here = here[name]
        return here

    def answer(self, name: str) -> Value:
        """`resource.name` in an expression: what its own text fixes; the rest only the deployment knows."""
        match name:
            case "id":
                return self.identity
            case "type":
                return self.type
            case "apiVersion":
                return self.api_version
            case _ if name in OWN_PROPERTIES and name in self.body:
                return self.body[name]
        return Unknown(why=f"{self.symbol}.{name}", origin=self)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Deployed:
    """A module as an expression sees it. Outputs are None where its condition keeps it from being deployed."""

    name: str
    outputs: dict[str, Value] | Unknown | None

    def __repr__(self) -> str:
        return f"<module {self.name}>"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Closure:
    parameters: tuple[str, ...]
    run: Callable[[Mapping[str, Value]], Value]

    def __call__(self, *arguments: Value) -> Value:
        return self.run(dict(zip(self.parameters, arguments, strict=False)))


def is_unknown(value: Value) -> bool:
    """Not yet a value: unknown, or a whole resource or module where a part of it is meant."""
    return isinstance(value, Unknown | Resource | Deployed)


def leaves(value: Value, path: str = "") -> Iterator[tuple[str, Value]]:
    """Every value that is no object or array, with the path to it. Resources referred to are not entered."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{number}]")
    else:
        yield path, value


def holds_unknown(value: Value) -> bool:
    if isinstance(value, dict) and any(isinstance(name, Unknown) for name in value):
        return True
    return any(is_unknown(leaf) for _, leaf in leaves(value))
