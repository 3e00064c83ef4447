"""The long lane: thousands of orders of weeding, deciding, hashing and looking, all at one clip."""

import pytest

from shared.domain.footage import Evidential
from tests.usecases.scenes import an_overdue_stored_clip, assert_trails_whole, the_clip
from tests.usecases.test_weed_against_categorise import (
    categorising,
    hashing,
    in_some_orders,
    is_gone,
    viewing,
    weeding,
)

pytestmark = pytest.mark.slow
ORDERS = 6000


async def test_never_evidence_without_its_footage_and_never_both() -> None:
    outcomes = set()
    tasks = (weeding, lambda world: weeding(world, "run-2"), categorising, hashing, viewing)
    async for world, ended in in_some_orders(an_overdue_stored_clip, *tasks, number=ORDERS):
        gone, evidence = is_gone(world), the_clip(world).decision.evidential is Evidential.YES
        assert not (gone and evidence)
        assert evidence == (ended[2].raised is None)
        outcomes.add((gone, evidence))
        if not gone and not evidence:  # the hash came between both and their writes: the next run decides afresh
            world.faults.pause = at_once
            await weeding(world, "run-3")
            assert is_gone(world)
        assert_trails_whole(world)
    assert outcomes == {(True, False), (False, True), (False, False)}


async def at_once(_call: str) -> None:
    """Nobody else is there any more."""
