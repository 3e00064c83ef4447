"""How long a clip is kept, and whether it may be weeded now.

The rules, in the order they are tried. The first that speaks decides.

    R1  A clip on hold is kept, whatever its age.
    R2  A clip in quarantine is kept until a person releases it.
    R3  Evidence is kept, and reviewed; weeding never looks at it.
    R4  A clip is kept until 31 days have passed since its blob was created at the server, and at least 7 days
        from its last release from quarantine: its officer must have time to say what it is.
    R5  Otherwise it is weeded: marked as no evidence, or never decided on.

A day is 24 hours: 31 of them are the same length across both changes of the clocks. The camera's clock has no say.
The 31 days are the force's published rule (law.md 2); no setting shortens them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.footage import Clip, Evidential, Retention, State

KEPT_FOR = timedelta(days=31)
KEPT_FROM_RELEASE = timedelta(days=7)
RECOVERABLE_FOR = timedelta(days=7)  # blob soft delete and Cosmos continuous backup; checked against the Bicep
REVIEW_EVIDENCE_AFTER = timedelta(days=6 * 365)  # the shortest clear period of MoPI (law.md 2, group 3)
LOOK_AGAIN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Keep:
    rule: str


@dataclass(frozen=True, slots=True)
class Weed:
    rule: str


def decide(clip: Clip, *, now: datetime) -> Keep | Weed:
    """Apply R1 to R5 to a clip that is neither condemned nor weeded, as it stands at `now`."""
    if clip.holds:
        return Keep("R1 on hold")
    if clip.state is State.QUARANTINED:
        return Keep("R2 in quarantine")
    if clip.decision.evidential is Evidential.YES:
        return Keep("R3 evidence")
    if now < clip.uploaded_at + KEPT_FOR:
        return Keep("R4 31 days running")
    if now < kept_until(clip.uploaded_at, clip.released_at):
        return Keep("R4 7 days from release running")
    return Weed(f"R5 31 days over, evidential: {clip.decision.evidential}")


def kept_until(uploaded_at: datetime, released_at: datetime | None) -> datetime:
    """Rule R4: the first moment at which it no longer keeps the clip."""
    until = uploaded_at + KEPT_FOR
    return until if released_at is None else max(until, released_at + KEPT_FROM_RELEASE)


def retention(
    evidential: Evidential, *, uploaded_at: datetime, now: datetime, released_at: datetime | None = None
) -> Retention:
    """The retention that follows from what was decided. Quarantine and holds are asked at the time of weeding."""
    if evidential is Evidential.YES:
        return Retention(rule="evidence", review_on=(now + REVIEW_EVIDENCE_AFTER).date())
    return Retention(rule="31 days", weed_after=kept_until(uploaded_at, released_at))
