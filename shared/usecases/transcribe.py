"""Transcribe: the trail of a clip for people, as a table or on paper. That it was taken is the last entry in it."""

from shared.domain.access import Reach
from shared.domain.entry import Asking
from shared.domain.footage import ClipId
from shared.domain.note import parsed_checkpoint, parsed_note
from shared.domain.transcript import Form, Transcript
from shared.domain.transcript_csv import as_csv
from shared.domain.transcript_print import as_printed
from shared.ports import LedgerFiles, Printer, Records
from shared.usecases.export import taken
from shared.usecases.prove import newest


async def transcribe(clip: ClipId, *, reach: Reach, asking: Asking, records: Records, ledger: LedgerFiles) -> bytes:
    """As CSV (domain/transcript_csv.py). Raises NotFound out of reach."""
    return as_csv(await _transcript(clip, Form.CSV, reach=reach, asking=asking, records=records, ledger=ledger))


async def print_out(
    clip: ClipId,
    *,
    reach: Reach,
    asking: Asking,
    records: Records,
    ledger: LedgerFiles,
    printer: Printer,
    public_base_url: str,
) -> bytes:
    """As PDF (domain/transcript_print.py), which says where to ask for it again. Raises NotFound out of reach."""
    transcript = await _transcript(clip, Form.PDF, reach=reach, asking=asking, records=records, ledger=ledger)
    return await printer.printed(as_printed(transcript, public_base_url=public_base_url))


async def _transcript(
    clip: ClipId, form: Form, *, reach: Reach, asking: Asking, records: Records, ledger: LedgerFiles
) -> Transcript:
    held, entries = await taken(clip, form, reach=reach, asking=asking, records=records)
    published = await newest(records=records, ledger=ledger)
    checkpoint = parsed_checkpoint(parsed_note(published.note.encode()).text) if published else None
    return Transcript(clip=held, entries=entries, checkpoint=checkpoint)
