"""JSON Schema in the words of a page, and a request as a curl command."""

import json
import shlex
from collections.abc import Iterable, Mapping
from typing import Any

from functions.examples import REFERENCE
from functions.markup import Markup, element, joined

Json = Mapping[str, Any]
TOKEN = "$TOKEN"  # noqa: S105 - the name a reader gives theirs


def kind(schema: Json) -> Markup:
    """What a value may be; a shape of the page is a link to it."""
    if "$ref" in schema:
        name = str(schema["$ref"]).removeprefix(REFERENCE)
        return element("a", name, href=f"#shape-{name}")
    if "anyOf" in schema:
        return joined((kind(part) for part in schema["anyOf"]), " or ")
    if "const" in schema:
        return element("code", str(schema["const"]))
    if "enum" in schema:
        return joined((element("code", str(value)) for value in schema["enum"]), ", ")
    if schema.get("type") == "array":
        return joined(("list of ", kind(schema.get("items", {})), *_bounds(schema, "minItems", "maxItems", " items")))
    if schema.get("type") == "object" and "additionalProperties" in schema and "properties" not in schema:
        return joined(("names to ", kind(schema["additionalProperties"])))
    return joined((_plain(schema), *_limits(schema)))


def _plain(schema: Json) -> str:
    words = {"string": "text", "boolean": "true or false", "null": "null", "integer": "whole number"}
    formats = {"date-time": "time, ISO 8601 with its zone", "date": "date, ISO 8601"}
    given = schema.get("type", "anything")
    named = [words.get(str(each), str(each)) for each in (given if isinstance(given, list) else [given])]
    return formats.get(str(schema.get("format")), " or ".join(named))


def _limits(schema: Json) -> Iterable[str]:
    yield from _bounds(schema, "minLength", "maxLength", " characters")
    yield from _bounds(schema, "minimum", "maximum", "")
    if "pattern" in schema:
        yield from (" like ", element("code", str(schema["pattern"])))
    if schema.get("default") is not None:
        yield f"; {json.dumps(schema['default'])} if not said"


def _bounds(schema: Json, least: str, most: str, unit: str) -> Iterable[str]:
    if least in schema and most in schema:
        yield f", {schema[least]} to {schema[most]}{unit}"
    elif most in schema:
        yield f", at most {schema[most]}{unit}"
    elif least in schema:
        yield f", at least {schema[least]}{unit}"


def curl(method: str, path: str, operation: Json) -> str:
    """The request as a shell sends it; $BASE and $TOKEN are the reader's own."""
    parameters = operation.get("parameters", [])
    for parameter in parameters:
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", str(parameter["example"]))
    words = ["curl -sS", *([] if method == "GET" else [f"-X {method}"])]
    words += [f'-H "Authorization: Bearer {TOKEN}"'] if operation["security"] else []
    needed = [parameter for parameter in parameters if parameter["in"] == "header" and parameter.get("required")]
    words += ["-H " + shlex.quote(f"{header['name']}: {header['example']}") for header in needed]
    for content_type, content in operation.get("requestBody", {}).get("content", {}).items():
        sent = shlex.quote(json.dumps(content["example"]))
        words += [f"-H 'Content-Type: {content_type}'", f"-d {sent}"]
    return " \\\n     ".join([" ".join(words[:3]), *words[3:], f'"$BASE{path}"'])
