"""Ingest: a blob has landed; take it into the index, once.

    1. what lies there now; 2. its grant; 3. what its bytes say; 4. the poster; 5. clip and entry in one batch;
    6. ask for fixity; 7. announce.

A crash between any two leaves nothing that another delivery of the event does not finish: 4 is replaced, 5 is
create-if-absent, 6 and 7 are done again while the hash is pending. Footage is never refused here and never lost;
what is wrong with it is a reason of its quarantine. Only faults are raised, so that the event comes again.
"""

from dataclasses import dataclass
from enum import StrEnum

from shared.domain.entry import REASON_LENGTH, Asking, Change, Draft, Operation, Outcome, Reason
from shared.domain.footage import Clip, Fixity, Grant, State
from shared.domain.intake import Landed, recording_of, taken_in
from shared.domain.naming import recording_in
from shared.ports import Announcer, Create, FixityQueue, Footage, Gone, Inspector, Records
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


async def ingest(path: str, *, asking: Asking, intake: Intake) -> Ingested:
    """Take in what lies at `path`. `asking.key` is the path and the event's ETag."""
    landed = await intake.footage.landed(path)
    if landed is None:
        return Ingested.GONE
    grant = await _grant_for(path, intake.records)
    known = await intake.records.clip(recording_of(path, grant))
    if known is None:
        return await _take_in(landed, grant, asking=asking, intake=intake)
    if known.record.blob.etag != landed.blob.etag:
        await _overwritten(known.record, landed, asking=asking, records=intake.records)
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
        return Ingested.GONE
    clip = taken_in(landed, grant, inspection)
    if inspection.poster is not None:
        await intake.footage.keep_poster(clip.id, inspection.poster)
    await commit(intake.records, _collected(clip, asking), Create(clip))
    await _tell(clip, asking=asking, intake=intake)
    return Ingested.QUARANTINED if clip.state is State.QUARANTINED else Ingested.TAKEN_IN


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
    )


async def _overwritten(clip: Clip, landed: Landed, *, asking: Asking, records: Records) -> None:
    """A second content on a path: the first version stays the one served, and the attempt is on the trail."""
    draft = Draft(
        asking=asking,
        pk=clip.pk,
        action="footage.overwritten",
        operation=Operation.ALTERATION,
        subject=clip.id,
        borough=clip.borough,
        outcome=Outcome.REFUSED,
        reason=Reason(code="second-content"),
        changes=(
            Change(field="etag", before=clip.blob.etag, after=landed.blob.etag),
            Change(field="version", before=clip.blob.version, after=landed.blob.version),
        ),
        key=f"{landed.blob.path}\n{landed.blob.etag}",
    )
    await commit(records, draft)


async def _tell(clip: Clip, *, asking: Asking, intake: Intake) -> None:
    """Ask for the hash and announce, again as long as there is no hash: an earlier attempt may have died here."""
    if clip.integrity.state is Fixity.PENDING and clip.state in (State.HELD, State.QUARANTINED):
        await intake.queue.ask(clip.id)
        await intake.announcer.footage_indexed(clip, now=asking.at)
