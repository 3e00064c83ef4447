"""Every door that names a clip, every role, every clip there can be: made of the declarations and of the access table.

A clip that is held is test_access.py's. Here it is weeded, being weeded, or not there at all. Whom the table shuts out
is shut out as ever; who may not know of a clip learns nothing of what became of it; and each no is entered where
DESIGN section 7 says: on the trail of the clip, if there is one, else on that of whoever asked.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from shared.domain.entry import Entry, Outcome
from shared.domain.footage import ClipId, State
from tests.builders import RECORDING, a_clip, a_condemned_clip, an_approval
from tests.functions.access_knocks import WHO, WHOSE
from tests.functions.access_table import cells
from tests.functions.opened import DOORS
from tests.functions.proper import OF_CLIPS, OF_OTHERS, about, in_route, names_a_clip
from tests.functions.world import Answered, MemoryService

CLIP_DOORS = sorted(name for name, door in DOORS.items() if names_a_clip(door))
TOMBSTONE_SHOWN = {"read", "trail"}  # of a clip that is gone they tell that it is, and why
UNKNOWN = "00000000-0000-4000-8000-000000000000"
NO_IDS = ("nonsense", RECORDING.upper(), f"{RECORDING}\n", "..", "")
GONE: Mapping[str, tuple[dict[str, Any], int]] = {
    "condemned": ({"state": State.CONDEMNED}, 409),
    "weeded": ({"state": State.WEEDED, "media": None, "poster": False}, 410),
}
CELLS = [(door, role, where, met) for door, role, where, met in cells() if door in CLIP_DOORS]
OF_EACH_ROLE = [(door, role, met) for door, role, where, met in CELLS if where == "own"]
PEOPLE = ("Byron", "Hopper", "Lovelace", "P1234", "P9876", "P7777", "Hackney", "Camden")
CODES = {404: "not-found", 409: "condemned", 410: "weeded"}


async def ask(world: MemoryService, door: str, role: str, clip: str) -> Answered:
    return await world.ask(door, WHO[role], **about(door, clip))


def status(answered: Answered) -> int:
    """Of many at once, what the one met."""
    return int(answered.json["results"][0]["status"]) if answered.status == 207 else answered.status


def refused(world: MemoryService) -> list[Entry]:
    return [entry for entry in world.entries() if entry.outcome is Outcome.REFUSED]


def is_entered(world: MemoryService, door: str, role: str, met: int, *, there: bool) -> None:
    (entry,) = refused(world)
    if met == 401:
        assert (entry.pk, entry.actor.id) == ("refusals:2026-11-25T20", "nobody")
        return
    on_the_clip = there and met != 403
    assert entry.pk == (RECORDING if on_the_clip else f"actor:{entry.actor.id}")
    assert entry.action == f"refused.{door}"
    assert entry.reason is not None
    assert (entry.reason.code, entry.reason.text) == (CODES.get(met, "not-allowed"), None)
    assert (entry.actor.role or "no-role") == role.removeprefix("borough-")


def test_every_id_in_a_route_is_a_clip_s_or_is_known_to_be_another_s() -> None:
    first = {door.route.partition("/")[0] for door in DOORS.values() if "{id}" in door.route}
    assert first == OF_CLIPS | OF_OTHERS
    assert {"read", "notes", "approval", "ask_approval", "categorise_many"} <= set(CLIP_DOORS)


@pytest.mark.parametrize("state", list(GONE))
@pytest.mark.parametrize("door, role, where, met", CELLS)
async def test_a_clip_that_is_gone_is_gone_for_those_who_might_see_it_and_for_nobody_else(
    world: MemoryService, door: str, role: str, where: str, met: str, state: str
) -> None:
    changes, gone = GONE[state]
    officer, borough = WHOSE[where]
    world.hold(a_condemned_clip(officer=officer, borough=borough, **changes))
    answered = await ask(world, door, role, RECORDING)
    expected = int(met) if int(met) >= 300 else 200 if door in TOMBSTONE_SHOWN else gone
    assert status(answered) == expected, answered.raw
    if expected == 200:
        assert refused(world) == []
        return
    is_entered(world, door, role, expected, there=True)
    assert [name for name in PEOPLE if name.encode() in answered.raw] == []


@pytest.mark.parametrize("door, role, met", OF_EACH_ROLE)
async def test_an_id_that_nobody_ever_gave_is_no_clip_s(world: MemoryService, door: str, role: str, met: str) -> None:
    answered = await ask(world, door, role, UNKNOWN)
    assert status(answered) == (int(met) if int(met) in (401, 403) else 404)
    is_entered(world, door, role, status(answered), there=False)


@pytest.mark.parametrize("given", NO_IDS)
@pytest.mark.parametrize("door, role", [(door, role) for door, role, met in OF_EACH_ROLE if met in ("200", "201")])
async def test_what_is_no_id_at_all_is_no_clip_s_either(world: MemoryService, door: str, role: str, given: str) -> None:
    """In a body it is a field that does not fit, which is no look for anything, and is not entered."""
    world.hold(a_clip())
    answered = await ask(world, door, role, given)
    if not in_route(DOORS[door]):
        assert (answered.status, refused(world)) == (400, [])
        return
    assert answered.status == 404
    is_entered(world, door, role, 404, there=False)


@pytest.mark.parametrize("door, role, where", [(door, role, where) for door, role, where, met in CELLS if met == "404"])
async def test_who_may_not_know_of_a_clip_is_told_what_they_are_told_of_one_that_never_was(
    world: MemoryService, door: str, role: str, where: str
) -> None:
    """To the letter, whatever became of it; and what they tried is on its trail."""
    never = (await ask(world, door, role, UNKNOWN)).raw
    officer, borough = WHOSE[where]
    for changes in ({}, *(changes for changes, _ in GONE.values())):
        clip = a_condemned_clip(officer=officer, borough=borough, **{"state": State.HELD, **changes})
        world.hold(clip)
        world.records.put(an_approval(officer=officer, borough=borough))
        answered = await ask(world, door, role, RECORDING)
        assert answered.raw.replace(RECORDING.encode(), UNKNOWN.encode()) == never
    assert [entry.pk for entry in refused(world)][1:] == [ClipId(RECORDING)] * 3
