"""A bar: a person was put out, and by whatever sign-on they come, a token of before that opens nothing (session.py S6).

It is kept by the person's id in the directory, beside no session: so it holds for an application that they have never
come by, and for a sign-on that nobody here knows of. It is read where a session is opened, and nowhere else.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from shared.domain.access import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """`subject` is the person in the directory."""

    kind: ClassVar[str] = "bar"
    id: ClassVar[str] = "bar"

    subject: str
    revoked_at: datetime

    @property
    def pk(self) -> str:
        return bars(self.subject)


def bars(subject: str) -> str:
    """The partition of a person's bar. A digest, since a directory may give anything as an id."""
    return f"subject:{hashlib.sha256(subject.encode()).hexdigest()[:32]}"


def barred(subject: str, before: Bar | None, *, at: datetime) -> Bar:
    """A bar never becomes an earlier one."""
    return Bar(subject=subject, revoked_at=max(at, before.revoked_at) if before else at)


def is_no_newer(caller: Caller, at: datetime) -> bool:
    """Whether the caller's token was issued at that moment or before it, or does not say when."""
    return caller.issued is None or caller.issued <= at.timestamp()


def keeps_out(bar: Bar | None, caller: Caller) -> bool:
    return bar is not None and is_no_newer(caller, bar.revoked_at)
