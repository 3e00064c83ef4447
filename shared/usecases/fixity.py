"""Fixity: read the pinned version back, hash it, and say whether it is what the dock meant to write."""

import hashlib
from asyncio import to_thread
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from shared.domain.entry import Asking, Change, Draft, Operation, Outcome, Reason
from shared.domain.fixity import MISSING, answer_wanted, given_up, missing, verified
from shared.domain.footage import Blob, Clip, ClipId, Fixity, Sha256
from shared.errors import Stale
from shared.ports import Footage, Gone, Records, Replace
from shared.usecases.commit import commit

ACTIONS = {
    Fixity.VERIFIED: "footage.verified",
    Fixity.MISMATCH: "footage.mismatched",
    Fixity.UNCLAIMED: "footage.hashed",
}


class Checked(StrEnum):
    VERIFIED = "verified"
    MISMATCH = "mismatch"
    UNCLAIMED = "unclaimed"
    NOTHING_TO_DO = "nothing-to-do"
    MISSING = "missing"


def _nobody(_: Clip) -> None:
    """Nobody wants to know."""


async def fixity(
    clip: ClipId,
    *,
    asking: Asking,
    now: Callable[[], datetime],
    records: Records,
    footage: Footage,
    hashed: Callable[[Clip], None] = _nobody,
) -> Checked:
    """Hash the clip's bytes, once. A repeat, and a clip that is being weeded or gone, need nothing.

    The answer is dated when the last byte was read. `missing`: the pinned version is not in the store though nobody
    weeded it. `hashed` is told the clip with its answer, once that is written.
    """
    held = await records.clip(clip)
    if held is None or not answer_wanted(held.record):
        return Checked.NOTHING_TO_DO
    try:
        found: Sha256 | None = await _hash(held.record.blob, footage)
    except Gone:
        found = None
    return await _answer(clip, found, asking=replace(asking, at=now()), records=records, hashed=hashed)


async def _hash(blob: Blob, footage: Footage) -> Sha256:
    digest = hashlib.sha256()
    async for piece in footage.stream(blob):
        await to_thread(digest.update, piece)  # hashing lets go of the interpreter lock; the loop stays free
    return Sha256(digest.hexdigest())


async def _answer(
    clip: ClipId, found: Sha256 | None, *, asking: Asking, records: Records, hashed: Callable[[Clip], None]
) -> Checked:
    """Write the answer on the clip as it is now: while the bytes were read, its officer may have categorised it."""
    while True:
        held = await records.clip(clip)
        if held is None or not answer_wanted(held.record):
            return Checked.NOTHING_TO_DO
        answered = verified(held.record, found, now=asking.at) if found else missing(held.record)
        draft = _found(answered, asking) if found else _not_found(answered, asking)
        try:
            await commit(records, draft, Replace(answered, held.version))
        except Stale:
            continue
        if found is None:
            return Checked.MISSING
        hashed(answered)
        return Checked(answered.integrity.state)


def _found(clip: Clip, asking: Asking) -> Draft:
    state = clip.integrity.state
    return Draft(
        asking=asking,
        pk=clip.pk,
        action=ACTIONS[state],
        operation=Operation.ADMINISTRATION,
        subject=clip.id,
        borough=clip.borough,
        outcome=Outcome.FAILED if state is Fixity.MISMATCH else Outcome.GRANTED,
        changes=(
            Change(field="version", before=None, after=clip.blob.version or clip.blob.etag),
            Change(field="sha256", before=clip.integrity.claimed, after=clip.integrity.sha256),
        ),
        key=clip.blob.key,
    )


def _not_found(clip: Clip, asking: Asking) -> Draft:
    return Draft(
        asking=asking,
        pk=clip.pk,
        action="footage.missing",
        operation=Operation.ADMINISTRATION,
        subject=clip.id,
        borough=clip.borough,
        outcome=Outcome.FAILED,
        reason=Reason(code=MISSING),
        changes=(Change(field="version", before=clip.blob.version or clip.blob.etag, after=None),),
        key=clip.blob.key,
    )


async def poisoned(clip: ClipId, *, asking: Asking, records: Records) -> None:
    """A question for fixity failed so often that the queue gave it up: enter it, once, and mark the clip that waits."""
    draft = Draft(
        asking=asking,
        pk=clip,
        action="fixity.poisoned",
        operation=Operation.ADMINISTRATION,
        subject=clip,
        outcome=Outcome.FAILED,
        reason=Reason(code="gave-up"),
    )
    while True:
        held = await records.clip(clip)
        waits = held is not None and answer_wanted(held.record)
        mark = [Replace(given_up(held.record, now=asking.at), held.version)] if held and waits else []
        try:
            await commit(records, draft, *mark)
        except Stale:
            continue
        return
