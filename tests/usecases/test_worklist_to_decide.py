"""The worklists of those who decide: what is on them, within whose reach, and what goes soonest comes first."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from shared.domain.access import Reach
from shared.domain.footage import Clip, ClipId, Decision, Evidential, Retention, State
from shared.domain.worklist import EXPIRING_WITHIN, TO_DECIDE, Worklist
from shared.usecases.worklist import place_of
from tests.builders import (
    BOROUGH,
    FORCE,
    MICROSECOND,
    NOW,
    OFFICER,
    OTHER_BOROUGH,
    OTHER_OFFICER,
    UPLOADED,
    a_clip,
    a_decision,
    a_hold,
    an_asking,
    fresh_id,
)
from tests.fakes import World
from tests.usecases.scenes import entries
from tests.usecases.test_worklist import ids, show

if TYPE_CHECKING:
    from shared.ports import Place

SOON = NOW + timedelta(days=3)
OWN, IN_BOROUGH = Reach(officer=OFFICER), Reach(borough=BOROUGH)
UNION = Reach(officer=OFFICER, borough=BOROUGH)


def going(at: Any, **changes: Any) -> Clip:
    """A clip that weeding looks at then."""
    return replace(a_clip(id=fresh_id(), **changes), retention=Retention(rule="31 days", weed_after=at))


@pytest.mark.parametrize(
    "changes, undecided, expiring",
    [
        ({}, True, True),
        ({"decision": Decision(category="stop-and-search", evidential=Evidential.UNDECIDED)}, True, True),
        ({"decision": a_decision(evidential=Evidential.NO)}, False, False),
        ({"decision": a_decision(evidential=Evidential.YES)}, False, False),
        ({"state": State.QUARANTINED}, False, False),
        ({"state": State.CONDEMNED}, False, False),
        ({"state": State.WEEDED}, False, False),
        ({"holds": (a_hold(),)}, True, False),
    ],
)
async def test_a_clip_is_to_be_decided_on_while_it_is_held_and_nobody_has(
    changes: dict[str, Any], undecided: bool, expiring: bool
) -> None:
    world = World()
    world.records.put(going(SOON, **changes))
    assert [bool(await ids(world, name)) for name in TO_DECIDE] == [undecided, expiring]


@pytest.mark.parametrize(
    "goes, expiring",
    [
        (NOW - timedelta(days=1), True),  # overdue, and weeding has not come to it
        (NOW + EXPIRING_WITHIN - MICROSECOND, True),
        (NOW + EXPIRING_WITHIN, False),
    ],
)
async def test_a_clip_is_expiring_from_seven_days_before_it_goes(goes: Any, expiring: bool) -> None:
    world = World()
    world.records.put(going(goes))
    assert bool(await ids(world, Worklist.EXPIRING)) is expiring
    assert len(await ids(world, Worklist.UNDECIDED)) == 1


async def test_seven_days_are_24_days_after_the_upload() -> None:
    world = World()
    world.records.put(a_clip(uploaded_at=NOW - timedelta(days=24)))
    assert await ids(world, Worklist.EXPIRING) == []
    later = an_asking(at=NOW + MICROSECOND)
    assert len(await ids(world, Worklist.EXPIRING, asking=later)) == 1


@pytest.mark.parametrize("name", TO_DECIDE)
@pytest.mark.parametrize(
    "reach, mine, seen",
    [
        (OWN, None, {"own", "own elsewhere"}),
        (IN_BOROUGH, None, {"own", "colleague's"}),
        (UNION, None, {"own", "own elsewhere", "colleague's"}),
        (UNION, OFFICER, {"own", "own elsewhere"}),
        (IN_BOROUGH, OFFICER, {"own"}),
        (FORCE, None, {"own", "own elsewhere", "colleague's", "stranger's"}),
        (FORCE, OFFICER, {"own", "own elsewhere"}),
        (Reach(), None, set()),
    ],
)
async def test_they_reach_as_far_as_the_caller_and_mine_is_narrower(
    name: Worklist, reach: Reach, mine: Any, seen: set[str]
) -> None:
    world = World()
    clips = {
        "own": going(SOON),
        "own elsewhere": going(SOON, borough=OTHER_BOROUGH),
        "colleague's": going(SOON, officer=OTHER_OFFICER),
        "stranger's": going(SOON, officer=OTHER_OFFICER, borough=OTHER_BOROUGH),
    }
    world.records.put(*clips.values())
    assert set(await ids(world, name, reach=reach, mine=mine)) == {clips[whose].id for whose in seen}


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6])
async def test_what_goes_soonest_comes_first_whenever_it_came_in_and_pages_cover_everything_once(size: int) -> None:
    world = World()
    clips = [
        replace(going(SOON + timedelta(hours=n // 2), uploaded_at=UPLOADED - timedelta(hours=n)), id=ClipId(f"{n}"))
        for n in (4, 0, 3, 1, 2)
    ]
    world.records.put(*clips)
    found: list[str] = []
    after: Place | None = None
    while len(found) < len(clips):
        rows, after = await show(world, Worklist.UNDECIDED, after=after, limit=size)
        found += [place_of(Worklist.UNDECIDED, row).id for row in rows]
    assert after is None
    assert found == ["0", "1", "2", "3", "4"]


async def test_the_entry_says_whose_were_asked_for_and_what_was_shown() -> None:
    world = World()
    clip = going(SOON)
    world.records.put(clip)
    await show(world, Worklist.EXPIRING, mine=OFFICER)
    (entry,) = entries(world, f"actor:{OFFICER}")
    assert (entry.action, entry.subject) == ("worklist.read", "expiring")
    assert [(change.field, change.after) for change in entry.changes] == [("mine", OFFICER), ("shown", clip.id)]
