"""Seal tells each entry its leaf: with one call a trail where nothing came between, and whatever did come between."""

import asyncio

import pytest

from shared.usecases.side_by_side import each
from tests.fakes import Outage, World
from tests.usecases.scenes import entries
from tests.usecases.sealing import (
    BEFORE,
    TELLING,
    WAITING,
    a_ledger_and_more_that_waits,
    copied,
    lines_in,
    sealing,
    stopped_before,
    the_head,
)


@pytest.fixture(scope="module")
async def sealed() -> World:
    return await a_ledger_and_more_that_waits()


async def test_who_took_the_entries_reads_neither_them_nor_their_batch_again(sealed: World) -> None:
    world = copied(sealed)
    await sealing(world)
    assert world.faults.calls.count("records.sealing") == 1
    assert "records.pending_of" not in world.faults.calls


async def test_an_entry_erased_before_it_was_told_its_leaf_stays_in_the_ledger(sealed: World) -> None:
    world = copied(sealed)
    await stopped_before(world, *TELLING)
    del world.records._records["clip-2", entries(world, "clip-2")[0].id]
    await sealing(world)
    head = the_head(world)
    assert (head.size, head.finished) == (BEFORE + WAITING,) * 2
    assert len(lines_in(world, head.size)) == head.size


@pytest.mark.parametrize("begun", [False, True], ids=["by who took it", "by who finishes it"])
async def test_where_one_is_erased_while_its_trail_is_told_the_others_are_told_all_the_same(
    sealed: World, begun: bool
) -> None:
    world, erased = copied(sealed), entries(sealed, "clip-1")[-1]
    if begun:
        await stopped_before(world, *TELLING)

    async def pause(call: str) -> None:
        if call == "records.write" and the_head(world).checkpointed == BEFORE + WAITING:
            world.records._records.pop((erased.pk, erased.id), None)

    world.faults.pause = pause
    await sealing(world)
    assert world.faults.calls.count("records.pending_of") == (4 if begun else 1)  # three trails, and the one again
    assert the_head(world).finished == BEFORE + WAITING
    assert [entry.pending for entry in entries(world)] == [False] * (BEFORE + WAITING - 1)


async def test_side_by_side_none_is_begun_after_one_that_failed_and_those_begun_end_first() -> None:
    failed, done = asyncio.Event(), list[str]()

    async def waits() -> None:
        await failed.wait()
        done.append("waited")

    async def fails() -> None:
        failed.set()
        raise Outage

    async def is_not_begun() -> None:
        done.append("begun")

    with pytest.raises(Outage):
        await each([waits, fails, is_not_begun, is_not_begun], at_once=2)
    assert done == ["waited"]
