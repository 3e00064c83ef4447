"""Timer -> weed: what a run did is counted and logged, and a run that could not do all of it fails."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.watched import Failed
from functions.weed import WeedIncomplete
from shared.domain.entry import Outcome
from shared.domain.footage import Clip, ClipId, Retention, State
from shared.domain.weeding_run import WeedingRun
from tests.builders import NOW, OVERDUE, a_clip, an_overdue_clip, fresh_id
from tests.fakes import Outage
from tests.functions.world import MemoryService


def keep(world: MemoryService, clip: Clip) -> Clip:
    """The clip with its footage and its poster."""
    landed = world.footage.put(clip.blob.path, b"footage", at=OVERDUE)
    return world.hold(_on(clip, landed.blob))


def _on(clip: Clip, blob: Any) -> Clip:
    return an_overdue_clip(id=clip.id, blob=blob) if clip.uploaded_at == OVERDUE else a_clip(id=clip.id, blob=blob)


async def state_of(world: MemoryService, clip: ClipId) -> State:
    held = await world.records.clip(clip)
    assert held is not None
    return held.record.state


def break_the_second_erasure(world: MemoryService) -> None:
    async def pause(call: str) -> None:
        if call == "footage.erase" and world.faults.calls.count(call) == 2:
            raise Outage("sig=broken")

    world.faults.pause = pause


async def test_what_is_due_goes_and_what_is_not_stays(world: MemoryService, caplog: pytest.LogCaptureFixture) -> None:
    due, young = keep(world, an_overdue_clip(id=fresh_id())), keep(world, a_clip(id=fresh_id()))
    with caplog.at_level("INFO"):
        await world.trigger("weed", None)
    assert (await state_of(world, due.id), await state_of(world, young.id)) == (State.WEEDED, State.HELD)
    assert (world.footage.versions(due.blob.path), due.id in world.footage.posters) == ([], False)
    assert world.metrics.counts == {"weed.weeded": 1, "weed.kept": 0, "weed.failed": 0}
    assert "weeded=1 kept=0 failed=0 late=False" in caplog.text
    assert {entry.actor.id for entry in world.entries(due.id)} == {"system:weed"}


async def test_a_run_with_nothing_to_do_says_so(world: MemoryService, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        await world.trigger("weed", None)
    assert "weeded=0 kept=0 failed=0 late=False" in caplog.text


async def test_a_clip_the_storage_holds_is_kept(world: MemoryService) -> None:
    clip = keep(world, an_overdue_clip(id=fresh_id()))
    world.footage.hold(clip.blob)
    await world.trigger("weed", None)
    assert await state_of(world, clip.id) is State.HELD
    assert world.metrics.counts["weed.kept"] == 1


async def test_a_run_that_could_not_weed_a_clip_weeds_the_others_and_fails(
    world: MemoryService, caplog: pytest.LogCaptureFixture
) -> None:
    clips = [keep(world, an_overdue_clip(id=fresh_id())) for _ in range(3)]
    break_the_second_erasure(world)
    with pytest.raises(WeedIncomplete, match="1 clips could not be weeded"):
        await world.trigger("weed", None)
    states = [await state_of(world, clip.id) for clip in clips]
    assert sorted(states) == [State.CONDEMNED, State.WEEDED, State.WEEDED]
    assert world.metrics.counts == {"weed.weeded": 2, "weed.kept": 0, "weed.failed": 1, "fault.weed": 1}
    assert "broken" not in caplog.text
    await world.trigger("weed", None)
    assert {await state_of(world, clip.id) for clip in clips} == {State.WEEDED}


async def test_each_run_is_kept_also_one_that_did_nothing_and_one_that_failed(world: MemoryService) -> None:
    await world.trigger("weed", None)
    world.time += timedelta(hours=1)
    for _ in range(2):
        keep(world, an_overdue_clip(id=fresh_id()))
    break_the_second_erasure(world)
    with pytest.raises(WeedIncomplete):
        await world.trigger("weed", None)
    kept = [record for record in world.records.everything() if isinstance(record, WeedingRun)]
    assert [(run.started_at, run.weeded, run.kept, run.failed) for run in kept] == [
        (NOW, 0, 0, 0),
        (NOW + timedelta(hours=1), 1, 0, 1),
    ]
    told = [entry for entry in world.entries() if entry.action == "weeding.ran"]
    assert [(entry.pk, entry.actor.id, entry.outcome) for entry in told] == [
        (kept[0].pk, "system:weed", Outcome.GRANTED),
        (kept[1].pk, "system:weed", Outcome.FAILED),
    ]


async def test_a_run_tells_how_long_the_clip_longest_overdue_has_waited(world: MemoryService) -> None:
    await world.trigger("weed", None)
    clip = keep(world, a_clip(id=fresh_id()))
    world.records.put(replace(clip, retention=Retention(rule="31 days", weed_after=NOW - timedelta(hours=3))))
    await world.trigger("weed", None)
    assert world.metrics.measures["weed.overdue"] == [0.0, 3 * 3600.0]


async def test_a_run_that_cannot_be_kept_fails_and_what_it_did_is_counted_all_the_same(world: MemoryService) -> None:
    world.faults.break_every("records.write")
    with pytest.raises(Failed, match="Outage at "):
        await world.trigger("weed", None)
    assert world.metrics.counts == {"weed.weeded": 0, "weed.kept": 0, "weed.failed": 0, "fault.weed": 1}
    assert world.metrics.measures.keys() == {"verb.took.weed"}


async def test_a_run_that_cannot_even_see_what_is_due_fails(world: MemoryService) -> None:
    world.faults.break_every("records.due")
    with pytest.raises(Failed, match="Outage at "):
        await world.trigger("weed", None)
