"""Prove: what the published ledger shows to anybody, and that an entry is in it.

A leaf reveals nothing, so that checkpoints, tiles and consistency are open to all and nobody's looking is entered. A
proof of an entry by its id says that there is such an entry: that is for auditors, within their reach, and entered.
What witnesses cosigned of a checkpoint is shown with it; who asks for the same one later may find more of them. A file
in a witness's place that is not its signature over that checkpoint, which whoever may add files can put there, is
logged and left out.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from shared.domain.access import Reach
from shared.domain.entry import Asking, Draft, Entry, Operation, stored
from shared.domain.export import Place, leaf_of
from shared.domain.ledger import Unproven, commitment, prove_consistency, prove_inclusion
from shared.domain.note import Check, VerifierKey, parsed_note
from shared.domain.seal import checkpoint_path
from shared.domain.tiles import (
    ENTRIES,
    FULL,
    Read,
    Tile,
    bundle,
    hashes_in_tiles,
    lines_in_both,
    parsed_bundle,
    parsed_tile_path,
    tile_in,
)
from shared.domain.witness import Cosigned, cosignature_path, kept_line, must_hold, size_within, with_cosignatures
from shared.errors import Conflict, Malformed, NotFound
from shared.ports import Gone, LedgerFiles, Records
from shared.usecases.commit import commit

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A checkpoint: its size and the signed note."""

    size: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """An entry that is in the ledger, what binds it, and its proof against that checkpoint."""

    entry: Entry
    committed: str
    place: Place
    checkpoint: str


class _Wanted(Exception):
    def __init__(self, tile: Tile) -> None:
        super().__init__(str(tile))
        self.tile = tile


