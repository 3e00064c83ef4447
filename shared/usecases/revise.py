"""Revise: a person changes what a clip says of itself, on the version they saw, for a reason, once for each key.

What categorising, correcting and releasing have in common. What the clip becomes is a rule's business; a revision
brings the rule, the word for it, and what the entry tells; what became of an open approval it tells as well.
"""

from collections.abc import Callable
from dataclasses import dataclass

from shared.domain.access import Reach
from shared.domain.approve import TOLD, concerns, followed, told
from shared.domain.categorise import must_be_there, must_say_why
from shared.domain.entry import Asking, Change, Draft, Entry, Operation, Reason
from shared.domain.footage import Clip, ClipId
from shared.errors import Conflict, Refusal, Stale
from shared.ports import Held, Records, Replace, Write
from shared.usecases.commit import Decided, commit_deciding, done_before
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
        await _revised(held, revision, draft, version=version, records=records)
    except Refusal as no:
        entry = await done_before(records, draft)
        if entry is None:
            await _too_late_is_said(no, clip, reach=reach, records=records)
            raise
        _the_same(entry, draft, revision)
    return await within(records, clip, reach)


async def _revised(held: Held[Clip], revision: Revision, draft: Draft, *, version: str, records: Records) -> None:
    must_be_there(held.record)
    if held.version != version:
        raise Stale("the clip changed after you read it; read it again and decide again")
    must_say_why(revision.why)
    after = revision.becomes(held.record)
    committed = await commit_deciding(records, draft, lambda: _with_its_approval(held, after, records))
    if committed.again:
        _the_same(committed.entry, draft, revision)


async def _with_its_approval(held: Held[Clip], after: Clip, records: Records) -> Decided:
    """The clip as it becomes, and its approval beside it (approve.py, rules A4 and A6)."""
    writes: list[Write] = [Replace(after, held.version)]
    approval = await records.approval(after.id) if concerns(held.record, after) else None
    beside = followed(approval.record, after) if approval else None
    if approval is None or beside is None or beside == approval.record:
        return Decided(writes)
    return Decided([*writes, Replace(beside, approval.version)], told(approval.record, beside))


async def _too_late_is_said(no: Refusal, clip: ClipId, *, reach: Reach, records: Records) -> None:
    """Raises Condemned or Weeded if it is weeding that came between: to read it again would help nobody."""
    if isinstance(no, Stale):
        must_be_there((await within(records, clip, reach)).record)


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


def _the_same(entry: Entry, draft: Draft, revision: Revision) -> None:
    """A key is good for one decision; what the clip was before, and its approval, are no part of what was asked."""
    now = {change.field: change.after for change in draft.changes}
    then = {change.field: change.after for change in entry.changes if change.field not in TOLD}
    if entry.reason != draft.reason or (revision.chosen and then != now):
        raise Conflict("this Idempotency-Key was used for another decision", field="Idempotency-Key")
