"""Release: a person lets footage out of quarantine, to be kept and weeded like any other.

Q1  Only footage in quarantine is released; what is wrong with it stays written on it.
Q2  It has an officer and a borough: without them nobody but the force's few could find it, say what it is, or keep it.
Q3  Footage whose stored version was not found is not released before its bytes were read back: nothing may
    later say that it was weeded under a rule (fixity.py, rule F4).
Q4  Its 31 days still run from the upload, but at least 7 days from now (retention.py, rule R4).
"""

from dataclasses import replace
from datetime import datetime

from shared.domain.categorise import must_be_there
from shared.domain.fixity import MISSING
from shared.domain.footage import Clip, Evidential, Fixity, Retention, State
from shared.domain.retention import retention
from shared.errors import Conflict


def released(clip: Clip, *, now: datetime) -> Clip:
    """The clip, held. Raises Conflict by rules Q1 to Q3, naming the field that is in the way."""
    must_be_there(clip)
    if clip.state is not State.QUARANTINED:
        raise Conflict("the clip is not in quarantine", field="state")
    if clip.officer is None:
        raise Conflict("nobody is said to have recorded it: say who first", field="officer")
    if clip.borough is None:
        raise Conflict("no borough is said: say it with its officer first", field="borough")
    if MISSING in clip.quarantine and clip.integrity.state is Fixity.PENDING:
        raise Conflict("its stored version was not found: recover it, and have it read back first", field="quarantine")
    return replace(clip.moved(State.HELD), released_at=now, retention=_retention(clip, now))


def _retention(clip: Clip, now: datetime) -> Retention:
    """Evidence keeps the day of its review; the rest is weeded no sooner than rule Q4 says."""
    if clip.decision.evidential is Evidential.YES:
        return clip.retention
    return retention(clip.decision.evidential, uploaded_at=clip.uploaded_at, now=now, released_at=now)
