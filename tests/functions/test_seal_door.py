"""Timer -> seal: what a run did is counted and logged, and what does not follow from what is published fails it."""

from datetime import timedelta

import pytest

from functions.watched import Failed
from shared.domain.seal import checkpoint_path
from tests.builders import NOW, an_asking, an_entry
from tests.functions.world import MemoryService


async def test_what_was_entered_is_in_the_ledger_after_a_run(
    world: MemoryService, caplog: pytest.LogCaptureFixture
) -> None:
    entry, trail = an_entry()
    world.records.put(entry, trail)
    world.time += timedelta(minutes=1)
    with caplog.at_level("INFO"):
        await world.trigger("seal", None)
    assert [(e.leaf, e.pending) for e in world.entries(entry.pk)] == [("0", False)]
    assert checkpoint_path(1) in world.ledger.files
    assert world.metrics.counts == {"seal.sealed": 1, "seal.pending": 0, "ledger.size": 1}
    assert world.metrics.measures["seal.oldest-pending"] == [0.0]
    assert "seal: sealed=1 pending=0 size=1 late=False" in caplog.text


async def test_how_many_wait_and_how_long_the_oldest_has_waited_is_told(world: MemoryService) -> None:
    first, trail = an_entry()
    world.records.put(first, trail, *an_entry(trail, asking=an_asking(request="another")))
    world.time = NOW + timedelta(seconds=3)
    await world.trigger("seal", None)
    assert world.metrics.measures["seal.oldest-pending"] == [3.0]
    heartbeat = 1
    assert world.metrics.counts == {"seal.sealed": 0, "seal.pending": 2 + heartbeat, "ledger.size": 0}


async def test_a_history_that_forks_fails_the_run_by_name_and_says_so_to_the_metrics(world: MemoryService) -> None:
    world.records.put(*an_entry())
    world.time += timedelta(minutes=1)
    await world.trigger("seal", None)
    world.ledger.files[checkpoint_path(1)] = b"another"
    world.records.put(*an_entry(pk="another"))
    with pytest.raises(Failed, match=r"^seal: Forked <- Unproven at "):
        await world.trigger("seal", None)
    assert (world.metrics.counts["seal.sealed"], world.metrics.counts["fault.seal"]) == (1, 1)
    assert world.metrics.counts["ledger.size"] == 1, "a run that fails tells nothing of it"
