"""Revoke: an evidence manager puts somebody out, at once and on every instance, for a stated reason.

Each sign-on is one transaction with its entry. A retry under the same operation key goes on where it stopped and
answers as the first time. What is not yet known here cannot be revoked here: somebody who may not sign on again is to
be disabled in the directory, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from shared.domain.categorise import must_say_why
from shared.domain.entry import Asking, Draft, Operation, Reason
from shared.domain.session import Session, partition, revoked, told
from shared.errors import Conflict, NotFound, Stale
from shared.ports import Held, Records, Replace
from shared.usecases.commit import Committed, Contended, commit
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
    keys = await _keys_of(officer, asking, records) if officer else [await _key_of(session or "", records)]
    done = [await _revoke(key, why, asking=asking, records=records) for key in keys]
    return Revoked(
        sessions=tuple(committed.entry.subject for committed in done),
        ended=sum(bool(committed.entry.changes) and not committed.again for committed in done),
    )


async def _keys_of(person: str, asking: Asking, records: Records) -> Sequence[str]:
    found = await records.latest_sessions_of(person, since=asking.at - SIGN_ONS_LAST)
    if not found:
        raise NotFound("nobody of that name has been on lately", field="officer")
    return [each.key for each in found]


async def _key_of(session: str, records: Records) -> str:
    key, _, number = session.rpartition("-")
    held = await records.session(key)
    if held is None or not number.isdecimal() or not 0 < int(number) <= held.record.number:
        raise NotFound("there is no such session", field="session")
    return key


async def _revoke(key: str, why: str, *, asking: Asking, records: Records) -> Committed:
    for _ in range(ATTEMPTS):
        held = await _latest(key, records)
        session = revoked(held.record, now=asking.at)
        draft = _draft(session, why, asking, ends=held.record.ended_at is None)
        try:
            committed = await commit(records, draft, Replace(session, held.version))
        except Stale:
            continue  # they are at work: another of their requests was noted
        if committed.entry.reason != draft.reason:
            raise Conflict("this Idempotency-Key was used for another decision", field="Idempotency-Key")
        return committed
    raise Contended(f"the session was not revoked in {ATTEMPTS} attempts")


async def _latest(key: str, records: Records) -> Held[Session]:
    held = await records.session(key)
    if held is None:
        raise RuntimeError(f"the latest session of {partition(key)} was found and is not there")
    return held


def _draft(session: Session, why: str, asking: Asking, *, ends: bool) -> Draft:
    return replace(
        about(session, "session.revoked", asking=asking),
        operation=Operation.ADMINISTRATION,
        reason=Reason(code="stated", text=why),
        changes=told(session) if ends else (),
        key=asking.key,
    )
