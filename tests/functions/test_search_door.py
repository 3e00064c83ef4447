"""The door of search: each of its words, times and orders, `mine`, and what is refused by its field."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.search import SearchQuery
from shared.domain.document import timestamp
from shared.domain.footage import Clip, Evidential, Retention, State
from shared.ports import ClipFilter
from tests.builders import (
    MICROSECOND,
    NOW,
    OTHER_BOROUGH,
    OTHER_OFFICER,
    RECORDED,
    UPLOADED,
    a_clip,
    a_decision,
    fresh_id,
)
from tests.functions.directory import OFFICER_BYRON, person
from tests.functions.world import Answered, MemoryService

SOON = NOW + timedelta(days=3)
SUPERVISOR = person("supervisor")
BYRON = "actor:P1234"


async def search(world: MemoryService, who: Any = OFFICER_BYRON, **query: str) -> Answered:
    return await world.ask("search", who, query=query)


async def found(world: MemoryService, who: Any = OFFICER_BYRON, **query: str) -> list[str]:
    answered = await search(world, who, **query)
    assert answered.status == 200, answered.raw
    return [clip["id"] for clip in answered.json["clips"]]


def hold(world: MemoryService, goes: datetime | None = SOON, **changes: Any) -> Clip:
    clip = a_clip(id=fresh_id(), **changes)
    return world.hold(replace(clip, retention=Retention(rule="31 days", weed_after=goes)))


def test_every_word_of_the_filter_can_be_asked_for_but_the_reach() -> None:
    assert set(SearchQuery.model_fields) - {"page", "limit"} == set(ClipFilter.__dataclass_fields__) - {"reach"}


@pytest.mark.parametrize(
    "query, fits, not_so",
    [
        ({"dock": "dock-peckham-9"}, {"dock": "dock-peckham-9"}, {}),
        ({"camera": "AX3-9"}, {"camera": "AX3-9"}, {}),
        ({"incident": "CAD 9"}, {"incident": "CAD 9"}, {}),
        ({"category": "arrest"}, {"decision": a_decision(category="arrest")}, {}),
        ({"evidential": "no"}, {"decision": a_decision(evidential=Evidential.NO)}, {}),
        ({"state": "quarantined"}, {"state": State.QUARANTINED}, {}),
        ({"officer": OTHER_OFFICER}, {"officer": OTHER_OFFICER}, {}),
        ({"recordedSince": timestamp(RECORDED)}, {}, {"recorded_at": RECORDED - MICROSECOND}),
        ({"recordedUntil": timestamp(RECORDED)}, {"recorded_at": RECORDED - MICROSECOND}, {}),
        ({"uploadedSince": timestamp(UPLOADED)}, {}, {"uploaded_at": UPLOADED - MICROSECOND}),
        ({"uploadedUntil": timestamp(UPLOADED)}, {"uploaded_at": UPLOADED - MICROSECOND}, {}),
        ({"expiringBefore": timestamp(SOON)}, {"goes": SOON - MICROSECOND}, {}),
        ({"expiringBefore": timestamp(SOON + MICROSECOND)}, {}, {"state": State.QUARANTINED}),
        ({"order": "soonest"}, {}, {"goes": None}),
        ({"mine": "true"}, {}, {"officer": OTHER_OFFICER}),
    ],
)
async def test_each_word_takes_what_fits_and_leaves_what_does_not(
    world: MemoryService, query: dict[str, str], fits: dict[str, Any], not_so: dict[str, Any]
) -> None:
    fitting = hold(world, **fits)
    hold(world, **not_so)
    assert await found(world, SUPERVISOR, **query) == [fitting.id]


async def test_a_time_with_an_offset_is_the_same_moment(world: MemoryService) -> None:
    clip = hold(world)
    local = (UPLOADED + timedelta(hours=1)).isoformat().replace("+00:00", "+01:00")
    assert await found(world, uploadedSince=local) == [clip.id]


@pytest.mark.parametrize(
    "query, field",
    [
        ({"recordedSince": timestamp(NOW), "recordedUntil": timestamp(NOW)}, "recordedUntil"),
        ({"uploadedSince": timestamp(NOW), "uploadedUntil": timestamp(NOW - MICROSECOND)}, "uploadedUntil"),
        ({"uploadedSince": "yesterday"}, "uploadedSince"),
        ({"recordedUntil": "2026-11-25T20:52:56"}, "recordedUntil"),
        ({"expiringBefore": "0001-01-01T00:00:00+14:00"}, "expiringBefore"),
        ({"order": "oldest"}, "order"),
        ({"mine": "perhaps"}, "mine"),
        ({"dock": "no dock"}, "dock"),
        ({"expiring_before": timestamp(NOW)}, "expiring_before"),
        ({"reach": "force"}, "reach"),
    ],
)
async def test_what_says_nothing_sensible_is_refused_by_its_field_and_not_entered(
    world: MemoryService, query: dict[str, str], field: str
) -> None:
    answered = await search(world, **query)
    assert (answered.status, answered.json["field"]) == (400, field)
    assert world.entries(BYRON) == []


async def test_a_range_of_one_instant_is_a_range(world: MemoryService) -> None:
    clip = hold(world)
    query = {"uploadedSince": timestamp(UPLOADED), "uploadedUntil": timestamp(UPLOADED + MICROSECOND)}
    assert await found(world, **query) == [clip.id]


async def test_mine_is_refused_to_who_is_no_officer_and_false_is_not_asking(world: MemoryService) -> None:
    hold(world)
    nobody_s_officer = person("supervisor", employeeid=None)
    refused = await search(world, nobody_s_officer, mine="true")
    assert (refused.status, refused.json["field"]) == (400, "mine")
    assert len(await found(world, nobody_s_officer, mine="false")) == 1


async def test_mine_narrows_what_a_supervisor_sees_and_widens_nothing(world: MemoryService) -> None:
    mine, elsewhere = hold(world), hold(world, borough=OTHER_BOROUGH)
    colleague_s = hold(world, officer=OTHER_OFFICER)
    both = person("officer", "supervisor")
    assert set(await found(world, both)) == {mine.id, elsewhere.id, colleague_s.id}
    assert set(await found(world, both, mine="true")) == {mine.id, elsewhere.id}
    assert await found(world, SUPERVISOR, mine="true") == [mine.id]
    assert await found(world, both, mine="true", officer=OTHER_OFFICER) == []


async def turned(world: MemoryService, **query: str) -> list[dict[str, Any]]:
    page = await search(world, **query)
    rows = list(page.json["clips"])
    while page.json["next"]:
        page = await search(world, page=page.json["next"], **query)
        rows += page.json["clips"]
        assert len(rows) <= len(world.records.everything())
    return rows


async def test_paging_through_the_soonest_gives_each_clip_once_in_the_order_of_going(world: MemoryService) -> None:
    clips = [hold(world, SOON + timedelta(hours=n // 2), uploaded_at=UPLOADED + timedelta(hours=n)) for n in range(7)]
    rows = await turned(world, order="soonest", limit="2")
    assert sorted(row["id"] for row in rows) == sorted(clip.id for clip in clips)
    keys = [(row["retention"]["weedAfter"], row["id"]) for row in rows]
    assert keys == sorted(keys)


async def test_a_token_of_one_order_is_refused_in_the_other(world: MemoryService) -> None:
    for _ in range(3):
        hold(world)
    for one, other in (("newest", "soonest"), ("soonest", "newest")):
        token = (await search(world, order=one, limit="2")).json["next"]
        assert (await search(world, order=one, limit="2", page=token)).status == 200
        refused = await search(world, order=other, limit="2", page=token)
        assert (refused.status, refused.json["field"]) == (400, "page")


@pytest.mark.parametrize(
    "more", [{"mine": "true"}, {"uploadedSince": timestamp(UPLOADED)}, {"expiringBefore": timestamp(SOON)}]
)
async def test_a_token_is_for_these_words_alone(world: MemoryService, more: dict[str, str]) -> None:
    for _ in range(3):
        hold(world, NOW)
    token = (await search(world, limit="2")).json["next"]
    assert (await search(world, limit="2", page=token, **more)).status == 400
    token = (await search(world, limit="2", **more)).json["next"]
    assert (await search(world, limit="2", page=token)).status == 400


async def test_the_entry_holds_the_question_as_it_was_put(world: MemoryService) -> None:
    clip = hold(world)
    await search(world, mine="true", uploadedSince=timestamp(UPLOADED), order="soonest")
    (entry,) = world.entries(BYRON)
    assert {change.field: change.after for change in entry.changes} == {
        "mine": "P1234",
        "uploaded_since": timestamp(UPLOADED),
        "order": "soonest",
        "shown": clip.id,
    }
