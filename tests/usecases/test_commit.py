"""Commit: entry, trail and state are one transaction; who lost a race goes again, and who was there before is told."""

from collections.abc import Sequence

import pytest

from shared.domain.entry import Draft, Operation, Trail
from shared.errors import Conflict, Stale
from shared.ports import Create, Held, Replace, Write
from shared.usecases.commit import ATTEMPTS, Contended, Decided, commit, commit_deciding, done_before
from tests.builders import RECORDING, a_clip, a_draft, an_asking
from tests.fakes import MemoryRecords, World
from tests.fakes.faults import Faults
from tests.usecases.scenes import assert_trails_whole, entries, the_clip


def change(key: str = "key-1", action: str = "footage.categorised") -> Draft:
    return a_draft(action=action, operation=Operation.ALTERATION, asking=an_asking(key=key, request=key))


async def test_entry_trail_and_state_are_written_in_one_transaction() -> None:
    world = World()
    committed = await commit(world.records, change(), Create(a_clip()))
    assert not committed.again
    assert world.faults.calls == ["records.trail", "records.write"]
    assert [entry.id for entry in entries(world)] == [committed.entry.id]
    assert the_clip(world) == a_clip()
    assert_trails_whole(world)


async def test_done_before_it_is_said_and_nothing_is_written() -> None:
    world = World()
    first = await commit(world.records, change(), Create(a_clip()))
    second = await commit(world.records, change(), Create(a_clip(camera="another")))
    assert (second.again, second.entry) == (True, first.entry)
    assert the_clip(world) == a_clip()
    assert len(entries(world)) == 1


async def test_of_what_was_not_done_nothing_is_found() -> None:
    world = World()
    assert await done_before(world.records, change()) is None
    committed = await commit(world.records, change())
    assert await done_before(world.records, change()) == committed.entry


async def test_a_state_that_changed_is_stale_and_nothing_is_entered() -> None:
    world = World()
    world.records.put(a_clip())
    with pytest.raises(Stale, match="changed"):
        await commit(world.records, change(), Replace(a_clip(camera="new"), '"an older version"'))
    assert entries(world) == []
    assert the_clip(world) == a_clip()


async def test_two_states_of_one_verb_are_both_written_or_neither() -> None:
    world = World()
    world.records.put(a_clip())
    with pytest.raises(Stale):
        await commit(world.records, change(), Create(a_clip(camera="new")))
    assert world.records.everything() == [a_clip()]


async def test_who_loses_the_race_for_a_number_takes_the_next() -> None:
    world = World()
    losses = 3

    async def another_is_quicker(call: str) -> None:
        nonlocal losses
        if call == "records.write" and losses:
            losses -= 1
            await commit(world.records, change(f"other-{losses}", "footage.read"))

    world.faults.pause = another_is_quicker
    committed = await commit(world.records, change())
    assert committed.entry.number == 4
    assert_trails_whole(world)


async def test_who_loses_every_race_fails_and_enters_nothing() -> None:
    world = World()
    await commit(world.records, change("first"))

    class Behind(MemoryRecords):
        """Always one version late, as if others wrote between every read and write."""

        async def trail(self, pk: str) -> Held[Trail] | None:
            held = await world.records.trail(pk)
            return Held(held.record, "older") if held else None

        async def write(self, pk: str, writes: Sequence[Write]) -> None:
            await world.records.write(pk, writes)

    with pytest.raises(Contended, match=f"after {ATTEMPTS} attempts"):
        await commit(Behind(Faults()), change())
    assert len(entries(world)) == 1


async def test_the_trails_of_two_subjects_do_not_meet() -> None:
    world = World()
    await commit(world.records, change())
    other = a_draft(pk="actor:P1234", subject=RECORDING)
    assert (await commit(world.records, other)).entry.number == 1
    assert_trails_whole(world)


async def test_what_is_decided_beside_the_trail_is_decided_again_when_somebody_came_between() -> None:
    world = World()
    seen: list[int] = []

    async def decide() -> Decided:
        held = await world.records.trail(RECORDING)
        seen.append(held.record.count if held else 0)
        if len(seen) == 1:
            await commit(world.records, change("other", "footage.read"))
        return Decided([Create(a_clip())])

    committed = await commit_deciding(world.records, change(), decide)
    assert (seen, committed.entry.number) == ([0, 1], 2)
    assert the_clip(world) == a_clip()
    assert_trails_whole(world)


async def test_the_trail_is_read_before_anything_is_decided() -> None:
    """The other way round, whoever came between the two would be overlooked."""
    world = World()

    async def decide() -> Decided:
        assert world.faults.calls == ["records.trail"]
        return Decided([])

    await commit_deciding(world.records, change(), decide)


async def test_a_refusal_while_deciding_leaves_nothing() -> None:
    world = World()

    async def decide() -> Decided:
        raise Conflict("no")

    with pytest.raises(Conflict):
        await commit_deciding(world.records, change(), decide)
    assert world.records.everything() == []
