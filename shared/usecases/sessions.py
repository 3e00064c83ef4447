"""Sessions: who was on the system, and for how long; one's own for everybody, everybody's for auditors; logging off.

A list is entered once for each question, not once a page.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from shared.domain.access import Caller, Reach
from shared.domain.entry import Asking, Change, Draft, Operation, question
from shared.domain.session import Ended, Session, is_over, key_of
from shared.errors import Stale
from shared.ports import Held, Place, Records, SessionFilter
from shared.usecases.commit import Contended, commit
from shared.usecases.sign_on import ATTEMPTS, about, end, must_be_let_in


async def log_off(caller: Caller, *, idle: timedelta, asking: Asking, records: Records) -> bool:
    """Whether there was a session to end. Raises Unauthenticated if the caller's sign-on was revoked.

    Who comes back to a session that was left idle long ago logs off from nothing: it ended when they were last seen.
    """
    for _ in range(ATTEMPTS):
        held = await records.session(key_of(caller))
        await must_be_let_in(caller, held, asking=asking, records=records)
        if held is None or held.record.ended_at is not None:
            return False
        why = Ended.IDLE if is_over(held.record, idle=idle, now=asking.at) else Ended.LOGGED_OFF
        try:
            return await end(held, why, asking=asking, records=records)
        except Stale:
            continue  # another request of theirs noted that they were seen
    raise Contended(f"the session did not end in {ATTEMPTS} attempts")


async def read_session(held: Held[Session], *, asking: Asking, records: Records) -> Session:
    """The session that somebody is in, shown to themselves."""
    await commit(records, replace(about(held.record, "session.read", asking=asking), key=None))
    return held.record


async def my_sessions(
    *, after: Place | None, limit: int, reach: Reach, asking: Asking, records: Records
) -> tuple[Sequence[Session], Place | None]:
    """A page of the caller's own, on whatever device, and where the next begins."""
    asked = SessionFilter(subject=reach.subject or "")
    if after is None:
        await commit(records, _draft("sessions.own-read", asking, ()))
    return await _page(asked, after=after, limit=limit, records=records)


async def sessions(
    asked: SessionFilter, *, after: Place | None, limit: int, reach: Reach, asking: Asking, records: Records
) -> tuple[Sequence[Session], Place | None]:
    """A page, and where the next begins. A borough's auditor sees that borough whatever they ask (rule A5)."""
    limited = asked if reach.force else replace(asked, borough=reach.borough)
    if after is None:
        changes = question(
            officer=limited.actor,
            borough=limited.borough,
            open=None if limited.open is None else str(limited.open).lower(),
            since=limited.since,
            until=limited.until,
        )
        await commit(records, replace(_draft("sessions.read", asking, changes), borough=limited.borough))
    return await _page(limited, after=after, limit=limit, records=records)


async def _page(
    asked: SessionFilter, *, after: Place | None, limit: int, records: Records
) -> tuple[Sequence[Session], Place | None]:
    found = await records.sessions(asked, after=after, limit=limit + 1)
    page = found[:limit]
    last = page[-1] if len(found) > limit else None
    return page, Place(last.started_at, last.session) if last else None


def _draft(action: str, asking: Asking, changes: tuple[Change, ...]) -> Draft:
    return Draft(
        asking=asking,
        pk=asking.own_trail,
        action=action,
        operation=Operation.CONSULTATION,
        subject="sessions",
        changes=changes,
    )
