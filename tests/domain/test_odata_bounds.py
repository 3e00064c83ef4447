"""What bounds a question to the feed, whatever is asked: whose rows, up to when, and where the filter stands in it."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.odata.bounds import bounded, keyed, watermark
from shared.domain.odata.columns import EntitySet
from shared.domain.odata.compiling import compiled
from shared.domain.odata.parser import parsed_filter
from shared.domain.odata.sets import AUDIT_ENTRIES, DAILY_COUNTS, SESSIONS, SETS, WEEDING_RUNS
from shared.domain.odata.syntax import Condition
from tests.builders import NOW

UNTIL = datetime(2026, 11, 25, 20, 50, 56, 123_456, tzinfo=UTC)
AN_HOUR_AFTER_MIDNIGHT = datetime(2026, 7, 10, tzinfo=UTC)  # in London, in summer


def text(condition: Condition) -> tuple[str, list[object]]:
    clause, values = compiled(condition)
    return clause, list(values.values())


def test_a_reading_ends_two_minutes_before_it_begins() -> None:
    assert watermark(NOW) == NOW - timedelta(minutes=2)


@pytest.mark.parametrize("entities", [each for each in SETS if each is not DAILY_COUNTS], ids=lambda each: each.name)
def test_rows_are_bounded_by_the_time_their_set_is_in_the_order_of(entities: EntitySet) -> None:
    clause, values = text(bounded(entities, until=UNTIL, borough=None, within=None))
    assert clause == f'c["{entities.moment}"] <= @f0'
    assert values == ["2026-11-25T20:50:56.123456Z"]


@pytest.mark.parametrize(
    "until, first_that_is_not_shown",
    [(AN_HOUR_AFTER_MIDNIGHT - timedelta(microseconds=1), "2026-07-09"), (AN_HOUR_AFTER_MIDNIGHT, "2026-07-10")],
)
def test_of_days_those_are_shown_that_had_been_over_for_an_hour_in_london(
    until: datetime, first_that_is_not_shown: str
) -> None:
    clause, values = text(bounded(DAILY_COUNTS, until=until, borough=None, within=None))
    assert (clause, values) == ('c["day"] < @f0', [first_that_is_not_shown])


def test_a_borough_is_one_more_clause() -> None:
    clause, values = text(bounded(SESSIONS, until=UNTIL, borough="O'Hackney", within=None))
    assert clause == 'c["startedAt"] <= @f0 AND c["borough"] = @f1'
    assert values[1] == "O'Hackney"


@pytest.mark.parametrize(
    "asked", ["borough eq 'Camden' or true", "not (borough eq 'Hackney')", "true or borough ne ''"]
)
def test_a_filter_stands_beside_the_bounds_and_never_around_them(asked: str) -> None:
    """Whatever is joined by `or` inside it has its brackets, and what is before them is the same as without it."""
    within = parsed_filter(asked, AUDIT_ENTRIES)
    alone, _ = text(bounded(AUDIT_ENTRIES, until=UNTIL, borough="Hackney", within=None))
    both, _ = text(bounded(AUDIT_ENTRIES, until=UNTIL, borough="Hackney", within=within))
    assert both.startswith(f"{alone} AND (")
    assert both.endswith(")")


def test_a_set_that_tells_of_no_borough_cannot_be_bounded_by_one() -> None:
    with pytest.raises(KeyError, match="WeedingRuns"):
        bounded(WEEDING_RUNS, until=UNTIL, borough="Hackney", within=None)


def test_a_row_is_named_by_the_key_of_its_set() -> None:
    assert text(keyed(AUDIT_ENTRIES, "it's")) == ('c["id"] = @f0', ["it's"])
    assert text(keyed(SESSIONS, "s-1")) == ('c["session"] = @f0', ["s-1"])
    assert text(keyed(WEEDING_RUNS, "r-1")) == ('c["run"] = @f0', ["r-1"])
