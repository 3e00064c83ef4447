"""Revoke: an evidence manager puts somebody out, at once and on every instance, for a stated reason.

    1. find whom it is about; 2. enter the order, whose time is the moment of the revocation, however often it is tried;
    3. of an officer: bar them by name (domain/bar.py), so that nothing older than that moment opens a session; 4. look
    again, since somebody may have come on before the bar was there, and revoke each sign-on of theirs

Each step is one transaction with its entry. A retry under the same operation key goes on where it stopped, leaves alone
whoever signed on since, and answers as the first time. An officer is whoever came under that number or that id of the
directory, with all they ever came by. Who was never on cannot be revoked here, and somebody who may not sign on again
is to be disabled in the directory, too. An address to play a clip by that was given out before works until it expires:
at most four hours (usecases/play.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.bar import Bar, barred, bars
from shared.domain.categorise import must_say_why
from shared.domain.entry import Asking, Draft, Entry, Operation, Reason
from shared.domain.session import Session, partition, revoked, told
from shared.errors import NotFound, Stale
from shared.ports import Create, Held, Records, Replace
from shared.usecases.commit import Committed, Contended, commit, done_before
from shared.usecases.once import must_be_the_same
from shared.usecases.sign_on import ATTEMPTS, about

SIGN_ONS_LAST = timedelta(days=90)  # how long the directory lets a sign-on be taken up again that nobody used


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """The sessions whose sign-ons were revoked, by public id; how many of them were open until now."""

    sessions: tuple[str, ...]
    ended: int


async def revoke_sessions(
    why: str, *, officer: str | None, session: str | None, asking: Asking, records: Records
) -> Revoked:
    """All sign-ons of `officer`, open or not, or the one of `session`. Raises NotFound if there is none."""
    must_say_why(why)
    draft = _ordered(officer or session or "", why, asking)
    before = await done_before(records, draft)
    latest = before.occurred_at if before else None
    found = await _sign_ons(officer, latest, asking, records) if officer else [await _the_one_of(session, records)]
    order = before or await _order(draft, found, records)
    must_be_the_same(order, draft, what="another decision", chosen=False)
    if officer:
        for subject, borough in {each.subject: each.borough for each in found}.items():
            await _bar(subject, _draft_of_bar(subject, borough, why, asking), order.occurred_at, records)
        found = await _sign_ons(officer, latest, asking, records)
    done = [await _revoke(each.key, why, order.occurred_at, asking=asking, records=records) for each in found]
    return Revoked(
        sessions=tuple(committed.entry.subject for committed in done),
        ended=sum(bool(committed.entry.changes) and not committed.again for committed in done),
    )


async def _sign_ons(person: str, latest: datetime | None, asking: Asking, records: Records) -> Sequence[Session]:
    """Whatever those who came by that name came by; of a retry, what they had come by when it was first asked."""
    since = (latest or asking.at) - SIGN_ONS_LAST
    named = [each for each in await records.latest_sessions_of(person, since=since) if _was_there(each, latest)]
    if not named:
        raise NotFound("nobody of that name has been on lately", field="officer")
    theirs: dict[str, Session] = {}
    for subject in sorted({each.subject for each in named}):
        found = await records.latest_sessions_of(subject, since=since)
        theirs |= {each.key: each for each in found if _was_there(each, latest)}
    return sorted(theirs.values(), key=lambda each: (each.known_since, each.key))


def _was_there(session: Session, latest: datetime | None) -> bool:
    return latest is None or session.known_since <= latest


async def _the_one_of(session: str | None, records: Records) -> Session:
    key, _, number = (session or "").rpartition("-")
    held = await records.session(key)
    if held is None or not number.isdecimal() or not 0 < int(number) <= held.record.number:
        raise NotFound("there is no such session", field="session")
    return held.record


async def _order(draft: Draft, found: Sequence[Session], records: Records) -> Entry:
    """Its moment is not before any of the sign-ons it is about, whatever the clocks of our instances say."""
    at = max(draft.asking.at, *(each.known_since for each in found))
    return (await commit(records, replace(draft, asking=replace(draft.asking, at=at)))).entry


async def _bar(subject: str, draft: Draft, at: datetime, records: Records) -> None:
    for _ in range(ATTEMPTS):
        held: Held[Bar] | None = await records.bar(subject)
        bar = barred(subject, held.record if held else None, at=at)
        try:
            await commit(records, draft, Replace(bar, held.version) if held else Create(bar))
        except Stale:
            continue  # another manager bars them at the same time
        return
    raise Contended(f"the bar was not written in {ATTEMPTS} attempts")


async def _revoke(key: str, why: str, at: datetime, *, asking: Asking, records: Records) -> Committed:
    for _ in range(ATTEMPTS):
        held = await _latest(key, records)
        session = revoked(held.record, now=at)
        draft = _draft_of_session(session, why, asking, ends=held.record.ended_at is None)
        try:
            return await commit(records, draft, Replace(session, held.version))
        except Stale:
            continue  # they are at work: another of their requests was noted
    raise Contended(f"the session was not revoked in {ATTEMPTS} attempts")


async def _latest(key: str, records: Records) -> Held[Session]:
    held = await records.session(key)
    if held is None:
        raise RuntimeError(f"the latest session of {partition(key)} was found and is not there")
    return held


def _ordered(named: str, why: str, asking: Asking) -> Draft:
    return Draft(
        asking=asking,
        pk=asking.own_trail,
        action="sessions.revoked",
        operation=Operation.ADMINISTRATION,
        subject=named,
        reason=Reason(code="stated", text=why),
    )


def _draft_of_bar(subject: str, borough: str | None, why: str, asking: Asking) -> Draft:
    return replace(_ordered(subject, why, asking), pk=bars(subject), action="person.barred", borough=borough)


def _draft_of_session(session: Session, why: str, asking: Asking, *, ends: bool) -> Draft:
    return replace(
        about(session, "session.revoked", asking=asking),
        operation=Operation.ADMINISTRATION,
        reason=Reason(code="stated", text=why),
        changes=told(session) if ends else (),
        key=asking.key,
    )
