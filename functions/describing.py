"""The description of the service as OpenAPI 3.1: what the doors declare of themselves, and nothing beside it.

Beyond the standard, an operation says `x-permission`, `x-operation` (of section 62 of the Data Protection Act 2018, or
one of ours) and `x-callers`: each role that may, and how far it reaches.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from functions.asking import KEY
from functions.describing_answers import HEADERS, PROBLEM_SCHEMA, answers, problems
from functions.describing_shapes import Shapes
from functions.door import Door
from functions.parsing import ETAG, IDENTIFIER, UUID
from shared.domain.access import TABLE, Permission
from shared.domain.odata.resource import SHOWN
from shared.domain.tiles import PATH
from shared.domain.worklist import Worklist
from shared.errors import Stale

VERSION = "0.1.0"
ABOUT = """\
Body-worn-video evidence: docks hand footage over, officers find, watch and categorise theirs, and every look is
entered.

Times are ISO 8601 in UTC. A field nobody knows is refused. What lies outside your reach does not exist: 404. A list
comes in pages: send `next` back as `page`; a page token is good for an hour, for you and for the same question. A name
in the query without a value is as if it were not there."""
BEARER = """\
An access token of Entra ID for this service, version 1.0 or 2.0, signed RS256. Its roles say what you may do here; the
claims of officer id and borough, and for a dock the client id, say how far you reach."""
IN_ROUTE: Mapping[str, tuple[str, Mapping[str, Any], str]] = MappingProxyType(
    {
        "id": (
            "Its id.",
            {"type": "string", "pattern": f"^{UUID.pattern}$"},
            "6f1c2a9e-0b1d-4c57-9a43-2f0f5f3f7a10",
        ),
        "dock": ("The id of a dock.", {"type": "string", "pattern": f"^{IDENTIFIER.pattern}$"}, "peckham-1"),
        "recording": (
            "The id of a recording, as its grant names it.",
            {"type": "string", "pattern": f"^{UUID.pattern}$"},
            "6f1c2a9e-0b1d-4c57-9a43-2f0f5f3f7a10",
        ),
        "path": (
            "The rest of the path of a tile or of a bundle of entries, as the standard writes it.",
            {"type": "string", "pattern": f"^{PATH.pattern.removeprefix('tile/')}$"},
            "entries/000.p/12",
        ),
        "resource": (
            "Nothing, for the list of sets; `$metadata`; or a set: `AuditEntries`, also `/$count` or `('…')` after it.",
            {"type": "string", "pattern": f"^({SHOWN.pattern})$"},
            "AuditEntries",
        ),
        "name": ("The name of a worklist.", {"type": "string", "enum": list(Worklist)}, Worklist.QUARANTINE),
    }
)
ONCE = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Under one key a change is done once: asked again, it is answered as it is by then.",
    "schema": {"type": "string", "pattern": f"^{KEY.pattern}$"},
    "example": "0b8a1f0e-52d3-4b07-9b1c-1f2c5d1f9a55",
}
VERSION_SEEN = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag of the version you saw.",
    "schema": {"type": "string", "pattern": f"^{ETAG.pattern}$"},
    "example": '"MHg4REUwMDAwMDAwMDAwMDE"',
}
HAVE = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETags you have already: 304 if it is one of them.",
    "schema": {"type": "string"},
    "example": '"MHg4REUwMDAwMDAwMDAwMDE"',
}


def described(doors: Sequence[Door]) -> dict[str, Any]:
    """The document: every door of `doors`, in their order."""
    shapes = Shapes.of(doors)
    paths: dict[str, dict[str, Any]] = {}
    for door in doors:
        paths.setdefault(path_of(door), {})[door.method.lower()] = _operation(door, shapes)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Continuity", "version": VERSION, "description": ABOUT, "license": {"name": "MIT"}},
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(map(_tag, doors))],
        "paths": paths,
        "components": {
            "schemas": {**shapes.components, "Problem": PROBLEM_SCHEMA},
            "responses": problems(),
            "headers": HEADERS,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": BEARER}
            },
        },
    }


def path_of(door: Door) -> str:
    """The path as OpenAPI writes it, which has no sign for a name that is the rest of it."""
    return f"/api/{door.route.replace('{*', '{')}"


def _operation(door: Door, shapes: Shapes) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": door.name,
        "summary": door.about,
        "tags": [_tag(door)],
        "security": [] if door.permission is None else [{"token": []}],
        "x-permission": door.permission,
        "x-operation": door.operation,
        "x-callers": _callers(door.permission),
    }
    if door.by_name:
        operation["x-callers-by-name"] = {name: _callers(permission) for name, permission in door.by_name.items()}
    if parameters := [*_in_route(door), *_in_query(door, shapes), *_in_headers(door)]:
        operation["parameters"] = parameters
    if door.body:
        about = f"At most {door.largest} bytes."
        content = shapes.content(door.body, "validation")
        operation["requestBody"] = {"required": True, "description": about, "content": content}
    return operation | {"responses": answers(door, shapes)}


def _tag(door: Door) -> str:
    return door.route.partition("/")[0].removesuffix(".json")


def _callers(permission: Permission | None) -> dict[str, str]:
    return {str(role): str(scope) for role, scope in TABLE[permission].items()} if permission else {}


def _in_route(door: Door) -> Iterable[dict[str, Any]]:
    for name in re.findall(r"{\*?(\w+)}", door.route):
        about, schema, example = IN_ROUTE[name]
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": about,
            "schema": schema,
            "example": example,
        }


def _in_query(door: Door, shapes: Shapes) -> Iterable[dict[str, Any]]:
    for name, schema, required in shapes.fields(door.query) if door.query else ():
        said = {"schema": schema, "example": shapes.example(schema, name)}
        yield {"name": name, "in": "query", "required": required, **said}


def _in_headers(door: Door) -> Iterable[dict[str, Any]]:
    if door.changes or Stale in door.refuses:
        yield VERSION_SEEN | {"required": door.changes}
    if HTTPStatus.NOT_MODIFIED in door.also:
        yield HAVE
    if door.permission is not None and door.method != "GET":
        yield ONCE
