"""Timer -> close idle sessions; and the doors of sessions: one's own for everybody, everybody's for auditors."""

import logging
from http import HTTPStatus
from typing import Annotated, Any

import azure.functions as func
from pydantic import Field, StringConstraints

from functions.door import Answer, Door, Request, opens
from functions.paging import Pages
from functions.parsing import Body, Moment, PlainText, Query, must_hold_a_time
from functions.shown_sessions import ShownRevoked, ShownSession, ShownSessions
from functions.system import turn
from functions.watched import Failed, ran
from shared import wiring
from shared.domain.access import Permission
from shared.domain.entry import Operation
from shared.domain.session import signs_on
from shared.errors import Conflict, Malformed, NotAllowed, NotFound
from shared.ports import SessionFilter
from shared.usecases.attend import Attended
from shared.usecases.close_idle_sessions import close_idle_sessions
from shared.usecases.revoke_sessions import revoke_sessions
from shared.usecases.sessions import log_off, my_sessions, read_session, sessions

bp = func.Blueprint()
log = logging.getLogger(__name__)

AT_ONCE = 8  # at a shift's end 22,000 go within minutes; one after another, at 2 calls of 20 ms each, is 6,000 a run
LASTS = 4 * 60  # seconds; the next run begins after five minutes
SessionId = Annotated[str, StringConstraints(pattern="^[0-9a-f]{32}-[1-9][0-9]{0,8}$")]


class SessionsIncomplete(Failed):
    """Some sessions that were left idle could not be closed. Failing the run raises the alert."""


class MySessionsQuery(Query):
    page: str | None = Field(default=None, max_length=500)
    limit: int = Field(default=50, ge=1, le=100)


class SessionsQuery(Query):
    """`since` and `until` are a stretch of time that somebody was on in."""

    officer: PlainText | None = None
    borough: PlainText | None = None
    open: bool | None = None
    since: Moment | None = None
    until: Moment | None = None
    page: str | None = Field(default=None, max_length=500)
    limit: int = Field(default=100, ge=1, le=500)


class RevocationBody(Body):
    officer: PlainText | None = None
    session: SessionId | None = None
    reason: PlainText


LOG_ON = Door(
    name="log_on",
    method="POST",
    route="sessions",
    about="Your session, begun now if there was none: so does any other request.",
    permission=Permission.SIGN_ON,
    operation=Operation.ACCESS,
    shows=ShownSession,
    status=HTTPStatus.CREATED,
    also={HTTPStatus.OK: ShownSession},
)
CURRENT = Door(
    name="session",
    method="GET",
    route="sessions/current",
    about="The session you are in.",
    permission=Permission.SIGN_ON,
    operation=Operation.ACCESS,
    shows=ShownSession,
)
LOG_OFF = Door(
    name="log_off",
    method="DELETE",
    route="sessions/current",
    about="End your session, if there is one.",
    permission=Permission.SIGN_ON,
    operation=Operation.ACCESS,
    shows=None,
    status=HTTPStatus.NO_CONTENT,
    attends=False,
)
MINE = Door(
    name="my_sessions",
    method="GET",
    route="sessions/mine",
    about="Your own sessions on whatever device, the last to begin first.",
    permission=Permission.SIGN_ON,
    operation=Operation.CONSULTATION,
    query=MySessionsQuery,
    shows=ShownSessions,
)
SESSIONS = Door(
    name="sessions",
    method="GET",
    route="sessions",
    about="Who was on the system, and for how long, the last to begin first.",
    permission=Permission.AUDIT,
    operation=Operation.CONSULTATION,
    query=SessionsQuery,
    shows=ShownSessions,
)
REVOKE = Door(
    name="revoke_sessions",
    method="POST",
    route="sessions/revocations",
    about="Put somebody out at once: all of an officer's sign-ons, or the one that a session came of; an address to "
    "watch a clip by that they were given before works until it expires, for at most four hours.",
    permission=Permission.MANAGE,
    operation=Operation.ADMINISTRATION,
    body=RevocationBody,
    shows=ShownRevoked,
    refuses=(NotFound, Conflict),
)


