"""Worklists: what waits for an evidence manager, and what the storage for undeliverable events holds.

    W1  quarantine    footage in quarantine, until somebody releases it
    W2  mismatch      footage whose stored bytes are not those the dock hashed, until it is weeded: also when released
    W3  unmet-grants  leave to write, given more than 24 hours ago, under which nothing arrived
    W4  poison        footage whose hash the queue gave up asking for, until there is an answer
    W5  dead-letters  events that Event Grid gave up delivering

Each is worked out from what is kept, none is kept as a list. The oldest comes first: it has waited longest.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

UNMET_AFTER = timedelta(hours=24)


class Worklist(StrEnum):
    QUARANTINE = "quarantine"
    MISMATCH = "mismatch"
    UNMET_GRANTS = "unmet-grants"
    POISON = "poison"
    DEAD_LETTERS = "dead-letters"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """An undelivered event: `id` is the letter's name, `path` the footage it told of, if it can be read from it."""

    id: str
    at: datetime
    reason: str | None = None
    outcome: str | None = None
    attempts: int | None = None
    path: str | None = None
