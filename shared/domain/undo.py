"""Undo: somebody takes their own last decision back, and the clip is again what it was said to be before.

U1  Only who decided can undo it: what somebody else decided is decided anew, under one's own name.
U2  Only the decision that stands, and once: an undo goes one step back, and is not itself undone.
U3  It never takes a clip out of evidence: that needs a second person, however it came in (categorise.py, rule C3).
U4  The retention is worked out again from the decision that came back, as of the day it was made.
U5  A reason is given (rule C4), and footage whose weeding has begun, or that is gone, stays as it is (rule C2).
"""

from dataclasses import replace
from datetime import datetime

from shared.domain.categorise import must_be_there, must_say_why, must_stay_evidence
from shared.domain.footage import Clip
from shared.domain.retention import retention
from shared.errors import Conflict, NotAllowed


def undone(clip: Clip, *, why: str, by: str, now: datetime) -> Clip:
    """The clip as it was said to be before `by` decided last. Raises Conflict by U2 and U3, NotAllowed by U1."""
    must_be_there(clip)
    must_say_why(why)
    before = clip.undoable
    if before is None:
        raise Conflict("no decision is there to undo: an undo goes one step back, and once", field="decision")
    if clip.decision.by != by:
        raise NotAllowed("only who made the last decision can undo it: decide anew")
    must_stay_evidence(clip, before.evidential)
    again = retention(
        before.evidential, uploaded_at=clip.uploaded_at, now=before.at or now, released_at=clip.released_at
    )
    return replace(clip, decision=before, undoable=None, retention=again)
