"""The front desk. Every HTTP door stands behind it.

In order: 1. who is asking, and in which session; 2. may they; 3. what are they asking; 4. the verb, which writes down
what it does before it shows or changes anything; 5. the answer. A refusal for want of a right, or because it came too
late, is entered (usecases/refuse.py) before it is answered; if it cannot be entered, that is a fault.

No door is hung any other way: tests/house sees to it.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

import azure.functions as func
from pydantic import BaseModel

from functions.answering import CHALLENGE, PLAIN, code_of, failed, problem, respond
from functions.asking import bearer, known, stranger
from functions.attending import attended, attended_if_possible
from functions.manner import Manner
from functions.negotiating import JSON, form_for
from functions.parsing import IDENTIFIER, LARGEST_BODY, UUID, Query, parsed_body, parsed_query, version_in
from functions.watched import watched
from shared import wiring
from shared.domain.access import Caller, Permission, Reach, reach
from shared.domain.claims import caller as caller_of
from shared.domain.entry import Asking, Operation
from shared.domain.footage import ClipId
from shared.errors import PreconditionMissing, Refusal, Unauthenticated, WrongMethod
from shared.usecases.attend import Attended
from shared.usecases.refuse import ENTERED, clip_refused, refuse, refuse_nobody
from shared.wiring import Services

B = TypeVar("B")
Q = TypeVar("Q")


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What a door is, declared: read by the desk and by the house tests.

    `about` is what it does, in one sentence for those who call it. `permission` is None for a door open to all;
    `by_name`: where the name in the route decides, the permission for each. `changes`: the caller must say which
    version it changes. `unless_open`: the permission that an open door takes where the force keeps its ledger to itself
    (LEDGER_OPEN=off). `shows` is the shape of the good answer, or its content type where it is no JSON; `also`: the
    other answers that are no refusal, and their shapes (None: no body). `forms`: the other content types that the good
    answer comes in, for whoever prefers one (functions/negotiating.py). `refuses`: what its verb says no with, beyond
    what follows from the rest (functions/describing.py); tests/functions sees that no other no is ever said.
    `largest`: the bytes its body may have. `attends`: whoever comes is in a session, and out if it was revoked; False
    where one is left, which sees to it by itself. `attends_within`: where the store that keeps sessions may be what is
    wrong, for so many seconds; then they come in without one. `manner`: how it speaks, if
    that is a protocol of others.
    """

    name: str
    method: str
    route: str
    about: str
    permission: Permission | None
    operation: Operation
    shows: type[BaseModel] | str | None
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    changes: bool = False
    status: HTTPStatus = HTTPStatus.OK
    also: Mapping[HTTPStatus, type[BaseModel] | str | None] = field(default_factory=dict)
    forms: tuple[str, ...] = ()
    by_name: Mapping[str, Permission] = field(default_factory=dict)
    unless_open: Permission | None = None
    refuses: tuple[type[Refusal], ...] = ()
    largest: int = LARGEST_BODY
    attends: bool = True
    attends_within: float | None = None
    manner: Manner | None = None

    @property
    def offered(self) -> tuple[str, ...]:
        """The content types of the good answer, what is given to whoever prefers none first."""
        return (self.shows if isinstance(self.shows, str) else JSON, *self.forms)

    @property
    def heard(self) -> list[str]:
        """The methods it is hung for."""
        return list(self.manner.hears) if self.manner else [self.method]

    def asks_for(self, name: str | None) -> Permission | None:
        """The permission it takes; `name` is the one in the route."""
        return self.by_name.get(name or "", self.permission)

    def standing(self, *, ledger_open: bool) -> "Door":
        """The door as it stands where the ledger is open to all, or is not."""
        return self if ledger_open or self.unless_open is None else replace(self, permission=self.unless_open)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Generic[B, Q]):
    """A request that was let in: who, within what reach, what they ask. `version` is "" if they name none.

    `have`: the ETags of what they have already (If-None-Match), and `encodings`: what they can unpack
    (Accept-Encoding), as they were sent. `form`: of the content types that the door offers, the one that suits them.
    `sent`: the headers that the door reads beside those. At a door with a manner `query` is the text as it was sent.
    `attended`: the session they are in, for a person at a door that is attended.
    """

    caller: Caller
    reach: Reach
    asking: Asking
    services: Services
    route: Mapping[str, str]
    body: B
    query: Q
    version: str
    have: str = ""
    encodings: str = ""
    form: str = JSON
    sent: Mapping[str, str] = field(default_factory=dict)
    attended: Attended | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """Who came to the desk; `session` is None for those who have none."""

    caller: Caller
    asking: Asking
    session: Attended | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`body`: a shape of functions/shown.py, or bytes or text of `content_type`."""

    body: BaseModel | bytes | str
    status: HTTPStatus = HTTPStatus.OK
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Request[Any, Any]], Awaitable[Answer]]
Opened = Callable[[func.HttpRequest, func.Context], Awaitable[func.HttpResponse]]
VARIES = {"Vary": "Accept"}
_HUNG: dict[func.Blueprint, list[Door]] = {}


def doors_of(rooms: Iterable[func.Blueprint]) -> tuple[Door, ...]:
    """The doors that were hung in these rooms, in their order."""
    return tuple(door for room in rooms for door in _HUNG.get(room, ()))


def opens(bp: func.Blueprint, door: Door) -> Callable[[Handler], Opened]:
    """Hang `handler` behind the desk as the HTTP function `door.name`."""

    def hang(handler: Handler) -> Opened:
        # Not functools.wraps: the host matches parameter names with bindings, and wraps would show the handler's.
        async def opened(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
            services = wiring.services()
            here = door.standing(ledger_open=services.ledger_open)
            return await _attend(here, handler, req, str(context.invocation_id), services)

        opened.__name__ = handler.__name__
        opened.door = door  # type: ignore[attr-defined] # read by tests/house
        routed = bp.route(door.route, methods=door.heard, auth_level=func.AuthLevel.ANONYMOUS)(opened)
        hung: Opened = bp.function_name(door.name)(routed)
        _HUNG.setdefault(bp, []).append(door)
        return hung

    return hang


async def _attend(
    door: Door, handler: Handler, req: func.HttpRequest, request_id: str, services: Services
) -> func.HttpResponse:
    try:
        with watched(services.metrics, door.name):
            _must_be_answered(door, req)
            asking = stranger(req, request_id=request_id, now=services.now(), seed=services.seed())
            caller, asking = await _recognise(door, req, asking, services)
            session, asking = await _in_session(door, caller, asking, services)
            answer = await _let_in(door, handler, req, _Known(caller, asking, session), services)
            headers = {**_always(door), **(VARIES if door.forms else {}), **answer.headers}
            return respond(answer.body, answer.status, answer.content_type, headers, request_id)
    except Refusal as no:
        services.metrics.count("refused", of=code_of(no))
        return _refused(door, no, req, request_id, services)
    except Exception as fault:  # noqa: BLE001 - the last line: the caller gets an answer, the operator a place to look
        speech = door.manner.speech if door.manner else PLAIN
        return failed(fault, door.name, request_id, speech=speech, headers=_always(door))


def _must_be_answered(door: Door, req: func.HttpRequest) -> None:
    """The host lets in no other method but at a door that says no to it by itself."""
    if door.manner and req.method not in door.manner.answers:
        raise WrongMethod(f"here one can only ask, with {' or '.join(door.manner.answers)}")


def _refused(door: Door, no: Refusal, req: func.HttpRequest, request_id: str, services: Services) -> func.HttpResponse:
    manner = door.manner
    if manner is None:
        return problem(no, request_id)
    allow = {"Allow": ", ".join(manner.answers)} if isinstance(no, WrongMethod) else {}
    challenge = manner.challenge(req, services.expected) if isinstance(no, Unauthenticated) else CHALLENGE
    headers = {**manner.headers, **allow}
    return problem(no, request_id, speech=manner.speech, challenge=challenge, headers=headers)


def _always(door: Door) -> Mapping[str, str]:
    return door.manner.headers if door.manner else {}


async def _recognise(door: Door, req: func.HttpRequest, asking: Asking, services: Services) -> tuple[Caller, Asking]:
    """1. Who is asking. Nobody in particular is counted, and goes no further than the doors open to all."""
    permission = _permission(door, req)
    if permission is None:
        return Caller(subject=asking.actor.id, roles=frozenset()), asking
    try:
        claims = await services.tokens.claims(bearer(req))
        caller = caller_of(claims, services.expected, now=asking.at)
    except Unauthenticated as no:
        await refuse_nobody(no.code, asking=asking, records=services.records)
        raise
    return caller, known(asking, req, caller, permission)


async def _in_session(door: Door, caller: Caller, asking: Asking, services: Services) -> tuple[Attended | None, Asking]:
    if not door.attends:
        return None, asking
    if door.attends_within is None:
        return await attended(caller, asking, services)
    return await attended_if_possible(caller, asking, services, within=door.attends_within)


async def _let_in(door: Door, handler: Handler, req: func.HttpRequest, who: _Known, services: Services) -> Answer:
    """2. to 4. What is refused for want of a right, or because it is too late, is entered before it is answered.

    Not at a door open to all: who comes there is nobody, and could write as many entries as they like.
    """
    try:
        request = _asked(door, req, who, services)
        return await handler(request)
    except tuple(_entered(door)) as no:
        if _permission(door, req) is None:
            raise
        clip = clip_refused(no, _clip_named(req, no))
        subject, asked = door.manner.asked(req) if door.manner else (clip or _subject(req), ())
        code, records = _entered(door)[type(no)], services.records
        await refuse(code, door=door.name, subject=subject, clip=clip, asking=who.asking, records=records, asked=asked)
        raise


def _entered(door: Door) -> Mapping[type[Refusal], str]:
    return {**ENTERED, **door.manner.enters} if door.manner else ENTERED


def _clip_named(req: func.HttpRequest, no: Refusal) -> ClipId | None:
    given = no.about or req.route_params.get("id", "")
    return ClipId(given) if UUID.fullmatch(given) else None


def _asked(door: Door, req: func.HttpRequest, who: _Known, services: Services) -> Request[Any, Any]:
    permission = _permission(door, req)
    return Request(
        caller=who.caller,
        reach=reach(who.caller, permission) if permission else Reach(),
        asking=who.asking,
        attended=who.session,
        services=services,
        route=dict(req.route_params),
        version=_version(door, req),
        have=str(req.headers.get("If-None-Match", "")),
        encodings=str(req.headers.get("Accept-Encoding", "")),
        form=form_for(str(req.headers.get("Accept", "")), door.offered) if door.forms else door.offered[0],
        sent={name: str(req.headers.get(name, "")) for name in door.manner.reads} if door.manner else {},
        query=urlsplit(req.url).query if door.manner else parsed_query(door.query or Query, req),
        body=parsed_body(door.body, req, door.largest) if door.body else None,
    )


def _permission(door: Door, req: func.HttpRequest) -> Permission | None:
    return door.asks_for(req.route_params.get("name"))


def _version(door: Door, req: func.HttpRequest) -> str:
    version = version_in(req)
    if version is None and door.changes:
        raise PreconditionMissing("say which version you change: send its ETag as If-Match", field="If-Match")
    return version or ""


def _subject(req: func.HttpRequest) -> str:
    """What was asked about, for the entry: the ids of the route, as far as they could be ids at all."""
    named = [value if IDENTIFIER.fullmatch(value) else "unreadable" for value in req.route_params.values()]
    return "/".join(named) or "service"
