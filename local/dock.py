"""`python -m local.dock`: docks recordings as a station's dock does, an ordinary client of the service.

    1  fingerprint the file (SHA-256), make its metadata: what is unfit is refused before anybody is asked
    2  ask for a grant, or for a fresh one where an earlier attempt was broken off
    3  upload in blocks, those that storage has not acknowledged yet; commit
    4  wait for the receipt
    5  verify it, and only then say that the recording may be wiped from its camera

Nothing is imported from shared/ or functions/: a vendor's dock could be written from the same two doors. No
recording is ever deleted here but those the command synthesised itself, once they have their receipt.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local.docking.bandwidth import Bandwidth, Unlimited
from local.docking.door import Door, NotYet
from local.docking.faults import DockFailure, GaveUp, Mismatch
from local.docking.handover import Handover
from local.docking.journal import About, Journal, place_of_journal
from local.docking.progress import Progress, Step
from local.docking.receipt import Receipt, checked_receipt
from local.docking.recording import Fingerprint, Recording, blob_metadata, fingerprint_of
from local.docking.telling import Teller
from local.docking.upload import BLOCK, Parcel

RECEIPT_WITHIN = 1800.0
MAY_BE_WIPED = "may be wiped from the camera"
UNLIMITED = Unlimited()

Journals = Callable[[Recording], Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Docked:
    """The service has signed for it: it may be wiped from the camera."""

    recording: str
    fingerprint: Fingerprint
    receipt: Receipt


def beside(recording: Recording) -> Path:
    """Where a journal is kept unless another place is named."""
    return place_of_journal(recording)


async def dock(
    recording: Recording,
    *,
    door: Door,
    progress: Progress,
    receipt_within: float = RECEIPT_WITHIN,
    journals: Journals | None = beside,
    bandwidth: Bandwidth = UNLIMITED,
) -> Docked:
    """Docks one recording. A DockFailure means that the recording must stay on its camera.

    `journals` says where its journal is kept; with None nothing is kept, and a broken attempt begins anew.
    """
    teller = Teller(recording, clock=door.patience.clock, progress=progress)
    try:
        content_type = recording.content_type  # told before gigabytes are read for nothing
        fingerprint = await fingerprint_of(recording.path)
        metadata = blob_metadata(recording, sha256=fingerprint.sha256, dock=door.dock)
        teller.hashed(fingerprint)
        parcel = Parcel(path=recording.path, size=fingerprint.size, content_type=content_type, metadata=metadata)
        with _journal(recording, fingerprint, door=door, teller=teller, journals=journals) as journal:
            handover = Handover(
                recording=recording,
                fingerprint=fingerprint,
                parcel=parcel,
                door=door,
                journal=journal,
                bandwidth=bandwidth,
                teller=teller,
            )
            return await _receipted(handover, within=receipt_within)
    except DockFailure as failure:
        teller.says(Step.KEPT, f"keep the recording: {failure}")
        raise


def _journal(
    recording: Recording, fingerprint: Fingerprint, *, door: Door, teller: Teller, journals: Journals | None
) -> Journal:
    about = About.of(recording, fingerprint, service=door.base_url, dock=door.dock, block=BLOCK)
    if journals is None:
        return Journal(about, told=teller.trouble)
    return Journal.at(journals(recording), about, told=teller.trouble)


async def _receipted(handover: Handover, *, within: float) -> Docked:
    """The journal goes with the receipt; or when the store has other bytes, which going on would not mend."""
    door, teller, fingerprint = handover.door, handover.teller, handover.fingerprint
    name = await handover.run()
    teller.says(Step.UPLOADED)
    try:
        note = await _receipt(name, door=door, teller=teller, within=within)
    except Mismatch:
        handover.journal.forget()
        raise
    verifiers = await door.verifiers(told=teller.trouble)
    receipt = checked_receipt(note, verifiers=verifiers, recording=name, fingerprint=fingerprint)
    handover.journal.forget()
    teller.says(Step.RECEIPT, MAY_BE_WIPED)
    return Docked(recording=name, fingerprint=fingerprint, receipt=receipt)


async def _receipt(recording: str, *, door: Door, teller: Teller, within: float) -> str:
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
