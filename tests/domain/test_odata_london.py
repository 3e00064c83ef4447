"""Days in London: each moment is on one, and each begins where the one before it ends."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given

from shared.domain.odata.london import begins, local_day
from tests.domain.chance import around_now, steady

A_DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    "day,begun,hours",
    [
        (date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), 24),
        (date(2026, 3, 28), datetime(2026, 3, 28, tzinfo=UTC), 24),
        (date(2026, 3, 29), datetime(2026, 3, 29, tzinfo=UTC), 23),  # clocks go forward
        (date(2026, 3, 30), datetime(2026, 3, 29, 23, tzinfo=UTC), 24),
        (date(2026, 10, 25), datetime(2026, 10, 24, 23, tzinfo=UTC), 25),  # clocks go back
        (date(2026, 10, 26), datetime(2026, 10, 26, tzinfo=UTC), 24),
    ],
)
def test_a_day_is_as_long_as_it_is_in_london(day: date, begun: datetime, hours: int) -> None:
    assert begins(day) == begun
    assert begins(day + A_DAY) - begins(day) == timedelta(hours=hours)
    assert local_day(begun) == day
    assert local_day(begun - SECOND) == day - A_DAY


@given(around_now)
@steady
def test_a_moment_is_on_the_day_that_began_last(at: datetime) -> None:
    moment = at.replace(tzinfo=UTC)
    day = local_day(moment)
    assert begins(day) <= moment < begins(day + A_DAY)


def test_the_first_and_the_last_day_there_are_have_their_place() -> None:
    assert begins(date.min).date() == date.min
    assert local_day(datetime.max.replace(tzinfo=UTC)) == date.max
