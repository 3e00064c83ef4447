"""Whether a clip is what a search asks for: each of its words taken by itself, and all of them together."""

from datetime import datetime

from shared.domain.footage import Clip, Evidential, State
from shared.ports import ClipFilter, Order


def answers(clip: Clip, asked: ClipFilter) -> bool:
    shown = asked.state is not None or clip.state is not State.WEEDED
    return shown and asked.reach.covers(clip) and _is(clip, asked) and _timely(clip, asked) and _going(clip, asked)


def _is(clip: Clip, asked: ClipFilter) -> bool:
    wanted = (
        (asked.mine, clip.officer),
        (asked.officer, clip.officer),
        (asked.camera, clip.camera),
        (asked.dock, clip.dock),
        (asked.incident, clip.incident),
        (asked.category, clip.decision.category),
        (asked.evidential, clip.decision.evidential),
        (asked.state, clip.state),
    )
    return all(want is None or want == got for want, got in wanted)


def _timely(clip: Clip, asked: ClipFilter) -> bool:
    recorded = _between(asked.recorded_since, clip.recorded_at, asked.recorded_until)
    return recorded and _between(asked.uploaded_since, clip.uploaded_at, asked.uploaded_until)


def _between(since: datetime | None, at: datetime | None, until: datetime | None) -> bool:
    begun = since is None or (at is not None and since <= at)
    return begun and (until is None or (at is not None and at < until))


def _going(clip: Clip, asked: ClipFilter) -> bool:
    held, at = clip.state is State.HELD, clip.retention.weed_after
    if asked.order is Order.SOONEST and not (held and at is not None):
        return False
    if asked.expiring_before is None:
        return True
    kept = clip.holds or clip.decision.evidential is Evidential.YES
    return held and not kept and at is not None and at < asked.expiring_before
