"""Revise: a person changes what a clip says of itself, on the version they saw, for a reason, once for each key.

What categorising, correcting and releasing have in common. What the clip becomes is a rule's business; a revision
brings the rule, the word for it, and what the entry tells; what became of an open approval it tells as well.
"""

from collections.abc import Callable
from dataclasses import dataclass

from shared.domain.access import Reach
from shared.domain.approve import TOLD, concerns, followed, told
from shared.domain.categorise import must_be_there, must_say_why
from shared.domain.entry import Asking, Change, Draft, Operation, Reason
from shared.domain.footage import Clip, ClipId
from shared.errors import Stale
from shared.ports import Held, Records, Replace, Write
from shared.usecases.commit import Committed, Decided, commit_deciding
from shared.usecases.once import done_once, must_be_the_same
from shared.usecases.within import within


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """`becomes`: the clip by its rule, or that rule's refusal. `changes`: from what the clip was to what is asked.

    `chosen`: whether the caller chose what it becomes. If not, the reason alone tells two requests apart.
    """

    action: str
    why: str
    becomes: Callable[[Clip], Clip]
    changes: Callable[[Clip], tuple[Change, ...]]
    chosen: bool = True


async def revised(
    clip: ClipId, revision: Revision, *, version: str, reach: Reach, asking: Asking, records: Records
) -> Held[Clip]:
    """The clip as it now is. Raises Stale if it is not the `version` the caller saw, and as the rule says.

    A retry under the same operation key that was done already is answered with the clip as it is.
    """
    held = await within(records, clip, reach)
    draft = _draft(held.record, revision, asking)
    try:
        done = await done_once(
            records, draft, lambda: _revised(held, revision, draft, version=version, records=records)
        )
    except Stale:
        must_be_there((await within(records, clip, reach)).record)  # weeding: to read again would help nobody
        raise
    if done.again:
        must_be_the_same(done.entry, draft, what="another decision", chosen=revision.chosen, beside=TOLD)
    return await within(records, clip, reach)


async def _revised(held: Held[Clip], revision: Revision, draft: Draft, *, version: str, records: Records) -> Committed:
    must_be_there(held.record)
    if held.version != version:
        raise Stale("the clip changed after you read it; read it again and decide again")
    must_say_why(revision.why)
    after = revision.becomes(held.record)
    return await commit_deciding(records, draft, lambda: _with_its_approval(held, after, records))


async def _with_its_approval(held: Held[Clip], after: Clip, records: Records) -> Decided:
    """The clip as it becomes, and its approval beside it (approve.py, rules A4 and A6)."""
    writes: list[Write] = [Replace(after, held.version)]
    approval = await records.approval(after.id) if concerns(held.record, after) else None
    beside = followed(approval.record, after) if approval else None
    if approval is None or beside is None or beside == approval.record:
        return Decided(writes)
    return Decided([*writes, Replace(beside, approval.version)], told(approval.record, beside))


def _draft(clip: Clip, revision: Revision, asking: Asking) -> Draft:
    return Draft(
        asking=asking,
        pk=clip.pk,
        action=revision.action,
        operation=Operation.ALTERATION,
        subject=clip.id,
        borough=clip.borough,
        reason=Reason(code="stated", text=revision.why),
        changes=revision.changes(clip),
    )
