"""`python -m local.dock`: docks recordings as a station's dock does, an ordinary client of the service.

    1  fingerprint the file (SHA-256), make its metadata: what is unfit is refused before anybody is asked
    2  ask for a grant
    3  upload in blocks, commit
    4  wait for the receipt
    5  verify it, and only then say that the camera may be wiped

Nothing is imported from shared/ or functions/: a vendor's dock could be written from the same two doors. No
recording is ever deleted here but those the command synthesised itself, once they have their receipt.
"""

from dataclasses import dataclass, replace

from local.docking.door import AlreadyCommitted, Door, Grant, NotYet
from local.docking.faults import DockFailure, GaveUp
from local.docking.progress import Event, Progress, Step
from local.docking.receipt import Receipt, checked_receipt
from local.docking.recording import Fingerprint, Recording, blob_metadata, fingerprint_of
from local.docking.upload import Parcel, Upload

RECEIPT_WITHIN = 1800.0
MAY_BE_WIPED = "the camera may be wiped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Docked:
    """The service has signed for it: the camera may be wiped."""

    recording: str
    fingerprint: Fingerprint
    receipt: Receipt


class _Teller:
    """Says what happens to one recording, with the bytes so far and the time they took."""

    def __init__(self, recording: Recording, door: Door, progress: Progress) -> None:
        self._progress, self._clock, self._started = progress, door.patience.clock, 0.0
        self._event = Event(step=Step.HASHED, file=recording.path.name)

    def hashed(self, fingerprint: Fingerprint) -> None:
        self._event = replace(self._event, size=fingerprint.size)
        self.says(Step.HASHED)

    def granted(self, grant: Grant) -> None:
        self._event = replace(self._event, recording=grant.recording)
        self._started = self._clock.monotonic()
        self.says(Step.GRANTED)

    def says(self, step: Step, detail: str | None = None) -> None:
        self._progress(replace(self._event, step=step, detail=detail))

    def sent(self, count: int) -> None:
        passed = self._clock.monotonic() - self._started
        self._event = replace(self._event, sent=self._event.sent + count, seconds=passed)
        self.says(Step.SENT)

    def trouble(self, what: str) -> None:
        self.says(Step.TROUBLE, what)


async def dock(
    recording: Recording, *, door: Door, progress: Progress, receipt_within: float = RECEIPT_WITHIN
) -> Docked:
    """Docks one recording. A DockFailure means that the recording must stay on its camera."""
    teller = _Teller(recording, door, progress)
    try:
        return await _docked(recording, door=door, teller=teller, receipt_within=receipt_within)
    except DockFailure as failure:
        teller.says(Step.KEPT, f"keep the recording: {failure}")
        raise


async def _docked(recording: Recording, *, door: Door, teller: _Teller, receipt_within: float) -> Docked:
    content_type = recording.content_type  # told before gigabytes are read for nothing
    fingerprint = await fingerprint_of(recording.path)
    metadata = blob_metadata(recording, sha256=fingerprint.sha256, dock=door.dock)
    teller.hashed(fingerprint)
    parcel = Parcel(
        path=recording.path,
        size=fingerprint.size,
        content_type=content_type,
        metadata=metadata,
    )
    name = await _uploaded(recording, fingerprint, parcel, door=door, teller=teller)
    teller.says(Step.UPLOADED)
    note = await _receipt(name, door=door, teller=teller, within=receipt_within)
    verifiers = await door.verifiers(told=teller.trouble)
    receipt = checked_receipt(note, verifiers=verifiers, recording=name, fingerprint=fingerprint)
    teller.says(Step.RECEIPT, MAY_BE_WIPED)
    return Docked(recording=name, fingerprint=fingerprint, receipt=receipt)


async def _uploaded(
    recording: Recording, fingerprint: Fingerprint, parcel: Parcel, *, door: Door, teller: _Teller
) -> str:
    """The id under which the recording is in the store, put there just now or before."""
    name = recording.continues

    async def renew() -> Grant:
        grant = await door.grant(recording, fingerprint, told=teller.trouble, continues=name)
        teller.says(Step.RENEWED)
        return grant

    try:
        grant = await door.grant(recording, fingerprint, told=teller.trouble, continues=name)
        name = grant.recording
        teller.granted(grant)
        await Upload(
            parcel,
            grant,
            renew=renew,
            session=door.session,
            patience=door.patience,
            told=teller.trouble,
            sent=teller.sent,
        ).run()
    except AlreadyCommitted:
        if name is None:  # the door raises it only when it was asked about one
            raise
    return name


async def _receipt(recording: str, *, door: Door, teller: _Teller, within: float) -> str:
    clock, indexed = door.patience.clock, False
    ends = clock.monotonic() + within
    while isinstance(answer := await door.receipt(recording, told=teller.trouble), NotYet):
        if answer.indexed and not indexed:
            indexed = True
            teller.says(Step.INDEXED)
        if clock.monotonic() + answer.after > ends:
            raise GaveUp(f"no receipt within {within:.0f} s: the upload may be whole, ask again later")
        teller.says(Step.WAITING, "waiting for the receipt")
        await clock.sleep(answer.after)
    return answer


if __name__ == "__main__":
    from local.docking.command import main

    raise SystemExit(main())
