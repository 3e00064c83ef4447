"""What the verbs of sessions have in common: who was revoked stays out, and an end is state and its entry."""

from dataclasses import replace

from shared.domain.access import Caller
from shared.domain.bar import Bar, keeps_out
from shared.domain.document import timestamp
from shared.domain.entry import Asking, Draft, Operation, Outcome, Reason
from shared.domain.session import Ended, Session, ended, is_barred, told
from shared.errors import Unauthenticated
from shared.ports import Held, Records, Replace
from shared.usecases.commit import commit
from shared.usecases.once import commit_unless_done
from shared.usecases.refuse import MINUTE

ATTEMPTS = 20  # each lost race is somebody else's write to one person's session


async def must_be_let_in(caller: Caller, held: Held[Session] | None, *, asking: Asking, records: Records) -> None:
    """Raises Unauthenticated if the caller's sign-on was revoked (rule S5). Entered once a minute."""
    if held is not None and is_barred(caller, held.record):
        await _refuse(held.record.pk, held.record.session, asking=asking, records=records)


async def must_not_be_barred(caller: Caller, *, asking: Asking, records: Records) -> Bar | None:
    """The caller's bar, if there is one. Raises Unauthenticated if it keeps them out (rule S6). Entered so, too."""
    bar = await bar_of(caller, records)
    if bar is not None and keeps_out(bar, caller):
        await _refuse(bar.pk, bar.subject, asking=asking, records=records)
    return bar


async def bar_of(caller: Caller, records: Records) -> Bar | None:
    held = await records.bar(caller.subject)
    return held.record if held else None


async def _refuse(pk: str, subject: str, *, asking: Asking, records: Records) -> None:
    draft = Draft(
        asking=asking,
        pk=pk,
        action="refused.revoked",
        operation=Operation.ACCESS,
        subject=subject,
        outcome=Outcome.REFUSED,
        reason=Reason(code="revoked"),
        key=f"{subject}\n{timestamp(asking.at)[:MINUTE]}",
    )
    await commit_unless_done(records, draft)
    raise Unauthenticated("this sign-on was revoked; sign on again", code="revoked")


async def end(held: Held[Session], why: Ended, *, asking: Asking, records: Records) -> bool:
    """Whether this ended it: two may try at once. Raises Stale if the session changed after it was read."""
    session = ended(held.record, why, now=asking.at)
    draft = about(session, "session.ended", asking=asking)
    committed = await commit(records, replace(draft, changes=told(session)), Replace(session, held.version))
    return not committed.again


def about(session: Session, action: str, *, asking: Asking) -> Draft:
    """An entry of the session's own life, which happens once however many instances see to it."""
    return Draft(
        asking=asking,
        pk=session.pk,
        action=action,
        operation=Operation.ACCESS,
        subject=session.session,
        borough=session.borough,
        key=session.session,
    )
