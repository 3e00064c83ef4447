"""Which places a night looks at: recent days each night, older ones once in thirty, and nothing owed is forgotten."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.reconcile_rounds import (
    RECENT,
    ROUND,
    Turn,
    days_due,
    has_its_turn,
    in_order,
    is_day,
    is_month,
    is_recent,
    month_is_due,
    nights_owed,
    year_of,
)

NIGHT = date(2026, 11, 25)
DAY = timedelta(days=1)
BOROUGH = "hackney/"
NIGHTS = st.dates(min_value=date(2020, 1, 1), max_value=date(2090, 1, 1))


@pytest.mark.parametrize(
    "day, recent",
    [(NIGHT, True), (NIGHT - RECENT, True), (NIGHT - RECENT - DAY, False), (NIGHT + DAY, False)],
)
def test_the_last_35_days_are_recent(day: date, recent: bool) -> None:
    assert is_recent(day, NIGHT) is recent


@given(prefix=st.text(max_size=40), night=NIGHTS)
def test_in_any_30_nights_on_end_an_older_prefix_has_its_turn_exactly_once(prefix: str, night: date) -> None:
    assert sum(has_its_turn(prefix, night + timedelta(days=back)) for back in range(ROUND)) == 1


def test_over_30_nights_each_day_of_each_borough_is_looked_at_and_each_old_one_once() -> None:
    looked: dict[str, int] = {}
    for number in range(ROUND):
        for turn in days_due([BOROUGH, "camden/"], 2024, NIGHT + timedelta(days=number)):
            looked[turn.prefix] = looked.get(turn.prefix, 0) + 1
    old = [date(2024, 1, 1) + timedelta(days=n) for n in range((NIGHT - RECENT - date(2024, 1, 1)).days)]
    for borough in (BOROUGH, "camden/"):
        assert {looked[f"{borough}{day:%Y/%m/%d}/"] for day in old} == {1}
        assert looked[f"{borough}{NIGHT:%Y/%m/%d}/"] == ROUND


def test_one_night_s_share_of_the_older_days_is_about_a_thirtieth() -> None:
    boroughs = [f"borough-{number}/" for number in range(32)]
    days = (NIGHT - date(2020, 1, 1)).days + 1
    older = sum(1 for _ in days_due(boroughs, 2020, NIGHT)) - 32 * (RECENT.days + 1)
    assert 0.8 < older / (32 * (days - RECENT.days - 1) / ROUND) < 1.2


def test_a_night_that_was_not_finished_is_owed_and_no_more_than_30_are() -> None:
    assert nights_owed(None, NIGHT) == [NIGHT]
    assert nights_owed(Turn(night=NIGHT - 2 * DAY, prefix="x"), NIGHT) == [NIGHT - 2 * DAY, NIGHT - DAY, NIGHT]
    assert nights_owed(Turn(night=NIGHT - 400 * DAY, prefix="x"), NIGHT)[0] == NIGHT - 29 * DAY
    assert nights_owed(Turn(night=NIGHT + DAY, prefix="x"), NIGHT) == [NIGHT]


def test_what_was_reached_is_not_looked_at_again_and_what_is_owed_twice_once() -> None:
    earlier, later = NIGHT - DAY, NIGHT
    turns = [Turn(night=night, prefix=prefix) for night in (later, earlier) for prefix in "cab"]
    left = in_order(turns, Turn(night=earlier, prefix="a"))
    assert [(turn.night, turn.prefix) for turn in left] == [(earlier, "b"), (earlier, "c"), (later, "a")]


@pytest.mark.parametrize(
    "folder, year", [("b/2026/", 2026), ("b/2000/", 2000), ("b/2027/", None), ("b/1999/", None), ("b/20260/", None)]
)
def test_a_year_is_one_there_has_been(folder: str, year: int | None) -> None:
    assert year_of(folder, NIGHT) == year


@pytest.mark.parametrize("folder, month", [("b/2026/01/", True), ("b/2026/12/", True), ("b/2026/13/", False)])
def test_a_month_is_one_of_twelve(folder: str, month: bool) -> None:
    assert is_month(folder) is month
    assert not is_month("b/2026/00/")
    assert not is_month("b/2026/1/")


@pytest.mark.parametrize(
    "folder, day",
    [
        ("b/2026/11/25/", True),
        ("b/2026/11/26/", False),
        ("b/2026/02/30/", False),
        ("b/2026/11/2/", False),
        ("b/2026/11/25/camera/", False),
    ],
)
def test_a_day_is_one_of_the_calendar_up_to_tonight(folder: str, day: bool) -> None:
    assert is_day(folder, NIGHT) is day


def test_a_month_is_looked_beside_while_a_day_of_it_is_recent_and_then_once_in_30_nights() -> None:
    last = date(2026, 9, 30) + RECENT
    assert month_is_due("b/2026/09/", [last])
    turns = [month_is_due("b/2026/09/", [last + timedelta(days=1 + number)]) for number in range(ROUND)]
    assert turns.count(True) == 1
