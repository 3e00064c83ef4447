"""Grant: leave for a dock to write one blob, written down before the address is given out."""

from dataclasses import dataclass
from datetime import datetime

from shared.domain.access import Reach
from shared.domain.entry import Asking, Draft, Operation, question
from shared.domain.footage import ClipId, Dock, DockId, Grant
from shared.domain.grant import Wanted, granted, granted_again, may_hand_over, recording_id
from shared.errors import Conflict, NotFound, Stale
from shared.ports import Create, Links, Records, Replace, Write
from shared.usecases.commit import commit


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    recording: ClipId
    url: str
    expires: datetime


async def grant(
    dock: DockId, wanted: Wanted, *, reach: Reach, asking: Asking, records: Records, links: Links
) -> Granted:
    """Raises NotAllowed for another's dock, NotFound for a recording never granted, Conflict once it is ingested."""
    itself = await dock_itself(dock, reach=reach, asking=asking, records=records)
    given = await _committed(wanted, itself, asking=asking, records=records)
    if given.expires <= asking.at:
        raise Conflict("the leave given under this Idempotency-Key is over; ask under another", field="Idempotency-Key")
    url = await links.to_write(given.path, now=asking.at, until=given.expires)
    return Granted(recording=given.recording, url=url, expires=given.expires)


async def _committed(wanted: Wanted, dock: Dock, *, asking: Asking, records: Records) -> Grant:
    """The grant, entered. If ingest or another call of the dock was quicker, it is decided again on what is so now."""
    while True:
        given, write = await _decided(wanted, dock, asking=asking, records=records)
        try:
            committed = await commit(records, _draft(given, asking), write)
        except Stale:
            continue
        return await _found(given.recording, records) if committed.again else given


def _draft(given: Grant, asking: Asking) -> Draft:
    return Draft(
        asking=asking,
        pk=given.recording,
        action="footage.granted",
        operation=Operation.ADMINISTRATION,
        subject=given.recording,
        borough=given.borough,
        changes=question(camera=given.camera, officer=given.officer, size=given.size, sha256=given.sha256),
    )


async def dock_itself(dock: DockId, *, reach: Reach, asking: Asking, records: Records) -> Dock:
    """The register's dock, if the caller is it (rule G1)."""
    held = await records.dock(dock)
    return may_hand_over(held.record if held else None, client=reach.client, address=asking.address)


async def _decided(wanted: Wanted, dock: Dock, *, asking: Asking, records: Records) -> tuple[Grant, Write]:
    recording = wanted.recording or recording_id(dock.id, asking.key)
    if await records.clip(recording):
        raise Conflict("the recording is ingested already; ask for its receipt", field="recording")
    held = await records.grant(recording)
    if held is None or held.record.dock != dock.id:
        if wanted.recording:
            raise NotFound("no such recording was granted to this dock")
        new = granted(wanted, dock, key=asking.key, now=asking.at)
        return new, Create(new)
    again = granted_again(held.record, wanted, now=asking.at)
    return again, Replace(again, held.version)


async def _found(recording: ClipId, records: Records) -> Grant:
    held = await records.grant(recording)
    if held is None:
        raise LookupError(f"the grant of {recording} was entered and then not found")
    return held.record
