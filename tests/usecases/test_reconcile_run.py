"""A run of reconcile: page by page, on through failures, stopped in time, gone on with, and reported."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.reconcile import Finding, Shelved
from shared.domain.reconcile_rounds import has_its_turn
from shared.errors import NotFound
from shared.usecases.reconcile import Asked, read_reconciliation
from tests.builders import (
    NOW,
    RECORDING,
    a_clip,
    a_dock,
    a_path,
    fresh_id,
)
from tests.fakes import World
from tests.usecases.reconciling import DAY, VERIFIED, a_blob_of, a_clip_of, clips, run, tallied
from tests.usecases.scenes import (
    a_landed_blob,
    actions,
    assert_trails_whole,
    by_the_service,
    entries,
)


@pytest.mark.parametrize("at_once", [1, 2, 3, 5000])
async def test_pages_of_the_listing_neither_lose_nor_double_a_path(at_once: int) -> None:
    world = World()
    world.footage.listed_at_once = at_once
    unknown, lost, kept = [fresh_id() for _ in range(4)], [fresh_id() for _ in range(4)], [fresh_id() for _ in range(4)]
    for number in range(4):
        a_blob_of(world, unknown[number])
        world.footage.lose(a_clip_of(world, lost[number]).blob.path)
        a_clip_of(world, kept[number])
        world.footage.say(a_path(kept[number]), {})
    done = await run(world)
    assert tallied(done) == {Finding.NOT_INDEXED: 4, Finding.MISSING: 4, Finding.METADATA_CHANGED: 4}
    # Each that is lost is asked for once, and of each that is unknown the beginning is read.
    assert world.faults.calls.count("footage.read") == len(lost) + len(unknown)
    named = {tally.finding: set(tally.first) for tally in done.report.tallies}
    assert named == {
        Finding.NOT_INDEXED: set(unknown),
        Finding.MISSING: set(lost),
        Finding.METADATA_CHANGED: set(kept),
    }


async def test_more_clips_than_one_page_of_the_index_are_all_compared() -> None:
    world = World()
    for _ in range(2001):
        clip = fresh_id()
        world.records.put(a_clip(id=clip, blob=replace(a_clip().blob, path=a_path(clip)), integrity=VERIFIED))
    done = await run(world, Asked(prefix="hackney/", dry_run=True))
    assert tallied(done) == {Finding.MISSING: 2001}
    assert len(done.report.tallies[0].first) == 100


async def test_one_bad_blob_does_not_shelter_the_rest_and_the_run_does_not_end_until_it_is_mended() -> None:
    world = World()
    good, bad = fresh_id(), fresh_id()
    a_blob_of(world, good)
    a_blob_of(world, bad)
    broken = a_path(bad)
    inspect = world.inspector.inspect

    async def sometimes(size: int, read: Any) -> Any:
        if world.faults.calls.count("inspector.inspect") == 0:
            world.faults.calls.append("inspector.inspect")
            raise OSError(broken)
        return await inspect(size, read)

    world.inspector.inspect = sometimes  # type: ignore[method-assign] # broken once
    done = await run(world)
    assert (done.failed, done.report.ended_at, len(clips(world))) == (1, None, 1)
    again = await run(world)
    assert (again.failed, again.report.ended_at, clips(world)) == (0, NOW, {good, bad})
    assert tallied(again) == {Finding.NOT_INDEXED: 2}
    assert_trails_whole(world)


async def test_one_bad_place_does_not_shelter_the_rest_and_the_next_round_looks_at_it_again() -> None:
    world = World()
    a_blob_of(world, RECORDING, at=NOW - 3 * DAY)
    today = fresh_id()
    a_blob_of(world, today)
    shelved = world.footage.shelved
    bad = f"hackney/{NOW - 3 * DAY:%Y/%m/%d}/"

    async def but_one(prefix: str) -> AsyncIterator[Sequence[Shelved]]:
        if prefix == bad:
            raise OSError(prefix)
        async for page in shelved(prefix):
            yield page

    world.footage.shelved = but_one  # type: ignore[method-assign] # broken at one place
    done = await run(world)
    assert (done.failed, done.report.ended_at, clips(world)) == (1, None, {today})
    world.footage.shelved = shelved  # type: ignore[method-assign]
    assert (await run(world, key="night-2", at=NOW + DAY)).failed == 0
    assert clips(world) == {RECORDING, today}


async def test_an_older_place_that_failed_does_not_wait_for_its_next_turn() -> None:
    world = World()
    days = [NOW.date() - timedelta(days=back) for back in range(36, 400)]
    day = next(day for day in days if has_its_turn(f"hackney/{day:%Y/%m/%d}/", NOW.date()))
    a_blob_of(world, RECORDING, at=NOW - timedelta(days=(NOW.date() - day).days))
    a_blob_of(world, fresh_id())
    shelved = world.footage.shelved

    async def but_one(prefix: str) -> AsyncIterator[Sequence[Shelved]]:
        if prefix == f"hackney/{day:%Y/%m/%d}/":
            raise OSError(prefix)
        async for page in shelved(prefix):
            yield page

    world.footage.shelved = but_one  # type: ignore[method-assign] # broken at one place
    assert (await run(world)).failed == 1
    world.footage.shelved = shelved  # type: ignore[method-assign]
    await run(world, key="night-2", at=NOW + DAY)
    assert RECORDING in clips(world)


async def test_a_report_that_cannot_be_written_ends_the_run_at_once() -> None:
    world = World()
    a_blob_of(world, RECORDING)
    await run(World())
    written = world.records.write

    async def only_the_first(pk: str, writes: Any) -> None:
        if pk.startswith("run:") and world.faults.calls.count("records.write") > 0:
            raise OSError(pk)
        await written(pk, writes)

    world.records.write = only_the_first  # type: ignore[method-assign] # the store fails after the start
    with pytest.raises(OSError, match="run:"):
        await run(world)
    assert clips(world) == set()


@pytest.mark.parametrize("key", ["night-1", "night-2"])
async def test_a_run_whose_time_is_over_says_how_far_it_came_and_the_next_goes_on_there(key: str) -> None:
    """Whether it is asked again with its own key or is the next run."""
    world = World()
    ids = [fresh_id() for _ in range(30)]
    for number, clip in enumerate(ids):
        a_blob_of(world, clip, at=NOW - (number + 1) * DAY)
    first = await run(world, lasts=40)
    assert (first.late, first.report.ended_at) == (True, None)
    assert actions(world, first.report.pk)[-1] == "reconciliation.stopped"
    taken, done = clips(world), first.report.places_done
    assert first.report.reached is not None
    assert 0 < len(taken) < len(ids)
    looked = world.faults.calls.count("footage.shelved")
    second = await run(world, key=key)
    assert second.report.ended_at == NOW
    assert clips(world) == set(ids)
    assert second.report.places_done == done * (key == "night-1") + world.faults.calls.count("footage.shelved") - looked
    assert (tallied(first)[Finding.NOT_INDEXED], sum(second.found.values())) == (len(taken), len(ids) - len(taken))


async def test_a_run_that_ended_is_answered_as_it_ended() -> None:
    world = World()
    a_landed_blob(world)
    first = await run(world)
    calls = len(world.faults.calls)
    second = await run(world)
    assert second.report == first.report
    assert world.faults.calls[calls:] == ["records.reconciliation"]


async def test_a_long_round_writes_how_far_it_came_though_it_finds_nothing() -> None:
    world = World()
    world.records.put(*(a_dock(id=f"dock-{n}", borough=f"Borough {n}") for n in range(6)))
    done = await run(world)
    assert done.report.places_done >= 6 * 36
    assert "reconciliation.advanced" in actions(world, done.report.pk)


async def test_the_report_is_shown_and_the_look_is_entered() -> None:
    world = World()
    done = await run(world)
    shown = await read_reconciliation(done.report.run, asking=by_the_service(), records=world.records)
    assert shown == done.report
    assert actions(world, done.report.pk)[-1] == "reconciliation.read"


async def test_a_report_nobody_wrote_is_not_found_and_nothing_is_entered() -> None:
    world = World()
    with pytest.raises(NotFound):
        await read_reconciliation("nobody", asking=by_the_service(), records=world.records)
    assert entries(world) == []
