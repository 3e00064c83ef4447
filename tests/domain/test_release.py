"""Release, rules Q1 to Q4: what may leave quarantine, what is in the way, and how long it is kept from then on."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.categorise import categorised
from shared.domain.correct import incident_corrected, officer_corrected
from shared.domain.fixity import MISSING, verified
from shared.domain.footage import Borough, Clip, Evidential, OfficerId, State
from shared.domain.release import released
from shared.domain.retention import KEPT_FOR, KEPT_FROM_RELEASE, Keep, Weed, decide
from shared.errors import Condemned, Conflict, Weeded
from tests.builders import (
    MICROSECOND,
    NOW,
    OTHER_BOROUGH,
    SHA256,
    a_clip,
    a_condemned_clip,
    a_decision,
    an_overdue_clip,
)
from tests.domain.chance import any_of, around_now, steady

QUARANTINED = a_clip(state=State.QUARANTINED, quarantine=("truncated",))


def test_q1_a_released_clip_is_held_and_what_was_wrong_stays_written_on_it() -> None:
    clip = released(QUARANTINED, now=NOW)
    assert (clip.state, clip.released_at, clip.quarantine) == (State.HELD, NOW, ("truncated",))


def test_q1_what_is_not_in_quarantine_is_not_released() -> None:
    with pytest.raises(Conflict) as refused:
        released(a_clip(), now=NOW)
    assert refused.value.field == "state"


@pytest.mark.parametrize(
    "clip, refusal", [(a_condemned_clip(), Condemned), (a_condemned_clip(state=State.WEEDED), Weeded)]
)
def test_q1_what_is_being_weeded_or_gone_is_not_released(clip: Clip, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        released(clip, now=NOW)


@pytest.mark.parametrize("field", ["officer", "borough"])
def test_q2_without_an_officer_or_a_borough_it_stays(field: str) -> None:
    with pytest.raises(Conflict) as refused:
        released(a_clip(**{"state": State.QUARANTINED, field: None}), now=NOW)
    assert refused.value.field == field


def test_q3_what_was_not_found_stays_until_it_was_read_back() -> None:
    lost = replace(QUARANTINED, quarantine=(MISSING,))
    with pytest.raises(Conflict) as refused:
        released(lost, now=NOW)
    assert refused.value.field == "quarantine"
    assert released(verified(lost, SHA256, now=NOW), now=NOW).state is State.HELD


def test_q4_a_young_clip_keeps_the_31_days_of_its_upload() -> None:
    clip = released(replace(QUARANTINED, uploaded_at=NOW - timedelta(days=3)), now=NOW)
    assert clip.retention.weed_after == clip.uploaded_at + KEPT_FOR


@pytest.mark.parametrize(
    "age, weed_after",
    [
        (KEPT_FOR - KEPT_FROM_RELEASE - MICROSECOND, NOW + KEPT_FROM_RELEASE + MICROSECOND),
        (KEPT_FOR - KEPT_FROM_RELEASE, NOW + KEPT_FROM_RELEASE),
        (KEPT_FOR - KEPT_FROM_RELEASE + MICROSECOND, NOW + KEPT_FROM_RELEASE),
        (timedelta(days=400), NOW + KEPT_FROM_RELEASE),
    ],
)
def test_q4_an_old_clip_is_kept_for_seven_days_from_its_release(age: timedelta, weed_after: object) -> None:
    assert released(replace(QUARANTINED, uploaded_at=NOW - age), now=NOW).retention.weed_after == weed_after


@pytest.mark.parametrize("off, verdict", [(-MICROSECOND, Keep), (timedelta(0), Weed), (MICROSECOND, Weed)])
def test_r4_seven_days_from_release_both_edges(off: timedelta, verdict: type[object]) -> None:
    clip = released(an_overdue_clip(state=State.QUARANTINED, quarantine=("truncated",)), now=NOW)
    assert isinstance(decide(clip, now=NOW + timedelta(days=7) + off), verdict)


def test_r4_released_again_the_seven_days_begin_again() -> None:
    once = released(an_overdue_clip(state=State.QUARANTINED), now=NOW)
    later = NOW + timedelta(days=2)
    again = released(replace(once, state=State.QUARANTINED), now=later)
    assert again.retention.weed_after == later + KEPT_FROM_RELEASE


def test_q4_evidence_keeps_the_day_of_its_review() -> None:
    clip = a_clip(state=State.QUARANTINED, decision=a_decision(evidential=Evidential.YES))
    assert released(clip, now=NOW + timedelta(days=5)).retention == clip.retention


@steady
@given(clip=any_of(Clip, uploaded_at=around_now, state=st.just(State.QUARANTINED)), now=around_now)
def test_a_released_clip_is_weeded_exactly_when_weeding_next_looks_at_it(clip: Clip, now: object) -> None:
    assert isinstance(now, type(NOW))
    whole = replace(
        clip, officer=OfficerId("P1"), borough=Borough("Camden"), holds=(), quarantine=(), decision=a_decision()
    )
    held = released(whole, now=now)
    looks = held.retention.weed_after
    assert looks is not None
    assert looks >= max(held.uploaded_at + timedelta(days=31), now + timedelta(days=7))
    assert isinstance(decide(held, now=looks - MICROSECOND), Keep)
    assert isinstance(decide(held, now=looks), Weed)


def test_k3_the_borough_goes_with_the_officer_only_where_it_is_said() -> None:
    clip = a_clip()
    alone = officer_corrected(clip, OfficerId("P7"), None)
    assert alone == replace(clip, officer=OfficerId("P7"))
    assert officer_corrected(clip, OfficerId("P7"), OTHER_BOROUGH) == replace(alone, borough=OTHER_BOROUGH)


@pytest.mark.parametrize("number", ["CAD 1", None])
def test_an_incident_is_put_right_or_taken_away(number: str | None) -> None:
    clip = a_clip(incident="CAD 2")
    assert incident_corrected(clip, number) == replace(clip, incident=number)


@pytest.mark.parametrize("state, refusal", [(State.CONDEMNED, Condemned), (State.WEEDED, Weeded)])
def test_k1_what_is_being_weeded_or_gone_is_not_corrected(state: State, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        officer_corrected(a_clip(state=state), OfficerId("P7"), None)
    with pytest.raises(refusal):
        incident_corrected(a_clip(state=state), "CAD 1")


@pytest.mark.parametrize("evidential", [Evidential.NO, Evidential.UNDECIDED])
@pytest.mark.parametrize("days", [0, 6])
def test_r4_saying_what_it_is_after_its_release_does_not_shorten_the_seven_days(
    evidential: Evidential, days: int
) -> None:
    clip = released(an_overdue_clip(state=State.QUARANTINED), now=NOW)
    said = categorised(
        clip, category="other", evidential=evidential, why="nothing", by="P1", now=NOW + timedelta(days=days)
    )
    assert said.retention.weed_after == NOW + timedelta(days=7)
    assert isinstance(decide(said, now=NOW + timedelta(days=7) - MICROSECOND), Keep)
