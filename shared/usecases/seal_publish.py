"""What sealing publishes of a committed batch, and how its entries are told where they are.

Before anything is written, what is published already is read and held against itself and against the head: the edge of
the tree in its tiles, the last lines in their bundle, and the checkpoint of that size. All of it, with the batch after
it, must be the tree of the head, and no other tree may be what follows (domain/seal.py, S4). A checkpoint counts if a
key of the ledger signed it: one that somebody put there is not gone on from, nor taken for ours. Memory is that of the
batch: of what was there only the right edge is read, at most a tile a level.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from shared.domain.entry import Entry
from shared.domain.ledger import Tree, Unproven, from_base64, grown, root_of, tree_at
from shared.domain.note import Check, Checkpoint, Note, signed
from shared.domain.seal import (
    Head,
    Line,
    checkpoint_path,
    hashes_of,
    sealed,
    signed_by_the_ledger,
    successor_path,
    tree_of,
)
from shared.domain.tiles import (
    ENTRIES,
    FULL,
    LEVELS,
    Tile,
    bundle,
    hashes_in_tiles,
    lines_in_both,
    parsed_bundle,
    tile_in,
    tiles_grown,
)
from shared.ports import Clash, Differs, Gone, Held, Keys, LedgerFiles, Records, Replace
from shared.usecases.side_by_side import Try, each, in_parts

AT_A_TIME = 50  # entries of a trail in one transaction, which is at most 100 writes and 1.2 MB

Edge = dict[Tile, bytes]


class Publisher:
    """Writes the files of the ledger whose origin this is."""

    def __init__(self, *, files: LedgerFiles, keys: Keys, check: Check, origin: str, at_once: int) -> None:
        self._files, self._keys, self._check, self._origin, self._at_once = files, keys, check, origin, at_once

    async def must_be_published(self, size: int, root: str) -> None:
        """Raises Unproven if the checkpoint of that size says something else, and Gone if there is none."""
        await self._must_say(checkpoint_path(size), self._text(size, from_base64("head", root)))

    async def is_followed(self, size: int) -> bool:
        """Whether a larger ledger was already to be published after the one of that size."""
        try:
            await self._files.read(successor_path(size))
        except Gone:
            return False
        return True

    async def publish(self, head: Head, lines: Sequence[Line]) -> None:
        """The head's tree and its checkpoint, where `lines` are its last. Raises Unproven, Gone and Differs."""
        old, fresh = head.size - len(lines), hashes_of(lines)
        edge = await self._edge(old)
        if grown(await self._published(old, edge), fresh) != tree_of(head):
            raise Unproven("head: its tree is not the published one with its batch after it")
        text = self._text(head.size, from_base64("head", head.root))
        await self._files.keep(successor_path(old), text.encode())
        last = tile_in(old, ENTRIES, old // FULL)
        all_lines = (parsed_bundle(last, edge[last]) if last in edge else []) + [line.text for line in lines]
        made = [*_bundles(last.index, all_lines), *tiles_grown(old, fresh, edge.__getitem__)]
        await each([self._keeping(str(tile), raw) for tile, raw in made], self._at_once)
        await self._keep_checkpoint(head.size, from_base64("head", head.root))

    async def _edge(self, size: int) -> Edge:
        """The partial tiles and the partial bundle that a tree of `size` ends in."""
        ends = (tile_in(size, level, (size >> 8 * max(level, 0)) // FULL) for level in range(ENTRIES, LEVELS))
        return {tile: await self._files.read(str(tile)) for tile in ends if tile.width}

    async def _published(self, size: int, edge: Edge) -> Tree:
        """The tree of `size` as its files have it, all of which must agree."""
        tree = tree_at(size, hashes_in_tiles(size, edge.__getitem__))
        lines, leaves = (tile_in(size, level, size // FULL) for level in (ENTRIES, 0))
        if lines in edge:
            lines_in_both(lines, edge[lines], leaves, edge[leaves])
        if size:
            await self._must_say(checkpoint_path(size), self._text(size, root_of(tree)))
        return tree

    async def _keep_checkpoint(self, size: int, root: bytes) -> None:
        """Signed with the key of before or after it is the same, and done; a key signs a text in one way only."""
        text, signer = self._text(size, root), await self._keys.ledger_signer()
        path, note = checkpoint_path(size), signed(text, signer.key, signer.sign(text.encode()))
        try:
            await self._files.keep(path, note.encode())
        except Differs as differs:
            try:
                found = await self._must_say(path, text)
            except Unproven:
                raise differs from None
            if any(key == signer.key.id for _, key, _ in found.signatures):
                raise

    async def _must_say(self, path: str, text: str) -> Note:
        """A key that is not known here yet is asked for anew: another instance may sign with it since a moment ago."""
        raw = await self._files.read(path)
        for anew in (False, True):
            keys = await self._keys.verifiers(anew=anew)
            with suppress(Unproven):
                note = signed_by_the_ledger(raw, self._origin, keys, self._check)
                if note.text == text:
                    return note
        raise Unproven(f"{path}: it says something else, or no key of the ledger signed it")

    def _text(self, size: int, root: bytes) -> str:
        return str(Checkpoint(origin=self._origin, size=size, root=root))

    def _keeping(self, path: str, raw: bytes) -> Try:
        return lambda: self._files.keep(path, raw)


async def tell_leaves(
    first: int, lines: Sequence[Line], *, taken: Sequence[Held[Entry]], records: Records, at_once: int
) -> None:
    """Each entry of these lines knows its leaf once this returns, and is pending no more; one that is erased is not.

    `taken`: the entries of the lines as they were read, or none. What became of them since is found out only where a
    write meets it, so that most cost one call and no query.
    """
    leaves: dict[str, dict[str, int]] = {}
    for leaf, line in enumerate(lines, first):
        leaves.setdefault(line.pk, {})[line.id] = leaf
    known = {held.record.id: held for held in taken}
    parts = ((pk, dict(part)) for pk, of_pk in leaves.items() for part in in_parts(list(of_pk.items()), AT_A_TIME))
    await each([_telling(pk, part, known, records) for pk, part in parts], at_once)


def _bundles(index: int, lines: Sequence[bytes]) -> Iterator[tuple[Tile, bytes]]:
    for start in range(0, len(lines), FULL):
        part = lines[start : start + FULL]
        yield Tile(level=ENTRIES, index=index + start // FULL, width=len(part)), bundle(part)


def _telling(pk: str, leaves: dict[str, int], known: Mapping[str, Held[Entry]], records: Records) -> Try:
    async def tell() -> None:
        waiting = [known[entry] for entry in leaves] if known else await records.pending_of(pk, list(leaves))
        while waiting:
            told = [Replace(sealed(held.record, leaves[held.record.id]), held.version) for held in waiting]
            try:
                await records.write(pk, told)
            except Clash:  # another sealer told some of them the same, or one was erased
                waiting = await records.pending_of(pk, list(leaves))
            else:
                return

    return tell
