"""The report of a run: every finding counted once, the first hundred named, and how far the run came."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shared.domain.reconcile import Finding
from shared.domain.reconcile_report import NAMED, Reconciliation, begun, counted, counted_to, passed, run_of
from shared.domain.reconcile_rounds import Turn
from tests.builders import NOW

NIGHT = date(2026, 11, 25)
FIRST, SECOND = Turn(night=NIGHT, prefix="a/"), Turn(night=NIGHT, prefix="b/")


def a_round(before: Reconciliation | None = None) -> Reconciliation:
    return begun(run_of("key"), dry_run=False, prefix=None, now=NOW, before=before)


def test_the_same_key_is_the_same_run() -> None:
    assert run_of("key") == run_of("key") != run_of("other")
    assert a_round().pk == f"run:{run_of('key')}"


def test_a_finding_is_counted_and_only_the_first_hundred_are_named_each_once() -> None:
    report = a_round()
    for number in range(NAMED + 5):
        report = counted(report, FIRST, to=f"a/{number}", found=[(Finding.MISSING, str(number))])
    report = counted(report, FIRST, to="a/z", found=[(Finding.MISSING, "0"), (Finding.LEASED, "0")])
    tallies = {tally.finding: tally for tally in report.tallies}
    assert tallies[Finding.MISSING].count == NAMED + 6
    assert tallies[Finding.MISSING].first == tuple(str(number) for number in range(NAMED))
    assert (tallies[Finding.LEASED].count, tallies[Finding.LEASED].first) == (1, ("0",))


def test_up_to_where_a_place_is_counted_is_kept_until_nothing_of_it_is_left_to_do() -> None:
    report = counted(a_round(), FIRST, to="a/7", found=[(Finding.MISSING, "x")])
    assert (counted_to(report, FIRST), counted_to(report, SECOND)) == ("a/7", "")
    failed = passed(report, FIRST, whole=False)
    assert (counted_to(failed, FIRST), failed.places_done, failed.reached) == ("a/7", 0, FIRST)
    done = passed(failed, FIRST, whole=True)
    assert (done.unfinished, done.places_done) == ((), 1)


def test_a_place_that_failed_before_anything_was_counted_is_unfinished_too() -> None:
    report = passed(a_round(), FIRST, whole=False)
    assert [each.place for each in report.unfinished] == [FIRST]


def test_a_place_taken_up_again_does_not_set_the_run_back() -> None:
    report = passed(passed(a_round(), SECOND, whole=True), FIRST, whole=True)
    assert report.reached == SECOND


@pytest.mark.parametrize("ended, days, reached", [(True, 0, None), (False, 0, FIRST), (True, 1, FIRST)])
def test_a_round_goes_on_after_the_one_before_or_afresh_if_that_ended_tonight(
    ended: bool, days: int, reached: Turn | None
) -> None:
    started = NOW - timedelta(days=days)
    before = replace(passed(a_round(), FIRST, whole=True), started_at=started, ended_at=started if ended else None)
    assert a_round(before).reached == reached


def test_what_the_round_before_left_unfinished_is_looked_at_and_counted_anew() -> None:
    before = passed(counted(a_round(), FIRST, to="a/7", found=[(Finding.MISSING, "x")]), FIRST, whole=False)
    after = a_round(before)
    assert ([each.place for each in after.unfinished], counted_to(after, FIRST), after.tallies) == ([FIRST], "", ())


def test_only_what_looks_at_everything_and_mends_is_a_round() -> None:
    assert a_round().round
    assert not begun("r", dry_run=True, prefix=None, now=NOW, before=None).round
    assert not begun("r", dry_run=False, prefix="a/", now=NOW, before=None).round
