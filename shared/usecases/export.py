"""Export: the trail of a clip as somebody outside can verify it. That it was taken is the last entry in it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from shared.domain.access import Reach
from shared.domain.entry import Asking, Entry, question
from shared.domain.export import EXPORTED, Erased, document, erased, erased_item, item, leaf_of, witnessed_item
from shared.domain.footage import Clip, ClipId
from shared.domain.ledger import parsed_leaf_line
from shared.domain.note import Check, VerifierKey
from shared.domain.tiles import ENTRIES, FULL, parsed_bundle, tile_in
from shared.domain.transcript import Form
from shared.ports import Keys, LedgerFiles, Records
from shared.usecases.commit import commit
from shared.usecases.prove import Tiles, newest, witnessed
from shared.usecases.read import consulted
from shared.usecases.trail import whole_trail
from shared.usecases.within import within


async def export(
    clip: ClipId,
    *,
    reach: Reach,
    asking: Asking,
    records: Records,
    ledger: LedgerFiles,
    keys: Keys,
    check: Check,
    witnesses: Sequence[VerifierKey] = (),
) -> bytes:
    """The document (domain/export.py), with what these witnesses saw of the ledger. Raises NotFound out of reach."""
    _, entries = await taken(clip, Form.VERIFIABLE, reach=reach, asking=asking, records=records)
    published = await newest(records=records, ledger=ledger)
    size, tiles = published.size if published else 0, Tiles(ledger)
    items: dict[int, Mapping[str, Any]] = {}
    for gone in erased(entries):
        if gone.leaf < size:
            items[gone.number] = await _erased_item(gone, size, tiles)
    for entry in entries:
        leaf = leaf_of(entry, size)
        items[entry.number] = item(entry, None if leaf is None else await tiles.place(leaf, size))
    seen = await witnessed(size, witnesses=witnesses, check=check, records=records, ledger=ledger)
    return document(
        clip,
        checkpoint=published.note if published else None,
        keys=[str(key) for key in await keys.verifiers()],
        items=items,
        witnessed=[witnessed_item(each.note, await tiles.going_on(each.size, size)) for each in seen],
    )


async def taken(
    clip: ClipId, form: Form, *, reach: Reach, asking: Asking, records: Records
) -> tuple[Clip, Sequence[Entry]]:
    """The clip and its entries up to that of this taking; what others do meanwhile is in the next. Raises NotFound."""
    held = await within(records, clip, reach)
    draft = replace(consulted(held.record, EXPORTED, asking), changes=question(form=form))
    last = (await commit(records, draft)).entry
    return held.record, [entry for entry in await whole_trail(clip, records) if entry.number <= last.number]


async def _erased_item(gone: Erased, size: int, tiles: Tiles) -> Mapping[str, Any]:
    lines = tile_in(size, ENTRIES, gone.leaf // FULL)
    line = parsed_bundle(lines, await tiles.fetch(lines))[gone.leaf % FULL]
    return erased_item(gone, parsed_leaf_line(line)[1], await tiles.place(gone.leaf, size))
