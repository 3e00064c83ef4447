"""What a person may put right on a clip: whose it is, and which incident it belongs to.

K1  Footage whose weeding has begun, or that is gone, is not corrected (categorise.py, rule C2).
K2  A reason is given (rule C4). What was said before stays in the trail, with who said what it is now.
K3  The borough goes with the officer only where it is said: an officer on loan wears the camera of another.
K4  An incident is named by its number: at most 40 letters, digits, blanks and `/ _ . -`, the first a letter or a digit.
    It outlives the clip in the entries that tell of it, so that it is no place for anything else.
"""

import re
from dataclasses import replace

from shared.domain.categorise import must_be_there
from shared.domain.footage import Borough, Clip, OfficerId

INCIDENT_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 /_.-]{0,39}")


def officer_corrected(clip: Clip, officer: OfficerId, borough: Borough | None) -> Clip:
    """The clip as that officer's; of `borough` where one is said, else of the borough it was of."""
    must_be_there(clip)
    return replace(clip, officer=officer, borough=borough or clip.borough)


def incident_corrected(clip: Clip, incident: str | None) -> Clip:
    """The clip as part of that incident, or of none."""
    must_be_there(clip)
    return replace(clip, incident=incident)
