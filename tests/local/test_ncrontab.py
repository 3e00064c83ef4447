"""NCRONTAB is read as the Functions host reads it; croniter agrees wherever the two grammars are the same."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from croniter import croniter
from hypothesis import given, settings
from hypothesis import strategies as st

from local.hosting.ncrontab import MONTHS, WEEKDAYS, ScheduleError, parse

WEDNESDAY = datetime(2026, 11, 25, 21, 8, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("* * * * * *", "2026-11-25 21:08:07"),
        ("0 * * * * *", "2026-11-25 21:09:00"),
        ("* * * * *", "2026-11-25 21:09:00"),
        ("6 8 21 * * *", "2026-11-26 21:08:06"),
        ("7 8 21 * * *", "2026-11-25 21:08:07"),
        ("0 5/20 * * * *", "2026-11-25 21:25:00"),
        ("0 */30 * * * *", "2026-11-25 21:30:00"),
        ("0 0 22-23,3 * * *", "2026-11-25 22:00:00"),
        ("0 0 0 1 jan *", "2027-01-01 00:00:00"),
        ("0 0 0 * J *", "2027-01-01 00:00:00"),
        ("0 0 0 * * T", "2026-12-01 00:00:00"),
        ("0 0 0 * * s", "2026-11-29 00:00:00"),
        ("0 0 0 * * sAtUr", "2026-11-28 00:00:00"),
        ("0 0 0 29 2 *", "2028-02-29 00:00:00"),
        ("0 0 0 31 * *", "2026-12-31 00:00:00"),
        ("59 59 23 31 12 *", "2026-12-31 23:59:59"),
    ],
)
def test_the_next_occurrence_is_the_first_that_fits_every_field(expression: str, expected: str) -> None:
    assert parse(expression).next_after(WEDNESDAY) == datetime.fromisoformat(expected + "+00:00")


def test_day_and_weekday_must_both_match() -> None:
    friday_13th = parse("0 0 0 13 * FRI").next_after(WEDNESDAY)
    assert friday_13th == datetime(2027, 8, 13, tzinfo=UTC)


def test_a_reversed_range_is_swapped_and_not_wrapped() -> None:
    assert parse("0 0 17-9 * * *") == parse("0 0 9-17 * * *")
    assert parse("0 0 0 * * SAT-MON") == parse("0 0 0 * * 1-6")


def test_an_occurrence_is_strictly_after_and_on_a_whole_second() -> None:
    every_second = parse("* * * * * *")
    assert every_second.next_after(WEDNESDAY) == WEDNESDAY + timedelta(seconds=1)
    assert every_second.next_after(WEDNESDAY + timedelta(microseconds=1)) == WEDNESDAY + timedelta(seconds=1)


def test_a_moment_of_another_zone_is_reckoned_in_utc() -> None:
    summer = datetime(2026, 7, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert parse("0 45 23 * * *").next_after(summer) == datetime(2026, 6, 30, 23, 45, tzinfo=UTC)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        parse("* * * * * *").next_after(datetime(2026, 1, 1))  # noqa: DTZ001 - it is the point


def test_a_date_that_never_comes_is_none() -> None:
    assert parse("0 0 0 30 2 *").next_after(WEDNESDAY) is None


@pytest.mark.parametrize(
    ("expression", "field"),
    [
        ("60 * * * * *", "second: 60"),
        ("* 60 * * * *", "minute: 60"),
        ("* * 24 * * *", "hour: 24"),
        ("* * * 0 * *", "day: 0"),
        ("* * * 32 * *", "day: 32"),
        ("* * * * 13 *", "month: 13"),
        ("* * * * * 7", "weekday: 7"),
        ("* * * ? * *", "day: '?'"),
        ("* * * L * *", "day: 'L'"),
        ("* * * * * FRI#2", "weekday: 'FRI#2'"),
        ("* * * * * Fridays", "weekday: 'Fridays'"),
        ("*/0 * * * * *", "second: the step"),
        ("*/x * * * * *", "second: the step"),
        ("1,,2 * * * * *", "second: ''"),
        ("-1 * * * * *", "second: ''"),
        ("1- * * * * *", "second: ''"),
        ("٣ * * * * *", "second: '٣'"),
        ("* * * *", "4"),
        ("* * * * * * *", "7"),
        ("00:05:00", "1"),
        ("", "0"),
    ],
)
def test_what_the_host_does_not_read_is_an_error_that_names_the_field(expression: str, field: str) -> None:
    with pytest.raises(ScheduleError) as refused:
        parse(expression)
    assert field in str(refused.value)


def parts(low: int, high: int, words: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    step = st.integers(1, high)
    spelled = [st.sampled_from(words).map(lambda word: word[:3])] if words else []
    ranges = st.lists(number, min_size=2, max_size=2, unique=True).map(sorted).map(lambda pair: f"{pair[0]}-{pair[1]}")
    one = st.one_of(
        number.map(str),
        ranges,
        st.tuples(ranges, step).map(lambda pair: f"{pair[0]}/{pair[1]}"),
        *spelled,
    )
    return st.one_of(
        st.just("*"), step.map(lambda value: f"*/{value}"), st.lists(one, min_size=1, max_size=3).map(",".join)
    )


expressions = st.tuples(
    parts(0, 59), parts(0, 59), parts(0, 23), parts(1, 28), parts(1, 12, MONTHS), parts(0, 6, WEEKDAYS)
).map(" ".join)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2050, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - as it asks


@settings(max_examples=300, deadline=None)
@given(expression=expressions, moment=moments)
def test_croniter_finds_the_same_occurrence(expression: str, moment: datetime) -> None:
    oracle = croniter(expression, moment, second_at_beginning=True, day_or=False)
    assert parse(expression).next_after(moment) == oracle.get_next(datetime)


@settings(max_examples=200, deadline=None)
@given(expression=expressions, moment=moments)
def test_nothing_lies_between_an_occurrence_and_the_moment_just_before_it(expression: str, moment: datetime) -> None:
    schedule = parse(expression)
    found = schedule.next_after(moment)
    assert found is not None
    assert found > moment
    assert schedule.next_after(found - timedelta(microseconds=1)) == found
