"""Scenes of sealing: entries that wait, a run of seal, and whether what it left is one history."""

from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shared.adapters.ed25519 import verifies
from shared.domain.daily_counts import DailyCount
from shared.domain.entry import Asking, Entry, Trail, numbered, stored
from shared.domain.ledger import Tree, commitment, from_base64, grown, leaf_hash, leaf_line, root_of
from shared.domain.note import parsed_checkpoint, parsed_note
from shared.domain.seal import Head, Sealing
from shared.domain.tiles import ENTRIES, FULL, Tile, new_tiles, parsed_bundle, tile_in
from shared.usecases.seal import SealReport, seal
from tests.builders import NOW, a_draft, an_asking
from tests.domain.followed import check_tiles
from tests.fakes import Moment, Outage, World
from tests.fakes.signing import LEDGER_KEY
from tests.usecases.scenes import by_the_service

LONDON = ZoneInfo("Europe/London")
LATER = NOW + timedelta(seconds=10)
BEFORE, WAITING = 253, 7  # so that what waits ends one bundle and begins the next
TELLING = ("records.write", 5)  # the batch, the head, that it is published, its counts, then the first of its trails


def wait(world: World, number: int, *, pk: str = "clip-1", at: datetime = NOW, asking: Asking | None = None) -> None:
    """So many more entries of one trail, which nobody has sealed; those of each trail are counted apart."""
    found = [r for r in world.records.everything() if isinstance(r, Trail) and r.pk == pk]
    trail = found[0] if found else None
    for _ in range(number):
        key = f"{pk} {trail.count if trail else 0}"
        asked = replace(asking or an_asking(), request=key, key=key, at=at)
        entry, trail = numbered(a_draft(pk=pk, subject=pk, borough=pk, asking=asked), trail)
        world.records.put(entry, trail)


def sealing(
    world: World,
    *,
    now: Callable[[], datetime] = lambda: LATER,
    out_of_time: Callable[[], bool] = lambda: False,
    at_once: int = 1,
    most: int = 5_000,
    key: str = "run-1",
) -> Coroutine[Any, Any, SealReport]:
    return seal(
        asking=by_the_service(key=key, at=now()),
        now=now,
        origin=LEDGER_KEY,
        records=world.records,
        feed=world.feed,
        files=world.ledger,
        keys=world.keys,
        check=verifies,
        out_of_time=out_of_time,
        at_once=at_once,
        most=most,
    )


def copied(world: World) -> World:
    """Another world in which the same records and files lie."""
    other = World()
    other.records._records, other.records._version = dict(world.records._records), world.records._version
    other.ledger.files = dict(world.ledger.files)
    return other


def restored(records: World, files: World) -> World:
    """The records as they once were, and the files as they are: those nobody can set back."""
    world = copied(records)
    world.ledger.files = dict(files.ledger.files)
    return world


def the_head(world: World) -> Head:
    (head,) = [record for record in world.records.everything() if isinstance(record, Head)]
    return head


def file_of(world: World) -> Callable[[Tile], bytes]:
    return lambda tile: world.ledger.files[str(tile)]


def lines_in(world: World, size: int) -> list[bytes]:
    tiles = [tile_in(size, ENTRIES, index) for index in range(-(-size // FULL))]
    return [line for tile in tiles for line in parsed_bundle(tile, world.ledger.files[str(tile)])]


def must_be_one_history(world: World, *, entries: int, counted: bool = True) -> None:
    """Finished, with so many entries, each once and knowing where; nothing is published but of this history."""
    head = the_head(world)
    assert (head.size, head.checkpointed, head.finished) == (entries, entries, entries)
    check_tiles(head.size, from_base64("head", head.root), file_of(world))
    lines = lines_in(world, head.size)
    kept = [record for record in world.records.everything() if isinstance(record, Entry)]
    told = {int(entry.leaf): leaf_line(entry.id, commitment(stored(entry))) for entry in kept if entry.leaf}
    assert [told.get(leaf) for leaf in range(head.size)] == lines
    assert len({*lines}) == head.size
    assert [entry.pending for entry in kept] == [entry.leaf is None for entry in kept]
    must_publish_nothing_else(world, lines)
    if counted:
        must_be_counted(world)
    written = [part for part in world.records.everything() if isinstance(part, Sealing) and part.batch == head.batch]
    assert [line.text for part in sorted(written, key=lambda part: part.part) for line in part.lines] == (
        lines[head.size - sum(len(part.lines) for part in written) :]
    )


def daily_counts(world: World) -> list[DailyCount]:
    return [record for record in world.records.everything() if isinstance(record, DailyCount)]


def must_be_counted(world: World) -> None:
    """The counts of the days are those of the entries that are in the ledger, each once."""
    kept = [record for record in world.records.everything() if isinstance(record, Entry) and record.leaf is not None]
    entries = Counter((str(e.occurred_at.astimezone(LONDON).date()), e.borough, e.action, e.outcome) for e in kept)
    told = {(str(each.day), each.borough, each.action, each.outcome): each.n for each in daily_counts(world)}
    assert told == entries


def must_publish_nothing_else(world: World, lines: list[bytes]) -> None:
    """Every checkpoint is of the tree of the first so many of these lines, and every tile is of such a tree."""
    sizes, tree, roots = checkpoints(world), Tree(), {}
    for size, line in enumerate(lines, start=1):
        tree = grown(tree, [leaf_hash(line)])
        roots[size] = root_of(tree)
    assert {size: root for size, root in sizes.items() if roots[size] != root} == {}
    published = sorted(sizes)
    known = {str(tile) for old, new in zip([0, *published], published, strict=False) for tile in new_tiles(old, new)}
    assert {path for path in world.ledger.files if path.startswith("tile/")} == known


def checkpoints(world: World) -> dict[int, bytes]:
    """The sizes that were signed, and their roots."""
    notes = [parsed_note(raw) for path, raw in world.ledger.files.items() if path.startswith("checkpoint/")]
    signed = [parsed_checkpoint(note.text) for note in notes]
    return {checkpoint.size: checkpoint.root for checkpoint in signed}


async def a_ledger_and_more_that_waits() -> World:
    """A ledger of some entries, and more that wait in three trails."""
    world = World()
    wait(world, BEFORE)
    assert (await sealing(world)).sealed == BEFORE
    wait(world, WAITING - 2)
    wait(world, 1, pk="clip-2")
    wait(world, 1, pk="clip-3")
    return world


async def stopped_before(world: World, called: str, times: int = 1) -> None:
    """A run that went as far as there."""
    counted = copied(world)
    await sealing(counted)
    numbers = [number for number, name in enumerate(counted.faults.calls, start=1) if name == called]
    world.faults.break_call(numbers[times - 1], Moment.BEFORE)
    with pytest.raises(Outage):
        await sealing(world)
    world.faults.mend()
