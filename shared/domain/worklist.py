"""Worklists: what waits for an evidence manager, what waits for an officer's word, and what could not be delivered.

    W1  quarantine    footage in quarantine, until somebody releases it
    W2  mismatch      footage whose stored bytes are not those the dock hashed, until it is weeded: also when released
    W3  unmet-grants  leave to write, given more than 24 hours ago, under which nothing arrived
    W4  poison        footage whose hash the queue gave up asking for, until there is an answer
    W5  dead-letters  events that Event Grid gave up delivering
    W6  undecided     footage held of which nobody has said whether it is evidence
    W7  expiring      the same, if weeding looks at it within 7 days and no hold lies on it: it goes without a word

Each is worked out from what is kept, none is kept as a list. The oldest comes first: it has waited longest; of W6 and
W7 what goes soonest. These two are for everybody who may see footage, within their reach; the others are for evidence
managers.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

UNMET_AFTER = timedelta(hours=24)
EXPIRING_WITHIN = timedelta(days=7)


class Worklist(StrEnum):
    QUARANTINE = "quarantine"
    MISMATCH = "mismatch"
    UNMET_GRANTS = "unmet-grants"
    POISON = "poison"
    DEAD_LETTERS = "dead-letters"
    UNDECIDED = "undecided"
    EXPIRING = "expiring"


TO_DECIDE = (Worklist.UNDECIDED, Worklist.EXPIRING)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """An undelivered event: `id` is the letter's name, `path` the footage it told of, if it can be read from it."""

    id: str
    at: datetime
    reason: str | None = None
    outcome: str | None = None
    attempts: int | None = None
    path: str | None = None
