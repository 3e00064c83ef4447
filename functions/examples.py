"""An example of every body and answer, put together from its schema and the words of example_words.py.

A value is looked up by its shape and name, then by its name alone; a text nobody has a word for is UNSAID, which
tests/functions/test_openapi.py does not let pass.
"""

from collections.abc import Mapping
from typing import Any

from functions.example_words import AT, OF_SHAPE, RECORDING, WORDS

UNSAID = "unsaid"
REFERENCE = "#/components/schemas/"
OF_FORMAT = {"date-time": AT, "date": AT[:10], "uuid": RECORDING}
KINDS: Mapping[str, type] = {"string": str, "integer": int, "boolean": bool, "object": dict}


def example(schema: Mapping[str, Any], components: Mapping[str, Mapping[str, Any]]) -> Any:
    """A value that `schema` admits; `components` are the schemas that it refers to."""
    return _value(schema, components, shape="", name="")


def _value(schema: Mapping[str, Any], components: Mapping[str, Mapping[str, Any]], *, shape: str, name: str) -> Any:
    if "$ref" in schema:
        named = str(schema["$ref"]).removeprefix(REFERENCE)
        return _value(components[named], components, shape=named, name=name)
    if "anyOf" in schema:
        return _value(schema["anyOf"][0], components, shape=shape, name=name)
    match schema.get("type"):
        case "object" if "properties" in schema:
            return {
                key: _property(part, components, shape=shape, name=key) for key, part in schema["properties"].items()
            }
        case "array":
            return [_value(schema["items"], components, shape=shape, name=name)]
        case _:
            return _word(schema, shape, name)


def _property(schema: Mapping[str, Any], components: Mapping[str, Mapping[str, Any]], *, shape: str, name: str) -> Any:
    """A word that was said of just this shape counts before whatever its schema is made of."""
    if (shape, name) in OF_SHAPE:
        return OF_SHAPE[shape, name]
    return _value(schema, components, shape=shape, name=name)


def _word(schema: Mapping[str, Any], shape: str, name: str) -> Any:
    kind = str(schema.get("type"))
    said = OF_SHAPE.get((shape, name), WORDS.get(name))
    options = [schema["const"]] if "const" in schema else schema.get("enum", [])
    if options:
        return said if said in options else options[0]
    if schema.get("format") in OF_FORMAT:
        return OF_FORMAT[schema["format"]]
    if isinstance(said, KINDS.get(kind, object)):
        return said
    number = schema.get("default", schema.get("minimum", 1))
    return {"boolean": True, "integer": number, "object": {}}.get(kind, UNSAID)
