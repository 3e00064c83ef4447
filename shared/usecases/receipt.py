"""Receipt: tell a dock, over our signature, what is stored, so that the camera may be wiped."""

from dataclasses import dataclass

from shared.domain.access import Reach
from shared.domain.entry import Asking, Draft, Operation
from shared.domain.footage import ClipId, DockId
from shared.domain.note import signed
from shared.domain.receipt import receipt as receipt_text
from shared.errors import NotFound
from shared.ports import Keys, Records
from shared.usecases.commit import commit
from shared.usecases.grant import dock_itself


@dataclass(frozen=True, slots=True)
class Pending:
    """There is no receipt yet. `indexed`: the footage has arrived in the index."""

    indexed: bool


async def receipt(
    dock: DockId, recording: ClipId, *, reach: Reach, asking: Asking, records: Records, keys: Keys
) -> str | Pending:
    """The signed note, or that there is no answer yet.

    Raises NotAllowed for another's dock, NotFound for a recording not granted to it, Conflict for a mismatch.
    """
    itself = await dock_itself(dock, reach=reach, asking=asking, records=records)
    grant = await records.grant(recording)
    if grant is None or grant.record.dock != itself.id:
        raise NotFound("no such recording was granted to this dock")
    held = await records.clip(recording)
    text = receipt_text(held.record) if held else None
    if text is None:
        return Pending(indexed=held is not None)
    draft = Draft(
        asking=asking,
        pk=recording,
        action="receipt.issued",
        operation=Operation.ADMINISTRATION,
        subject=recording,
        borough=itself.borough,
        key="receipt",  # one receipt, however often it is fetched
    )
    await commit(records, draft)
    signer = await keys.receipt_signer()
    return signed(text, signer.key, signer.sign(text.encode()))
