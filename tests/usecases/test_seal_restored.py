"""A head that was set back, as by a restore of the record store, leads to no second history: it is refused by name."""

import pytest

from shared.domain.seal import Head, checkpoint_path, head_after, line_of, parts_of, successor_path
from shared.domain.tiles import FULL
from shared.ports import Differs
from shared.usecases.seal import Forked
from tests.builders import NOW
from tests.fakes import World
from tests.fakes.signing import LEDGER_KEY
from tests.usecases.scenes import entries
from tests.usecases.schedules import interleave, some_schedules
from tests.usecases.sealing import (
    checkpoints,
    copied,
    must_be_one_history,
    restored,
    sealing,
    stopped_before,
    the_head,
    wait,
)

SEALED, LOST = 100, 50


@pytest.fixture(scope="module")
async def backed_up() -> World:
    world = World()
    wait(world, SEALED)
    await sealing(world)
    return world


@pytest.fixture(scope="module")
async def further_on(backed_up: World) -> World:
    """The same a while later, which is lost."""
    world = copied(backed_up)
    wait(world, LOST, pk="lost")
    await sealing(world)
    return world


async def must_be_refused_for_good(world: World) -> None:
    before = (dict(world.ledger.files), [each for each in world.records.everything() if isinstance(each, Head)])
    for _ in range(2):
        with pytest.raises(Forked, match="nothing was published: head: a larger ledger follows the one it says"):
            await sealing(world)
    assert before == (
        world.ledger.files,
        [each for each in world.records.everything() if isinstance(each, Head)],
    )


@pytest.mark.parametrize("number", [1, LOST - 1, LOST, LOST + 1, FULL - SEALED, FULL - SEALED + 1, 2 * FULL])
async def test_after_a_restore_what_was_sealed_since_is_not_sealed_otherwise_in_a_place_that_is_free(
    backed_up: World, further_on: World, number: int
) -> None:
    world = restored(backed_up, further_on)
    wait(world, number, pk="new")
    await must_be_refused_for_good(world)


async def test_a_record_store_that_was_lost_altogether_begins_no_second_ledger(further_on: World) -> None:
    world = restored(World(), further_on)
    wait(world, 3, pk="new")
    await must_be_refused_for_good(world)


async def test_a_restore_by_many_batches_is_refused_like_one_by_the_last(backed_up: World, further_on: World) -> None:
    later = copied(further_on)
    for _ in range(3):
        wait(later, 7)
        await sealing(later)
    world = restored(backed_up, later)
    wait(world, 1, pk="new")
    await must_be_refused_for_good(world)


async def test_where_nothing_was_sealed_since_the_restore_the_ledger_goes_on(backed_up: World) -> None:
    world = restored(backed_up, backed_up)
    wait(world, LOST, pk="new")
    await sealing(world)
    must_be_one_history(world, entries=SEALED + LOST)


@pytest.mark.parametrize("number", [20, pytest.param(300, marks=pytest.mark.slow)])
async def test_two_record_stores_over_the_same_files_make_one_history_and_the_other_is_refused(
    backed_up: World, number: int
) -> None:
    """The store that was restored from, still in use, and the one that was restored to."""
    for choose in some_schedules(number, seed=9):
        old, new = copied(backed_up), copied(backed_up)
        new.ledger, new.keys, new.records.faults = old.ledger, old.keys, old.faults
        wait(old, 3, pk="old")
        wait(new, 5, pk="new")
        ended = await interleave(old, [sealing(old), sealing(new, key="run-2")], choose)
        refused = [each.raised for each in ended if each.raised]
        assert [type(each) in (Forked, Differs) for each in refused] == [True]
        winner, entered = (new, 5) if ended[0].raised else (old, 3)
        must_be_one_history(winner, entries=SEALED + entered)
        assert list(checkpoints(winner)) == [SEALED, SEALED + entered]


async def test_a_head_and_a_batch_made_up_to_begin_anew_are_refused(further_on: World) -> None:
    """Whoever may write the record store can name a batch that begins at the first leaf; its tiles would be free."""
    world = copied(further_on)
    wait(world, SEALED + LOST + 1, pk="made-up")
    lines = [line_of(entry) for entry in entries(world, "made-up")]
    parts = parts_of(0, lines)
    world.records.put(*parts, head_after(None, parts, now=NOW))
    before = dict(world.ledger.files)
    for _ in range(2):
        with pytest.raises(Differs, match=f"another content lies at {successor_path(0)}"):
            await sealing(world)
    assert world.ledger.files == before


async def test_what_follows_is_written_down_before_any_tile_of_it(backed_up: World) -> None:
    world = copied(backed_up)
    wait(world, 3)
    await stopped_before(world, "ledger.keep", times=2)
    new = set(world.ledger.files) - set(backed_up.ledger.files)
    assert new == {successor_path(SEALED)}
    assert world.ledger.files[successor_path(SEALED)].startswith(f"{LEDGER_KEY}\n{SEALED + 3}\n".encode())
    assert the_head(world).size == SEALED + 3
    await sealing(world)
    must_be_one_history(world, entries=SEALED + 3)
    note = world.ledger.files[checkpoint_path(SEALED + 3)]
    assert note.startswith(world.ledger.files[successor_path(SEALED)] + b"\n")
