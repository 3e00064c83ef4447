"""The shapes of bodies, queries and answers as JSON Schema, by pydantic, and an example of each."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from functions.door import Door
from functions.examples import REFERENCE, example
from functions.parsing import Body, Query

Schema = Mapping[str, Any]
Mode = Literal["validation", "serialization"]
Key = tuple[type[BaseModel], Mode]


class _Untitled(GenerateJsonSchema):
    """A field is called what it is called: no titles made of names."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's signature
        return False


class Shapes:
    """`components` are the schemas that bodies and answers refer to; a query is spread over its parameters."""

    def __init__(self, references: Mapping[Key, Schema], definitions: Mapping[str, Schema]) -> None:
        self._references, self._definitions = references, definitions
        queries = {_name(reference) for (kind, mode), reference in references.items() if _is_query(kind, mode)}
        self.components = {name: schema for name, schema in definitions.items() if name not in queries}

    @classmethod
    def of(cls, doors: Iterable[Door]) -> Self:
        keys = sorted({key for door in doors for key in _keys(door)}, key=lambda key: (key[0].__name__, key[1]))
        references, whole = models_json_schema(
            keys, ref_template=f"{REFERENCE}{{model}}", schema_generator=_Untitled, by_alias=True
        )
        return cls({key: references[key] for key in keys}, whole.get("$defs", {}))

    def content(self, kind: type[BaseModel], mode: Mode) -> dict[str, Any]:
        """A body or answer in JSON: its schema, and an example of it."""
        reference = self._references[kind, mode]
        return {"application/json": {"schema": reference, "example": example(reference, self._definitions)}}

    def fields(self, kind: type[BaseModel]) -> Iterable[tuple[str, Schema, bool]]:
        """Of a query: each name, its schema, and whether it must be said. What is left out has no null to be."""
        schema = self._definitions[_name(self._references[kind, "validation"])]
        required = schema.get("required", [])
        for name, part in schema.get("properties", {}).items():
            yield name, _said(part), name in required

    def example(self, schema: Schema, name: str) -> Any:
        return example({"type": "object", "properties": {name: schema}}, self._definitions)[name]


def _keys(door: Door) -> Iterable[Key]:
    asked: Iterable[type[BaseModel] | None] = (door.body, door.query)
    yield from ((kind, "validation") for kind in asked if kind is not None)
    shown = (door.shows, *door.also.values())
    yield from ((kind, "serialization") for kind in shown if isinstance(kind, type))


def _is_query(kind: type[BaseModel], mode: Mode) -> bool:
    return mode == "validation" and issubclass(kind, Query) and not issubclass(kind, Body)


def _name(reference: Schema) -> str:
    return str(reference["$ref"]).removeprefix(REFERENCE)


def _said(part: Schema) -> Schema:
    rest = {key: value for key, value in part.items() if not (key == "default" and value is None)}
    if "anyOf" not in rest:
        return rest
    kinds = [kind for kind in rest.pop("anyOf") if kind != {"type": "null"}]
    return {**rest, **kinds[0]} if len(kinds) == 1 else {**rest, "anyOf": kinds}
