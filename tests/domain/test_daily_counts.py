"""What an entry is counted as, when a day is settled, and that a batch is in a count once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.daily_counts import (
    COUNTED,
    Counted,
    DailyCount,
    Tally,
    counted_as,
    days_due,
    erased_of,
    is_looked_at_closely,
    parsed_counted,
    put_right,
    settled_before,
    tallied,
    with_batch,
)
from shared.domain.entry import Change, Entry, Outcome
from tests.builders import MICROSECOND, NOW, an_entry
from tests.domain.chance import steady

DAY = date(2026, 11, 25)
OF = Counted(day=DAY, borough="Hackney", action="footage.read", outcome=Outcome.GRANTED)


def at(*when: int) -> Entry:
    return replace(an_entry()[0], occurred_at=datetime(*when, tzinfo=UTC))  # type: ignore[misc,arg-type]


def a_count(n: int, counted: int, of: Counted = OF) -> DailyCount:
    return DailyCount(day=of.day, borough=of.borough, action=of.action, outcome=of.outcome, n=n, counted=counted)


@pytest.mark.parametrize(
    ("midnight", "day"),
    [
        (datetime(2026, 11, 25, tzinfo=UTC), date(2026, 11, 25)),
        (datetime(2026, 7, 9, 23, tzinfo=UTC), date(2026, 7, 10)),
        (datetime(2026, 3, 29, tzinfo=UTC), date(2026, 3, 29)),  # clocks go forward in the night
        (datetime(2026, 3, 29, 23, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 10, 24, 23, tzinfo=UTC), date(2026, 10, 25)),  # and back
        (datetime(2026, 10, 26, tzinfo=UTC), date(2026, 10, 26)),
    ],
)
def test_a_day_begins_at_midnight_in_london(midnight: datetime, day: date) -> None:
    entry, _ = an_entry()
    before, on = (replace(entry, occurred_at=midnight - early) for early in (MICROSECOND, timedelta(0)))
    assert (counted_as(before).day, counted_as(on).day) == (day - timedelta(days=1), day)


def test_a_day_is_settled_when_it_has_been_over_for_an_hour() -> None:
    over = datetime(2026, 7, 9, 23, tzinfo=UTC) + timedelta(hours=1)
    assert settled_before(over) == date(2026, 7, 10)
    assert settled_before(over - MICROSECOND) == date(2026, 7, 9)


def test_what_differs_in_day_borough_action_or_outcome_is_another_count() -> None:
    others = (
        replace(OF, day=date(2026, 11, 26)),
        replace(OF, borough="Camden"),
        replace(OF, borough=None),
        replace(OF, borough="None"),
        replace(OF, borough=""),
        replace(OF, action="footage.played"),
        replace(OF, outcome=Outcome.REFUSED),
    )
    assert len({each.id for each in (OF, *others)}) == len(others) + 1
    assert {each.pk for each in (OF, *others[1:])} == {"counts:2026-11-25"}
    assert others[0].pk == "counts:2026-11-26"


@pytest.mark.parametrize("borough", [None, "", "Hackney", "Hammersmith & Fulham", " ", "☂ / ? #"])
def test_what_is_counted_can_be_read_from_its_text(borough: str | None) -> None:
    of = replace(OF, borough=borough)
    assert parsed_counted(of.text) == of
    assert a_count(1, 1, of).of == of
    assert (a_count(1, 1, of).id, a_count(1, 1, of).pk) == (of.id, of.pk)


def test_entries_are_tallied_by_what_they_are_counted_as_and_in_one_order() -> None:
    entries = [at(2026, 11, 24), at(2026, 11, 25), at(2026, 11, 25, 1)]
    entries += [replace(each, borough=None) for each in entries] + [replace(entries[0], outcome=Outcome.REFUSED)]
    found = tallied(entries)
    assert {tally.of: tally.n for tally in found} == Counter(map(counted_as, entries))
    assert [tally.n for tally in found] == [1, 1, 1, 2, 2]
    assert tallied(reversed(entries)) == found
    assert tallied([]) == ()


def test_a_batch_that_is_counted_adds_nothing_more() -> None:
    tally = Tally(of=OF, n=3)
    first = with_batch(None, tally, 10)
    assert first == a_count(3, 10)
    assert with_batch(first, tally, 10) is None
    assert with_batch(first, tally, 9) is None
    assert with_batch(first, tally, 11) == a_count(6, 11)


@steady
@given(batches=st.lists(st.integers(1, 9), min_size=1, max_size=6), chance=st.randoms())
def test_however_often_and_late_each_batch_is_tried_it_is_counted_once(batches: Sequence[int], chance: Random) -> None:
    """A batch is tried for the first time only when those before it are counted; an old one, at any time after."""
    found: DailyCount | None = None
    sizes = [sum(batches[: end + 1]) for end in range(len(batches))]
    for newest in range(len(batches)):
        tries = [newest, *chance.choices(range(newest + 1), k=4)]
        for number in tries:
            found = with_batch(found, Tally(of=OF, n=batches[number]), sizes[number]) or found
    assert found == a_count(sum(batches), sizes[-1])


def test_recent_days_are_due_every_night_and_older_ones_once_in_thirty() -> None:
    night, first = DAY, DAY - timedelta(days=100)
    due = list(days_due(first, night, night))
    assert due[:35] == [night - timedelta(days=back) for back in range(1, 36)]
    nights = [night + timedelta(days=later) for later in range(30)]
    older = Counter(day for each in nights for day in days_due(first, night, each) if day < due[34])
    assert older == {first + timedelta(days=ahead): 1 for ahead in range(65)}


def test_no_day_is_due_that_is_not_over_nor_one_before_the_first() -> None:
    assert list(days_due(DAY, DAY, DAY)) == []
    assert list(days_due(DAY - timedelta(days=1), DAY, DAY)) == [DAY - timedelta(days=1)]
    assert list(days_due(DAY + timedelta(days=1), DAY, DAY)) == []


def test_the_last_seven_days_are_looked_at_closely() -> None:
    looked = [is_looked_at_closely(DAY - timedelta(days=back), DAY) for back in (1, 7, 8)]
    assert looked == [True, True, False]


def test_what_is_to_be_put_right_is_each_count_that_is_not_so() -> None:
    camden, nobody = replace(OF, borough="Camden"), replace(OF, borough=None)
    kept = [a_count(3, 9), a_count(4, 9, camden)]
    assert put_right(kept, Counter({OF: 3, camden: 4}), 20) == []
    assert put_right(kept, Counter({OF: 5, camden: 4}), 20) == [(kept[0], a_count(5, 20))]
    assert put_right(kept, Counter({OF: 3, nobody: 1}), 20) == [
        (None, a_count(1, 20, nobody)),
        (kept[1], a_count(0, 20, camden)),
    ]
    assert put_right([a_count(0, 9)], Counter(), 20) == []


def test_what_tells_of_an_erasure_says_as_what_the_entry_was_counted() -> None:
    changes = (Change(field="number", before="2", after=None), Change(field=COUNTED, before=OF.text, after=None))
    entry, _ = an_entry(action="entry.erased", changes=changes)
    assert parsed_counted(erased_of(entry) or "") == OF
    assert erased_of(an_entry()[0]) is None
    assert counted_as(entry).day == NOW.date()
