"""Mend: what reconcile does about a finding. Nothing here deletes, overwrites, or undoes what a person did.

not-indexed        taken in, by ingest itself
missing            entered once for the version; the clip is quarantined, so that it is not weeded silently (F4)
overwritten        entered once, by ingest itself; the first content stays the one served
metadata-changed   entered once; where the storage keeps no versions the clip's pin is renewed, for its bytes were
                   just hashed and are its own
archived           brought back to the hot tier: that changes no byte, and without it nobody can play or hash it
hash-overdue       announced and asked again: fixity answers once however often it is asked
resurfaced         entered once for that content; what to do with it is for a person to say
leased, condemned-overdue   reported only: somebody may have meant the lease, and only the weeder erases
"""

from dataclasses import replace

from shared.domain.entry import Asking, Change, Draft, Operation, Outcome, Reason
from shared.domain.fixity import MISSING, missing
from shared.domain.footage import Blob, Clip, State
from shared.domain.reconcile import Finding
from shared.errors import Stale
from shared.ports import Held, Replace, Write
from shared.usecases.commit import commit
from shared.usecases.ingest import Intake, ingest
from shared.usecases.reconcile_compare import METADATA_CHANGED, Found

OPEN = (State.HELD, State.QUARANTINED)


async def mend(found: Found, *, asking: Asking, intake: Intake) -> None:
    clip, other = found.clip, found.other
    match found.finding:
        case Finding.NOT_INDEXED | Finding.OVERWRITTEN:
            key = f"{found.path}\n{other.etag if other else ''}"
            await ingest(found.path, etag=None, asking=replace(asking, key=key), intake=intake)
        case Finding.MISSING if clip:
            await _quarantine(clip, asking=asking, intake=intake)
        case Finding.METADATA_CHANGED if clip and other:
            await _renew(clip, other, found.key, asking=asking, intake=intake)
        case Finding.ARCHIVED if clip:
            await intake.footage.rehydrate(clip.blob)
        case Finding.HASH_OVERDUE if clip:
            await intake.announcer.footage_indexed(clip, now=asking.at)
            await intake.queue.ask(clip.id)
        case Finding.RESURFACED if clip:
            draft = _incident(clip, "footage.resurfaced", found.key, asking, other=other)
            await commit(intake.records, replace(draft, outcome=Outcome.FAILED, reason=Reason(code="after-weeding")))


async def _quarantine(clip: Clip, *, asking: Asking, intake: Intake) -> None:
    """The entry is fixity's own, by its key: whichever of the two finds it first, it is entered once."""
    while held := await _as_compared(clip, intake):
        draft = replace(
            _incident(clip, "footage.missing", clip.blob.key, asking, other=None),
            operation=Operation.ADMINISTRATION,
            outcome=Outcome.FAILED,
            reason=Reason(code=MISSING),
            changes=(Change(field="version", before=clip.blob.version or clip.blob.etag, after=None),),
        )
        if await _entered(draft, Replace(missing(held.record), held.version), intake=intake):
            return


async def _renew(clip: Clip, other: Blob, key: str, *, asking: Asking, intake: Intake) -> None:
    """The storage says the bytes anew under another ETag. With versions the pinned one is still there to be read."""
    while held := await _as_compared(clip, intake):
        draft = _incident(clip, METADATA_CHANGED, key, asking, other=other)
        renewed = replace(held.record, blob=other)
        writes = () if clip.blob.version else (Replace(renewed, held.version),)
        if await _entered(draft, *writes, intake=intake):
            return


async def _as_compared(clip: Clip, intake: Intake) -> Held[Clip] | None:
    """The clip as it is now, if what was found of it can still be so."""
    held = await intake.records.clip(clip.id)
    return held if held and held.record.state in OPEN and held.record.blob == clip.blob else None


async def _entered(draft: Draft, *writes: Write, intake: Intake) -> bool:
    """False if somebody changed the clip meanwhile: look at it again."""
    try:
        await commit(intake.records, draft, *writes)
    except Stale:
        return False
    return True


def _incident(clip: Clip, action: str, key: str, asking: Asking, *, other: Blob | None) -> Draft:
    blob = clip.blob
    return Draft(
        asking=asking,
        pk=clip.pk,
        action=action,
        operation=Operation.ALTERATION,
        subject=clip.id,
        borough=clip.borough,
        outcome=Outcome.REFUSED,
        changes=(
            Change(field="etag", before=blob.etag, after=other.etag if other else None),
            Change(field="version", before=blob.version, after=other.version if other else None),
        ),
        key=key,
    )
