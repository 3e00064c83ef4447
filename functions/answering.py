"""From refusals, faults and answers to HTTP: the only place that knows a status code from a reason.

Problems are RFC 9457 documents that name the field. A fault is logged by its kind and its place, never by its text,
which may hold an address with a right in it or somebody's name; its answer has the request's id and nothing else.
"""

import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType

import azure.functions as func
from pydantic import BaseModel

from shared.errors import (
    Condemned,
    Conflict,
    HeldByStorage,
    Malformed,
    NotAcceptable,
    NotAllowed,
    NotFound,
    PreconditionMissing,
    Refusal,
    SamePerson,
    Stale,
    Unauthenticated,
    Unsupported,
    Weeded,
    WrongMethod,
)
from shared.usecases.within import OutOfReach

log = logging.getLogger(__name__)

STATUS: Mapping[type[Refusal], HTTPStatus] = {
    Malformed: HTTPStatus.BAD_REQUEST,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    NotAllowed: HTTPStatus.FORBIDDEN,
    SamePerson: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    OutOfReach: HTTPStatus.NOT_FOUND,
    WrongMethod: HTTPStatus.METHOD_NOT_ALLOWED,
    NotAcceptable: HTTPStatus.NOT_ACCEPTABLE,
    Conflict: HTTPStatus.CONFLICT,
    Condemned: HTTPStatus.CONFLICT,
    HeldByStorage: HTTPStatus.CONFLICT,
    Weeded: HTTPStatus.GONE,
    Stale: HTTPStatus.PRECONDITION_FAILED,
    PreconditionMissing: HTTPStatus.PRECONDITION_REQUIRED,
    Unsupported: HTTPStatus.NOT_IMPLEMENTED,
}
PROBLEM = "application/problem+json"
NOTHING_MORE: Mapping[str, str] = MappingProxyType({})
CHALLENGE = 'Bearer realm="continuity"'


class Problem(BaseModel):
    """An RFC 9457 document: an answer of its own, or within an answer about several things."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Speech:
    """How a no is said: as a document of that type."""

    content_type: str
    write: Callable[[Problem], str]


PLAIN = Speech(PROBLEM, lambda document: document.model_dump_json(exclude_none=True))


def respond(
    body: BaseModel | bytes | str, status: HTTPStatus, content_type: str, headers: Mapping[str, str], request_id: str
) -> func.HttpResponse:
    raw = body.model_dump_json(by_alias=True) if isinstance(body, BaseModel) else body
    # Nothing of the service may lie in a cache between it and the person who was let in.
    always = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Request-Id": request_id}
    return func.HttpResponse(raw, status_code=status, mimetype=content_type, headers={**always, **headers})


def problem(
    no: Refusal,
    request_id: str,
    *,
    speech: Speech = PLAIN,
    challenge: str = CHALLENGE,
    headers: Mapping[str, str] = NOTHING_MORE,
) -> func.HttpResponse:
    asked = {"WWW-Authenticate": challenge} if STATUS[type(no)] is HTTPStatus.UNAUTHORIZED else {}
    return _answered(refusal(no), {**headers, **asked}, request_id, speech)


def refusal(no: Refusal) -> Problem:
    return _document(STATUS[type(no)], str(no), no.field)


def code_of(no: Refusal) -> str:
    """Why it was refused, for counting: one of a closed set."""
    return no.code if isinstance(no, Unauthenticated) else STATUS[type(no)].phrase.lower().replace(" ", "-")


def failed(
    fault: Exception,
    door: str,
    request_id: str,
    *,
    speech: Speech = PLAIN,
    headers: Mapping[str, str] = NOTHING_MORE,
) -> func.HttpResponse:
    return _answered(failure(fault, door, request_id), headers, request_id, speech)


def failure(fault: Exception, door: str, request_id: str) -> Problem:
    """What the caller is told of it; the operator finds it in the log."""
    log.error("%s failed: request=%s %s", door, request_id, place_of(fault))
    detail = f"this failed on our side; whether it was done is not known. Ask again; name request {request_id}"
    return _document(HTTPStatus.INTERNAL_SERVER_ERROR, detail, None)


def place_of(fault: BaseException) -> str:
    """The kinds of a fault and its causes, and where the last of our own lines was; no text of any of them."""
    kinds, at = [], ""
    cause: BaseException | None = fault
    while cause is not None:
        kinds.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    for frame in traceback.extract_tb(fault.__traceback__):
        if "site-packages" not in frame.filename:
            at = f"{'/'.join(frame.filename.split('/')[-2:])}:{frame.lineno} {frame.name}"
    return f"{' <- '.join(kinds)} at {at}"


def _document(status: HTTPStatus, detail: str, field: str | None) -> Problem:
    return Problem(title=status.phrase, status=status, detail=detail, field=field)


def _answered(document: Problem, headers: Mapping[str, str], request_id: str, speech: Speech) -> func.HttpResponse:
    return respond(speech.write(document), HTTPStatus(document.status), speech.content_type, headers, request_id)
