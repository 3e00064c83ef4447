"""Search and audit: what is shown is entered before it is shown, and no question widens what one may see."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.domain.access import Reach
from shared.domain.document import timestamp
from shared.domain.entry import Entry
from shared.domain.footage import Borough, Clip, Evidential, OfficerId, State
from shared.ports import ClipFilter, EntryFilter, Held, Order, Place
from shared.usecases.audit import audit
from shared.usecases.commit import commit
from shared.usecases.search import search
from tests.builders import (
    BOROUGH,
    FORCE,
    NOW,
    OFFICER,
    OTHER_BOROUGH,
    OTHER_OFFICER,
    UPLOADED,
    a_clip,
    a_decision,
    a_draft,
    an_actor,
    an_asking,
    fresh_id,
)
from tests.fakes import Outage, World
from tests.usecases.scenes import assert_trails_whole, entries

ACTOR = f"actor:{OFFICER}"


def clips(number: int) -> list[Clip]:
    """Newest first."""
    return [a_clip(id=fresh_id(), uploaded_at=UPLOADED - timedelta(hours=hours)) for hours in range(number)]


async def ask(
    world: World, asked: ClipFilter, *, after: Place | None = None, limit: int = 2, request: str = "req-1"
) -> tuple[Sequence[Held[Clip]], Place | None]:
    asking = an_asking(request=request)
    return await search(asked, after=after, limit=limit, asking=asking, records=world.records)


async def test_pages_follow_each_other_without_gap_or_overlap() -> None:
    world = World()
    stored = clips(5)
    world.records.put(*stored)
    seen: list[str] = []
    after: Place | None = None
    for number in range(3):
        page, after = await ask(world, ClipFilter(reach=FORCE), after=after, request=f"req-{number}")
        seen.extend(held.record.id for held in page)
    assert after is None
    assert seen == [clip.id for clip in stored]
    told = [change for entry in entries(world, ACTOR) for change in entry.changes]
    shown = [change.after or "" for change in told if change.field == "shown"]
    assert " ".join(shown).split() == seen
    assert_trails_whole(world)


async def test_a_last_page_that_is_full_has_none_after_it() -> None:
    world = World()
    world.records.put(*clips(2))
    page, after = await ask(world, ClipFilter(reach=FORCE))
    assert (len(page), after) == (2, None)


async def test_the_entry_says_what_was_asked_and_which_clips_were_shown_and_not_the_one_beyond() -> None:
    world = World()
    stored = clips(3)
    world.records.put(*stored)
    asked = ClipFilter(reach=Reach(officer=OFFICER), officer=OFFICER, evidential=Evidential.UNDECIDED)
    await ask(world, asked)
    (entry,) = entries(world, ACTOR)
    told = {change.field: change.after for change in entry.changes}
    shown = f"{stored[0].id} {stored[1].id}"
    assert told == {"officer": OFFICER, "evidential": "undecided", "order": "newest", "shown": shown}


async def test_no_word_of_the_filter_is_left_out_of_the_entry_and_the_reach_is_none() -> None:
    world = World()
    words: dict[str, Any] = {
        "mine": OFFICER,
        "officer": OFFICER,
        "camera": "AX3-00417",
        "dock": "dock-1",
        "incident": "CAD 4711",
        "category": "arrest",
        "evidential": Evidential.UNDECIDED,
        "state": State.HELD,
        "recorded_since": UPLOADED,
        "recorded_until": NOW,
        "uploaded_since": UPLOADED,
        "uploaded_until": NOW,
        "expiring_before": NOW,
        "order": Order.SOONEST,
    }
    assert {field.name for field in fields(ClipFilter)} == {"reach", *words}
    await ask(world, ClipFilter(reach=FORCE, **words))
    (entry,) = entries(world, ACTOR)
    assert [(change.field, change.after) for change in entry.changes] == [
        *((word, timestamp(value) if isinstance(value, datetime) else value) for word, value in words.items()),
        ("shown", ""),
    ]


async def test_what_cannot_be_entered_is_not_shown() -> None:
    world = World()
    world.records.put(*clips(1))
    world.faults.break_every("records.write")
    with pytest.raises(Outage):
        await ask(world, ClipFilter(reach=FORCE))


async def test_a_search_that_finds_nothing_is_entered_too() -> None:
    world = World()
    assert await ask(world, ClipFilter(reach=FORCE)) == ([], None)
    assert [entry.action for entry in entries(world, ACTOR)] == ["footage.searched"]


async def test_no_filter_widens_the_reach() -> None:
    world = World()
    theirs = a_clip(officer=OTHER_OFFICER, borough=OTHER_BOROUGH)
    world.records.put(theirs)
    for reach in (Reach(officer=OFFICER), Reach(borough=BOROUGH), Reach()):
        assert await ask(world, ClipFilter(reach=reach, officer=OTHER_OFFICER)) == ([], None)


async def test_a_used_key_does_not_hide_another_search() -> None:
    world = World()
    world.records.put(a_clip(decision=a_decision()))
    await ask(world, ClipFilter(reach=FORCE))
    await ask(world, ClipFilter(reach=FORCE, category="stop-and-search"), request="req-2")
    assert len(entries(world, ACTOR)) == 2


async def audited(
    world: World,
    asked: EntryFilter | None = None,
    *,
    after: Place | None = None,
    limit: int = 10,
    reach: Reach = FORCE,
    request: str = "audit-1",
) -> tuple[Sequence[Entry], Place | None]:
    asking = an_asking(actor=an_actor(id="auditor-1"), at=NOW + timedelta(hours=1), request=request)
    return await audit(
        asked or EntryFilter(), after=after, limit=limit, reach=reach, asking=asking, records=world.records
    )


async def some_history(world: World) -> None:
    for number, borough in enumerate((BOROUGH, OTHER_BOROUGH, None, BOROUGH)):
        asking = an_asking(request=f"req-{number}", at=NOW + timedelta(minutes=number))
        await commit(world.records, a_draft(borough=borough, asking=asking))


async def test_an_auditor_sees_every_entry_and_their_own_asking_among_them() -> None:
    world = World()
    await some_history(world)
    found, after = await audited(world)
    assert [entry.action for entry in found] == ["audit.read"] + ["footage.read"] * 4
    assert after is None
    assert found[0].pk == "actor:auditor-1"


@pytest.mark.parametrize("asked", [None, OTHER_BOROUGH, BOROUGH])
async def test_an_auditor_of_a_borough_sees_that_borough_whatever_they_ask(asked: Borough | None) -> None:
    world = World()
    await some_history(world)
    found, _ = await audited(world, EntryFilter(borough=asked), reach=Reach(borough=BOROUGH))
    assert {entry.borough for entry in found} == {BOROUGH}
    assert len(found) == 3


async def test_the_asking_is_entered_once_and_not_once_a_page() -> None:
    world = World()
    await some_history(world)
    seen: list[str] = []
    after: Place | None = None
    for number in range(3):
        page, after = await audited(world, after=after, limit=2, request=f"audit-{number}")
        seen.extend(entry.id for entry in page)
    assert after is None
    assert len(seen) == len(set(seen)) == 5
    assert [entry.action for entry in entries(world, "actor:auditor-1")] == ["audit.read"]


async def test_the_entry_of_an_audit_says_what_was_asked() -> None:
    world = World()
    await audited(world, EntryFilter(actor=OFFICER, action="footage.played", since=NOW))
    (entry,) = entries(world, "actor:auditor-1")
    told = {change.field: change.after for change in entry.changes}
    assert told == {"actor": OFFICER, "action": "footage.played", "since": "2026-11-25T20:52:56.123456Z"}


async def test_an_audit_that_cannot_be_entered_shows_nothing() -> None:
    world = World()
    world.faults.break_every("records.write")
    with pytest.raises(Outage):
        await audited(world)
    assert "records.feed" not in world.faults.calls


async def test_a_used_key_does_not_hide_another_audit() -> None:
    world = World()
    await audited(world)
    await audited(world, EntryFilter(actor=OfficerId("P9")), request="audit-2")
    assert len(entries(world, "actor:auditor-1")) == 2
