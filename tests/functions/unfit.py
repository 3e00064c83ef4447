"""What does not fit, field by field: read off the schemas that the service describes its bodies and queries by.

Whatever text a field takes, it takes none of TEXTS; of other JSON it takes its own type alone. MARK is in every text
that is long enough to have it, so that an answer that repeats one is seen.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.functions.promised import operation, resolved

Path = tuple[str | int, ...]
Schema = Mapping[str, Any]
MARK = "Mrs Doe"
TEXTS: Mapping[str, str] = {
    "over-long": f"{MARK} " * 2_000,
    "control": f"{MARK}\x1b[31m",
    "delete": f"{MARK}\x7f",
    "NUL": f"{MARK}\x00",
    "line break for a header": f"{MARK}\r\nSet-Cookie: a=b",
    "line separator": f"{MARK}\u2028x",
    "right to left": f"{MARK}\u202eeoD srM",
    "isolate": f"{MARK}\u2066x",
    "zero width": f"{MARK}\u200bx",
    "byte order mark": f"\ufeff{MARK}",
    "private": f"{MARK}\ue000",
    "unassigned": f"{MARK}\U000e0fff",
    "empty": "",
    "blank": " \t\u00a0 ",
}
OF_TYPE: Mapping[str, Any] = {
    "null": None,
    "boolean": True,
    "integer": 7,
    "number": 7.5,
    "string": f"{MARK} and nothing else",
    "array": [MARK],
    "object": {MARK: MARK},
}
NUMBERS: Mapping[str, float] = {
    "negative": -1,
    "2 ** 63": 2**63,
    "beyond a float": 10**400,
    "as long as a street": 10**4299,
    "infinite": float("inf"),
    "minus infinite": float("-inf"),
    "NaN": float("nan"),
    "whole, as a fraction": 7.0,
}
TIMES: Mapping[str, str] = {
    "naive": "2026-11-25T14:52:56",
    "date alone": "2026-11-25",
    "no such day": "2026-02-30T14:52:56Z",
    "no such hour": "2026-11-25T24:52:56Z",
    "leap second": "2026-11-25T23:59:60Z",
    "seconds since 1970": "1700000000",
    "fraction of seconds since 1970": "1700000000.5",
    "before all time": "0001-01-01T00:00:00+14:00",
    "after all time": "9999-12-31T23:59:59-14:00",
    "no such offset": "2026-11-25T14:52:56+99:00",
    "in words": "yesterday",
}
NO_WORD = "nonsense"


def in_body(door: str) -> Iterator[tuple[Path, str, Any]]:
    """Of every field of the body, however deep: where it is, what is wrong with what is put there, and that."""
    for path, schema in fields(_body(door), ()):
        yield from ((path, why, value) for why, value in _json(schema))


def in_query(door: str) -> Iterator[tuple[str, str, str]]:
    """Of every field of the query: its name, what is wrong with what is put there, and that."""
    for part in operation(door)["parameters"]:
        if part["in"] == "query":
            yield from ((part["name"], why, text) for why, text in _texts_of_query(part["schema"]))


def fields(schema: Schema, path: Path) -> Iterator[tuple[Path, Schema]]:
    for kind in _kinds(schema):
        for name, part in kind.get("properties", {}).items():
            yield (*path, name), part
            yield from fields(part, (*path, name))
        if kind.get("type") == "array":
            yield (*path, 0), kind["items"]
            yield from fields(kind["items"], (*path, 0))


def objects(door: str) -> list[Path]:
    """Where in the body an object is wanted: the body itself, and those in it."""
    inner = [path for path, schema in fields(_body(door), ()) if _has_fields(schema)]
    return [(), *inner]


def required(door: str) -> list[Path]:
    """What must be said."""
    whole = [((), _body(door)), *fields(_body(door), ())]
    return [(*path, name) for path, schema in whole for kind in _kinds(schema) for name in kind.get("required", ())]


def put(body: Any, path: Path, value: Any) -> Any:
    """The body with that there; a row of many is made if there is none."""
    place = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return body


def take(body: Any, path: Path) -> Any:
    """The body without that."""
    place = body
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    return body


def named(path: Path) -> str:
    return ".".join(map(str, path))


def _body(door: str) -> Schema:
    schema: Schema = operation(door)["requestBody"]["content"]["application/json"]["schema"]
    return schema


def _kinds(schema: Schema) -> list[Schema]:
    """What it may be: one thing, or each of several."""
    whole = resolved(schema)
    return [resolved(kind) for kind in whole.get("anyOf", [whole])]


def _has_fields(schema: Schema) -> bool:
    return any("properties" in kind for kind in _kinds(schema))


def _types(schema: Schema) -> set[str]:
    return {"string" if "const" in kind or "enum" in kind else str(kind["type"]) for kind in _kinds(schema)}


def _json(schema: Schema) -> Iterator[tuple[str, Any]]:
    types = _types(schema)
    yield from ((name, value) for name, value in OF_TYPE.items() if name not in types)
    if "string" in types:
        yield from _texts(schema)
    if "integer" in types:
        yield from NUMBERS.items()
    yield from (("none", []) for kind in _kinds(schema) if kind.get("minItems"))


def _texts(schema: Schema) -> Iterator[tuple[str, str]]:
    yield from TEXTS.items()
    for kind in _kinds(schema):
        if kind.get("format") == "date-time":
            yield from TIMES.items()
        if "enum" in kind or "pattern" in kind:
            yield "no word of ours", NO_WORD + "?"


def _texts_of_query(schema: Schema) -> Iterator[tuple[str, str]]:
    yield from _texts(schema)
    types = _types(schema)
    if types & {"integer", "boolean"}:
        yield "a word", NO_WORD
    if "integer" in types:
        yield from (("negative", "-1"), ("zero", "0"), ("a fraction", "1.5"), ("NaN", "nan"), ("endless", "9" * 5_000))
