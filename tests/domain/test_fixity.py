"""Fixity, rules F1 to F3: what reading the bytes back says of them."""

import pytest

from shared.domain.fixity import MISMATCH, verified
from shared.domain.footage import Fixity, Integrity, Sha256, State
from tests.builders import NOW, SHA256, a_clip

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


@pytest.mark.parametrize("state", [State.CONDEMNED, State.WEEDED])
def test_f3_what_is_being_weeded_cannot_be_put_into_quarantine(state: State) -> None:
    with pytest.raises(ValueError, match="quarantined"):
        verified(a_clip(state=state), OTHER, now=NOW)
