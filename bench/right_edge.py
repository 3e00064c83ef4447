"""One more seal on trees of 10^3 to 10^7 leaves, every port in memory: does it cost more where the tree is larger?

Of a tree only the right edge is made, since sealing reads nothing else: partial tiles and the partial bundle, whose
lines are hashed into the tile above it, the checkpoint and the head. The hashes of the levels above are made up. Each
tree ends in a bundle that is half full, so that only what grows with the tree differs. Ours is the CPU of the run less
what it spends in the ports. The peer opens aics-tlog's incremental writer on the same files and appends as many lines:
that is tiles and root, without entries, head, checks or checkpoint.
"""

import hashlib
import time
from dataclasses import dataclass

from aics_tlog import IncrementalTileWriter, MemoryTileStore

from bench.steps import Steps
from functions.seal import AT_ONCE
from shared.adapters.ed25519 import verifies
from shared.domain.entry import uuid8
from shared.domain.ledger import leaf_hash, leaf_line, root_of, to_base64, tree_at
from shared.domain.note import Checkpoint, signed
from shared.domain.seal import Head, checkpoint_path
from shared.domain.tiles import ENTRIES, FULL, LEVELS, Tile, bundle, hashes_in_tiles, tile_in
from shared.usecases.seal import seal
from tests.builders import NOW
from tests.fakes import World
from tests.fakes.signing import LEDGER_KEY
from tests.usecases.scenes import by_the_service
from tests.usecases.sealing import LATER, wait

SIZES = tuple(10**power // FULL * FULL + FULL // 2 for power in (3, 5, 6, 7))
COUNTS = (1, 1_000)  # entries of the one more seal
A_TRAIL, ROUNDS = 20, 7
FLAT = 1.5  # times the smallest tree, at the most, for the largest


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    ours: float
    calls: int
    read: int
    peer: float


def right_edge(size: int) -> dict[Tile, bytes]:
    """The files a tree of that size ends in."""
    lines = [_line(size - size % FULL + number) for number in range(size % FULL)]
    ends = [tile_in(size, level, (size >> 8 * max(level, 0)) // FULL) for level in range(ENTRIES, LEVELS)]
    edge = {tile: _made_up(tile) for tile in ends if tile.width and tile.level > 0}
    return edge | {ends[0]: bundle(lines), ends[1]: b"".join(map(leaf_hash, lines))}


def _line(number: int) -> bytes:
    digest = hashlib.sha256(f"line {number}".encode()).digest()
    return leaf_line(str(uuid8(digest)), to_base64(digest))


def _made_up(tile: Tile) -> bytes:
    return b"".join(hashlib.sha256(f"{tile} {number}".encode()).digest() for number in range(tile.width))


async def world_at(size: int, edge: dict[Tile, bytes]) -> World:
    """A world whose ledger goes so far, all of it published and told."""
    world, tree = World(), tree_at(size, hashes_in_tiles(size, edge.__getitem__))
    signer = await world.keys.ledger_signer()
    text = str(Checkpoint(origin=LEDGER_KEY, size=size, root=root_of(tree)))
    files = {str(tile): raw for tile, raw in edge.items()}
    files[checkpoint_path(size)] = signed(text, signer.key, signer.sign(text.encode())).encode()
    world.ledger.files.update(files)
    head = Head(
        size=size,
        root=to_base64(root_of(tree)),
        peaks=tuple(map(to_base64, tree.peaks)),
        batch="long-ago",
        sealed_at=NOW,
        checkpointed=size,
        finished=size,
    )
    world.records.put(head)
    return world


async def one_more(size: int, count: int) -> Cost:
    edge = right_edge(size)
    world, steps = await world_at(size, edge), Steps()
    for number in range(0, count, A_TRAIL):
        wait(world, min(A_TRAIL, count - number), pk=f"clip-{number}")
    began = time.process_time()
    report = await seal(
        asking=by_the_service(at=LATER),
        now=lambda: LATER,
        origin=LEDGER_KEY,
        records=steps.through(world.records, lambda name, _: name),
        feed=steps.through(world.feed, lambda name, _: name),
        files=steps.through(world.ledger, lambda name, _: name),
        keys=steps.through(world.keys, lambda name, _: name),
        check=verifies,
        out_of_time=lambda: False,
        at_once=AT_ONCE,
    )
    spent = time.process_time() - began - steps.cpu
    assert report.sealed == count
    calls = sum(step.calls for step in steps.values())
    return Cost(ours=spent, calls=calls, read=steps["read"].read, peer=by_peer(size, count, edge))


def by_peer(size: int, count: int, edge: dict[Tile, bytes]) -> float:
    store, lines = MemoryTileStore(), [_line(size + number) for number in range(count)]
    for tile, raw in edge.items():
        store.write(str(tile), raw)
    began = time.process_time()
    writer = IncrementalTileWriter(store, size, prune_partials=False)
    assert writer.append(lines).root
    return time.process_time() - began


async def compared() -> list[dict[str, object]]:
    """All sizes in turn, again and again, so that a busy moment of the machine meets all; the best of each."""
    pairs = [(count, size) for count in COUNTS for size in SIZES]
    found: dict[tuple[int, int], list[Cost]] = {pair: [] for pair in pairs}
    for _ in range(ROUNDS):
        for count, size in pairs:
            found[count, size].append(await one_more(size, count))
    return [_row(count, size, found[count, size], found[count, SIZES[0]]) for count, size in pairs]


def _row(count: int, size: int, costs: list[Cost], smallest: list[Cost]) -> dict[str, object]:
    ours = min(cost.ours for cost in costs)
    return {
        "entries": count,
        "tree": size,
        "ours_cpu_ms": round(1000 * ours, 2),
        "over_smallest": round(ours / min(cost.ours for cost in smallest), 2),
        "peer_cpu_ms": round(1000 * min(cost.peer for cost in costs), 2),
        "calls": costs[0].calls,
        "kb_read": round(costs[0].read / 1000, 1),
    }


def is_flat(rows: list[dict[str, object]]) -> bool:
    return all(float(str(row["over_smallest"])) <= FLAT for row in rows)
