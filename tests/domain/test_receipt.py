"""Receipts, rules R1 to R4: six lines, and only about bytes that were read back and that nobody doubts."""

import pytest

from shared.domain.footage import Fixity, Integrity, Sha256, State
from shared.domain.media import Problem
from shared.domain.receipt import receipt
from shared.errors import Conflict
from tests.builders import NOW, RECORDING, SHA256, SIZE, a_blob, a_clip

OTHER = Sha256("0" * 64)


def hashed(state: Fixity, claimed: Sha256 | None = SHA256, found: Sha256 | None = SHA256) -> Integrity:
    return Integrity(state=state, claimed=claimed, sha256=found, verified_at=NOW)


@pytest.mark.parametrize("version, named", [("2026-11-25T20:00:00.1Z", "2026-11-25T20:00:00.1Z"), (None, "0x8E")])
def test_the_text_is_six_lines_about_the_pinned_version(version: str | None, named: str) -> None:
    clip = a_clip(integrity=hashed(Fixity.VERIFIED), blob=a_blob(version=version, etag="0x8E"))
    assert receipt(clip) == (
        f"continuity-receipt/v1\n{RECORDING}\n{named}\n{SIZE}\n{SHA256}\n2026-11-25T20:52:56.123456Z\n"
    )


def test_r1_what_was_not_read_back_has_none_yet() -> None:
    assert receipt(a_clip()) is None
    assert receipt(a_clip(integrity=Integrity(state=Fixity.PENDING, sha256=SHA256, verified_at=NOW))) is None
    assert receipt(a_clip(integrity=Integrity(state=Fixity.VERIFIED, sha256=SHA256))) is None


def test_r2_a_mismatch_has_none_and_says_both_hashes() -> None:
    with pytest.raises(Conflict, match=f"claimed {SHA256}, stored {OTHER}") as refused:
        receipt(a_clip(integrity=hashed(Fixity.MISMATCH, found=OTHER)))
    assert refused.value.field == "sha256"


@pytest.mark.parametrize("problem", Problem)
@pytest.mark.parametrize("state", [Fixity.VERIFIED, Fixity.UNCLAIMED])
def test_r4_doubtful_bytes_in_quarantine_have_none_though_their_hash_is_right(problem: Problem, state: Fixity) -> None:
    clip = a_clip(state=State.QUARANTINED, quarantine=("no-grant", problem.value), integrity=hashed(state))
    with pytest.raises(Conflict, match=rf"keep the recording on the camera: .* \({problem}\)"):
        receipt(clip)


def test_r4_a_dock_is_told_so_before_the_hash_is_known() -> None:
    with pytest.raises(Conflict, match="truncated, no-index"):
        receipt(a_clip(state=State.QUARANTINED, quarantine=("truncated", "officer-differs", "no-index")))


def test_r4_once_a_person_released_it_there_is_a_receipt() -> None:
    released = a_clip(state=State.HELD, quarantine=("truncated",), integrity=hashed(Fixity.VERIFIED))
    assert receipt(released) is not None


@pytest.mark.parametrize("reason", ["no-grant", "no-officer", "officer-differs"])
def test_r4_quarantine_for_what_is_said_beside_the_bytes_does_not_keep_the_receipt_back(reason: str) -> None:
    clip = a_clip(state=State.QUARANTINED, quarantine=(reason,), integrity=hashed(Fixity.VERIFIED))
    assert receipt(clip) is not None


def test_r3_without_a_claim_the_receipt_says_our_hash() -> None:
    text = receipt(a_clip(integrity=hashed(Fixity.UNCLAIMED, claimed=None, found=OTHER)))
    assert text is not None
    assert text.splitlines()[4] == OTHER
