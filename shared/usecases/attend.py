"""Attend: a person comes to the desk. They are on the system from now on, and seen to be.

    1. read the latest session of their sign-on; 2. if it was left idle, end it, with its entry; 3. if none is open,
    read whether they were put out by name, and open the next one, with its entry; 4. read what is there, and whether
    they were put out while it was opened: whoever does that looks for sessions after the bar is written, so one of the
    two sees the other

A crash between two of these leaves an ended session or a begun one, and the next request goes on from there. Two
instances at once make one session and one entry, since its number is in the entry's key. A session that cannot be
written down is a fault: nobody is on the system unseen.

When somebody was last seen is noted apart, beside no entry, as of docks (sight.py): at most once a minute, and not at
the cost of the request. What is lost is made up for by the next request. But durations are evidence, so that after five
minutes without a note it is waited for, and a store that fails then is a fault (rule S3).
"""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from shared.domain.access import Caller
from shared.domain.bar import keeps_out
from shared.domain.entry import Asking, question
from shared.domain.session import (
    Ended,
    Session,
    archived,
    is_over,
    is_to_be_noted,
    key_of,
    must_be_noted,
    noted,
    opened,
)
from shared.errors import Stale
from shared.ports import Clash, Create, Held, Records, Replace, Write
from shared.usecases.commit import Contended, commit
from shared.usecases.sign_on import ATTEMPTS, about, bar_of, end, must_be_let_in, must_not_be_barred

log = logging.getLogger(__name__)
PATIENCE_SECONDS = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """The caller's open session; whether it was opened just now, and whether one that was left idle was ended."""

    held: Held[Session]
    opened: bool
    ended: bool


async def attend(caller: Caller, *, idle: timedelta, asking: Asking, records: Records) -> Attended:
    """Raises Unauthenticated if the caller's sign-on was revoked, or they were put out since their token was issued."""
    began, over = False, False
    for _ in range(ATTEMPTS):
        held = await records.session(key_of(caller))
        await must_be_let_in(caller, held, asking=asking, records=records)
        try:
            if held is None or held.record.ended_at is not None:
                began = await _open(caller, held, asking=asking, records=records)
            elif is_over(held.record, idle=idle, now=asking.at):
                over = await end(held, Ended.IDLE, asking=asking, records=records)
            elif began and keeps_out(await bar_of(caller, records), caller):
                await end(held, Ended.REVOKED, asking=asking, records=records)
            else:
                return Attended(held=held, opened=began, ended=over)
        except Stale:
            continue  # another instance was quicker: look again at what it left
    raise Contended(f"no open session after {ATTEMPTS} attempts")


async def touch(held: Held[Session], *, asking: Asking, records: Records, patience: float = PATIENCE_SECONDS) -> None:
    """Note that the person of the session was seen. Where that can be left for their next request, it never raises."""
    session = held.record
    if must_be_noted(session, now=asking.at):
        await _note(held, asking=asking, records=records)
    elif is_to_be_noted(session, now=asking.at):
        try:
            async with asyncio.timeout(patience):
                await _note(held, asking=asking, records=records)
        except Exception as fault:  # noqa: BLE001 - the request goes on
            log.info("touch: session=%s not noted: %s", session.session, type(fault).__name__)


async def _note(held: Held[Session], *, asking: Asking, records: Records) -> None:
    with suppress(Clash):  # another request of theirs noted it, or ended the session
        session = noted(held.record, now=asking.at)
        await records.write(session.pk, [Replace(session, held.version)])


async def _open(caller: Caller, before: Held[Session] | None, *, asking: Asking, records: Records) -> bool:
    """Whether this opened it: another may have, at once. Raises Stale if what was before changed meanwhile."""
    bar = await must_not_be_barred(caller, asking=asking, records=records)
    ended = before.record if before else None
    session = opened(caller, ended, address=asking.address, now=asking.at, bar=bar)
    draft = replace(about(session, "session.started", asking=asking), changes=question(client=caller.client))
    committed = await commit(records, draft, *_begun(session, before))
    return not committed.again


def _begun(session: Session, before: Held[Session] | None) -> tuple[Write, ...]:
    """The new session takes the place of the latest; the one before it stays under its number."""
    if before is None:
        return (Create(session),)
    return (Create(archived(before.record)), Replace(session, before.version))
