"""Undo, rules U1 to U5: one's own last decision, one step back, once, and never out of evidence."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.categorise import CATEGORIES, categorised
from shared.domain.footage import Clip, Decision, Evidential, State
from shared.domain.undo import undone
from shared.domain.weed import tombstone
from shared.errors import Condemned, Conflict, Malformed, NotAllowed, Weeded
from tests.builders import NOW, OFFICER, OTHER_OFFICER, a_clip, a_condemned_clip, a_decision
from tests.domain.chance import steady

LATER = NOW + timedelta(days=3)
EARLIER = a_decision(category="complaint", evidential=Evidential.NO, by=OTHER_OFFICER, at=NOW - timedelta(days=1))


def say(clip: Clip, evidential: Evidential = Evidential.NO, by: str = OFFICER) -> Clip:
    return categorised(clip, category="arrest", evidential=evidential, why="nothing to see", by=by, now=NOW)


def undo(clip: Clip, why: str = "the other clip was meant", by: str = OFFICER) -> Clip:
    return undone(clip, why=why, by=by, now=LATER)


decisions = st.builds(
    a_decision,
    category=st.sampled_from(list(CATEGORIES)),
    evidential=st.sampled_from(Evidential),
    by=st.sampled_from([OFFICER, OTHER_OFFICER]),
)


@steady
@given(decision=st.none() | decisions, evidential=st.sampled_from(Evidential))
def test_what_is_undone_is_as_if_it_had_never_been_said_but_for_evidence(
    decision: Decision | None, evidential: Evidential
) -> None:
    before = a_clip(decision=decision) if decision else a_clip()
    if before.decision.evidential is Evidential.YES:
        assert undo(say(before, Evidential.YES)) == before
    elif evidential is not Evidential.YES:
        assert undo(say(before, evidential)) == before
    else:
        with pytest.raises(Conflict):
            undo(say(before, evidential))


def test_u1_who_did_not_decide_cannot_undo() -> None:
    with pytest.raises(NotAllowed, match="only who made"):
        undo(say(a_clip()), by=OTHER_OFFICER)


def test_u1_nor_can_who_decided_before_somebody_else() -> None:
    with pytest.raises(NotAllowed):
        undo(say(say(a_clip(), by=OTHER_OFFICER)), by=OTHER_OFFICER)


def test_u1_what_somebody_else_had_said_comes_back_under_their_name() -> None:
    clip = undo(say(a_clip(decision=EARLIER)))
    assert clip.decision == EARLIER


def test_u2_where_nothing_was_decided_there_is_nothing_to_undo() -> None:
    with pytest.raises(Conflict, match="no decision") as refused:
        undo(a_clip(decision=Decision(category="arrest")))
    assert refused.value.field == "decision"


def test_u2_an_undo_goes_one_step_back_and_not_another() -> None:
    clip = undo(say(say(a_clip()), Evidential.UNDECIDED))
    assert clip.decision.evidential is Evidential.NO
    with pytest.raises(Conflict, match="one step back, and once"):
        undo(clip)


def test_u2_who_decides_anew_after_an_undo_can_undo_that() -> None:
    assert undo(say(undo(say(a_clip())))).decision == Decision()


@pytest.mark.parametrize("before", [Evidential.NO, Evidential.UNDECIDED])
def test_u3_nobody_alone_undoes_that_it_is_evidence(before: Evidential) -> None:
    clip = say(a_clip(decision=a_decision(evidential=before)), Evidential.YES)
    with pytest.raises(Conflict, match="second person") as refused:
        undo(clip)
    assert refused.value.field == "evidential"


def test_u3_what_evidence_is_called_can_be_undone() -> None:
    evidence = a_decision(evidential=Evidential.YES)
    assert undo(say(a_clip(decision=evidence), Evidential.YES)).decision == evidence


def test_u4_the_review_is_counted_from_the_decision_that_came_back() -> None:
    evidence = a_clip(decision=a_decision(evidential=Evidential.YES, at=NOW - timedelta(days=400)))
    again = undo(say(evidence, Evidential.YES))
    assert again.retention == evidence.retention != say(evidence, Evidential.YES).retention


def test_u4_seven_days_from_a_release_that_came_between_are_kept() -> None:
    released = NOW + timedelta(days=40)
    clip = undo(say(a_clip(released_at=released)))
    assert clip.retention.weed_after == released + timedelta(days=7)


@pytest.mark.parametrize("why", ["", "x" * 201])
def test_u5_a_reason_is_given(why: str) -> None:
    with pytest.raises(Malformed) as refused:
        undo(say(a_clip()), why=why)
    assert refused.value.field == "reason"


@pytest.mark.parametrize("state, refusal", [(State.CONDEMNED, Condemned), (State.WEEDED, Weeded)])
def test_u5_what_is_going_or_gone_stays_as_it_is(state: State, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        undo(a_clip(state=state, decision=a_decision(), undoable=EARLIER))


def test_a_tombstone_keeps_nothing_of_what_was_decided_before() -> None:
    gone = tombstone(a_condemned_clip(decision=a_decision(), undoable=EARLIER), now=NOW)
    assert (gone.undoable, gone.decision.why) == (None, None)
