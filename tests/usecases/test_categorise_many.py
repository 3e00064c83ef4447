"""Categorise many: each clip as if it had come alone, a few at once, and nothing lost by a crash in between."""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.domain.access import Reach
from shared.domain.footage import Clip, ClipId, Evidential, State
from shared.errors import Conflict, NotFound, PreconditionMissing, Refusal, Stale, Weeded
from shared.ports import Held
from shared.usecases.categorise import Category
from shared.usecases.categorise_many import AT_ONCE, Saying, categorise_many
from shared.usecases.within import OutOfReach
from tests.builders import FORCE, NOW, OFFICER, OTHER_OFFICER, a_clip, a_decision, an_asking
from tests.fakes import MemoryRecords, Outage, World
from tests.usecases.scenes import assert_trails_whole, entries, the_clip

NOTHING = Category(name="other", evidential=Evidential.NO, why="nothing to see")
OWN = Reach(officer=OFFICER)
THREE = tuple(ClipId(f"7a0b1c2d-0b1d-4c57-9a43-2f0f5f3f7a1{number}") for number in range(3))


def with_clips(*ids: ClipId, **changes: object) -> World:
    """The clips in their order: MemoryRecords gives the first the version 1, the next 2, and so on."""
    world = World()
    world.records.put(*(a_clip(id=clip, **changes) for clip in ids))
    return world


def sayings(*ids: ClipId, said: Category = NOTHING) -> list[Saying]:
    versions = (f'"{number:08x}"' for number in itertools.count(1))
    return [Saying(clip=clip, category=said, version=next(versions)) for clip in ids]


async def ask(
    world: World,
    said: Sequence[Saying],
    *,
    key: str = "key-1",
    request: str = "req-1",
    reach: Reach = FORCE,
    now: Callable[[], datetime] = lambda: NOW,
) -> Sequence[Held[Clip] | Exception]:
    asking = an_asking(key=key, request=request)
    return await categorise_many(said, door="the door", reach=reach, asking=asking, now=now, records=world.records)


def kinds(outcomes: Sequence[Held[Clip] | Exception]) -> list[type]:
    return [type(outcome) for outcome in outcomes]


async def test_each_is_what_was_said_with_an_entry_of_its_own_and_answered_in_the_order_asked() -> None:
    world = with_clips(*THREE)
    said = list(reversed(sayings(*THREE)))
    outcomes = await ask(world, said)
    assert [outcome.record.id for outcome in outcomes if isinstance(outcome, Held)] == list(reversed(THREE))
    assert [the_clip(world, clip).decision.category for clip in THREE] == ["other"] * 3
    assert [(entry.pk, entry.action) for entry in entries(world)] == [(clip, "footage.categorised") for clip in THREE]
    assert_trails_whole(world)


async def test_each_is_dated_when_its_turn_comes_and_not_when_the_hundred_were_sent() -> None:
    """Else the last of them came behind what a reading of the feed took for whole (domain/odata/bounds.py, B2)."""
    ids = tuple(ClipId(f"7a0b1c2d-0b1d-4c57-9a43-2f0f5f3f{number:04}") for number in range(AT_ONCE + 2))
    world, minutes = with_clips(*ids), itertools.count()
    await ask(world, sayings(*ids), now=lambda: NOW + timedelta(minutes=next(minutes)))
    assert sorted(entry.occurred_at for entry in entries(world)) == [
        NOW + timedelta(minutes=number) for number in range(len(ids))
    ]


async def test_a_few_are_done_side_by_side_and_no_more() -> None:
    ids = tuple(ClipId(f"7a0b1c2d-0b1d-4c57-9a43-2f0f5f3f{number:04}") for number in range(3 * AT_ONCE))
    world, now, most = with_clips(*ids), 0, 0

    async def counted(_call: str) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        now -= 1

    world.faults.pause = counted
    assert kinds(await ask(world, sayings(*ids))) == [Held] * len(ids)
    assert most == AT_ONCE == 8


