"""The texts of what is asked of the store about sessions, as queries.py has the others."""

from datetime import datetime

from shared.adapters.cosmos.queries import Query
from shared.domain.access import folded
from shared.domain.document import timestamp
from shared.ports import Place, SessionFilter

SESSIONS = "SELECT * FROM c WHERE c.kind = 'session'"
OPEN = " AND IS_NULL(c.endedAt)"
ENDED = " AND IS_STRING(c.endedAt)"
LAST_SEEN_BY = " AND c.lastSeen <= @before"
STILL_ON = " AND (IS_NULL(c.endedAt) OR c.endedAt >= @since)"
BEGUN = " AND c.startedAt < @until"
LATEST_OF = " AND c.latest = true AND (c.person = @person OR c.subject = @subject) AND c.lastSeen >= @since"
BY_LAST_SEEN = " ORDER BY c.lastSeen DESC"
NEWEST_START = " ORDER BY c.startedAt DESC, c.session DESC"
OLDEST_START = " ORDER BY c.startedAt ASC, c.session ASC"
BEFORE_START = " AND (c.startedAt < @at OR (c.startedAt = @at AND c.session < @id))"
AFTER_START = " AND (c.startedAt > @at OR (c.startedAt = @at AND c.session > @id))"
OF_ACTOR = " AND c.actor = @actor"
OF_SUBJECT = " AND c.subject = @subject"


def sessions(asked: SessionFilter, after: Place | None) -> Query:
    query = Query(SESSIONS, {}).given(borough=asked.borough)
    if asked.actor is not None:
        query = query.where(OF_ACTOR, actor=asked.actor)
    if asked.subject is not None:
        query = query.where(OF_SUBJECT, subject=asked.subject)
    query = _in_time(query, asked)
    return query.after(after, BEFORE_START).where(NEWEST_START)


def open_sessions(last_seen_by: datetime, after: Place | None) -> Query:
    query = Query(SESSIONS, {}).where(OPEN).where(LAST_SEEN_BY, before=timestamp(last_seen_by))
    return query.after(after, AFTER_START).where(OLDEST_START)


def latest_sessions_of(person: str, *, since: datetime) -> Query:
    of_them = {"person": folded(person), "subject": person}
    return Query(SESSIONS, {}).where(LATEST_OF, **of_them, since=timestamp(since)).where(BY_LAST_SEEN)


def _in_time(query: Query, asked: SessionFilter) -> Query:
    if asked.open is True:
        query = query.where(OPEN)
    elif asked.open is False:
        query = query.where(ENDED)
    if asked.since is not None:
        query = query.where(STILL_ON, since=timestamp(asked.since))
    if asked.until is not None:
        query = query.where(BEGUN, until=timestamp(asked.until))
    return query
