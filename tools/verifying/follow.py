"""Every file of a tree made again from its entries, and every checkpoint of it, in one pass and in the ledger's order.

F1  What is in memory is one bundle, the right edge of the tree (a tile a level) and one checkpoint, however long the
    ledger is.
F2  A tile is what follows from the entries (C2SP tlog-tiles, "Merkle Tree"). A partial one that was left lying is what
    the tile in its place begins with, and a partial bundle likewise ("Partial Tiles").
F3  A checkpoint is of the first so many entries: its root is that of the tree at that size (RFC 6962 section 2.1).
F4  The first thing that is wrong is named, with its first wrong byte (wrong.py).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.domain.ledger import Tree, Unproven, grown, leaf_hash, root_of
from shared.domain.note import Checkpoint
from shared.domain.tiles import ENTRIES, FULL, LONGEST, Tile, bundle, parsed_bundle, tile_in, tiles_grown
from tools.verifying.places import Place
from tools.verifying.wrong import HASH, LENGTH, wrong_bytes, wrong_entry, wrong_tile


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """That the first `size` entries have this root, by whose name it is told if they have not."""

    name: str
    size: int
    root: bytes


class Following:
    """The files in a place against one checkpoint; `files`: how many were read."""

    def __init__(self, place: Place, checkpoint: Checkpoint) -> None:
        self._place, self.checkpoint = place, checkpoint
        self._claims: Iterator[Claim] = iter(())
        self._claim: Claim | None = None  # the next of them
        self._held = 0  # of how many entries the last of them was
        self.files = 0

    def check(self, claims: Iterator[Claim]) -> None:
        """`claims` come by size, none above that of the checkpoint. Raises Unproven with one line."""
        size, edge, bundles = self.checkpoint.size, dict[int, bytes](), Tree()
        self._claims, self._claim = claims, next(claims, None)
        self._hold(Tree(), [])
        for start in range(0, size, FULL):
            lines = self._lines(start)
            leaves = [leaf_hash(line) for line in lines]
            for tile, made in tiles_grown(start, leaves, lambda tile: edge[tile.level]):
                edge[tile.level] = made
                if tile == tile_in(size, tile.level, tile.index):
                    self._must_be(tile, made)
            self._check_partial(tile_in(size, ENTRIES, start // FULL), lines)
            self._hold(Tree(size=start, peaks=bundles.peaks), leaves)
            if len(leaves) == FULL:
                bundles = grown(bundles, [edge[1][-HASH:]])

    def read(self, tile: Tile) -> bytes:
        """tlog-tiles, "Partial Tiles": a partial tile may be gone once the full one is there."""
        raw = self._place.read(str(tile), most_of(tile))
        if raw is None and tile.width < FULL:
            whole = Tile(level=tile.level, index=tile.index)
            raw = self._place.read(str(whole), most_of(whole))
            raw = None if raw is None else _cut(whole, raw, tile.width)
        if raw is None:
            raise Unproven(f"{tile}: it is not there")
        self.files += 1
        return raw

    def _lines(self, start: int) -> list[bytes]:
        lines = tile_in(self.checkpoint.size, ENTRIES, start // FULL)
        raw = self.read(lines)
        try:
            return parsed_bundle(lines, raw)
        except Unproven:
            raise Unproven(wrong_entry(lines, self.checkpoint.size, self.read)) from None

    def _must_be(self, tile: Tile, made: bytes) -> None:
        if wrong := wrong_tile(tile, self.read(tile), made, self.checkpoint, self.read):
            raise Unproven(wrong)
        for partial, raw in self._partial(tile):
            if wrong := wrong_bytes(partial, raw, made[: partial.width * HASH], f"{tile} begins with"):
                raise Unproven(wrong)

    def _check_partial(self, whole: Tile, lines: Sequence[bytes]) -> None:
        for partial, raw in self._partial(whole):
            if wrong := wrong_bytes(partial, raw, bundle(lines[: partial.width]), f"{whole} begins with"):
                raise Unproven(wrong)

    def _partial(self, tile: Tile) -> Iterator[tuple[Tile, bytes]]:
        """Those of earlier sizes that were left lying, in no order."""
        folder = str(Tile(level=tile.level, index=tile.index)) + ".p"
        for name in self._place.names(folder):
            if name.isdecimal() and 1 <= int(name) < tile.width and str(int(name)) == name:
                partial = Tile(level=tile.level, index=tile.index, width=int(name))
                yield partial, self.read(partial)

    def _hold(self, tree: Tree, leaves: Sequence[bytes]) -> None:
        """The claims about sizes up to that of the tree with these leaves after its own."""
        begun, end = tree.size, tree.size + len(leaves)
        while self._claim is not None and self._claim.size <= end:
            tree = grown(tree, leaves[tree.size - begun : self._claim.size - begun])
            if root_of(tree) != self._claim.root:
                raise Unproven(
                    f"{self._claim.name}: the first {self._claim.size} entries here have another root: there are two "
                    f"histories, or what came after the first {self._held} is not what was signed"
                )
            self._held, self._claim = self._claim.size, next(self._claims, None)


def most_of(tile: Tile) -> int:
    """The bytes that a tile has, or that a bundle can have at most."""
    return tile.width * (LENGTH + LONGEST if tile.level == ENTRIES else HASH)


def _cut(whole: Tile, raw: bytes, width: int) -> bytes:
    return bundle(parsed_bundle(whole, raw)[:width]) if whole.level == ENTRIES else raw[: width * HASH]