@bp.function_name("close_idle_sessions")
@bp.timer_trigger(arg_name="timer", schedule="0 */5 * * * *", use_monitor=True)
async def close_idle(timer: func.TimerRequest, context: func.Context) -> None:
    services = wiring.services()
    this = turn("close_idle_sessions", context, services, lasts=LASTS)
    with ran(services.metrics, "close_idle_sessions"):
        report = await close_idle_sessions(
            asking=this.asking,
            now=services.now,
            idle=services.session_idle,
            records=services.records,
            out_of_time=this.out_of_time,
            at_once=AT_ONCE,
        )
        services.metrics.count("session.ended", report.closed)
        if report.late:
            services.metrics.count("session.late")
        closed, kept, failed = report.closed, report.kept, report.failed
        log.info("close_idle_sessions: closed=%d kept=%d failed=%d late=%s", closed, kept, failed, report.late)
        if report.failed:
            raise SessionsIncomplete(f"{report.failed} sessions could not be closed; the log names them")


@opens(bp, LOG_ON)
async def begin_session(request: Request[None, None]) -> Answer:
    """201 where this request opened it, which is entered as its start; 200 where it was open."""
    attended = _attended(request)
    if attended.opened:
        return Answer(body=ShownSession.of(attended.held.record), status=HTTPStatus.CREATED)
    return await _shown(request, attended)


@opens(bp, CURRENT)
async def show_session(request: Request[None, None]) -> Answer:
    return await _shown(request, _attended(request))


@opens(bp, LOG_OFF)
async def end_session(request: Request[None, None]) -> Answer:
    services = request.services
    if not signs_on(request.caller):
        raise NotAllowed("an application has no session")
    ended = await log_off(request.caller, idle=services.session_idle, asking=request.asking, records=services.records)
    if ended:
        services.metrics.count("session.ended")
    return Answer(body="", status=HTTPStatus.NO_CONTENT)


@opens(bp, MINE)
async def show_my_sessions(request: Request[None, MySessionsQuery]) -> Answer:
    asked, services = request.query, request.services
    pages = Pages(keys=services.keys, question=f"{request.caller.subject}\nmine", now=request.asking.at)
    found, following = await my_sessions(
        after=await pages.begin(asked.page),
        limit=asked.limit,
        reach=request.reach,
        asking=request.asking,
        records=services.records,
    )
    return Answer(body=ShownSessions.of(found, await pages.following(following)))


@opens(bp, SESSIONS)
async def show_sessions(request: Request[None, SessionsQuery]) -> Answer:
    asked, services = request.query, request.services
    must_hold_a_time(asked.since, asked.until, field="until")
    question = f"{request.caller.subject}\nsessions {asked.model_dump_json(exclude={'page', 'limit'})}"
    pages = Pages(keys=services.keys, question=question, now=request.asking.at)
    found, following = await sessions(
        SessionFilter(
            actor=asked.officer, borough=asked.borough, open=asked.open, since=asked.since, until=asked.until
        ),
        after=await pages.begin(asked.page),
        limit=asked.limit,
        reach=request.reach,
        asking=request.asking,
        records=services.records,
    )
    return Answer(body=ShownSessions.of(found, await pages.following(following)))


@opens(bp, REVOKE)
async def revoke(request: Request[RevocationBody, None]) -> Answer:
    said, services = request.body, request.services
    if (said.officer is None) == (said.session is None):
        raise Malformed("either an officer or a session is to be named", field="officer")
    revoked = await revoke_sessions(
        said.reason,
        officer=said.officer,
        session=said.session,
        asking=request.asking,
        records=services.records,
    )
    services.metrics.count("session.ended", revoked.ended)
    return Answer(body=ShownRevoked(sessions=revoked.sessions))


def _attended(request: Request[Any, Any]) -> Attended:
    if request.attended is None:
        raise NotAllowed("an application has no session")
    return request.attended


async def _shown(request: Request[Any, Any], attended: Attended) -> Answer:
    session = await read_session(attended.held, asking=request.asking, records=request.services.records)
    return Answer(body=ShownSession.of(session))
