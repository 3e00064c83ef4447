"""A session: one person on the system through one sign-on, from when to when, and why it ended.

S1  A sign-on is what the directory calls `sid`; where a token has none, the application it was issued to. Its key is a
    digest of that and of the person, so that no two people share a session and the `sid` itself is kept nowhere.
S2  Every person with a role has one, opened by their first request; docks, applications and people without a role
    have none. At most one of a key is open. They are numbered 1, 2, 3 ... and do not overlap: each begins no earlier
    than the one before it ended, whatever the clocks of our instances say.
S3  `last_seen` is written at most once a minute and never goes back. What it may lag is on the session's side: a
    session is over when nobody was seen for the idle time and that minute. Where the store is slow it may lag by five,
    and no more: who was not noted for that long waits until they are.
S4  A session that was left idle ended when it was last seen, whenever somebody gets to closing it. Logged off or
    revoked it ended then, or when it was last seen if a clock of ours lags. No session is shorter than nothing.
S5  Under a `sid` that was revoked nobody is let in again. Without a `sid` no token is that was issued at or before
    the revocation or does not say when; later sessions of the key carry the revocation on.
S6  All of a person's sign-ons are revoked by a bar as well (bar.py), for those that are not known here yet: with a
    token that was issued at or before it, or does not say when, no session is opened under any key. Where a key has no
    `sid`, its sessions carry the bar on by rule S5.
S7  People are the same by the officer's number, in whatever letters (`person`), or by the directory's object id. A
    sign-on is known here since its first session began (`known_since`).
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from shared.domain.access import Caller, Role, folded
from shared.domain.bar import Bar, is_no_newer
from shared.domain.document import timestamp
from shared.domain.entry import Change, question

NOTED_EVERY = timedelta(minutes=1)
LAGS_AT_MOST = timedelta(minutes=5)
LATEST = "session"  # the document id of a key's latest session; those before it have their number as well


class Ended(StrEnum):
    LOGGED_OFF = "logged-off"
    IDLE = "idle"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`session` is its public id. Who it was, in which roles and from where, is copied when it began."""

    kind: ClassVar[str] = "session"

    session: str
    number: int
    actor: str
    person: str
    subject: str
    name: str | None
    roles: tuple[str, ...]
    borough: str | None
    client: str | None
    address: str | None
    known_since: datetime
    started_at: datetime
    last_seen: datetime
    ended_at: datetime | None = None
    ended_why: Ended | None = None
    revoked_at: datetime | None = None
    latest: bool = True

    @property
    def key(self) -> str:
        return self.session.rpartition("-")[0]

    @property
    def pk(self) -> str:
        return partition(self.key)

    @property
    def id(self) -> str:
        return LATEST if self.latest else f"{LATEST}-{self.number}"

    @property
    def seconds(self) -> int:
        """How long it lasted, or has lasted until it was last seen."""
        return int(((self.ended_at or self.last_seen) - self.started_at).total_seconds())


def partition(key: str) -> str:
    return f"session:{key}"


def signs_on(caller: Caller) -> bool:
    """Whether the caller has sessions at all (rule S2)."""
    return not caller.application and bool(caller.roles - {Role.DOCK})


def key_of(caller: Caller) -> str:
    """Rule S1. The kind of the sign-on is in it, so that a `sid` cannot pass for an application."""
    kind, value = ("sid", caller.sign_on) if caller.sign_on else ("client", caller.client or "")
    return hashlib.sha256(f"{caller.subject}\n{kind}\n{value}".encode()).hexdigest()[:32]


def opened(
    caller: Caller, before: Session | None, *, address: str | None, now: datetime, bar: Bar | None = None
) -> Session:
    """The caller's next session, after the one `before` it of the same key, which has ended (rule S2)."""
    number = before.number + 1 if before else 1
    begins = max(now, before.ended_at) if before and before.ended_at else now
    actor = caller.officer or caller.subject
    return Session(
        session=f"{key_of(caller)}-{number}",
        number=number,
        actor=actor,
        person=folded(actor),
        subject=caller.subject,
        name=caller.name,
        roles=tuple(role.value for role in Role if role in caller.roles),
        borough=caller.borough,
        client=caller.client,
        address=address,
        known_since=before.known_since if before else begins,
        started_at=begins,
        last_seen=begins,
        revoked_at=_carried_on(caller, before, bar),
    )


def _carried_on(caller: Caller, before: Session | None, bar: Bar | None) -> datetime | None:
    """Rules S5 and S6. Under a `sid` a revocation is for good, so that one of another sign-on must not be."""
    of_person = bar.revoked_at if bar and caller.sign_on is None else None
    return max((at for at in (before.revoked_at if before else None, of_person) if at), default=None)


def archived(session: Session) -> Session:
    """An ended session, put aside for the next one of its key."""
    return replace(session, latest=False)


def is_to_be_noted(session: Session, *, now: datetime) -> bool:
    return session.ended_at is None and now >= session.last_seen + NOTED_EVERY


def must_be_noted(session: Session, *, now: datetime) -> bool:
    """Whether that somebody was seen can no longer be left for their next request (rule S3)."""
    return session.ended_at is None and now >= session.last_seen + LAGS_AT_MOST


def noted(session: Session, *, now: datetime) -> Session:
    return replace(session, last_seen=max(session.last_seen, now))


def over_if_last_seen_by(now: datetime, idle: timedelta) -> datetime:
    """Who was last seen at that moment or before it, and not since, is gone (rule S3)."""
    return now - idle - NOTED_EVERY


def is_over(session: Session, *, idle: timedelta, now: datetime) -> bool:
    return session.last_seen <= over_if_last_seen_by(now, idle)


def ended(session: Session, why: Ended, *, now: datetime) -> Session:
    """Rule S4. A session ends once: one that has ended stays as it is."""
    if session.ended_at is not None:
        return session
    at = session.last_seen if why is Ended.IDLE else max(now, session.last_seen)
    return replace(session, ended_at=at, ended_why=why)


def revoked(session: Session, *, now: datetime) -> Session:
    """The session ended, if it was open, and its key barred (rule S5). A revocation never becomes an earlier one."""
    at = max(now, session.revoked_at) if session.revoked_at else now
    return replace(ended(session, Ended.REVOKED, now=at), revoked_at=at)


def is_barred(caller: Caller, session: Session) -> bool:
    """Whether a revocation of the caller's key keeps them out (rule S5)."""
    if session.revoked_at is None:
        return False
    return caller.sign_on is not None or is_no_newer(caller, session.revoked_at)


def told(session: Session) -> tuple[Change, ...]:
    """What the entry of its end says of it."""
    ends = {"to": timestamp(session.ended_at), "seconds": session.seconds} if session.ended_at else {}
    return question(**{"why": session.ended_why, "from": timestamp(session.started_at), **ends})
