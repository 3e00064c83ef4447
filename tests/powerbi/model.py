"""The semantic model in powerbi/ as its parts: tables, columns, measures, relationships and queries."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.powerbi.tmdl import Thing, read

PROJECT = Path(__file__).parents[2] / "powerbi"
DEFINITION = PROJECT / "Continuity.SemanticModel" / "definition"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    name: str
    thing: Thing

    @property
    def columns(self) -> dict[str, Thing]:
        return {column.name: column for column in self.thing.all("column")}

    @property
    def measures(self) -> dict[str, Thing]:
        return {measure.name: measure for measure in self.thing.all("measure")}

    @property
    def query(self) -> str:
        return self.thing.one("partition").one("source").value

    @property
    def is_calculated(self) -> bool:
        return self.thing.one("partition").value == "calculated"

    @property
    def policy(self) -> Thing | None:
        return next(iter(self.thing.all("refreshPolicy")), None)


def files() -> list[Path]:
    return sorted(DEFINITION.rglob("*.tmdl"))


@cache
def part(name: str) -> tuple[Thing, ...]:
    return read((DEFINITION / name).read_text(encoding="utf-8"))


@cache
def tables() -> dict[str, Table]:
    found = [thing for path in sorted((DEFINITION / "tables").glob("*.tmdl")) for thing in part(f"tables/{path.name}")]
    return {thing.name: Table(name=thing.name, thing=thing) for thing in found}


@cache
def measures() -> dict[str, str]:
    """The formula of every measure, by its name."""
    return {name: measure.value for table in tables().values() for name, measure in table.measures.items()}


@cache
def shared_queries() -> dict[str, Thing]:
    return {thing.name: thing for thing in part("expressions.tmdl")}


def relationships() -> tuple[Thing, ...]:
    return part("relationships.tmdl")


def every(thing: Thing) -> Iterator[Thing]:
    yield thing
    for inside in thing.inside:
        yield from every(inside)


def everything() -> Iterator[Thing]:
    for path in files():
        for thing in part(path.relative_to(DEFINITION).as_posix()):
            yield from every(thing)
