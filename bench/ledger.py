"""What the ledger's mathematics costs, beside aics-tlog from PyPI in the same process: `python -m bench.ledger`

Each way in turn, the best of several rounds, per second:
  append          a log that grows by batches of 100 and says its root after each: what a sealer does
  append, tiles   the same, and the tiles of each growth made as well; theirs is its incremental writer, in memory
  one append      all leaves at once and the root at the end: hashing and hardly anything else
  inclusion       proofs made from hashes in memory, of leaves all over one tree
  consistency     the same between two sizes
  check           inclusion proofs verified
Bar: append and both proofs at least 5 times as fast as theirs. Where both do little but SHA-256 there is nothing to be
had, and the table says so.
"""

import sys
import time
from collections.abc import Callable

from aics_tlog import IncrementalTileWriter, MemoryTileStore, MerkleTree, verify_inclusion

from bench.table import keep, show
from shared.domain.ledger import Tree, check_inclusion, grown, leaf_hash, node_hash, prove_consistency, prove_inclusion
from shared.domain.ledger import root_of as root_of_tree
from shared.domain.tiles import ENTRIES, Tile, bundle, new_tiles, tiles_grown

SIZE, BATCH, ROUNDS, PROOFS = 20_000, 100, 3, 2_000
LEAST_TIMES, BARRED = 5, ("append", "inclusion", "consistency")
LINES = [f"v1 {number:036} {'A' * 43}=".encode() for number in range(SIZE)]
BATCHES = [LINES[start : start + BATCH] for start in range(0, SIZE, BATCH)]
INDEXES = [number * 7919 % SIZE for number in range(PROOFS)]

Way = Callable[[], object]


def levels() -> list[list[bytes]]:
    """Every complete subtree, by height: what a service would read from tiles."""
    found = [[leaf_hash(line) for line in LINES]]
    while len(found[-1]) > 1:
        below = found[-1]
        found.append([node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)])
    return found


LEVELS = levels()
THEIRS = MerkleTree(LINES)
ROOT = THEIRS.root()
PROVEN = [THEIRS.inclusion_proof(index) for index in INDEXES]


def hash_at(height: int, index: int) -> bytes:
    return LEVELS[height][index]


def append_ours() -> bytes:
    tree = Tree()
    for batch in BATCHES:
        tree = grown(tree, map(leaf_hash, batch))
        root = root_of_tree(tree)
    return root


def append_theirs() -> bytes:
    tree = MerkleTree()
    for batch in BATCHES:
        tree.extend(batch)
        root = tree.root()
    return root


def tiles_ours() -> bytes:
    tree, files = Tree(), dict[Tile, bytes]()
    for batch in BATCHES:
        leaves = [leaf_hash(line) for line in batch]
        files.update(tiles_grown(tree.size, leaves, files.__getitem__))
        size = tree.size + len(batch)
        for tile in new_tiles(tree.size, size):
            if tile.level == ENTRIES:
                files[tile] = bundle(LINES[tile.index * 256 : tile.index * 256 + tile.width])
        tree = grown(tree, leaves)
        root = root_of_tree(tree)
    return root


def tiles_theirs() -> bytes:
    writer = IncrementalTileWriter(MemoryTileStore(), prune_partials=False)
    for batch in BATCHES:
        root = writer.append(batch).root
    return root


def one_append_ours() -> bytes:
    return root_of_tree(grown(Tree(), map(leaf_hash, LINES)))


def one_append_theirs() -> bytes:
    return MerkleTree(LINES).root()


def inclusion_ours() -> object:
    return [prove_inclusion(index, SIZE, hash_at) for index in INDEXES]


def inclusion_theirs() -> object:
    return [THEIRS.inclusion_proof(index) for index in INDEXES]


def consistency_ours() -> object:
    return [prove_consistency(index + 1, SIZE, hash_at) for index in INDEXES]


def consistency_theirs() -> object:
    return [THEIRS.consistency_proof(index + 1) for index in INDEXES]


def check_ours() -> object:
    for index, proof in zip(INDEXES, PROVEN, strict=True):
        check_inclusion(LEVELS[0][index], index, SIZE, ROOT, proof)
    return [True] * PROOFS


def check_theirs() -> object:
    pairs = zip(INDEXES, PROVEN, strict=True)
    return [verify_inclusion(LEVELS[0][index], index, SIZE, proof, ROOT) for index, proof in pairs]


WAYS: dict[str, tuple[int, Way, Way]] = {
    "append": (SIZE, append_ours, append_theirs),
    "append, tiles": (SIZE, tiles_ours, tiles_theirs),
    "one append": (SIZE, one_append_ours, one_append_theirs),
    "inclusion": (PROOFS, inclusion_ours, inclusion_theirs),
    "consistency": (PROOFS, consistency_ours, consistency_theirs),
    "check": (PROOFS, check_ours, check_theirs),
}


def main() -> int:
    rows = [measured(what, *ways) for what, ways in WAYS.items()]
    show(f"the ledger's mathematics: {SIZE} leaves, batches of {BATCH}, against aics-tlog", rows)
    keep("ledger", rows)
    kept = all(float(str(row["times"])) >= LEAST_TIMES for row in rows if row["what"] in BARRED)
    print(f"{', '.join(BARRED)} at least {LEAST_TIMES} times as fast: {'kept' if kept else 'MISSED'}")
    return 0 if kept else 1


def measured(what: str, count: int, ours: Way, theirs: Way) -> dict[str, object]:
    """Both in turn, so that a busy moment of the machine meets both; their answers must be the same."""
    assert ours() == theirs()
    seconds = [(_once(ours), _once(theirs)) for _ in range(ROUNDS)]
    mine, other = (min(column) for column in zip(*seconds, strict=True))
    return {
        "what": what,
        "ours_per_s": round(count / mine),
        "theirs_per_s": round(count / other),
        "times": round(other / mine, 1),
    }


def _once(way: Way) -> float:
    began = time.perf_counter()
    way()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
