"""Whether the bytes stored are the bytes the dock meant: the answer, once, of reading them all back.

F1  No claim: `unclaimed`; the dock compares our hash with its own.
F2  The hash is the claimed one: `verified`.
F3  It is another: `mismatch`, and the clip is quarantined, so that nothing weeds it by itself.
F4  The pinned version is not there though nobody weeded the clip: it is quarantined, so that nothing can later say
    it was weeded under a rule.
F5  The answer is given once for a pinned version; it cannot change, for the version cannot.
F6  A question the queue gave up is marked on the clip until it is answered after all.
"""

from dataclasses import replace
from datetime import datetime

from shared.domain.footage import Clip, Fixity, Integrity, Sha256, State

MISMATCH = "hash-mismatch"
MISSING = "version-not-found"


def verified(clip: Clip, sha256: Sha256, *, now: datetime) -> Clip:
    """The clip with the answer F1 to F3 for its pinned version."""
    claimed = clip.integrity.claimed
    state = _answer(claimed, sha256)
    answered = replace(clip, integrity=Integrity(state=state, claimed=claimed, sha256=sha256, verified_at=now))
    return _quarantined(answered, MISMATCH) if state is Fixity.MISMATCH else answered


def missing(clip: Clip) -> Clip:
    """Rule F4."""
    return _quarantined(replace(clip, integrity=replace(clip.integrity, gave_up_at=None)), MISSING)


def given_up(clip: Clip, *, now: datetime) -> Clip:
    """Rule F6."""
    return replace(clip, integrity=replace(clip.integrity, gave_up_at=now))


def answer_wanted(clip: Clip) -> bool:
    """Whether the bytes are still to be read back."""
    return clip.integrity.state is Fixity.PENDING and clip.state in (State.HELD, State.QUARANTINED)


def _quarantined(clip: Clip, reason: str) -> Clip:
    reasons = clip.quarantine if reason in clip.quarantine else (*clip.quarantine, reason)
    return replace(clip.moved(State.QUARANTINED), quarantine=reasons)


def _answer(claimed: Sha256 | None, found: Sha256) -> Fixity:
    if claimed is None:
        return Fixity.UNCLAIMED
    return Fixity.VERIFIED if claimed == found else Fixity.MISMATCH
