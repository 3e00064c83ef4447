"""Ingest: a blob has landed; take it into the index, once.

    1. what lies there now; 2. its grant; 3. what its bytes say; 4. the poster; 5. clip and entry in one batch;
    6. announce; 7. ask for fixity.

A crash between any two leaves nothing that another delivery of the event does not finish: 4 is replaced, 5 is
create-if-absent, 6 and 7 are done again while the hash is pending, which it stays until 7 was done. A content that was
overwritten, before or after it was taken in, is an incident on the trail; a granted recording whose blob is gone before
anybody took it in is entered as missing. Footage is never refused here and never lost;
what is wrong with it is a reason of its quarantine. Only faults are raised, so that the event comes again.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from shared.domain.entry import REASON_LENGTH, Asking, Change, Draft, Operation, Outcome, Reason, question
from shared.domain.footage import Blob, Clip, Fixity, Grant, State
from shared.domain.intake import Landed, recording_of, taken_in
from shared.domain.naming import recording_in
from shared.errors import Stale
from shared.ports import Announcer, Create, FixityQueue, Footage, Gone, Held, Inspector, Records, Replace
from shared.usecases.commit import commit


class Ingested(StrEnum):
    TAKEN_IN = "taken-in"
    QUARANTINED = "quarantined"
    REPEATED = "repeated"
    OVERWRITTEN = "overwritten"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Everything ingest needs from outside."""

    records: Records
    footage: Footage
    inspector: Inspector
    queue: FixityQueue
    announcer: Announcer


async def ingest(path: str, *, etag: str | None, asking: Asking, intake: Intake) -> Ingested:
    """Take in what lies at `path`. `etag` is the content the event tells of, None where nobody tells."""
    grant = await _grant_for(path, intake.records)
    landed = await intake.footage.landed(path)
    known = await intake.records.clip(recording_of(path, grant))
    if landed is None:
        return await _gone(path, grant, known, asking=asking, records=intake.records)
    if etag and etag not in (landed.blob.etag, known.record.blob.etag if known else None):
        before = Blob(path=path, etag=etag, size=landed.blob.size)
        await _overwritten(before, landed, grant, asking=asking, records=intake.records)
    if known is None:
        return await _take_in(landed, grant, asking=asking, intake=intake)
    if known.record.blob.etag != landed.blob.etag:
        await _overwritten(known.record.blob, landed, grant, asking=asking, records=intake.records)
        return Ingested.OVERWRITTEN
    await _tell(known.record, asking=asking, intake=intake)
    return Ingested.REPEATED


async def _grant_for(path: str, records: Records) -> Grant | None:
    recording = recording_in(path)
    held = await records.grant(recording) if recording else None
    return held.record if held and held.record.path == path else None


async def _take_in(landed: Landed, grant: Grant | None, *, asking: Asking, intake: Intake) -> Ingested:
    async def read(offset: int, length: int) -> bytes:
        return await intake.footage.read(landed.blob, offset, length)

    try:
        inspection = await intake.inspector.inspect(landed.blob.size, read)
    except Gone:
        return await _gone(landed.blob.path, grant, None, asking=asking, records=intake.records)
    clip = taken_in(landed, grant, inspection)
    if inspection.poster is not None:
        await intake.footage.keep_poster(clip.id, inspection.poster)
    await _committed(clip, grant, asking=asking, records=intake.records)
    await _tell(clip, asking=asking, intake=intake)
    return Ingested.QUARANTINED if clip.state is State.QUARANTINED else Ingested.TAKEN_IN


async def _committed(clip: Clip, grant: Grant | None, *, asking: Asking, records: Records) -> None:
    """Clip, entry, and the grant as met. Raises Stale, a fault, if another content of the path was quicker.

    A dock may have its grant renewed meanwhile: then it is the renewed one that is met.
    """
    while True:
        held = await records.grant(grant.recording) if grant else None
        met = [Replace(replace(held.record, met=True), held.version)] if held else []
        try:
            await commit(records, _collected(clip, asking), Create(clip), *met)
        except Stale:
            if await records.clip(clip.id):
                raise
        else:
            return


def _collected(clip: Clip, asking: Asking) -> Draft:
    quarantined = clip.state is State.QUARANTINED
    return Draft(
        asking=asking,
        pk=clip.pk,
        action="footage.ingested",
        operation=Operation.COLLECTION,
        subject=clip.id,
        borough=clip.borough,
        reason=Reason(code="quarantined", text=", ".join(clip.quarantine)[:REASON_LENGTH]) if quarantined else None,
        changes=question(
            version=clip.blob.version,
            etag=clip.blob.etag,
            size=clip.blob.size,
            claimed=clip.integrity.claimed,
            officer=clip.officer,
            camera=clip.camera,
            dock=clip.dock,
        ),
        key=clip.blob.key,
    )


async def _overwritten(before: Blob, landed: Landed, grant: Grant | None, *, asking: Asking, records: Records) -> None:
    """A second content on a path. What was taken in first stays the one served; both are on the trail."""
    recording = recording_of(landed.blob.path, grant)
    draft = Draft(
        asking=asking,
        pk=recording,
        action="footage.overwritten",
        operation=Operation.ALTERATION,
        subject=recording,
        borough=grant.borough if grant else None,
        outcome=Outcome.REFUSED,
        reason=Reason(code="second-content"),
        changes=(
            Change(field="etag", before=before.etag, after=landed.blob.etag),
            Change(field="version", before=before.version, after=landed.blob.version),
        ),
        key=f"{before.key}\n{landed.blob.etag}",
    )
    await commit(records, draft)


async def _gone(
    path: str, grant: Grant | None, known: Held[Clip] | None, *, asking: Asking, records: Records
) -> Ingested:
    """An event of a blob that is not there. Entered if it was granted and nobody ever took it in."""
    if grant is not None and known is None:
        draft = Draft(
            asking=asking,
            pk=grant.recording,
            action="footage.missing",
            operation=Operation.COLLECTION,
            subject=grant.recording,
            borough=grant.borough,
            outcome=Outcome.FAILED,
            reason=Reason(code="gone-before-ingest"),
            key=path,
        )
        await commit(records, draft)
    return Ingested.GONE


async def _tell(clip: Clip, *, asking: Asking, intake: Intake) -> None:
    """Announce and ask for the hash, in this order: only what was asked for can be answered and end the repeats."""
    if clip.integrity.state is Fixity.PENDING and clip.state in (State.HELD, State.QUARANTINED):
        await intake.announcer.footage_indexed(clip, now=asking.at)
        await intake.queue.ask(clip.id)
