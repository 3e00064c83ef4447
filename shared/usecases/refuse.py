"""Refuse: what is refused is entered too.

Somebody known: one entry for each refusal, on the clip's trail if it was about a clip, else on their own; one request
may be refused of several. What is on a clip's trail is of the clip's borough, like all the rest of it, so that the
borough's auditor sees who tried; what is on somebody's own is of theirs. Nobody in particular: one entry for each
address, reason and minute under `refusals:<hour>`, so that a flood writes little.
"""

from collections.abc import Mapping

from shared.domain.document import timestamp
from shared.domain.entry import Actor, ActorKind, Asking, Change, Draft, Operation, Outcome, Reason
from shared.domain.footage import ClipId
from shared.errors import Condemned, Conflict, NotAllowed, NotFound, Refusal, SamePerson, Weeded
from shared.ports import Records
from shared.usecases.commit import commit
from shared.usecases.once import commit_unless_done
from shared.usecases.within import OutOfReach

# The refusals that are entered, with the reason's code: for want of a right, and for coming too late or alone.
ENTERED: Mapping[type[Refusal], str] = {
    NotAllowed: "not-allowed",
    SamePerson: "same-person",
    NotFound: "not-found",
    OutOfReach: "not-found",
    Conflict: "conflict",
    Condemned: "condemned",
    Weeded: "weeded",
}
NOBODY = Actor(id="nobody", kind=ActorKind.NOBODY)
HOUR, MINUTE = len("2026-11-25T20"), len("2026-11-25T20:52")


def clip_refused(no: Refusal, named: ClipId | None) -> ClipId | None:
    """The clip on whose trail the refusal belongs: one that is there, whether or not the caller may know it."""
    if isinstance(no, OutOfReach):
        return no.clip.id
    return named if isinstance(no, Conflict | SamePerson | Weeded) else None


async def refuse(
    code: str,
    *,
    door: str,
    subject: str,
    clip: ClipId | None,
    asking: Asking,
    records: Records,
    asked: tuple[Change, ...] = (),
) -> None:
    """Enter that a known caller was refused at `door`, and why (`code`): on the trail of `clip`, else on their own.

    `asked`: what it tells of what they asked, where the subject does not say it all.
    """
    held = await records.clip(clip) if clip else None
    draft = Draft(
        asking=asking,
        pk=held.record.pk if held else asking.own_trail,
        action=f"refused.{door}",
        operation=Operation.ACCESS,
        subject=subject,
        borough=held.record.borough if held else None,
        outcome=Outcome.REFUSED,
        reason=Reason(code=code),
        changes=asked,
        key=f"{asking.request}\n{subject}",
    )
    await commit(records, draft)


async def refuse_nobody(code: str, *, asking: Asking, records: Records) -> None:
    """Enter that nobody in particular was refused, once a minute for each address and reason."""
    at = timestamp(asking.at)
    draft = Draft(
        asking=asking,
        pk=f"refusals:{at[:HOUR]}",
        action="refused.nobody",
        operation=Operation.ACCESS,
        subject="service",
        outcome=Outcome.REFUSED,
        reason=Reason(code=code),
        key=f"{asking.address}\n{code}\n{at[:MINUTE]}",
    )
    await commit_unless_done(records, draft)
