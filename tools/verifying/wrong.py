"""Which byte is wrong, and in which file: an entry bundle is held against the tile above it, and both against the root.

The checkpoint decides who is right. Where an entry and the hash that a tile has for it differ, and the tile's hash
leads to the signed root, the entry was changed; else the tile was. Offsets are in bytes and begin at 0.
"""

from shared.domain.ledger import Unproven, check_inclusion, leaf_hash, prove_inclusion
from shared.domain.note import Checkpoint
from shared.domain.tiles import ENTRIES, FULL, TILE_HEIGHT, Read, Tile, hashes_in_tiles, tile_hashes, tile_in

HASH = 32  # bytes
LENGTH = 2  # bytes before an entry in its bundle


def difference(found: bytes, made: bytes) -> int | None:
    """The offset of the first byte that differs, or where the shorter one ends; None if they are the same."""
    if found == made:
        return None
    pairs = enumerate(zip(found, made, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(found), len(made)))


def wrong_bytes(name: object, found: bytes, made: bytes, follows: str) -> str | None:
    """One line that names the file and the offset; None if `found` is what was made."""
    at = difference(found, made)
    if at is None:
        return None
    if at == len(found):
        return f"{name}: it ends at byte {at}, and should have {len(made)}"
    if at == len(made):
        return f"{name}: from byte {at} on it has bytes too many"
    return f"{name}: byte {at} is not what {follows}"


def wrong_tile(tile: Tile, found: bytes, made: bytes, checkpoint: Checkpoint, read: Read) -> str | None:
    """The same of a tile that was made again from the entries: it is the tile's fault, or that of an entry."""
    at = difference(found, made)
    if at is None or at == min(len(found), len(made)):
        return wrong_bytes(tile, found, made, "")
    place, each = tile.index * FULL + at // HASH, 1 << TILE_HEIGHT * tile.level
    if tile.level == 0 and _is_signed(found[at // HASH * HASH :][:HASH], place, checkpoint, read):
        return wrong_entry(tile_in(checkpoint.size, ENTRIES, tile.index), checkpoint.size, read)
    span = f"entries {place * each} to {place * each + each - 1}" if tile.level else f"entry {place}"
    return wrong_bytes(tile, found, made, f"follows from {span}")


def wrong_entry(lines: Tile, size: int, read: Read) -> str:
    """The first entry of a bundle that is not the one the tile above it has, and where it lies."""
    raw, above = read(lines), tile_in(size, 0, lines.index)
    at = 0
    for place, known in enumerate(tile_hashes(above, read(above))):
        end = at + LENGTH + int.from_bytes(raw[at : at + LENGTH], "big")
        if leaf_hash(raw[at + LENGTH : end]) != known or end > len(raw):
            entry = f"{lines}: entry {lines.index * FULL + place}, from byte {at} on, is not the one that was signed"
            return f"{entry}: {above} has another hash for it, at byte {place * HASH}"
        at = end
    return f"{lines}: from byte {at} on there is more than its {lines.width} entries"


def _is_signed(known: bytes, leaf: int, checkpoint: Checkpoint, read: Read) -> bool:
    """Whether the tiles lead from this hash to the signed root."""
    size = checkpoint.size
    try:
        proof = prove_inclusion(leaf, size, hashes_in_tiles(size, read))
        check_inclusion(known, leaf, size, checkpoint.root, proof)
    except Unproven:
        return False
    return True
