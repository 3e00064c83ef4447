"""What is asked of the record store about sessions."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFilter:
    """Which sessions: of whom entries name as that actor, or of that subject; begun in that borough; open or ended.

    `since` and `until` are a stretch of time: the sessions that somebody was on in, so those that had not ended by
    `since` and that began before `until`.
    """

    actor: str | None = None
    subject: str | None = None
    borough: str | None = None
    open: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
