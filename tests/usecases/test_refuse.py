"""Refuse: what is refused is entered too, each of those known, the others by the minute."""

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.entry import ActorKind, Operation, Outcome, Reason
from shared.domain.footage import Borough, ClipId
from shared.usecases.refuse import NOBODY, refuse, refuse_nobody
from tests.builders import BOROUGH, NOW, OFFICER, OTHER_BOROUGH, RECORDING, a_clip, an_asking
from tests.fakes import World
from tests.usecases.scenes import assert_trails_whole, entries

HOUR_PK = "refusals:2026-11-25T20"


async def turn_away(
    world: World, code: str = "expired", address: str | None = "192.0.2.1", after: timedelta = timedelta(0)
) -> None:
    asking = an_asking(actor=NOBODY, address=address, at=NOW + after, session=None)
    await refuse_nobody(code, asking=asking, records=world.records)


async def test_a_refusal_about_a_clip_is_on_the_clips_trail() -> None:
    world = World()
    world.records.put(a_clip())
    await turned_back(world, "not-found", subject=RECORDING, clip=RECORDING)
    (entry,) = entries(world, RECORDING)
    assert (entry.action, entry.operation, entry.outcome) == ("refused.read", Operation.ACCESS, Outcome.REFUSED)
    assert (entry.reason, entry.subject) == (Reason(code="not-found"), RECORDING)


async def test_a_refusal_about_nothing_that_is_there_is_on_the_callers_own() -> None:
    world = World()
    await turned_back(world, "not-allowed", subject="docks")
    (entry,) = entries(world)
    assert (entry.pk, entry.subject) == (f"actor:{OFFICER}", "docks")


@pytest.mark.parametrize("borough", [BOROUGH, None])
async def test_a_refusal_about_a_clip_is_of_the_clips_borough_whoever_tried(borough: Borough | None) -> None:
    """So that whoever watches over a borough's footage sees who tried, from wherever they came."""
    world = World()
    world.records.put(a_clip(borough=OTHER_BOROUGH))
    await turned_back(world, "not-found", subject=RECORDING, clip=RECORDING, borough=borough)
    assert [entry.borough for entry in entries(world, RECORDING)] == [OTHER_BOROUGH]


@pytest.mark.parametrize("borough", [BOROUGH, None])
async def test_a_refusal_about_no_clip_is_of_the_callers_borough(borough: Borough | None) -> None:
    world = World()
    await turned_back(world, "not-found", subject=RECORDING, borough=borough)
    assert [entry.borough for entry in entries(world, f"actor:{OFFICER}")] == [borough]


async def test_what_is_named_like_a_clip_and_is_none_begins_no_trail_of_its_own() -> None:
    world = World()
    await turned_back(world, "conflict", subject=RECORDING, clip=RECORDING)
    assert {entry.pk for entry in entries(world)} == {f"actor:{OFFICER}"}


async def turned_back(world: World, code: str, *, subject: str, clip: ClipId | None = None, **changes: Any) -> None:
    await refuse(code, door="read", subject=subject, clip=clip, asking=an_asking(**changes), records=world.records)


async def test_who_tries_many_ids_under_one_key_leaves_as_many_entries() -> None:
    world = World()
    for number in range(3):
        await turned_back(world, "not-found", subject=f"id-{number}", key="the same", request=f"req-{number}")
    assert [entry.subject for entry in entries(world)] == ["id-0", "id-1", "id-2"]


async def test_a_flood_of_one_address_and_reason_is_one_entry_a_minute_and_one_read_each() -> None:
    world = World()
    await turn_away(world)
    world.faults.mend()
    for second in range(1, 4):
        await turn_away(world, after=timedelta(seconds=second) - timedelta(microseconds=123457))
    assert len(entries(world, HOUR_PK)) == 1
    assert world.faults.calls == ["records.entry"] * 3


@pytest.mark.parametrize(
    "off, number",
    [
        pytest.param(timedelta(seconds=3, microseconds=876543), 1, id="the last microsecond of the minute"),
        pytest.param(timedelta(seconds=3, microseconds=876544), 2, id="the next minute"),
    ],
)
async def test_the_next_minute_is_another_entry(off: timedelta, number: int) -> None:
    world = World()
    await turn_away(world)
    await turn_away(world, after=off)
    assert len(entries(world, HOUR_PK)) == number


async def test_the_next_hour_is_another_trail() -> None:
    world = World()
    await turn_away(world)
    await turn_away(world, after=timedelta(hours=1))
    assert {entry.pk for entry in entries(world)} == {HOUR_PK, "refusals:2026-11-25T21"}
    assert_trails_whole(world)


@pytest.mark.parametrize("code, address", [("missing", "192.0.2.1"), ("expired", "192.0.2.2"), ("expired", None)])
async def test_another_address_or_reason_is_another_entry(code: str, address: str | None) -> None:
    world = World()
    await turn_away(world)
    await turn_away(world, code, address)
    assert len(entries(world, HOUR_PK)) == 2


async def test_nobody_is_named_nobody() -> None:
    world = World()
    await turn_away(world)
    (entry,) = entries(world)
    assert (entry.actor.id, entry.actor.kind, entry.actor.name) == ("nobody", ActorKind.NOBODY, None)
    assert (entry.subject, entry.address, entry.outcome) == ("service", "192.0.2.1", Outcome.REFUSED)
