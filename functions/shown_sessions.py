"""What the doors show of sessions."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from functions.shown import Shown
from shared.domain.session import Session


class ShownSession(Shown):
    """Who was on, through which application, from when to when; `seconds` so far, if it has not ended."""

    session: str
    officer: str
    name: str | None
    roles: tuple[str, ...]
    borough: str | None
    client: str | None
    address: str | None
    started_at: datetime
    last_seen: datetime
    ended_at: datetime | None
    ended_why: str | None
    revoked_at: datetime | None
    seconds: int

    @classmethod
    def of(cls, session: Session) -> Self:
        facts = {name: getattr(session, name) for name in cls.model_fields if hasattr(session, name)}
        return cls.model_validate({**facts, "officer": session.actor})


class ShownSessions(Shown):
    """A page of sessions, the last to begin first; `next` is the page token of the one after it, if there is one."""

    sessions: tuple[ShownSession, ...]
    next: str | None

    @classmethod
    def of(cls, sessions: Iterable[Session], following: str | None) -> Self:
        return cls(sessions=tuple(ShownSession.of(each) for each in sessions), next=following)


class ShownRevoked(Shown):
    """The sessions whose sign-ons nobody comes in under any more."""

    sessions: tuple[str, ...]
