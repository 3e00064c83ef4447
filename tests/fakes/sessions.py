"""What MemoryRecords finds of sessions, worked out from the words of the ports and not from any query."""

from datetime import datetime

from shared.domain.session import Session
from shared.ports import SessionFilter


def was_on(session: Session, asked: SessionFilter) -> bool:
    wanted = (
        (asked.actor, session.actor),
        (asked.subject, session.subject),
        (asked.borough, session.borough),
        (asked.open, session.ended_at is None),
    )
    gone = asked.since is not None and session.ended_at is not None and session.ended_at < asked.since
    to_come = asked.until is not None and asked.until <= session.started_at
    return not gone and not to_come and all(want is None or want == got for want, got in wanted)


def is_latest_of(session: Session, person: str, since: datetime) -> bool:
    theirs = person == session.subject or person.strip().casefold() == session.actor.strip().casefold()
    return session.latest and theirs and since <= session.last_seen
