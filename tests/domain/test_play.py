"""Playback, rules P1 and P2: how long an address to watch a clip is good for, and from where."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.play import bindable, watchable_until
from shared.errors import NotAllowed
from tests.builders import NOW, a_clip, a_media
from tests.domain.chance import steady

FOUR_HOURS = timedelta(hours=4)
EDGE_MS = (4 * 60 - 15) * 60 * 1000


@pytest.mark.parametrize(
    "length_ms, lasts",
    [
        (0, timedelta(minutes=15)),
        (60_000, timedelta(minutes=16)),
        (EDGE_MS - 1, FOUR_HOURS - timedelta(milliseconds=1)),
        (EDGE_MS, FOUR_HOURS),
        (EDGE_MS + 1, FOUR_HOURS),
        (None, FOUR_HOURS),
    ],
)
def test_p1_its_length_and_a_quarter_of_an_hour_at_most_four_hours(length_ms: int | None, lasts: timedelta) -> None:
    assert watchable_until(a_clip(media=a_media(duration_ms=length_ms)), now=NOW) == NOW + lasts


def test_p1_a_clip_nothing_could_be_read_from_gets_the_longest() -> None:
    assert watchable_until(a_clip(media=None), now=NOW) == NOW + FOUR_HOURS


@steady
@given(length_ms=st.integers(-(2**80), 2**80))
def test_p1_whatever_length_a_file_claims_the_address_ends_later_today(length_ms: int) -> None:
    until = watchable_until(a_clip(media=a_media(duration_ms=length_ms)), now=NOW)
    assert NOW + timedelta(minutes=15) <= until <= NOW + FOUR_HOURS


def test_p2_an_address_of_version_4_can_be_bound_to() -> None:
    assert bindable("192.0.2.17") == "192.0.2.17"


@pytest.mark.parametrize(
    "address", [None, "", "2001:db8::1", "::ffff:192.0.2.17", "192.0.2.0/24", "192.0.2.17-18", "x"]
)
def test_p2_no_other_can_and_the_refusal_says_why(address: str | None) -> None:
    with pytest.raises(NotAllowed, match="no IPv4 address"):
        bindable(address)
