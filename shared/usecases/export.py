"""Export: the trail of a clip as somebody outside can verify it. The export is the last entry in it."""

from collections.abc import Mapping
from typing import Any

from shared.domain.access import Reach
from shared.domain.entry import Asking
from shared.domain.export import EXPORTED, Erased, document, erased, erased_item, item, leaf_of
from shared.domain.footage import ClipId
from shared.domain.ledger import parsed_leaf_line
from shared.domain.tiles import ENTRIES, FULL, parsed_bundle, tile_in
from shared.ports import Keys, LedgerFiles, Records
from shared.usecases.commit import commit
from shared.usecases.prove import Tiles, newest
from shared.usecases.read import consulted
from shared.usecases.trail import whole_trail
from shared.usecases.within import within


async def export(
    clip: ClipId, *, reach: Reach, asking: Asking, records: Records, ledger: LedgerFiles, keys: Keys
) -> bytes:
    """The document (domain/export.py); what others do meanwhile is in the next one. Raises NotFound out of reach."""
    held = await within(records, clip, reach)
    exported = await commit(records, consulted(held.record, EXPORTED, asking))
    entries = [entry for entry in await whole_trail(clip, records) if entry.number <= exported.entry.number]
    published = await newest(records=records, ledger=ledger)
    size, tiles = published.size if published else 0, Tiles(ledger)
    items: dict[int, Mapping[str, Any]] = {}
    for gone in erased(entries):
        if gone.leaf < size:
            items[gone.number] = await _erased_item(gone, size, tiles)
    for entry in entries:
        leaf = leaf_of(entry, size)
        items[entry.number] = item(entry, None if leaf is None else await tiles.place(leaf, size))
    verifiers = [str(key) for key in await keys.verifiers()]
    return document(clip, checkpoint=published.note if published else None, keys=verifiers, items=items)


async def _erased_item(gone: Erased, size: int, tiles: Tiles) -> Mapping[str, Any]:
    lines = tile_in(size, ENTRIES, gone.leaf // FULL)
    line = parsed_bundle(lines, await tiles.fetch(lines))[gone.leaf % FULL]
    return erased_item(gone, parsed_leaf_line(line)[1], await tiles.place(gone.leaf, size))
