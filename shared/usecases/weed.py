"""Weed: erase the footage whose 31 days have passed and that nobody kept.

For each clip that is due:
    1. read it afresh and decide again (domain/retention.py)
    2. condemn it, with its entry, if it is still as read: whoever categorised it meanwhile wins
    3. erase the pinned version of the footage; if the storage holds that or anything else of the clip, nothing is
       erased and the clip is held again, with its entry
    4. erase poster and renditions, then whatever other versions lie at the path
    5. put its tombstone in its place, with its entry; its notes and its approval go in the same transaction

What a crash leaves at each arrow: after 1 nothing; after 2 to 4 a condemned clip, which the next run finishes and
nobody can categorise; after 5 nothing. Never a deed without a decision, never evidence without its footage. One bad
clip does not shelter the rest: it is counted, and the run fails at its end. One run at a time: timers are singletons.
"""

import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain.entry import Asking, Change, Draft, Operation, Outcome, Reason
from shared.domain.footage import Clip, ClipId, State
from shared.domain.retention import Keep, decide
from shared.domain.weed import condemned, reprieved, tombstone
from shared.errors import HeldByStorage, Stale
from shared.ports import Delete, Footage, Held, Place, Records, Replace
from shared.usecases.commit import Decided, commit, commit_deciding
from shared.usecases.side_by_side import in_groups, side_by_side

log = logging.getLogger(__name__)
PAGE = 100


@dataclass(slots=True)
class WeedReport:
    """What a run did. `late`: the run stopped before its time was over with clips still due."""

    weeded: int = 0
    kept: int = 0
    failed: int = 0
    late: bool = False


async def weed(
    *,
    asking: Asking,
    now: Callable[[], datetime],
    records: Records,
    footage: Footage,
    out_of_time: Callable[[], bool],
    at_once: int,
) -> WeedReport:
    """One run. `asking.key` names the run, so that what it did is entered once however often it is tried.

    What is due is settled when the run begins; each clip is decided on and each entry dated by its own `now`.
    `at_once` clips are weeded side by side: they share nothing.
    """
    report = WeedReport()
    async for group in in_groups(_due(records, asking.at), at_once):
        if out_of_time():
            report.late = True
            break
        tries = [_try_one(clip, asking=asking, now=now, records=records, footage=footage) for clip in group]
        for gone in await side_by_side(tries):
            report.weeded += gone is True
            report.kept += gone is False
            report.failed += gone is None
    return report


async def _try_one(
    clip: Clip, *, asking: Asking, now: Callable[[], datetime], records: Records, footage: Footage
) -> bool | None:
    """True if the clip is gone, False if it is kept, None if it failed: one bad clip must not shelter the rest."""
    try:
        return await _weed_one(clip, asking=replace(asking, at=now()), now=now, records=records, footage=footage)
    except Exception as fault:  # noqa: BLE001 - the run fails at its end
        log.error("weed: clip=%s failed: %s", clip.id, type(fault).__name__)  # noqa: TRY400 - no SDK text in logs
        return None


async def _due(records: Records, now: datetime) -> AsyncIterator[Clip]:
    """First what an earlier run began, then what is due, longest overdue first, each seen once."""
    seen: set[ClipId] = set()
    while begun := [clip for clip in await records.condemned(limit=len(seen) + PAGE) if clip.id not in seen]:
        for clip in begun:
            seen.add(clip.id)
            yield clip
    after: Place | None = None
    while page := await records.due(now, after=after, limit=PAGE):
        for clip in page:
            yield clip
        last = page[-1]
        after = Place(last.retention.weed_after or now, last.id)


async def _weed_one(
    clip: Clip, *, asking: Asking, now: Callable[[], datetime], records: Records, footage: Footage
) -> bool:
    """True if the clip is gone, False if it is kept."""
    held = await records.clip(clip.id)
    if held is None or held.record.state is State.WEEDED:
        return False
    try:
        if held.record.state is not State.CONDEMNED:
            held = await _condemn(held, asking=asking, records=records)
        if held is None or held.record.state is not State.CONDEMNED:
            return False
        return await _erase(held, asking=asking, now=now, records=records, footage=footage)
    except Stale:
        return False  # somebody touched it after we read it. They win; the next run decides afresh


async def _condemn(held: Held[Clip], *, asking: Asking, records: Records) -> Held[Clip] | None:
    decision = decide(held.record, now=asking.at)
    if isinstance(decision, Keep):
        return None
    clip = condemned(held.record, decision.rule, now=asking.at)
    draft = _draft(clip, "footage.condemned", State.CONDEMNED, asking, reason=Reason(code=decision.rule[:2]))
    await commit(records, draft, Replace(clip, held.version))
    return await records.clip(clip.id)


async def _erase(
    held: Held[Clip], *, asking: Asking, now: Callable[[], datetime], records: Records, footage: Footage
) -> bool:
    clip = held.record
    try:
        await footage.must_be_erasable(clip.id, clip.blob.path, now=asking.at)
        await footage.erase(clip.blob)
    except HeldByStorage:
        await _must_be_there(clip, footage)
        await _reprieve(held, asking=replace(asking, at=now()), records=records)
        return False
    await footage.erase_derived(clip.id)
    await footage.erase_other_versions(clip.blob.path)
    gone = replace(asking, at=now())  # a slow storage may have taken minutes
    stone = tombstone(clip, now=gone.at)
    draft = _draft(stone, "footage.weeded", State.WEEDED, gone)
    await commit_deciding(records, draft, lambda: _in_its_place(stone, held.version, records))
    return True


async def _in_its_place(stone: Clip, version: str, records: Records) -> Decided:
    """The tombstone, and away with all that people wrote beside the clip (annotate.py B3 and B4, approve.py A6)."""
    notes, approval = await records.notes(stone.id), await records.approval(stone.id)
    gone = [Delete(note.record, note.version) for note in notes]
    gone += [Delete(approval.record, approval.version)] if approval else []
    return Decided([Replace(stone, version), *gone])


async def _must_be_there(clip: Clip, footage: Footage) -> None:
    """Raises Gone if the footage is erased already: such a clip can only be weeded, never held again."""
    await footage.read(clip.blob, 0, 0)


async def _reprieve(held: Held[Clip], *, asking: Asking, records: Records) -> None:
    clip = reprieved(held.record, now=asking.at)
    draft = _draft(
        clip, "footage.reprieved", State.HELD, asking, reason=Reason(code="held-by-storage"), outcome=Outcome.REFUSED
    )
    await commit(records, draft, Replace(clip, held.version))


def _draft(
    clip: Clip,
    action: str,
    state: State,
    asking: Asking,
    *,
    reason: Reason | None = None,
    outcome: Outcome = Outcome.GRANTED,
) -> Draft:
    before = State.HELD if state is State.CONDEMNED else State.CONDEMNED
    rule = clip.weeding.rule if clip.weeding else None
    return Draft(
        asking=asking,
        pk=clip.pk,
        action=action,
        operation=Operation.ERASURE,
        subject=clip.id,
        borough=clip.borough,
        outcome=outcome,
        reason=reason or (Reason(code=rule[:2]) if rule else None),
        changes=(Change(field="state", before=before, after=state),),
    )
