"""Health, rules H1 and H2: well is when everything answered; what waits longest is what is told."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.footage import Clip, Weeding
from shared.domain.health import Backlog, Health, condemned, overdue
from shared.domain.weeding_run import weeding_run_of
from tests.builders import NOW, OVERDUE, a_condemned_clip, an_overdue_clip, fresh_id
from tests.domain.chance import steady


def health(**changes: Any) -> Health:
    given = {
        "answers": {"records": True, "footage": True},
        "backlogs": {},
        "overdue": Backlog(),
        "condemned": Backlog(count=0),
        "pending_entries": Backlog(),
        "last_weeding": None,
        "last_round": None,
    }
    return Health(**{**given, **changes})


def test_h2_well_is_when_everything_answered_whatever_waits() -> None:
    assert health().well
    assert health(overdue=Backlog(oldest=NOW - timedelta(days=90)), condemned=Backlog(count=1000, oldest=NOW)).well


@pytest.mark.parametrize(
    "changes", [{"answers": {"records": True, "footage": False}}, {"silent": ("overdue",), "overdue": None}]
)
def test_h2_one_thing_that_does_not_answer_is_not_well(changes: dict[str, Any]) -> None:
    assert not health(**changes).well


def test_h1_what_did_not_answer_after_all_hides_nothing_else() -> None:
    told = health().without("records")
    assert told.answers == {"records": False, "footage": True}
    assert not told.well
    assert health(answers=told.answers) == told


def test_what_is_overdue_is_so_since_it_was_due_and_nothing_is_where_nothing_is() -> None:
    assert overdue([]) == Backlog()
    clip = an_overdue_clip()
    assert overdue([clip]).oldest == clip.retention.weed_after == OVERDUE + timedelta(days=31)


def begun(minutes: int) -> Clip:
    weeding = Weeding(rule="R5 31 days over", condemned_at=NOW - timedelta(minutes=minutes))
    return a_condemned_clip(id=fresh_id(), weeding=weeding)


@steady
@given(st.lists(st.integers(min_value=0, max_value=10**6)))
def test_the_oldest_condemned_is_the_first_that_was_condemned_in_whatever_order_they_come(minutes: list[int]) -> None:
    told = condemned([begun(each) for each in minutes])
    assert told.count == len(minutes)
    assert told.oldest == (NOW - timedelta(minutes=max(minutes)) if minutes else None)


def test_a_key_names_one_run_and_another_key_another() -> None:
    assert weeding_run_of("run-1") == weeding_run_of("run-1") != weeding_run_of("run-2")
