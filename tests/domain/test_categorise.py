"""Categories, rules C1 to C4: what a clip can be called, by whom, and when no longer."""

from datetime import date, timedelta

import pytest

from shared.domain.categorise import CATEGORIES, categorised, must_be_there
from shared.domain.footage import Clip, Decision, Evidential, Retention, State
from shared.errors import Condemned, Conflict, Malformed, Weeded
from tests.builders import NOW, OFFICER, UPLOADED, a_clip, a_decision


def say(clip: Clip, evidential: Evidential = Evidential.NO, why: str = "nothing to see") -> Clip:
    return categorised(clip, category="arrest", evidential=evidential, why=why, by=OFFICER, now=NOW)


def test_the_categories_are_the_nine_of_the_design() -> None:
    nine = "stop-and-search domestic-abuse use-of-force vehicle-stop arrest complaint missing-person public-order other"
    assert list(CATEGORIES) == nine.split()


@pytest.mark.parametrize("evidential", Evidential)
def test_c1_category_and_evidence_are_separate_answers_given_together(evidential: Evidential) -> None:
    clip = say(a_clip(), evidential)
    assert clip.decision == Decision(category="arrest", evidential=evidential, by=OFFICER, at=NOW, why="nothing to see")


def test_c1_evidence_is_kept_and_reviewed() -> None:
    assert say(a_clip(), Evidential.YES).retention == Retention(rule="evidence", review_on=date(2032, 11, 23))


@pytest.mark.parametrize("evidential", [Evidential.NO, Evidential.UNDECIDED])
def test_c1_what_is_no_evidence_goes_31_days_after_its_upload_not_after_the_decision(evidential: Evidential) -> None:
    clip = say(a_clip(uploaded_at=UPLOADED), evidential)
    assert clip.retention == Retention(rule="31 days", weed_after=UPLOADED + timedelta(days=31))


def test_c2_a_condemned_clip_cannot_be_saved_by_calling_it_evidence() -> None:
    with pytest.raises(Condemned, match="deletion has begun"):
        say(a_clip(state=State.CONDEMNED), Evidential.YES)


def test_c2_a_weeded_clip_is_gone() -> None:
    with pytest.raises(Weeded, match="tombstone"):
        say(a_clip(state=State.WEEDED), Evidential.YES)


@pytest.mark.parametrize("state", [State.HELD, State.QUARANTINED])
def test_c2_a_clip_that_is_there_can_be_categorised_and_stays_where_it_is(state: State) -> None:
    must_be_there(a_clip(state=state))
    assert say(a_clip(state=state)).state is state


@pytest.mark.parametrize("evidential", [Evidential.NO, Evidential.UNDECIDED])
def test_c3_nobody_alone_says_no_to_what_was_yes(evidential: Evidential) -> None:
    with pytest.raises(Conflict, match="second person") as refused:
        say(a_clip(decision=a_decision(evidential=Evidential.YES)), evidential)
    assert refused.value.field == "evidential"


def test_c3_evidence_can_be_called_something_else_and_stays_evidence() -> None:
    clip = say(a_clip(decision=a_decision(evidential=Evidential.YES)), Evidential.YES)
    assert (clip.decision.category, clip.decision.evidential) == ("arrest", Evidential.YES)


@pytest.mark.parametrize("length", [1, 200])
def test_c4_a_reason_has_at_most_200_characters(length: int) -> None:
    assert say(a_clip(), why="é" * length).decision.why == "é" * length


@pytest.mark.parametrize("length", [0, 201])
def test_c4_no_reason_and_one_that_is_too_long_are_refused(length: int) -> None:
    with pytest.raises(Malformed, match="200 characters") as refused:
        say(a_clip(), why="é" * length)
    assert refused.value.field == "reason"
