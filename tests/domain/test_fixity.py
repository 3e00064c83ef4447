"""Fixity, rules F1 to F4: what reading the bytes back says of them, or that they are not there."""

import pytest

from shared.domain.fixity import MISMATCH, MISSING, answer_wanted, given_up, missing, verified
from shared.domain.footage import Fixity, Integrity, Sha256, State
from shared.domain.retention import Keep, decide
from tests.builders import NOW, SHA256, a_clip, an_overdue_clip

OTHER = Sha256("0" * 64)


def test_f1_without_a_claim_there_is_only_our_own_hash() -> None:
    clip = verified(a_clip(integrity=Integrity()), SHA256, now=NOW)
    assert clip.integrity == Integrity(state=Fixity.UNCLAIMED, claimed=None, sha256=SHA256, verified_at=NOW)
    assert clip.state is State.HELD


def test_f2_the_claimed_hash_verifies_it() -> None:
    clip = verified(a_clip(), SHA256, now=NOW)
    assert clip.integrity == Integrity(state=Fixity.VERIFIED, claimed=SHA256, sha256=SHA256, verified_at=NOW)
    assert (clip.state, clip.quarantine) == (State.HELD, ())


def test_f3_another_hash_puts_it_into_quarantine_with_both_hashes() -> None:
    clip = verified(a_clip(), OTHER, now=NOW)
    assert clip.integrity == Integrity(state=Fixity.MISMATCH, claimed=SHA256, sha256=OTHER, verified_at=NOW)
    assert (clip.state, clip.quarantine) == (State.QUARANTINED, (MISMATCH,))


def test_f3_the_reasons_it_was_in_quarantine_for_stay() -> None:
    clip = a_clip(state=State.QUARANTINED, quarantine=("no-grant",))
    assert verified(clip, OTHER, now=NOW).quarantine == ("no-grant", MISMATCH)
    assert verified(clip, SHA256, now=NOW).quarantine == ("no-grant",)


def test_f4_a_version_that_is_not_there_puts_the_clip_into_quarantine_and_says_nothing_of_a_hash() -> None:
    clip = missing(a_clip())
    assert (clip.state, clip.quarantine, clip.integrity) == (State.QUARANTINED, (MISSING,), Integrity(claimed=SHA256))


def test_f4_said_twice_it_is_one_reason_beside_the_others() -> None:
    clip = missing(missing(a_clip(state=State.QUARANTINED, quarantine=("no-grant",))))
    assert clip.quarantine == ("no-grant", MISSING)


@pytest.mark.parametrize("state", [State.CONDEMNED, State.WEEDED])
def test_f4_what_is_being_weeded_is_not_missing(state: State) -> None:
    with pytest.raises(ValueError, match="quarantined"):
        missing(a_clip(state=state))


def test_f4_what_is_missing_is_never_weeded_by_itself() -> None:
    assert isinstance(decide(missing(an_overdue_clip()), now=NOW), Keep)


@pytest.mark.parametrize("state", [State.CONDEMNED, State.WEEDED])
def test_f3_what_is_being_weeded_cannot_be_put_into_quarantine(state: State) -> None:
    with pytest.raises(ValueError, match="quarantined"):
        verified(a_clip(state=state), OTHER, now=NOW)


def test_f6_a_question_given_up_is_marked_until_there_is_an_answer() -> None:
    waits = given_up(a_clip(), now=NOW)
    assert (waits.integrity.state, waits.integrity.gave_up_at) == (Fixity.PENDING, NOW)
    for answered in (verified(waits, SHA256, now=NOW), verified(waits, OTHER, now=NOW), missing(waits)):
        assert answered.integrity.gave_up_at is None


@pytest.mark.parametrize("state, wanted", [(State.HELD, True), (State.QUARANTINED, True), (State.CONDEMNED, False)])
def test_f6_only_a_clip_that_is_there_and_unanswered_waits(state: State, wanted: bool) -> None:
    assert answer_wanted(a_clip(state=state)) is wanted
    assert not answer_wanted(verified(a_clip(), SHA256, now=NOW))
