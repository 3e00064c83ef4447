"""Refuse: what is refused is entered too.

Somebody known: one entry for each refusal, on the clip's trail if it was about a clip, else on their own. Nobody in
particular: one entry for each address, reason and minute under `refusals:<hour>`, so that a flood writes little.
"""

from shared.domain.document import timestamp
from shared.domain.entry import Actor, ActorKind, Asking, Draft, Operation, Outcome, Reason
from shared.ports import Records
from shared.usecases.commit import commit, done_before

NOBODY = Actor(id="nobody", kind=ActorKind.NOBODY)
HOUR, MINUTE = len("2026-11-25T20"), len("2026-11-25T20:52")


async def refuse(code: str, *, door: str, subject: str, clip: str | None, asking: Asking, records: Records) -> None:
    """Enter that a known caller was refused at `door`, and why (`code`): on the trail of `clip`, else on their own."""
    draft = Draft(
        asking=asking,
        pk=clip or f"actor:{asking.actor.id}",
        action=f"refused.{door}",
        operation=Operation.ACCESS,
        subject=subject,
        outcome=Outcome.REFUSED,
        reason=Reason(code=code),
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
    if await done_before(records, draft) is None:
        await commit(records, draft)