class Tiles:
    """The tiles of the ledger for pure work on them: what the work misses is fetched, and the work begun again."""

    def __init__(self, ledger: LedgerFiles) -> None:
        self._ledger = ledger
        self._have: dict[Tile, bytes] = {}

    async def work(self, work: Callable[[Read], T]) -> T:
        while True:
            try:
                return work(self._read)
            except _Wanted as wanted:
                self._have[wanted.tile] = await self.fetch(wanted.tile)

    async def place(self, leaf: int, size: int) -> Place:
        proof = await self.work(lambda read: prove_inclusion(leaf, size, hashes_in_tiles(size, read)))
        return Place(leaf=leaf, proof=proof)

    async def going_on(self, old: int, new: int) -> list[bytes]:
        """The proof that the ledger of `new` entries begins with that of `old`."""
        return await self.work(lambda read: prove_consistency(old, new, hashes_in_tiles(new, read)))

    async def lines(self, index: int, size: int) -> list[bytes]:
        """The lines of that bundle, in a ledger of that size. Raises Unproven, and Gone where a file is not there."""
        bundled, leaves = (tile_in(size, level, index) for level in (ENTRIES, 0))
        return lines_in_both(bundled, await self.fetch(bundled), leaves, await self.fetch(leaves))

    async def fetch(self, tile: Tile) -> bytes:
        """The bytes of exactly this tile, cut from the full one where the partial is gone. Raises Gone."""
        try:
            return await self._ledger.read(str(tile))
        except Gone:
            if tile.width == FULL:
                raise
        whole = Tile(level=tile.level, index=tile.index)
        raw = await self._ledger.read(str(whole))
        if tile.level == ENTRIES:
            return bundle(parsed_bundle(whole, raw)[: tile.width])
        return raw[: len(raw) // FULL * tile.width]

    def _read(self, tile: Tile) -> bytes:
        if tile not in self._have:
            raise _Wanted(tile)
        return self._have[tile]


async def newest(*, records: Records, ledger: LedgerFiles) -> Published | None:
    """The newest checkpoint, as the ledger alone signed it; None before the first."""
    head = await records.ledger_head()
    if head is None or head.record.checkpointed == 0:
        return None
    return await _published(head.record.checkpointed, ledger)


async def checkpoint(
    size: int | None, *, witnesses: Sequence[VerifierKey], check: Check, records: Records, ledger: LedgerFiles
) -> str:
    """The note of that size, else the newest, with what these witnesses cosigned of it. Raises NotFound."""
    found = await newest(records=records, ledger=ledger)
    if found is None:
        raise NotFound("nothing was sealed yet: there is no checkpoint")
    if size is not None and size != found.size:
        found = await _earlier(size, found.size, ledger)
    text = parsed_note(found.note.encode()).text
    cosigned = await asyncio.gather(*(cosignature_of(key, found.size, text, check, ledger) for key in witnesses))
    return with_cosignatures(found.note, [each for each in cosigned if each])


async def witnessed(
    size: int, *, witnesses: Sequence[VerifierKey], check: Check, records: Records, ledger: LedgerFiles
) -> list[Published]:
    """For each of these witnesses that has cosigned any, the largest checkpoint up to that size that it has cosigned.

    Each note has the cosignature of its own witness and no other. One is left out who has cosigned two larger ones
    since the size was read.
    """
    found = []
    for key in witnesses:
        known = await records.witnessed(key.id.hex())
        seen = size_within(known.record, size) if known else 0
        if not seen:
            continue
        published = await _published(seen, ledger)
        cosigned = await cosignature_of(key, seen, parsed_note(published.note.encode()).text, check, ledger)
        if cosigned:
            found.append(Published(size=seen, note=with_cosignatures(published.note, [cosigned])))
    return found


async def cosignature_of(key: VerifierKey, size: int, text: str, check: Check, ledger: LedgerFiles) -> Cosigned | None:
    """What this witness cosigned of the checkpoint of that size, whose text is this, if it did."""
    try:
        found = kept_line(key, await ledger.read(cosignature_path(size, key)))
        must_hold(found, text, check)
    except Gone:
        return None
    except Unproven as no:
        log.error("prove: no cosignature lies in its place: size=%d witness=%s: %s", size, key.name, no)  # noqa: TRY400 - its text is ours, and enough
        return None
    return found


async def _earlier(size: int, largest: int, ledger: LedgerFiles) -> Published:
    """The head says how far the ledger is published: a file beyond it is not shown yet."""
    if size > largest:
        raise NotFound("no checkpoint of that size was published yet")
    try:
        return await _published(size, ledger)
    except Gone:
        raise NotFound("no checkpoint of that size was published") from None


async def _published(size: int, ledger: LedgerFiles) -> Published:
    return Published(size=size, note=(await ledger.read(checkpoint_path(size))).decode("utf-8"))


async def tile(path: str, *, ledger: LedgerFiles) -> bytes:
    """The tile or bundle at this path, `tile/...` as the standard writes it. Raises NotFound."""
    try:
        return await Tiles(ledger).fetch(parsed_tile_path(path))
    except (Unproven, Gone):
        raise NotFound("there is no such tile") from None


async def consistency(old: int, new: int | None, *, records: Records, ledger: LedgerFiles) -> tuple[int, list[bytes]]:
    """That the ledger of `new` entries, else of the newest checkpoint, begins with that of `old`; and how many it is.

    Raises Malformed for a size that was not published yet.
    """
    found = await newest(records=records, ledger=ledger)
    largest = found.size if found else 0
    larger = largest if new is None else new
    if larger > largest:
        raise Malformed("the ledger is not so large yet", field="new")
    if old > larger:
        raise Malformed("the older ledger is the larger one", field="old")
    return larger, await Tiles(ledger).going_on(old, larger)


async def prove(entry: str, *, reach: Reach, asking: Asking, records: Records, ledger: LedgerFiles) -> Proven:
    """Raises NotFound for an entry that is not there or out of reach, Conflict for one that is not sealed yet."""
    found = await records.entry_anywhere(entry)
    if found is None or not (reach.force or (reach.borough and found.borough == reach.borough)):
        raise NotFound("there is no such entry")
    published = await newest(records=records, ledger=ledger)
    leaf = leaf_of(found, published.size) if published else None
    if published is None or leaf is None:
        raise Conflict("the entry is not sealed yet: ask again in a minute or two")
    await commit(records, _draft(found, asking))
    place = await Tiles(ledger).place(leaf, published.size)
    return Proven(entry=found, committed=commitment(stored(found)), place=place, checkpoint=published.note)


def _draft(found: Entry, asking: Asking) -> Draft:
    return Draft(
        asking=asking,
        pk=asking.own_trail,
        action="entry.proven",
        operation=Operation.CONSULTATION,
        subject=found.id,
        borough=found.borough,
    )
