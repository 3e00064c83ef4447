"""A proper request at every door, by somebody who may: made of what the door declares, so that none is forgotten.

What a test then does to it is all that can be wrong with it. The values are the examples of the description, which
fit (tests/functions/test_openapi.py); whether what they name is there is the test's business.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from functions.door import Door
from functions.parsing import version_out
from shared.ports import Record
from tests.functions.access_knocks import KNOCKS, WHO, Knock
from tests.functions.access_table import cells
from tests.functions.directory import Claims
from tests.functions.opened import DOORS
from tests.functions.promised import operation
from tests.functions.world import Answered, MemoryService

LET_IN = ("200", "201", "202", "204", "shown")
TAG = f'"{version_out("a version")}"'
OF_CLIPS = frozenset({"footage", "approvals"})
OF_OTHERS = frozenset({"reconciliations", "audit"})  # whose {id} is a run's or an entry's
CLIP_FIELDS = frozenset({"clip", "clips"})
BODIES = sorted(name for name, door in DOORS.items() if door.body)
BODILESS = sorted(set(DOORS) - set(BODIES))
QUERIES = sorted(name for name, door in DOORS.items() if door.query)
CHANGES = sorted(name for name, door in DOORS.items() if door.changes)
GUARDED = sorted(name for name, door in DOORS.items() if door.permission is not None)


def names_a_clip(door: Door) -> bool:
    """In its route, or in its body."""
    return in_route(door) or bool(CLIP_FIELDS & set(door.body.model_fields if door.body else ()))


def in_route(door: Door) -> bool:
    return "{id}" in door.route and door.route.partition("/")[0] in OF_CLIPS


@cache
def may(door: str) -> tuple[Claims | None, str]:
    """Somebody who is let in, and the circumstance in which they are."""
    role, where = next((role, where) for at, role, where, met in cells() if at == door and met in LET_IN)
    return WHO[role], where


def route(door: str) -> dict[str, str]:
    said = operation(door).get("parameters", [])
    return {part["name"]: str(part["example"]) for part in said if part["in"] == "path"}


def body(door: str) -> Any:
    """One's own, to be spoilt; None where the door takes none."""
    content = operation(door).get("requestBody", {}).get("content", {})
    return copy.deepcopy(content["application/json"]["example"]) if content else None


def asking(door: str) -> dict[str, Any]:
    """The parts of the request but its query, which may be empty everywhere."""
    headers = {"If-Match": TAG} if DOORS[door].changes else {}
    return {"route": route(door), "body": body(door), "headers": headers}


def about(door: str, clip: str) -> dict[str, Any]:
    """The same request, about that clip."""
    asked = asking(door)
    if in_route(DOORS[door]):
        asked["route"]["id"] = clip
    elif "clips" in asked["body"]:
        asked["body"]["clips"] = [asked["body"]["clips"][0] | {"id": clip}]
    else:
        asked["body"]["clip"] = clip
    return asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Meddling(Knock):
    """A knock in a good circumstance, with something about it that is not as it should be: `meddled`.

    `wrote`: what it left behind in the store, the coming on of whoever it is apart.
    """

    meddled: Mapping[str, Any]
    wrote: list[Record] = field(default_factory=list)

    async def ask(self, **sent: Any) -> Answered:
        if DOORS[self.door].attends:
            await self.world.ask("log_on", self.who)
        before = self.world.records.everything()
        headers = {**sent.pop("headers", {}), **self.meddled.get("headers", {})}
        answered = await self.world.ask(self.door, self.who, **{**sent, **self.meddled, "headers": headers})
        self.wrote.extend(record for record in self.world.records.everything() if record not in before)
        return answered


async def meddled(world: MemoryService, door: str, **meddled: Any) -> tuple[Answered, list[Record]]:
    """The answer of the door to a good request with that about it, and what was written."""
    who, where = may(door)
    knock = Meddling(world=world, door=door, who=who, where=where, meddled=meddled)
    return await KNOCKS[door](knock), knock.wrote
