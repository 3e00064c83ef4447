"""Weeding against whoever writes beside the clip, in many orders that their port calls can take.

What must hold in each: a clip that is held has the note that was answered for, or a tombstone has none, and no
approval; and the trail is whole.
"""

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest

from shared.domain.annotate import Note
from shared.domain.approve import Approval, Standing, Unmarking
from shared.domain.footage import Clip, Evidential, State
from shared.errors import Condemned, Conflict, Stale, Weeded
from shared.usecases.annotate import annotate
from shared.usecases.approve import ask_approval
from shared.usecases.categorise import Category, categorise
from shared.usecases.weed import weed
from tests.builders import FORCE, RECORDING, UPLOADED, a_decision, a_note, an_approval, an_asking
from tests.fakes import World
from tests.usecases.scenes import (
    a_condemned_stored_clip,
    a_stored_clip,
    actions,
    an_overdue_stored_clip,
    assert_trails_whole,
    by_the_service,
    entries,
    the_clip,
)
from tests.usecases.schedules import Choose, Ended, every_schedule, interleave, some_schedules

Task = Callable[[World], Coroutine[Any, Any, Any]]
MOST = 50_000
ALONE = ("footage.", "records.due", "records.condemned", "records.approval")  # of weeding and writing a note, weeding's
TOO_LATE = (Condemned, Weeded)
TEXT = "his voice is clear at 03:45"
WRONG = Unmarking(category="other", evidential=Evidential.NO, why="it is the wrong clip")
STILL = Category(name="arrest", evidential=Evidential.YES, why="it is the arrest")


def weeding(world: World) -> Coroutine[Any, Any, Any]:
    asking = by_the_service(key="run-1", request="run-1")
    return weed(
        asking=asking,
        now=lambda: asking.at,
        records=world.records,
        footage=world.footage,
        out_of_time=lambda: False,
        at_once=1,
    )


def annotating(world: World) -> Coroutine[Any, Any, Any]:
    return annotate(RECORDING, TEXT, reach=FORCE, asking=an_asking(key="note"), records=world.records)


def seen(world: World) -> str:
    return world.records._records[(RECORDING, RECORDING)].version


def categorising(world: World) -> Coroutine[Any, Any, Any]:
    asking = an_asking(key="categorise")
    return categorise(RECORDING, STILL, version=seen(world), reach=FORCE, asking=asking, records=world.records)


def asking_for_approval(world: World) -> Coroutine[Any, Any, Any]:
    asking = an_asking(key="ask", subject="ada")
    return ask_approval(RECORDING, WRONG, version=seen(world), reach=FORCE, asking=asking, records=world.records)


def a_clip_with_a_note(world: World) -> Clip:
    world.records.put(a_note(), an_approval(state=Standing.GRANTED))
    return an_overdue_stored_clip(world)


def evidence(world: World) -> Clip:
    return a_stored_clip(world, decision=a_decision(evidential=Evidential.YES, at=UPLOADED))


async def in_some_orders(
    scene: Callable[[World], Clip], *tasks: Task, number: int = 200
) -> AsyncIterator[tuple[World, list[Ended]]]:
    for choose in some_schedules(number, seed=1):
        world = World()
        scene(world)
        yield world, await interleave(world, [task(world) for task in tasks], choose)


def written(world: World) -> list[Note | Approval]:
    return [record for record in world.records.everything() if isinstance(record, Note | Approval)]


def held_with_its_note(world: World, weeded: Ended, annotated: Ended) -> bool:
    """False if it is gone, with all that was written; anything between the two is what must never be."""
    assert (weeded.raised, weeded.answer.failed) == (None, 0)
    assert_trails_whole(world)
    entered = "footage.annotated" in actions(world)
    assert entered == (annotated.raised is None)
    if the_clip(world).state is State.WEEDED:
        assert written(world) == []
        assert isinstance(annotated.raised, TOO_LATE) or entered
        return False
    assert the_clip(world).state is State.HELD
    assert annotated.answer in written(world)
    return True


async def test_no_note_is_ever_beside_a_tombstone() -> None:
    orders = in_some_orders(a_clip_with_a_note, weeding, annotating)
    seen = {(held_with_its_note(world, *ended), ended[1].raised is None) async for world, ended in orders}
    assert seen == {(False, False), (False, True)}  # too late; in time, and gone with the clip


@pytest.mark.slow
async def test_no_note_is_ever_beside_a_tombstone_in_every_order_there_is() -> None:
    worlds: list[World] = []

    async def run(choose: Choose) -> list[Ended]:
        world = World()
        a_clip_with_a_note(world)
        worlds.append(world)
        return await interleave(world, [weeding(world), annotating(world)], choose, alone=ALONE)

    orders = [held_with_its_note(worlds.pop(), *ended) async for ended in every_schedule(run, at_most=MOST)]
    assert len(orders) > 1000
    assert not any(orders)


async def test_a_note_comes_too_late_for_what_is_condemned_whoever_is_first() -> None:
    async for world, (weeded, annotated) in in_some_orders(a_condemned_stored_clip, weeding, annotating):
        assert isinstance(annotated.raised, TOO_LATE)
        assert not held_with_its_note(world, weeded, annotated)


async def test_what_the_storage_holds_keeps_the_notes_it_has() -> None:
    def held(world: World) -> Clip:
        clip = a_clip_with_a_note(world)
        world.footage.hold(clip.blob)
        return clip

    async for world, (_, annotated) in in_some_orders(held, weeding, annotating):
        assert the_clip(world).state is State.HELD
        assert len(written(world)) == (3 if annotated.raised is None else 2)
        assert annotated.raised is None or isinstance(annotated.raised, Condemned)


async def test_two_who_write_at_once_write_two_notes() -> None:
    def another(world: World) -> Coroutine[Any, Any, Any]:
        return annotate(RECORDING, "another", reach=FORCE, asking=an_asking(key="other"), records=world.records)

    async for world, ended in in_some_orders(a_stored_clip, annotating, another):
        assert sorted(each.answer.text for each in ended) == ["another", TEXT]
        assert len(written(world)) == 2
        assert_trails_whole(world)


async def test_an_open_approval_is_always_of_the_decision_that_stands() -> None:
    """Asked just before somebody decides again, it is overtaken; just after, it is of what the asker never saw."""
    met = set()
    async for world, (categorised, asked) in in_some_orders(evidence, categorising, asking_for_approval):
        assert categorised.raised is None
        approvals = [each for each in written(world) if isinstance(each, Approval)]
        assert [each.state for each in approvals] == [Standing.OVERTAKEN] * (asked.raised is None)
        overtaken = [each.after for entry in entries(world) for each in entry.changes if each.field == "approval"]
        assert overtaken == [each.state for each in approvals]
        met.add(type(asked.raised))
    assert met == {type(None), Stale}


async def test_two_who_ask_at_once_are_one_approval() -> None:
    def another(world: World) -> Coroutine[Any, Any, Any]:
        asking = an_asking(key="other", request="other")
        return ask_approval(RECORDING, WRONG, version=seen(world), reach=FORCE, asking=asking, records=world.records)

    async for world, ended in in_some_orders(evidence, asking_for_approval, another, number=100):
        assert [type(each.raised) for each in ended if each.raised] == [Conflict]
        assert actions(world) == ["approval.asked"]
