"""Approve: one person asks that evidence be unmarked, another decides; and the approvals are looked at.

What was asked and what was decided go into the trail of the clip. Granted, the clip changes in the same transaction.
"""

from collections.abc import Sequence

from shared.domain.access import Reach
from shared.domain.approve import (
    Approval,
    Standing,
    Unmarking,
    Verdict,
    answers,
    asked,
    asks,
    decided,
    must_be_another,
    unmarked,
)
from shared.domain.categorise import must_be_there
from shared.domain.entry import Asking, Change, Draft, Operation, Reason, question
from shared.domain.footage import Clip, ClipId
from shared.errors import Condemned, Conflict, NotFound, Stale, Weeded
from shared.ports import Create, Held, Place, Records, Replace, Write
from shared.usecases.commit import Decide, Decided, commit, commit_deciding
from shared.usecases.once import done_once, must_be_the_same, used_before
from shared.usecases.read import consulted
from shared.usecases.within import within

NOTHING_ASKED = "nobody has asked for an approval for this clip"


async def ask_approval(
    clip: ClipId, unmarking: Unmarking, *, version: str, reach: Reach, asking: Asking, records: Records
) -> Held[Approval]:
    """The approval that now waits for a second person. Raises Stale if the clip is not the `version` the caller saw,
    and as the rules A1 to A3 say.

    A retry under the same operation key that was done already is answered with the approval as it is.
    """
    held = await within(records, clip, reach)
    draft = _asking_draft(held.record, unmarking, asking)

    async def decide() -> Decided:
        now, before = await within(records, clip, reach), await records.approval(clip)
        return Decided([_opening(now, before, unmarking, version=version, asking=asking)])

    try:
        again = await _done_once(draft, decide, records=records, chosen=True)
        found = await _as_it_is(clip, reach=reach, records=records)
        if again and not asks(found.record, unmarking, asking):
            raise _of_one_before()
    except (Condemned, Conflict, Weeded) as no:
        no.about = clip
        raise
    return found


async def decide_approval(
    clip: ClipId, verdict: Verdict, *, version: str, reach: Reach, asking: Asking, records: Records
) -> Held[Approval]:
    """The approval with its verdict. Raises SamePerson, Stale if it is not the `version` the caller saw, and as the
    rules A1 to A4 say.

    A retry under the same operation key that was done already is answered with the approval as it is.
    """
    held = await within(records, clip, reach)
    seen = await _there(held.record, records)
    draft = _verdict_draft(held.record, seen.record, verdict, asking)

    async def decide() -> Decided:
        now = await within(records, clip, reach)
        open_one = await _there(now.record, records)
        return Decided(_verdict_writes(now, open_one, verdict, version=version, asking=asking))

    again = await _done_once(draft, decide, records=records, chosen=False)
    found = await _as_it_is(clip, reach=reach, records=records)
    if again and not answers(found.record, verdict, asking):
        raise _of_one_before()
    return found


async def approval(clip: ClipId, *, reach: Reach, asking: Asking, records: Records) -> Held[Approval]:
    """The clip's approval. Raises Condemned or Weeded, and NotFound out of reach or where none was asked for."""
    held = await within(records, clip, reach)
    found = await _there(held.record, records)
    await commit(records, consulted(held.record, "approval.read", asking))
    return found


async def approvals(
    state: Standing, *, after: Place | None, limit: int, reach: Reach, asking: Asking, records: Records
) -> tuple[Sequence[Held[Approval]], Place | None]:
    """A page, the oldest first, and where the next begins (None: there is none). Entered before it is shown."""
    found = await records.approvals(reach, state, after=after, limit=limit + 1)
    page = found[:limit]
    draft = Draft(
        asking=asking,
        pk=asking.own_trail,
        action="approvals.read",
        operation=Operation.CONSULTATION,
        subject="approvals",
        changes=question(state=state, shown=" ".join(held.record.clip for held in page)),
    )
    await commit(records, draft)
    last = page[-1].record if len(found) > limit else None
    return page, Place(last.asked_at, last.clip) if last else None


async def _done_once(draft: Draft, decide: Decide, *, records: Records, chosen: bool) -> bool:
    """Whether it was done before: a refusal of that is none. Raises Conflict if the key was used for something else.

    `chosen`: whether the caller chose what the entry tells. If not, the reason alone tells two requests apart.
    """
    done = await done_once(records, draft, lambda: commit_deciding(records, draft, decide))
    must_be_the_same(done.entry, draft, what="something else", chosen=chosen)
    return done.again


def _of_one_before() -> Conflict:
    """What was done once is not done again to the approval that took the place of the one it was done to."""
    return used_before("an approval before this one")


def _opening(
    held: Held[Clip], before: Held[Approval] | None, unmarking: Unmarking, *, version: str, asking: Asking
) -> Write:
    must_be_there(held.record)
    if held.version != version:
        raise Stale("the clip changed after you read it; read it again and ask again")
    opened = asked(held.record, unmarking, before.record if before else None, asking=asking)
    return Replace(opened, before.version) if before else Create(opened)


def _verdict_writes(
    held: Held[Clip], seen: Held[Approval], verdict: Verdict, *, version: str, asking: Asking
) -> Sequence[Write]:
    must_be_another(seen.record, asking)
    if seen.version != version:
        raise Stale("the approval changed after you read it; read it again and decide again")
    after = decided(seen.record, held.record, verdict, asking=asking)
    writes: list[Write] = [Replace(after, seen.version)]
    if verdict.granted:
        writes.append(Replace(unmarked(held.record, after), held.version))
    return writes


async def _there(clip: Clip, records: Records) -> Held[Approval]:
    must_be_there(clip)
    found = await records.approval(clip.id)
    if found is None:
        raise NotFound(NOTHING_ASKED)
    return found


async def _as_it_is(clip: ClipId, *, reach: Reach, records: Records) -> Held[Approval]:
    return await _there((await within(records, clip, reach)).record, records)


def _asking_draft(clip: Clip, unmarking: Unmarking, asking: Asking) -> Draft:
    before = clip.decision
    return Draft(
        asking=asking,
        pk=clip.pk,
        action="approval.asked",
        operation=Operation.ADMINISTRATION,
        subject=clip.id,
        borough=clip.borough,
        reason=Reason(code="stated", text=unmarking.why),
        changes=(
            Change(field="category", before=before.category, after=unmarking.category),
            Change(field="evidential", before=before.evidential, after=unmarking.evidential),
        ),
    )


def _verdict_draft(clip: Clip, seen: Approval, verdict: Verdict, asking: Asking) -> Draft:
    before = clip.decision
    changes = (
        Change(field="category", before=before.category, after=seen.category),
        Change(field="evidential", before=before.evidential, after=seen.evidential),
    )
    return Draft(
        asking=asking,
        pk=clip.pk,
        action="approval.granted" if verdict.granted else "approval.refused",
        operation=Operation.ALTERATION if verdict.granted else Operation.ADMINISTRATION,
        subject=clip.id,
        borough=clip.borough,
        reason=Reason(code="stated", text=verdict.why),
        changes=changes if verdict.granted else (),
    )
