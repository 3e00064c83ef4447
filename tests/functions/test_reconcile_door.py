"""Reconcile, by its timer and at its doors: what was found is counted and shown, and a run that failed fails."""

from datetime import date, timedelta
from typing import Any

import pytest

from functions.account import AccountIncomplete
from functions.reconcile import ReconcileIncomplete
from functions.watched import Failed
from shared.domain.daily_counts import DailyCount, counted_as
from shared.domain.footage import Clip
from shared.domain.reconcile_report import run_of
from tests.builders import RECORDING, UPLOADED, a_grant, a_metadata, a_path, an_asking, an_entry
from tests.functions.directory import person
from tests.functions.world import Answered, MemoryService
from tests.usecases.sealed import seal_by_hand

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


async def test_the_nightly_run_then_looks_whether_each_line_of_the_ledger_has_its_entry(
    world: MemoryService, caplog: pytest.LogCaptureFixture
) -> None:
    entry, trail = an_entry()
    world.records.put(entry, trail)
    seal_by_hand(world)
    del world.records._records[entry.pk, entry.id]
    with caplog.at_level("INFO"):
        await world.trigger("reconcile", None)
    assert world.metrics.counts == {"reconcile.failed": 0, "ledger.unaccounted": 1}
    assert f"account: entry={entry.id} leaf=0 gone" in caplog.text
    assert "account: lines=1 unaccounted=1 erased=0 failed=0 late=False" in caplog.text
    assert [each.action for each in world.entries("ledger")] == ["ledger.unaccounted", "ledger.accounted"]


async def test_a_round_that_breaks_off_shelters_neither_the_ledger_nor_the_counts(world: MemoryService) -> None:
    entry, trail = an_entry()
    world.records.put(entry, trail)
    seal_by_hand(world)
    del world.records._records[entry.pk, entry.id]
    world.faults.break_every("records.last_round")
    with pytest.raises(Failed):
        await world.trigger("reconcile", None)
    assert world.metrics.counts["ledger.unaccounted"] == 1
    assert {"fault.reconcile", "fault.account"} & set(world.metrics.counts) == {"fault.reconcile"}


async def test_a_nightly_run_that_could_not_read_the_ledger_fails_and_has_reconciled(world: MemoryService) -> None:
    lose_an_event(world)
    world.records.put(*an_entry())
    seal_by_hand(world)
    del world.ledger.files["tile/0/000.p/1"]
    with pytest.raises(AccountIncomplete, match="1 bundles are not what was published"):
        await world.trigger("reconcile", None)
    assert clips(world) == [RECORDING]
    assert (world.metrics.counts["fault.account"], world.metrics.counts["reconcile.not-indexed"]) == (1, 1)


async def test_who_asks_for_a_run_is_answered_with_its_report(world: MemoryService) -> None:
    lose_an_event(world)
    answered = await ask(world)
    assert answered.status == 200
    report = answered.json
    assert report["tallies"] == [{"finding": "not-indexed", "count": 1, "first": [RECORDING]}]
    assert (report["dryRun"], report["prefix"], report["unfinished"]) == (False, None, [])
    assert report["endedAt"] is not None
    shown = await world.ask("reconciliation", OPERATOR, route={"id": report["run"]})
    assert (shown.status, shown.json) == (200, report | {"countsDiffer": None})


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


def miscount(world: MemoryService) -> date:
    """A day that is over, whose only count says more than was done on it; the entry was sealed with it."""
    entry, trail = an_entry(asking=an_asking(at=world.now() - timedelta(days=1)))
    world.records.put(entry, trail)
    seal_by_hand(world)
    of = counted_as(entry)
    world.records.put(DailyCount(day=of.day, borough=of.borough, action=of.action, outcome=of.outcome, n=7, counted=1))
    return of.day


def counted(world: MemoryService, day: date) -> list[int]:
    return [record.n for record in world.records.everything() if isinstance(record, DailyCount) and record.day == day]


async def test_the_nightly_run_sets_counts_right_tells_and_logs(
    world: MemoryService, caplog: pytest.LogCaptureFixture
) -> None:
    day = miscount(world)
    with caplog.at_level("INFO"):
        await world.trigger("reconcile", None)
    assert counted(world, day) == [1]
    assert world.metrics.counts["reconcile.counts-differ"] == 1
    assert f"recount: days=1 late=False differing=1 {day}" in caplog.text
    told = [(entry.action, entry.actor.id) for entry in world.entries(f"counts:{day}")]
    assert told == [("counts.mended", "system:recount")]


@pytest.mark.parametrize("dry_run", [True, False])
async def test_a_round_that_is_asked_for_says_which_days_differ_and_a_dry_run_leaves_them(
    world: MemoryService, dry_run: bool
) -> None:
    day = miscount(world)
    answered = await ask(world, dryRun=dry_run)
    assert (answered.status, answered.json["countsDiffer"]) == (200, [str(day)])
    assert counted(world, day) == [7 if dry_run else 1]


async def test_a_run_with_a_prefix_looks_at_no_counts(world: MemoryService) -> None:
    day = miscount(world)
    answered = await ask(world, prefix="hackney/")
    assert (answered.json["countsDiffer"], counted(world, day)) == (None, [7])


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
