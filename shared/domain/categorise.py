"""What a clip can be called, and the rules of saying so.

    C1  The category and whether the clip is evidence are separate answers, given together.
    C2  A clip whose weeding has begun cannot be categorised, nor one that is gone.
    C3  Evidence stays evidence until a second person agrees: nobody alone says no to what was yes.
    C4  A reason is given, of at most 200 characters.

The table is versioned: docks keep copies, and an old clip must stay readable.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from shared.domain.entry import REASON_LENGTH
from shared.domain.footage import Clip, Decision, Evidential, State
from shared.domain.retention import retention
from shared.errors import Condemned, Conflict, Malformed, Weeded

VERSION = 1

CATEGORIES: Mapping[str, str] = MappingProxyType(
    {
        "stop-and-search": "Stop and search",
        "domestic-abuse": "Domestic abuse",
        "use-of-force": "Use of force",
        "vehicle-stop": "Vehicle stop",
        "arrest": "Arrest",
        "complaint": "Complaint",
        "missing-person": "Missing person",
        "public-order": "Public order",
        "other": "Other",
    }
)


def must_be_there(clip: Clip) -> None:
    """Rule C2, for every door that changes or shows footage."""
    if clip.state is State.CONDEMNED:
        raise Condemned("the clip is being weeded: its deletion has begun")
    if clip.state is State.WEEDED:
        raise Weeded("the clip was weeded; its tombstone says when and why")


def must_say_why(why: str) -> None:
    """Rule C4, for every change a person makes."""
    if not 0 < len(why) <= REASON_LENGTH:
        raise Malformed(f"a reason of at most {REASON_LENGTH} characters is needed", field="reason")


def must_stay_evidence(clip: Clip, evidential: Evidential) -> None:
    """Rule C3, for whatever one person alone makes of a clip."""
    if clip.decision.evidential is Evidential.YES and evidential is not Evidential.YES:
        raise Conflict("evidence is unmarked only with a second person's approval", field="evidential")


def categorised(clip: Clip, *, category: str, evidential: Evidential, why: str, by: str, now: datetime) -> Clip:
    """The clip as `by` says it is, by rules C1 to C4."""
    must_be_there(clip)
    must_say_why(why)
    must_stay_evidence(clip, evidential)
    return replace(
        clip,
        decision=Decision(category=category, evidential=evidential, by=by, at=now, why=why),
        undoable=clip.decision,
        retention=retention(evidential, uploaded_at=clip.uploaded_at, now=now, released_at=clip.released_at),
    )
