"""A ledger sealed by hand: what is pending becomes leaves, tiles and a signed checkpoint, by the mathematics alone."""

from dataclasses import replace

from shared.domain.entry import Entry, stored
from shared.domain.ledger import Tree, commitment, from_base64, grown, leaf_hash, leaf_line, root_of, to_base64
from shared.domain.note import Checkpoint, signed
from shared.domain.seal import Head, checkpoint_path
from shared.domain.tiles import ENTRIES, FULL, Tile, bundle, parsed_bundle, tile_in, tiles_grown
from tests.builders import NOW
from tests.fakes import MemorySigner, World
from tests.fakes.signing import LEDGER_KEY
from tests.functions.memory import MemoryPorts

SIGNER = MemorySigner(LEDGER_KEY, bytes([101]) * 32)
KEY = str(SIGNER.key)


def seal_by_hand(world: World | MemoryPorts) -> None:
    """All that is pending, in the order of time and id, and a checkpoint of it."""
    kept = world.records.everything()
    waiting = [entry for entry in kept if isinstance(entry, Entry) and entry.pending]
    entries = sorted(waiting, key=lambda entry: (entry.occurred_at, entry.id))
    head = next((record for record in kept if isinstance(record, Head)), None)
    tree = Tree(size=head.size, peaks=tuple(from_base64("head", peak) for peak in head.peaks)) if head else Tree()
    lines = [leaf_line(entry.id, commitment(stored(entry))) for entry in entries]
    files = world.ledger.files
    for tile, raw in tiles_grown(tree.size, [leaf_hash(line) for line in lines], lambda tile: files[str(tile)]):
        files[str(tile)] = raw
    _keep_bundles(files, tree.size, lines)
    after = grown(tree, [leaf_hash(line) for line in lines])
    text = str(Checkpoint(origin=LEDGER_KEY, size=after.size, root=root_of(after)))
    files[checkpoint_path(after.size)] = signed(text, SIGNER.key, SIGNER.sign(text.encode())).encode()
    placed = (replace(entry, leaf=str(tree.size + at), pending=False) for at, entry in enumerate(entries))
    world.records.put(*placed, _head(after))


def _keep_bundles(files: dict[str, bytes], size: int, lines: list[bytes]) -> None:
    before = size - size % FULL
    edge = tile_in(size, ENTRIES, size // FULL)
    lines = (parsed_bundle(edge, files[str(edge)]) if edge.width else []) + lines
    for start in range(0, len(lines), FULL):
        part = lines[start : start + FULL]
        files[str(Tile(level=ENTRIES, index=(before + start) // FULL, width=len(part)))] = bundle(part)


def _head(tree: Tree) -> Head:
    return Head(
        size=tree.size,
        root=to_base64(root_of(tree)),
        peaks=tuple(map(to_base64, tree.peaks)),
        batch="by-hand",
        sealed_at=NOW,
        checkpointed=tree.size,
        finished=tree.size,
    )
