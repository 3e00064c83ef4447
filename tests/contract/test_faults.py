"""The faults of the fakes: counted, broken on either side of the effect, and held up where a test wants it."""

import asyncio
import inspect

import pytest

from shared import ports
from shared.domain.footage import Clip
from shared.ports import Create
from tests.builders import FORCE, NOW, a_blob, a_caller, a_clip, an_asking, fresh_id
from tests.fakes import MemoryRecords, Moment, Outage, World

PORTS = {
    ports.Records: "records",
    ports.Footage: "footage",
    ports.Links: "links",
    ports.FixityQueue: "queue",
    ports.Announcer: "announcer",
    ports.Inspector: "inspector",
    ports.Tokens: "tokens",
    ports.Keys: "keys",
    ports.Probe: "probe",
    ports.Metrics: "metrics",
}


async def create(records: MemoryRecords, clip: Clip) -> None:
    await records.write(clip.id, [Create(clip)])


async def test_a_call_broken_before_its_effect_had_none() -> None:
    world, clip = World(), a_clip()
    world.faults.break_call(1, Moment.BEFORE)

    with pytest.raises(Outage, match=r"call 1, records\.write: broken before its effect"):
        await create(world.records, clip)
    world.faults.mend()
    assert await world.records.clip(clip.id) is None


async def test_a_call_broken_after_its_effect_had_it() -> None:
    world, clip = World(), a_clip()
    world.faults.break_call(1, Moment.AFTER)

    with pytest.raises(Outage):
        await create(world.records, clip)
    world.faults.mend()
    assert (await world.records.clip(clip.id)) is not None


async def test_calls_of_every_port_of_a_world_are_in_one_count() -> None:
    world = World()
    landed = world.footage.put("a/b.mp4", b"bytes", at=NOW)
    await create(world.records, a_clip())
    await world.footage.read(landed.blob, 0, 2)
    await world.queue.ask(fresh_id())
    await world.announcer.footage_indexed(a_clip(), now=NOW)
    await world.probe.ready()

    assert world.faults.calls == [
        "records.write",
        "footage.read",
        "queue.ask",
        "announcer.footage_indexed",
        "probe.ready",
    ]


async def test_every_call_of_a_name_can_be_broken_and_others_go_on() -> None:
    world, clip = World(), a_clip()
    world.faults.break_every("queue.ask")

    for _ in range(2):
        with pytest.raises(Outage):
            await world.queue.ask(clip.id)
    await create(world.records, clip)
    assert world.queue.asked == []
    world.faults.mend()
    await world.queue.ask(clip.id)
    assert world.queue.asked == [clip.id]


async def test_a_probe_never_raises_even_when_its_call_is_broken() -> None:
    world = World()
    world.faults.break_every("probe.ready")

    assert set((await world.probe.ready()).values()) == {False}


async def test_a_scheduler_decides_which_task_goes_on() -> None:
    """The second task begins later and is through first."""
    world, first, second = World(), a_clip(id=fresh_id()), a_clip(id=fresh_id())
    held, done = asyncio.Event(), []

    async def pause(name: str) -> None:
        if asyncio.current_task() is tasks[0]:
            await held.wait()

    async def write(clip: Clip) -> None:
        await create(world.records, clip)
        done.append(clip.id)

    world.faults.pause = pause
    tasks = [asyncio.create_task(write(first)), asyncio.create_task(write(second))]
    await tasks[1]
    assert done == [second.id]
    held.set()
    await tasks[0]
    assert done == [second.id, first.id]


async def test_every_method_of_every_port_has_its_fake_with_the_same_signature() -> None:
    world = World()
    for port, name in PORTS.items():
        fake = type(getattr(world, name))
        promised = {each for each in vars(port) if not each.startswith("_")}
        assert promised
        for method in promised:
            want, got = inspect.signature(getattr(port, method)), inspect.signature(getattr(fake, method))
            assert list(got.parameters) == list(want.parameters), f"{fake.__name__}.{method}"


async def test_a_record_that_json_would_change_is_refused() -> None:
    naive = a_clip(recorded_at=NOW.replace(tzinfo=None))
    with pytest.raises(ValueError, match="zone"):
        await create(MemoryRecords(), naive)
    with pytest.raises(TypeError, match="list has no place"):
        await create(MemoryRecords(), a_clip(times=[]))


async def test_builders_agree_with_each_other() -> None:
    clip = a_clip()
    assert clip.blob == a_blob(path=clip.blob.path)
    assert FORCE.covers(clip)
    assert a_caller().officer == clip.officer == an_asking().actor.id
