"""What becomes of a clip while it is weeded: condemned, then a tombstone, or held again.

Every step is decided on the clip as it is now; the store lets it happen only if the clip is still so.
"""

from dataclasses import replace
from datetime import datetime

from shared.domain.footage import Clip, Decision, State, Weeding
from shared.domain.retention import LOOK_AGAIN_AFTER


def condemned(clip: Clip, rule: str, *, now: datetime) -> Clip:
    return replace(clip.moved(State.CONDEMNED), weeding=Weeding(rule=rule, condemned_at=now))


def reprieved(clip: Clip, *, now: datetime) -> Clip:
    """Held again because the storage would not delete it. Weeding looks again later, so that it cannot block."""
    again = replace(clip.retention, weed_after=now + LOOK_AGAIN_AFTER)
    return replace(clip.moved(State.HELD), weeding=None, retention=again)


def tombstone(clip: Clip, *, now: datetime) -> Clip:
    """Ids, hashes, rule, times and who. No free text, no media facts, no poster."""
    if clip.weeding is None:
        raise ValueError("a clip is condemned before it is weeded")
    return replace(
        clip.moved(State.WEEDED),
        incident=None,
        media=None,
        poster=False,
        times=(),
        quarantine=(),
        decision=_without_reason(clip.decision),
        undoable=None,
        retention=replace(clip.retention, weed_after=None, review_on=None),
        weeding=replace(clip.weeding, weeded_at=now),
    )


def _without_reason(decision: Decision) -> Decision:
    return Decision(
        category=decision.category,
        evidential=decision.evidential,
        by=decision.by,
        at=decision.at,
        approved_by=decision.approved_by,
    )
