"""Weeding against everything else that touches the same clip, in every order their port calls can take.

What must hold in each: the clip is weeded, its bytes and its poster gone, or it is kept, with its bytes; never both,
never neither, never evidence without its footage; and the trail is whole.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest

from shared.domain.footage import Clip, Evidential, Fixity, State
from shared.errors import Condemned, Stale, Weeded
from shared.usecases.categorise import Category, categorise
from shared.usecases.fixity import Checked, fixity
from shared.usecases.ingest import Ingested, ingest
from shared.usecases.play import play
from shared.usecases.weed import weed
from tests.builders import FORCE, JPEG, RECORDING, an_asking
from tests.fakes import World
from tests.usecases.scenes import (
    PATH,
    a_condemned_stored_clip,
    a_landed_blob,
    actions,
    an_overdue_stored_clip,
    assert_trails_whole,
    by_the_service,
    intake,
    the_clip,
)
from tests.usecases.schedules import Choose, Ended, every_schedule, interleave, some_schedules

Task = Coroutine[Any, Any, Any]
Scene = Callable[[World], object]
EVIDENCE = Category(name="arrest", evidential=Evidential.YES, why="arrested for robbery")
NO_EVIDENCE = Category(name="other", evidential=Evidential.NO, why="nothing to see")
MOST = 3000
# What nobody but weeding changes or asks.
WEEDERS = ("footage.", "records.condemned", "records.notes", "records.approval")
TOO_LATE = (Condemned, Weeded)  # Stale would tell an officer to read again what is no longer there


def weeding(world: World, run: str = "run-1") -> Task:
    asking = by_the_service(key=run, request=run)
    return weed(
        asking=asking,
        now=lambda: asking.at,
        records=world.records,
        footage=world.footage,
        out_of_time=lambda: False,
        at_once=1,
    )


def categorising(world: World, said: Category = EVIDENCE, *, seen: str | None = None) -> Task:
    version = seen or world.records._records[(RECORDING, RECORDING)].version
    asking = an_asking(key=f"categorise {said.name}")
    return categorise(RECORDING, said, version=version, reach=FORCE, asking=asking, records=world.records)


def hashing(world: World) -> Task:
    asking = by_the_service(key="m-1")
    return fixity(RECORDING, asking=asking, now=lambda: asking.at, records=world.records, footage=world.footage)


def viewing(world: World) -> Task:
    asking = an_asking(key="view", request="view")
    return play(RECORDING, "duty", bind=False, reach=FORCE, asking=asking, records=world.records, links=world.links)


def ingesting(world: World) -> Task:
    return ingest(PATH, etag=None, asking=by_the_service(key="event-1"), intake=intake(world))


async def in_every_order(
    scene: Scene, *tasks: Callable[[World], Task], alone: tuple[str, ...] = ()
) -> AsyncIterator[tuple[World, list[Ended]]]:
    worlds: list[World] = []

    async def run(choose: Choose) -> list[Ended]:
        world = World()
        scene(world)
        worlds.append(world)
        return await interleave(world, [task(world) for task in tasks], choose, alone=alone)

    async for ended in every_schedule(run, at_most=MOST):
        yield worlds.pop(), ended


async def in_some_orders(
    scene: Scene, *tasks: Callable[[World], Task], versioned: bool = True, seed: int = 1, number: int = 250
) -> AsyncIterator[tuple[World, list[Ended]]]:
    for choose in some_schedules(number, seed=seed):
        world = World(versioned=versioned)
        scene(world)
        yield world, await interleave(world, [task(world) for task in tasks], choose)


def is_gone(world: World) -> bool:
    """True if weeded, False if kept; anything between the two is what must never be."""
    clip = the_clip(world)
    lies_there = clip.blob in world.footage.versions(clip.blob.path)
    assert_trails_whole(world)
    if clip.state is State.WEEDED:
        assert not lies_there
        assert world.footage.posters == {}
        assert clip.decision.evidential is not Evidential.YES
        return True
    assert clip.state is State.HELD
    assert lies_there
    assert world.footage.posters == {RECORDING: JPEG}
    return False


async def test_either_it_is_weeded_or_it_is_evidence_in_every_order_there_is() -> None:
    seen = [
        weeded_or_evidence(world, *ended)
        async for world, ended in in_every_order(an_overdue_stored_clip, weeding, categorising, alone=WEEDERS)
    ]
    assert len(seen) > 500
    assert set(seen) == {True, False}


@pytest.mark.parametrize("versioned", [True, False])
async def test_either_it_is_weeded_or_it_is_evidence_whether_or_not_the_storage_keeps_versions(versioned: bool) -> None:
    orders = in_some_orders(an_overdue_stored_clip, weeding, categorising, versioned=versioned)
    assert {weeded_or_evidence(world, *ended) async for world, ended in orders} == {True, False}


def weeded_or_evidence(world: World, weeded: Ended, categorised: Ended) -> bool:
    gone = is_gone(world)
    assert weeded.raised is None
    assert weeded.answer.failed == 0
    assert weeded.answer.weeded == gone
    if gone:
        assert isinstance(categorised.raised, TOO_LATE)
        assert actions(world) == ["footage.condemned", "footage.weeded"]
    else:
        assert the_clip(world).decision.evidential is Evidential.YES
        assert categorised.answer.record == the_clip(world)
        assert actions(world) == ["footage.categorised"]
    return gone


async def test_what_is_decided_not_to_be_evidence_is_weeded_now_or_at_the_next_run() -> None:
    async for world, (weeded, categorised) in in_some_orders(
        an_overdue_stored_clip, weeding, lambda w: categorising(w, NO_EVIDENCE)
    ):
        gone = is_gone(world)
        assert weeded.answer.failed == 0
        if not gone:
            assert categorised.raised is None
            world.faults.pause = _no_pause
            await weeding(world, "run-2")
            assert is_gone(world)


async def test_a_weeding_begun_is_finished_whoever_comes_between() -> None:
    async for world, (weeded, categorised) in in_some_orders(a_condemned_stored_clip, weeding, categorising):
        assert is_gone(world)
        assert weeded.answer.weeded == 1
        assert isinstance(categorised.raised, TOO_LATE)


async def test_what_the_storage_holds_is_kept_whoever_comes_between() -> None:
    def held(world: World) -> Clip:
        clip = an_overdue_stored_clip(world)
        world.footage.hold(clip.blob)
        return clip

    async for world, (weeded, categorised) in in_some_orders(held, weeding, categorising):
        assert not is_gone(world)
        assert (weeded.answer.weeded, weeded.answer.failed) == (0, 0)
        says_yes = the_clip(world).decision.evidential is Evidential.YES
        assert says_yes == (categorised.raised is None)


async def test_weeding_against_the_hash() -> None:
    seen = set()
    async for world, (weeded, hashed) in in_some_orders(an_overdue_stored_clip, weeding, hashing):
        gone = is_gone(world)
        seen.add((gone, hashed.answer))
        assert weeded.answer.failed == 0
        assert hashed.raised is None
        known = the_clip(world).integrity.state is Fixity.VERIFIED
        assert known == (hashed.answer is Checked.VERIFIED)
        assert "footage.missing" not in actions(world)
    assert seen == {(True, Checked.VERIFIED), (True, Checked.NOTHING_TO_DO), (False, Checked.VERIFIED)}


async def test_weeding_against_a_view() -> None:
    async for world, (weeded, viewed) in in_some_orders(an_overdue_stored_clip, weeding, viewing):
        assert is_gone(world)
        assert weeded.answer.weeded == 1
        shown = viewed.raised is None
        assert shown or isinstance(viewed.raised, Condemned | Weeded)
        assert shown == ("footage.played" in actions(world))
        assert shown == bool(world.links.made)


async def test_two_views_at_once_are_two_entries() -> None:
    def another(world: World) -> Task:
        asking = an_asking(key="other", request="other")
        return play(RECORDING, "duty", bind=False, reach=FORCE, asking=asking, records=world.records, links=world.links)

    async for world, ended in in_every_order(an_overdue_stored_clip, viewing, another, alone=("links.",)):
        assert all(each.raised is None for each in ended)
        assert actions(world) == ["footage.played"] * 2
        assert_trails_whole(world)


async def test_two_officers_at_once_decide_once() -> None:
    async for world, ended in in_some_orders(
        an_overdue_stored_clip, categorising, lambda w: categorising(w, NO_EVIDENCE)
    ):
        refused = [each.raised for each in ended if each.raised]
        assert [type(each) for each in refused] == [Stale]
        assert actions(world) == ["footage.categorised"]
        assert_trails_whole(world)


async def test_two_weed_runs_at_once_weed_once() -> None:
    orders = in_some_orders(an_overdue_stored_clip, weeding, lambda w: weeding(w, "run-2"), number=400)
    async for world, ended in orders:
        assert all(each.raised is None and each.answer.failed == 0 for each in ended)
        assert is_gone(world)
        assert actions(world) == ["footage.condemned", "footage.weeded"]


async def test_two_weed_runs_the_hash_and_an_officer_all_at_once() -> None:
    outcomes = set()
    tasks = (weeding, lambda w: weeding(w, "run-2"), hashing, categorising)
    async for world, ended in in_some_orders(an_overdue_stored_clip, *tasks, number=400):
        gone = is_gone(world)
        outcomes.add(gone)
        assert (ended[3].raised is None) == (the_clip(world).decision.evidential is Evidential.YES)
        assert [each.answer.failed for each in ended[:2]] == [0, 0]
    assert outcomes == {True, False}


async def test_the_same_event_ten_times_at_once_is_one_clip() -> None:
    async for world, ended in in_some_orders(a_landed_blob, *[ingesting] * 10, number=100):
        assert {each.answer for each in ended} <= {Ingested.TAKEN_IN, Ingested.REPEATED}
        assert actions(world) == ["footage.ingested"]
        assert set(world.queue.asked) == {RECORDING}
        assert {clip.id for clip, _ in world.announcer.announced} == {RECORDING}
        assert the_clip(world).state is State.HELD
        assert_trails_whole(world)


async def test_two_events_of_one_blob_at_once_are_one_clip_when_they_come_again() -> None:
    def another(world: World) -> Task:
        return ingest(PATH, etag=None, asking=by_the_service(key="event-2"), intake=intake(world))

    async for world, ended in in_some_orders(a_landed_blob, ingesting, another, number=100):
        assert {each.answer for each in ended} <= {Ingested.TAKEN_IN, Ingested.REPEATED}
        world.faults.pause = _no_pause
        assert await another(world) is Ingested.REPEATED
        assert actions(world) == ["footage.ingested"]
        assert_trails_whole(world)


async def _no_pause(_call: str) -> None:
    await asyncio.sleep(0)