async def test_what_is_refused_of_one_keeps_no_other_and_is_entered_where_it_belongs() -> None:
    here, theirs, evidence, gone, nowhere, never = (
        ClipId(f"7a0b1c2d-0b1d-4c57-9a43-2f0f5f3f7a2{number}") for number in range(6)
    )
    world = World()
    world.records.put(
        a_clip(id=here),
        a_clip(id=theirs, officer=OTHER_OFFICER),
        a_clip(id=evidence, decision=a_decision(evidential=Evidential.YES)),
        a_clip(id=gone, state=State.WEEDED),
    )
    outcomes = await ask(world, sayings(here, theirs, evidence, gone, nowhere, never), reach=OWN)
    assert kinds(outcomes) == [Held, OutOfReach, Conflict, Weeded, NotFound, NotFound]
    own = f"actor:{OFFICER}"
    refused = {(e.pk, e.subject, e.reason.code) for e in entries(world) if e.action == "refused.the door" and e.reason}
    assert refused == {
        (theirs, theirs, "not-found"),
        (evidence, evidence, "conflict"),
        (gone, gone, "weeded"),
        (own, nowhere, "not-found"),
        (own, never, "not-found"),
    }
    assert_trails_whole(world)


async def test_without_a_version_a_clip_is_not_even_read() -> None:
    world = with_clips(*THREE)
    first, second, third = sayings(*THREE)
    outcomes = await ask(world, [first, replace(second, version=None), third])
    assert kinds(outcomes) == [Held, PreconditionMissing, Held]
    assert the_clip(world, THREE[1]) == a_clip(id=THREE[1])
    assert entries(world, THREE[1]) == entries(world, f"actor:{OFFICER}") == []


class OneUnreadable(MemoryRecords):
    """The record of one clip cannot be read."""

    async def clip(self, clip: ClipId) -> Held[Clip] | None:
        if clip == THREE[1]:
            raise Outage("not this one")
        return await super().clip(clip)


async def test_a_fault_of_one_is_its_own_and_the_others_are_done() -> None:
    world = World()
    world.records = OneUnreadable(world.faults)
    world.records.put(*(a_clip(id=clip) for clip in THREE))
    assert kinds(await ask(world, sayings(*THREE))) == [Held, Outage, Held]
    assert [entry.pk for entry in entries(world)] == [THREE[0], THREE[2]]


async def test_a_refusal_that_cannot_be_entered_is_a_fault_of_that_one() -> None:
    world = World()
    world.faults.break_every("records.write")
    assert kinds(await ask(world, sayings(THREE[0]))) == [Outage]


async def test_a_crash_anywhere_loses_nothing_and_the_same_key_does_the_rest() -> None:
    whole = with_clips(*THREE)
    await ask(whole, sayings(*THREE))
    for number in range(1, len(whole.faults.calls) + 1):
        world = with_clips(*THREE)
        await crash(world, at=number)
        done = [entry.pk for entry in entries(world)]
        assert done == [clip for clip in THREE if the_clip(world, clip).decision.category == "other"]
        world.faults.pause = no_pause
        assert kinds(await ask(world, sayings(*THREE), request="req-2")) == [Held] * 3
        assert [entry.action for entry in entries(world)] == ["footage.categorised"] * 3
        assert_trails_whole(world)


async def crash(world: World, *, at: int) -> None:
    """The process is gone when the call of that number begins, whatever was under way."""
    crashing: asyncio.Task[object]

    async def kill(_call: str) -> None:
        if len(world.faults.calls) == at:
            crashing.cancel()
        await asyncio.sleep(0)

    world.faults.pause = kill
    crashing = asyncio.create_task(ask(world, sayings(*THREE)))
    with pytest.raises(asyncio.CancelledError):
        await crashing


async def no_pause(_call: str) -> None:
    """Nothing more is going to happen."""


async def test_the_same_key_answers_what_was_done_and_refuses_what_is_another_decision() -> None:
    world = with_clips(*THREE)
    first = await ask(world, sayings(*THREE))
    assert await ask(world, sayings(*THREE), request="req-2") == first
    other = replace(NOTHING, name="complaint")
    mixed = [*sayings(*THREE)[:2], *sayings(*THREE, said=other)[2:]]
    assert kinds(await ask(world, mixed, request="req-3")) == [Held, Held, Conflict]
    assert the_clip(world, THREE[2]).decision.category == "other"


@pytest.mark.parametrize("key", ["key-2", "req-2"])
async def test_another_key_is_another_request_and_meets_versions_that_are_over(key: str) -> None:
    world = with_clips(*THREE)
    await ask(world, sayings(*THREE))
    outcomes = await ask(world, sayings(*THREE), key=key, request="req-2")
    assert kinds(outcomes) == [Stale] * 3
    assert all(isinstance(outcome, Refusal) for outcome in outcomes)
    assert len(entries(world)) == 3
