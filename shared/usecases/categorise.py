"""Categorise: somebody says what a clip is and whether it is evidence."""

from dataclasses import dataclass

from shared.domain.access import Reach
from shared.domain.categorise import categorised, must_be_there
from shared.domain.entry import Asking, Change, Draft, Entry, Operation, Reason
from shared.domain.footage import Clip, ClipId, Evidential
from shared.errors import Conflict, Refusal, Stale
from shared.ports import Held, Records, Replace
from shared.usecases.commit import commit, done_before
from shared.usecases.within import within


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """What the caller says the clip is."""

    name: str
    evidential: Evidential
    why: str


async def categorise(
    clip: ClipId, said: Category, *, version: str, reach: Reach, asking: Asking, records: Records
) -> Held[Clip]:
    """The clip as it now is. Raises Stale if it is not the `version` the caller saw, and as the rules C1 to C4 say.

    A retry under the same operation key that was done already is answered with the clip as it is.
    """
    held = await within(records, clip, reach)
    draft = _draft(held.record, said, asking)
    try:
        await _categorised(held, said, draft, version=version, records=records)
    except Refusal as no:
        entry = await done_before(records, draft)
        if entry is None:
            await _too_late_is_said(no, clip, reach=reach, records=records)
            raise
        _the_same(entry, draft)
    return await within(records, clip, reach)


async def _categorised(held: Held[Clip], said: Category, draft: Draft, *, version: str, records: Records) -> None:
    must_be_there(held.record)
    if held.version != version:
        raise Stale("the clip changed after you read it; read it again and decide again")
    asking = draft.asking
    changed = categorised(
        held.record,
        category=said.name,
        evidential=said.evidential,
        why=said.why,
        by=asking.actor.id,
        now=asking.at,
    )
    committed = await commit(records, draft, Replace(changed, held.version))
    if committed.again:
        _the_same(committed.entry, draft)


async def _too_late_is_said(no: Refusal, clip: ClipId, *, reach: Reach, records: Records) -> None:
    """Raises Condemned or Weeded if it is weeding that came between: to read it again would help nobody."""
    if isinstance(no, Stale):
        must_be_there((await within(records, clip, reach)).record)


def _draft(clip: Clip, said: Category, asking: Asking) -> Draft:
    before = clip.decision
    return Draft(
        asking=asking,
        pk=clip.pk,
        action="footage.categorised",
        operation=Operation.ALTERATION,
        subject=clip.id,
        borough=clip.borough,
        reason=Reason(code="stated", text=said.why),
        changes=(
            Change(field="category", before=before.category, after=said.name),
            Change(field="evidential", before=before.evidential, after=said.evidential),
        ),
    )


def _the_same(entry: Entry, draft: Draft) -> None:
    """A key is good for one decision; what the clip was before is not part of what was asked."""
    then = {change.field: change.after for change in entry.changes}
    if then != {change.field: change.after for change in draft.changes} or entry.reason != draft.reason:
        raise Conflict("this Idempotency-Key was used for another decision", field="Idempotency-Key")
