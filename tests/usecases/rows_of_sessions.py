"""The verbs of sessions: somebody comes on, is seen, looks at sessions, goes, is put out, or just stays away."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from shared.domain.access import Reach
from shared.domain.entry import Asking
from shared.domain.session import Ended, ended, key_of
from shared.ports import SessionFilter
from shared.usecases.attend import attend, touch
from shared.usecases.close_idle_sessions import close_idle_sessions
from shared.usecases.revoke_sessions import revoke_sessions
from shared.usecases.sessions import log_off, my_sessions, read_session, sessions
from tests.builders import FORCE, NOW, OTHER_OFFICER, SESSION, a_caller, a_session, an_asking
from tests.fakes import World
from tests.usecases.rows import Anew, Row
from tests.usecases.scenes import by_the_service

IDLE = timedelta(minutes=15)
BYRON = a_caller()
THEIRS = key_of(BYRON)
LONG_AGO = NOW - timedelta(hours=2)
LOST = "the phone was lost"
STARTED, OVER = ("session.started", "client"), ("session.ended", "why from to seconds")
NOBODY_YET = an_asking(session=None)


def nobody_was_on(_world: World) -> None:
    """The first request of all."""


def they_are_on(world: World) -> None:
    world.records.put(a_session(key=THEIRS, last_seen=NOW - timedelta(minutes=5)))


def they_are_seen(world: World) -> None:
    """Their next request can note it as well as this one."""
    world.records.put(a_session(key=THEIRS, last_seen=NOW - timedelta(minutes=2)))


def they_went_away(world: World) -> None:
    world.records.put(a_session(key=THEIRS, started_at=LONG_AGO, last_seen=LONG_AGO + timedelta(minutes=9)))


def they_logged_off(world: World) -> None:
    world.records.put(ended(a_session(key=THEIRS, last_seen=LONG_AGO), Ended.LOGGED_OFF, now=LONG_AGO))


def two_devices(world: World) -> None:
    """One of them is open, one was logged off."""
    other = ended(a_session(key="00" * 16), Ended.LOGGED_OFF, now=NOW)
    world.records.put(a_session(), replace(other, last_seen=NOW - timedelta(hours=1)))


def two_went_away(world: World) -> None:
    they_went_away(world)
    world.records.put(a_session(started_at=LONG_AGO, last_seen=LONG_AGO))


def _coming(name: str, scene: Callable[[World], object], *enters: tuple[str, str]) -> Row:
    return Row(
        name=f"attend, {name}",
        verb=attend,
        scene=scene,
        run=lambda w, a: attend(BYRON, idle=IDLE, asking=a, records=w.records),
        enters=enters,
        asking=NOBODY_YET,
        answers=lambda attended: attended.held.record.session,
    )


def _revoked(name: str, *also: str, officer: str | None = None, session: str | None = None, times: int) -> Row:
    """`also`: what is entered beside each sign-on. Entries are in the order of their partitions."""
    return Row(
        name=f"revoke_sessions, {name}",
        verb=revoke_sessions,
        scene=two_devices,
        run=lambda w, a: revoke_sessions(LOST, officer=officer, session=session, asking=a, records=w.records),
        enters=(
            ("sessions.revoked", ""),
            *(("session.revoked", fields) for fields in ("", "why from to seconds")[-times:]),
            *((action, "") for action in also),
        ),
        said=LOST,
        anew=Anew.ENTRY,
        answers=lambda revoked: revoked.sessions,
    )


def in_it(world: World, verb: Callable[..., Awaitable[Any]]) -> Callable[[Asking], Awaitable[Any]]:
    """The verb of somebody who is on, and whom the desk has just found."""

    async def run(asking: Asking) -> Any:
        held = await world.records.session(THEIRS)
        assert held is not None
        return await verb(held, asking=asking, records=world.records)

    return run


ROWS = (
    _coming("the first time", nobody_was_on, STARTED),
    _coming("while on", they_are_on),
    _coming("after a log-off", they_logged_off, STARTED),
    _coming("after they went away", they_went_away, OVER, STARTED),
    Row(
        name="touch",
        verb=touch,
        scene=they_are_seen,
        run=lambda w, a: in_it(w, touch)(a),
        enters=(),
        quiet=frozenset({"records.write"}),
    ),
    Row(
        name="read_session",
        verb=read_session,
        scene=they_are_on,
        run=lambda w, a: in_it(w, read_session)(a),
        enters=(("session.read", ""),),
        anew=Anew.ENTRY,
        answers=lambda session: session,
    ),
    Row(
        name="log_off",
        verb=log_off,
        scene=they_are_on,
        run=lambda w, a: log_off(BYRON, idle=IDLE, asking=a, records=w.records),
        enters=(OVER,),
        asking=NOBODY_YET,
    ),
    Row(
        name="my_sessions",
        verb=my_sessions,
        scene=they_are_on,
        run=lambda w, a: my_sessions(
            after=None, limit=10, reach=Reach(subject=BYRON.subject), asking=a, records=w.records
        ),
        enters=(("sessions.own-read", ""),),
        anew=Anew.ENTRY,
        answers=lambda page: page,
    ),
    Row(
        name="sessions",
        verb=sessions,
        scene=two_devices,
        run=lambda w, a: sessions(
            SessionFilter(actor=OTHER_OFFICER, open=True),
            after=None,
            limit=10,
            reach=FORCE,
            asking=a,
            records=w.records,
        ),
        enters=(("sessions.read", "officer open"),),
        anew=Anew.ENTRY,
        answers=lambda page: page,
    ),
    _revoked("of an officer", "person.barred", officer=OTHER_OFFICER, times=2),
    _revoked("the one of a session", session=SESSION, times=1),
    Row(
        name="close_idle_sessions",
        verb=close_idle_sessions,
        scene=two_went_away,
        run=lambda w, a: close_idle_sessions(
            asking=a, now=lambda: a.at, idle=IDLE, records=w.records, out_of_time=lambda: False, at_once=1
        ),
        enters=(OVER, OVER),
        asking=by_the_service(),
    ),
)
