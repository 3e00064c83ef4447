"""Reconcile, by its timer and at its doors: what was found is counted and shown, and a run that failed fails."""

from datetime import timedelta
from typing import Any

import pytest

from functions.reconcile import ReconcileIncomplete
from shared.domain.footage import Clip
from shared.domain.reconcile_report import run_of
from tests.builders import RECORDING, UPLOADED, a_grant, a_metadata, a_path
from tests.functions.directory import person
from tests.functions.world import Answered, MemoryService

OPERATOR = person("operator")
CONTENT = b"the pictures and the sound"
BODY: dict[str, Any] = {"dryRun": False, "reason": "Event Grid was down"}


def lose_an_event(world: MemoryService) -> None:
    world.records.put(a_grant(size=len(CONTENT)))
    world.footage.put(a_path(), CONTENT, at=UPLOADED, metadata=a_metadata())


async def ask(world: MemoryService, headers: dict[str, str] | None = None, **said: Any) -> Answered:
    return await world.ask("reconcile_now", OPERATOR, body=BODY | said, headers=headers)


def clips(world: MemoryService) -> list[str]:
    return [record.id for record in world.records.everything() if isinstance(record, Clip)]


async def test_the_nightly_run_mends_counts_and_logs(world: MemoryService, caplog: pytest.LogCaptureFixture) -> None:
    lose_an_event(world)
    with caplog.at_level("INFO"):
        await world.trigger("reconcile", None)
    assert clips(world) == [RECORDING]
    assert world.metrics.counts == {"reconcile.not-indexed": 1, "reconcile.failed": 0}
    assert "failed=0 late=False not-indexed=1" in caplog.text
    assert {entry.actor.id for entry in world.entries()} == {"system:reconcile"}


async def test_a_nightly_run_that_could_not_mend_everything_fails(world: MemoryService) -> None:
    lose_an_event(world)
    world.faults.break_every("inspector.inspect")
    with pytest.raises(ReconcileIncomplete, match="1 places or blobs"):
        await world.trigger("reconcile", None)
    assert world.metrics.counts["reconcile.failed"] == 1
    assert world.metrics.counts["fault.reconcile"] == 1


async def test_who_asks_for_a_run_is_answered_with_its_report(world: MemoryService) -> None:
    lose_an_event(world)
    answered = await ask(world)
    assert answered.status == 200
    report = answered.json
    assert report["tallies"] == [{"finding": "not-indexed", "count": 1, "first": [RECORDING]}]
    assert (report["dryRun"], report["prefix"], report["unfinished"]) == (False, None, [])
    assert report["endedAt"] is not None
    shown = await world.ask("reconciliation", OPERATOR, route={"id": report["run"]})
    assert (shown.status, shown.json) == (200, report)


async def test_a_run_that_did_not_end_is_accepted_and_goes_on_when_it_is_asked_for_again(world: MemoryService) -> None:
    lose_an_event(world)
    world.faults.break_every("inspector.inspect")
    key = {"Idempotency-Key": "after-the-outage"}
    first = await ask(world, key)
    assert (first.status, first.json["endedAt"]) == (202, None)
    world.faults.mend()
    world.time += timedelta(minutes=5)
    second = await ask(world, key)
    assert (second.status, second.json["run"]) == (200, first.json["run"])
    assert second.json["tallies"] == first.json["tallies"]
    assert clips(world) == [RECORDING]


async def test_a_dry_run_changes_nothing(world: MemoryService) -> None:
    lose_an_event(world)
    answered = await ask(world, dryRun=True, prefix="hackney/")
    assert (answered.status, answered.json["tallies"][0]["count"], clips(world)) == (200, 1, [])
    assert (answered.json["dryRun"], answered.json["prefix"]) == (True, "hackney/")


@pytest.mark.parametrize(
    "said, field",
    [({"reason": ""}, "reason"), ({"dryRun": "no"}, "dryRun"), ({"prefix": ""}, "prefix"), ({"all": True}, "all")],
)
async def test_what_is_not_asked_properly_is_refused_by_name(world: MemoryService, said: Any, field: str) -> None:
    answered = await ask(world, **said)
    assert (answered.status, answered.json["field"]) == (400, field)


@pytest.mark.parametrize("given, status", [("not-an-id", 400), (run_of("nobody's"), 404)])
async def test_a_run_there_is_not_is_not_shown(world: MemoryService, given: str, status: int) -> None:
    assert (await world.ask("reconciliation", OPERATOR, route={"id": given})).status == status
