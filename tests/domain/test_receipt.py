"""Receipts, rules R1 to R3: six lines, and only about bytes that were read back."""

import pytest

from shared.domain.footage import Fixity, Integrity, Sha256
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


def test_r3_without_a_claim_the_receipt_says_our_hash() -> None:
    text = receipt(a_clip(integrity=hashed(Fixity.UNCLAIMED, claimed=None, found=OTHER)))
    assert text is not None
    assert text.splitlines()[4] == OTHER
