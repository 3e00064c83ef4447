"""What a door can answer, worked out from its declaration: the good answers, and every way it can say no.

400  always: a header may be malformed, and a body, a query or a name of the route
401  403  where a permission is asked for
404  where the route names something
406  where it comes in several forms
412  428  where a change must say which version it changes
500  always
the rest by what the door says that its verb refuses with
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from functions.answering import PROBLEM, STATUS
from functions.describing_shapes import Shapes
from functions.door import Door
from shared.errors import (
    Malformed,
    NotAcceptable,
    NotAllowed,
    NotFound,
    PreconditionMissing,
    Refusal,
    Stale,
    Unauthenticated,
)

# What each status says, and the field it names, where one was wrong.
SAID: Mapping[HTTPStatus, tuple[str, str, str | None]] = MappingProxyType(
    {
        HTTPStatus.BAD_REQUEST: (
            "What was sent does not say what it must; `field` names what was wrong.",
            "reason: String should have at most 200 characters",
            "reason",
        ),
        HTTPStatus.UNAUTHORIZED: ("There is no access token, or it is not good.", "an access token is needed", None),
        HTTPStatus.FORBIDDEN: ("Your roles do not allow this. It is entered.", "your roles do not allow this", None),
        HTTPStatus.NOT_FOUND: (
            "Nothing by that name, or nothing that you may know of. It is entered.",
            "there is no such clip",
            None,
        ),
        HTTPStatus.METHOD_NOT_ALLOWED: (
            "Here one can only ask.",
            "here one can only ask, with GET or HEAD",
            None,
        ),
        HTTPStatus.NOT_ACCEPTABLE: (
            "It comes in no form that you accept; the answer names those it comes in.",
            "it comes as application/json, text/csv",
            "Accept",
        ),
        HTTPStatus.CONFLICT: (
            "It is there already, or its state does not admit this. It is entered.",
            "the clip is being weeded: its deletion has begun",
            None,
        ),
        HTTPStatus.GONE: (
            "The clip was weeded. It is entered.",
            "the clip was weeded; its tombstone says when and why",
            None,
        ),
        HTTPStatus.PRECONDITION_FAILED: (
            "It changed after you read it. Read it again and decide again.",
            "the clip changed after you read it; read it again and decide again",
            None,
        ),
        HTTPStatus.PRECONDITION_REQUIRED: (
            "A change must say which version it changes.",
            "say which version you change: send its ETag as If-Match",
            "If-Match",
        ),
        HTTPStatus.NOT_IMPLEMENTED: (
            "What was asked is in the standard, and not in the part of it that is done here.",
            "this feed has no query option $apply",
            "$apply",
        ),
        HTTPStatus.INTERNAL_SERVER_ERROR: (
            "It failed on our side, and whether it was done is not known. Ask again.",
            "this failed on our side; whether it was done is not known. Ask again; name request 0b8a1f0e",
            None,
        ),
    }
)
PROBLEM_SCHEMA = {
    "type": "object",
    "description": "A problem document (RFC 9457). `field` names what was wrong in what was sent, where one was.",
    "properties": {
        "type": {"const": "about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "field": {"type": ["string", "null"]},
    },
    "required": ["type", "title", "status", "detail"],
    "additionalProperties": False,
}
REQUEST_ID = {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}}
HEADERS = {
    "RequestId": {"description": "Name it when you ask us about this answer.", "schema": {"type": "string"}},
    "Vary": {"description": "The form hangs on what you accept.", "schema": {"const": "Accept"}},
    "Version": {
        "description": "Its version: for If-Match to change it, for If-None-Match to ask whether it changed.",
        "schema": {"type": "string"},
    },
}


def answers(door: Door, shapes: Shapes) -> dict[str, Any]:
    """Each status and what comes with it."""
    good = {door.status: door.shows, **door.also}
    found = {str(int(status)): _good(door, status, shows, shapes) for status, shows in good.items()}
    return found | {str(int(status)): _refused(door, status) for status in refused(door)}


def refused(door: Door) -> list[HTTPStatus]:
    """The statuses that `door` can say no with."""
    statuses = {STATUS[kind] for kind in (*_follows(door), *door.refuses)}
    return sorted(statuses | {HTTPStatus.INTERNAL_SERVER_ERROR})


def problems() -> dict[str, Any]:
    """Every way to say no, by its name."""
    return {_named(status): _problem(status) for status in SAID}


def _refused(door: Door, status: HTTPStatus) -> dict[str, Any]:
    if door.manner is None:
        return {"$ref": f"#/components/responses/{_named(status)}"}
    content = {door.manner.speech.content_type: {"schema": door.manner.speech_schema}}
    return _problem(status) | {"content": content}


def _follows(door: Door) -> Iterable[type[Refusal]]:
    yield Malformed
    if door.permission is not None:
        yield from (Unauthenticated, NotAllowed)
    if "{" in door.route:
        yield NotFound
    if door.forms:
        yield NotAcceptable
    if door.changes:
        yield from (Stale, PreconditionMissing)


def _good(door: Door, status: HTTPStatus, shows: type[BaseModel] | str | None, shapes: Shapes) -> dict[str, Any]:
    headers: dict[str, Any] = dict(REQUEST_ID)
    versioned = isinstance(shows, type) and "version" in shows.model_fields
    if versioned or HTTPStatus.NOT_MODIFIED in door.also:
        headers["ETag"] = {"$ref": "#/components/headers/Version"}
    forms = (*door.forms, *(door.manner.shows if door.manner else ())) if status is door.status else ()
    if door.forms and forms:
        headers["Vary"] = {"$ref": "#/components/headers/Vary"}
    answer: dict[str, Any] = {"description": f"{status.phrase}.", "headers": headers}
    if shows is not None:
        answer["content"] = _content(shows, shapes) | {form: _schema(form) for form in forms}
    return answer


def _content(shows: type[BaseModel] | str, shapes: Shapes) -> dict[str, Any]:
    return shapes.content(shows, "serialization") if isinstance(shows, type) else {shows: _schema(shows)}


def _schema(content_type: str) -> dict[str, Any]:
    """Of what is no shape of ours: text, an object, or bytes, which have no schema."""
    if content_type.startswith("text/"):
        return {"schema": {"type": "string"}}
    return {"schema": {"type": "object"}} if "json" in content_type else {}


def _problem(status: HTTPStatus) -> dict[str, Any]:
    description, detail, field = SAID[status]
    shown = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": detail}
    return {
        "description": description,
        "headers": REQUEST_ID | (_challenge() if status is HTTPStatus.UNAUTHORIZED else {}),
        "content": {
            PROBLEM: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "example": shown | ({"field": field} if field else {}),
            }
        },
    }


def _challenge() -> dict[str, Any]:
    return {"WWW-Authenticate": {"description": "How to authenticate.", "schema": {"type": "string"}}}


def _named(status: HTTPStatus) -> str:
    return status.phrase.title().replace(" ", "")
