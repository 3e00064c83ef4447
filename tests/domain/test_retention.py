"""Retention, rules R1 to R5: what is kept, what may be weeded, and both sides of every edge."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.footage import Clip, Evidential, Retention, State
from shared.domain.retention import KEPT_FOR, KEPT_FROM_RELEASE, RECOVERABLE_FOR, Keep, Weed, decide, retention
from tests.builders import MICROSECOND, NOW, a_clip, a_decision, a_hold, an_overdue_clip
from tests.domain.chance import any_of, around_now, spans, steady

OPEN = st.sampled_from([State.HELD, State.QUARANTINED])
RELEASED = st.none() | around_now
LONDON = ZoneInfo("Europe/London")


def days_old(kept: timedelta, **changes: object) -> Clip:
    return a_clip(uploaded_at=NOW - kept, **changes)


def test_the_numbers_are_those_the_force_published() -> None:
    assert timedelta(days=31) == KEPT_FOR
    assert timedelta(days=7) == KEPT_FROM_RELEASE
    assert timedelta(days=7) == RECOVERABLE_FOR


def test_r4_a_microsecond_before_31_days_it_is_kept() -> None:
    assert decide(days_old(KEPT_FOR - MICROSECOND), now=NOW) == Keep("R4 31 days running")


@pytest.mark.parametrize("over", [timedelta(0), MICROSECOND, timedelta(days=4000)])
def test_r5_at_31_days_and_after_it_is_weeded(over: timedelta) -> None:
    assert decide(days_old(KEPT_FOR + over), now=NOW) == Weed("R5 31 days over, evidential: undecided")


@pytest.mark.parametrize(
    "uploaded, change",
    [
        pytest.param(datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 1, tzinfo=UTC), id="clocks forward"),
        pytest.param(datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC), id="clocks back"),
    ],
)
@pytest.mark.parametrize("off, kept", [(-MICROSECOND, True), (timedelta(0), False), (MICROSECOND, False)])
def test_r4_31_days_are_744_hours_across_a_change_of_the_clocks(
    uploaded: datetime, change: datetime, off: timedelta, kept: bool
) -> None:
    clip = a_clip(uploaded_at=uploaded)
    assert (change - MICROSECOND).astimezone(LONDON).utcoffset() != change.astimezone(LONDON).utcoffset()
    now = uploaded + timedelta(hours=31 * 24) + off
    assert uploaded < change < now
    verdict = decide(clip, now=now.astimezone(LONDON))
    assert isinstance(verdict, Keep) == kept


@pytest.mark.parametrize("wrong", [datetime(1980, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC), None])
def test_r4_the_clock_of_the_camera_has_no_say(wrong: datetime | None) -> None:
    assert isinstance(decide(a_clip(recorded_at=wrong), now=NOW), Keep)
    assert isinstance(decide(an_overdue_clip(recorded_at=wrong), now=NOW), Weed)


def test_r5_marked_as_no_evidence_it_goes_as_the_undecided_do() -> None:
    clip = an_overdue_clip(decision=a_decision(evidential=Evidential.NO))
    assert decide(clip, now=NOW) == Weed("R5 31 days over, evidential: no")


def test_r5_a_category_alone_does_not_keep_it() -> None:
    assert isinstance(decide(an_overdue_clip(decision=a_decision(category="arrest")), now=NOW), Weed)


def test_the_first_rule_that_speaks_decides() -> None:
    everything = an_overdue_clip(
        holds=(a_hold(),), state=State.QUARANTINED, decision=a_decision(evidential=Evidential.YES)
    )
    assert decide(everything, now=NOW) == Keep("R1 on hold")
    assert decide(replace(everything, holds=()), now=NOW) == Keep("R2 in quarantine")
    assert decide(replace(everything, holds=(), state=State.HELD), now=NOW) == Keep("R3 evidence")


@steady
@given(clip=any_of(Clip, uploaded_at=around_now, released_at=RELEASED, state=OPEN), later=spans)
def test_nothing_on_hold_in_quarantine_or_evidential_is_ever_weeded(clip: Clip, later: timedelta) -> None:
    verdict = decide(clip, now=clip.uploaded_at + later)
    protected = clip.holds or clip.state is State.QUARANTINED or clip.decision.evidential is Evidential.YES
    fresh = clip.released_at is not None and clip.uploaded_at + later < clip.released_at + timedelta(days=7)
    young = later < timedelta(days=31) or fresh
    assert isinstance(verdict, Keep) == bool(protected or young)


@steady
@given(clip=any_of(Clip, uploaded_at=around_now, released_at=RELEASED, state=OPEN), earlier=spans, later=spans)
def test_what_may_be_weeded_may_be_weeded_later_too(clip: Clip, earlier: timedelta, later: timedelta) -> None:
    if isinstance(decide(clip, now=clip.uploaded_at + earlier), Weed):
        assert isinstance(decide(clip, now=clip.uploaded_at + earlier + later), Weed)


def test_weeding_looks_at_a_clip_when_its_31_days_are_over() -> None:
    for evidential in (Evidential.NO, Evidential.UNDECIDED):
        found = retention(evidential, uploaded_at=NOW, now=NOW + timedelta(days=3))
        assert found == Retention(rule="31 days", weed_after=NOW + timedelta(days=31))


def test_r3_weeding_never_looks_at_evidence_which_is_reviewed_after_six_years() -> None:
    found = retention(Evidential.YES, uploaded_at=NOW - timedelta(days=20), now=NOW)
    assert found == Retention(rule="evidence", review_on=date(2032, 11, 23))
