"""Health, rules H1 and H2: well is when everything answered; what waits longest is what is told."""

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.footage import Weeding
from shared.domain.health import Backlog, Health, Seen, condemned, overdue, seen
from shared.domain.weeding_run import weeding_run_of
from shared.domain.witness import Witnessed, awaited
from tests.builders import NOW, OVERDUE, a_condemned_clip, an_overdue_clip
from tests.fakes import MemoryWitness


def health(**changes: Any) -> Health:
    given = {
        "answers": {"records": True, "footage": True},
        "backlogs": {},
        "overdue": Backlog(),
        "condemned": Backlog(count=0),
        "pending_entries": Backlog(),
        "last_weeding": None,
        "last_round": None,
        "last_seal": None,
        "witnesses": (),
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


def test_condemned_are_as_many_as_were_counted_since_the_first_of_them() -> None:
    begun = NOW - timedelta(minutes=7)
    first = a_condemned_clip(weeding=Weeding(rule="R5 31 days over", condemned_at=begun))
    assert condemned(40_000, [first]) == Backlog(count=40_000, oldest=begun)
    assert condemned(0, []) == Backlog(count=0)


def test_a_key_names_one_run_and_another_key_another() -> None:
    assert weeding_run_of("run-1") == weeding_run_of("run-1") != weeding_run_of("run-2")


def test_a_witness_that_has_not_come_yet_has_seen_nothing_and_one_that_has_is_told_with_its_time() -> None:
    key = MemoryWitness().key
    nothing = Seen(name=key.name, size=0, cosigned_at=None)
    assert (seen(key, None), seen(key, awaited(None, key=key, now=NOW))) == (nothing, nothing)
    known = Witnessed(key=key.id.hex(), name="as it was called", size=1, seconds=int(NOW.timestamp()))
    assert seen(key, known) == Seen(name=key.name, size=1, cosigned_at=NOW.replace(microsecond=0))
