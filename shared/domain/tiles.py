"""How the tree lies in files (C2SP tlog-tiles): hashes in tiles of 256, entries in bundles of 256.

    T1  Hash i of tile n at level l is that of the complete subtree of 256^l leaves from leaf (256n + i) 256^l on.
    T2  Only full tiles are hashed into the level above. A partial tile has 1 to 255 hashes; there is no empty one.
    T3  Level and width have no leading zero; the index is in groups of three digits, all but the last after an `x`.
    T4  A bundle is its entries, each after its length in two bytes, the larger byte first.

Paths and bundles are read strictly, as ledger.py says: what does not hold raises Unproven, naming the file.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from shared.domain.ledger import EMPTY_ROOT, LARGEST, HashAt, Tree, Unproven, grown, leaf_hash, root_of

TILE_HEIGHT = 8
FULL = 2**TILE_HEIGHT
HIGHEST = 63  # of the levels a path may name
LONGEST = 0xFFFF  # bytes of an entry
LEVELS = -(-LARGEST.bit_length() // TILE_HEIGHT)
ENTRIES = -1  # the level of entry bundles, which stand below the tiles of level 0
PATH = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([0-9]{1,3}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One file of a tree: `width` hashes of a level, or as many entries of the bundle below. Its text is its path."""

    level: int
    index: int
    width: int = FULL

    def __str__(self) -> str:
        """tlog-tiles, "Merkle Tree" and "Log entries": 1234067 is `x001/x234/067`."""
        *groups, last = f"{self.index:,}".split(",")
        number = "".join(f"x{group:0>3}/" for group in groups) + f"{last:0>3}"
        partial = "" if self.width == FULL else f".p/{self.width}"
        return f"tile/{'entries' if self.level == ENTRIES else self.level}/{number}{partial}"


Read = Callable[[Tile], bytes]  # the bytes of exactly this tile; cut from the full one where the partial is gone


def parsed_tile_path(path: str) -> Tile:
    """tlog-tiles, "Merkle Tree": the tile or bundle a path names."""
    parts = PATH.fullmatch(path)
    if parts is None:
        raise Unproven("tile path: it is not `tile/<level>/<index>` or `tile/entries/<index>`")
    level = ENTRIES if parts[1] == "entries" else int(parts[1])
    tile = Tile(level=level, index=int(re.sub("[x/]", "", parts[2])), width=int(parts[3] or FULL))
    if level > HIGHEST or not 1 <= tile.width <= FULL or str(tile) != path:
        raise Unproven("tile path: the level, the index or the width is not written as the standard says")
    return tile


def tile_in(size: int, level: int, index: int) -> Tile:
    """tlog-tiles, "Partial Tiles": the tile at this place in a tree of `size`, as wide as it is there."""
    return Tile(level=level, index=index, width=min(FULL, (size >> TILE_HEIGHT * max(level, 0)) - index * FULL))


def new_tiles(old: int, new: int) -> Iterator[Tile]:
    """tlog-tiles, "Partial Tiles": what a tree of `new` leaves needs that one of `old` leaves has not."""
    for level in range(ENTRIES, LEVELS):
        before, after = (size >> TILE_HEIGHT * max(level, 0) for size in (old, new))
        if after > before:
            yield from (tile_in(new, level, index) for index in range(before // FULL, -(-after // FULL)))


def tiles_grown(size: int, leaf_hashes: Sequence[bytes], read: Read) -> Iterator[tuple[Tile, bytes]]:
    """tlog-tiles, "Merkle Tree": the tiles `new_tiles` names, with their bytes; reads partial tiles of `size` only."""
    level, fresh = 0, list(leaf_hashes)
    while fresh:
        index, width = divmod(size >> TILE_HEIGHT * level, FULL)
        edge = Tile(level=level, index=index, width=width)
        hashes, fresh = (tile_hashes(edge, read(edge)) if width else []) + fresh, []
        for start in range(0, len(hashes), FULL):
            part = hashes[start : start + FULL]
            yield Tile(level=level, index=index + start // FULL, width=len(part)), b"".join(part)
            if len(part) == FULL:
                fresh.append(root_of(grown(Tree(), part)))
        level += 1


def tile_hashes(tile: Tile, raw: bytes) -> list[bytes]:
    """tlog-tiles, "Merkle Tree": the hashes a tile is made of."""
    length = len(EMPTY_ROOT)
    if len(raw) != tile.width * length:
        raise Unproven(f"{tile}: it is {len(raw)} bytes long, not {tile.width * length}")
    return [raw[start : start + length] for start in range(0, len(raw), length)]


def hashes_in_tiles(size: int, read: Read) -> HashAt:
    """tlog-tiles, "Merkle Tree": any hash of a tree of `size`, the levels between tiles hashed again."""

    def hash_at(height: int, index: int) -> bytes:
        level, above = divmod(height, TILE_HEIGHT)
        tile = tile_in(size, level, (index << above) // FULL)
        start, count = (index << above) % FULL, 1 << above
        if start + count > tile.width:
            raise Unproven(f"tiles: a tree of {size} has no such subtree")
        return root_of(grown(Tree(), tile_hashes(tile, read(tile))[start : start + count]))

    return hash_at


def bundle(lines: Sequence[bytes]) -> bytes:
    """tlog-tiles, "Log entries": each line after its length in two bytes."""
    if any(len(line) > LONGEST for line in lines):
        raise Unproven("bundle: a line is longer than 65,535 bytes")
    return b"".join(len(line).to_bytes(2, "big") + line for line in lines)


def parsed_bundle(tile: Tile, raw: bytes) -> list[bytes]:
    """tlog-tiles, "Log entries": the lines of a bundle, as many as its width says and nothing after them."""
    lines, at = [], 0
    for _ in range(tile.width):
        start, at = at + 2, at + 2 + int.from_bytes(raw[at : at + 2], "big")
        lines.append(raw[start:at])
    if at != len(raw):
        raise Unproven(f"{tile}: it is not {tile.width} lines after their lengths")
    return lines


def lines_in_both(bundled: Tile, raw: bytes, leaves: Tile, hashes: bytes) -> list[bytes]:
    """The lines of a bundle, of which the tile beside it must have the hashes. Raises Unproven."""
    lines = parsed_bundle(bundled, raw)
    if [leaf_hash(line) for line in lines] != tile_hashes(leaves, hashes):
        raise Unproven(f"{leaves}: it does not follow from {bundled}")
    return lines
