"""Clips: from which state to which they may go, and that no other way is open."""

from itertools import product

import pytest

from shared.domain.footage import MOVES, State
from tests.builders import a_clip, a_dock, a_grant

ALLOWED = {
    ("held", "held"),
    ("held", "quarantined"),
    ("held", "condemned"),
    ("quarantined", "quarantined"),
    ("quarantined", "held"),
    ("condemned", "held"),
    ("condemned", "weeded"),
}


@pytest.mark.parametrize("before, after", list(product(State, State)))
def test_a_clip_goes_only_where_the_table_leads(before: State, after: State) -> None:
    clip = a_clip(state=before)
    if (before, after) in ALLOWED:
        assert clip.moved(after).state is after
    else:
        with pytest.raises(ValueError, match=f"cannot go from {before} to {after}"):
            clip.moved(after)


def test_every_state_is_in_the_table_the_last_one_too() -> None:
    assert set(MOVES) == set(State)
    assert MOVES[State.WEEDED] == frozenset()


def test_a_clip_its_grant_and_all_entries_about_it_share_one_partition() -> None:
    assert a_clip().pk == a_clip().id == a_grant().pk
    assert a_dock().pk == f"dock:{a_dock().id}"
