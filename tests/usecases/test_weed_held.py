"""Weed, and what the storage holds: a hold anywhere about a clip reprieves it whole, until the storage lets go."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.domain.entry import Outcome, Reason
from shared.domain.footage import Clip, State
from shared.usecases.weed import WeedReport
from tests.builders import JPEG, MICROSECOND, NOW, OVERDUE, RECORDING, UPLOADED
from tests.fakes import World, let_others_run
from tests.usecases.scenes import PATH, actions, an_overdue_stored_clip, assert_trails_whole, entries, the_clip
from tests.usecases.test_weed import run


async def test_what_the_storage_holds_is_held_again_and_looked_at_a_day_later() -> None:
    world = World()
    clip = an_overdue_stored_clip(world)
    world.footage.hold(clip.blob)
    assert await run(world) == WeedReport(kept=1)
    again = the_clip(world)
    assert (again.state, again.weeding) == (State.HELD, None)
    assert again.retention.weed_after == NOW + timedelta(days=1)
    assert world.footage.versions(PATH) == [clip.blob]
    assert world.footage.posters == {RECORDING: JPEG}
    last = entries(world)[-1]
    assert (last.action, last.outcome, last.reason) == (
        "footage.reprieved",
        Outcome.REFUSED,
        Reason(code="held-by-storage"),
    )
    assert await run(world, key="run-2") == WeedReport()


def an_older_version(world: World, clip: Clip) -> None:
    first, *_ = world.footage.versions(clip.blob.path)
    world.footage.hold(first)


def a_newer_version(world: World, clip: Clip) -> None:
    world.footage.hold(world.footage.put(clip.blob.path, b"a second content", at=UPLOADED).blob)


def the_poster(world: World, clip: Clip) -> None:
    world.footage.hold_derived(clip.id)


def the_version_for_a_day(world: World, clip: Clip) -> None:
    world.footage.keep_until(clip.blob, NOW + MICROSECOND)


def the_version_by_a_lease(world: World, clip: Clip) -> None:
    world.footage.lease(clip.blob)


@pytest.mark.parametrize(
    "hold", [an_older_version, a_newer_version, the_poster, the_version_for_a_day, the_version_by_a_lease]
)
async def test_what_is_held_anywhere_about_a_clip_reprieves_it_with_nothing_erased(
    hold: Callable[[World, Clip], None],
) -> None:
    world = World()
    world.footage.put(PATH, b"the content before", at=OVERDUE)
    clip = an_overdue_stored_clip(world)
    world.footage.renditions[clip.id] = {"small.mp4": b"small"}
    hold(world, clip)
    lay_there = world.footage.versions(PATH)
    assert await run(world) == WeedReport(kept=1)
    assert the_clip(world).state is State.HELD
    assert world.footage.versions(PATH) == lay_there
    assert (world.footage.posters, world.footage.renditions) == ({clip.id: JPEG}, {clip.id: {"small.mp4": b"small"}})
    assert actions(world) == ["footage.condemned", "footage.reprieved"]


async def test_a_policy_that_is_over_keeps_nothing() -> None:
    world = World()
    world.footage.keep_until(an_overdue_stored_clip(world).blob, NOW)
    assert await run(world) == WeedReport(weeded=1)


async def test_a_hold_placed_after_the_look_and_before_the_erasure_still_keeps_all_of_the_clip() -> None:
    world = World()
    clip = an_overdue_stored_clip(world)

    async def a_lawyer_is_quick(call: str) -> None:
        if call == "footage.erase":
            world.footage.hold(clip.blob)

    world.faults.pause = a_lawyer_is_quick
    assert await run(world) == WeedReport(kept=1)
    assert (world.footage.versions(PATH), world.footage.posters) == ([clip.blob], {clip.id: JPEG})


async def test_when_the_storage_lets_go_it_is_weeded() -> None:
    world = World()
    clip = an_overdue_stored_clip(world)
    world.footage.hold(clip.blob)
    await run(world)
    world.footage.hold(clip.blob, held=False)
    assert await run(world, key="run-2", at=NOW + timedelta(days=1)) == WeedReport(weeded=1)
    assert actions(world) == ["footage.condemned", "footage.reprieved", "footage.condemned", "footage.weeded"]
    assert_trails_whole(world)


async def test_a_hold_placed_when_the_footage_is_gone_already_does_not_bring_the_clip_back() -> None:
    """Held again without its footage, the clip could be marked as evidence that nobody has."""
    world = World()
    clip = an_overdue_stored_clip(world)

    async def a_hold_comes(call: str) -> None:
        if call == "footage.erase_derived":
            world.footage.hold_derived(clip.id)

    world.faults.pause = a_hold_comes
    assert (await run(world)).failed == 1
    world.faults.pause = let_others_run
    assert await run(world, key="run-2") == WeedReport(failed=1)
    assert the_clip(world).state is State.CONDEMNED
    world.footage.held_derived.clear()
    assert await run(world, key="run-3") == WeedReport(weeded=1)
    assert_trails_whole(world)
