"""Every door with headers that cannot be right, made of the declarations: refused by name, none is written."""

import pytest

from functions.parsing import version_out
from tests.functions.opened import DOORS
from tests.functions.proper import CHANGES, GUARDED, TAG, meddled
from tests.functions.test_malformed_bodies import names
from tests.functions.unfit import MARK
from tests.functions.world import MemoryService

TAGS = {
    "weak": f"W/{TAG}",
    "any": "*",
    "two": f'{TAG}, "MQ"',
    "the same twice": f"{TAG},{TAG}",
    "empty": '""',
    "quotes alone": '"',
    "blank": " ",
    "no base64": f'"{MARK}"',
    "base64 of another alphabet": '"+/8="',
    "of no UTF-8": '"__79"',
    "not ASCII": '"é"',
    "a line break": f"{TAG}\r\nX-Role: auditor",
    "single quotes": "'MQ'",
}
KEYS = {
    "empty": "",
    "over-long": "x" * 129,
    "two words": MARK,
    "not ASCII": "clé",
    "a line break": "x\r\nX-Role: auditor",
}


@pytest.mark.parametrize(
    "door, how",
    [(door, how) for door in sorted(DOORS) for how in TAGS if door in CHANGES or how in ("weak", "any", "not ASCII")],
)
async def test_what_is_no_etag_of_ours_is_refused_whether_or_not_the_door_needs_one(
    world: MemoryService, door: str, how: str
) -> None:
    answered, wrote = await meddled(world, door, headers={"If-Match": TAGS[how]})
    names(answered, "If-Match")
    assert wrote == [] or DOORS[door].manner
    assert MARK.encode() not in answered.raw


@pytest.mark.parametrize("version", ["", "another version", '"00000000"', "x" * 5_000, "' OR 1=1 --", "\x00"])
@pytest.mark.parametrize("door", CHANGES)
async def test_a_change_of_what_is_no_longer_so_is_refused_as_that(
    world: MemoryService, door: str, version: str
) -> None:
    """Whatever the version is, as long as it could be one; empty, the header is not there."""
    answered, wrote = await meddled(world, door, headers={"If-Match": version and f'"{version_out(version)}"'})
    assert answered.status == (412 if version else 428)
    assert wrote == []


@pytest.mark.parametrize("how", list(KEYS))
@pytest.mark.parametrize("door", GUARDED)
async def test_what_is_no_idempotency_key_is_refused_at_every_door(world: MemoryService, door: str, how: str) -> None:
    answered, wrote = await meddled(world, door, headers={"Idempotency-Key": KEYS[how]})
    names(answered, "Idempotency-Key")
    assert wrote == []
