"""What the doors show of worklists: clips, grants or dead letters, each in its own shape; and how many wait."""

from datetime import datetime
from typing import Self

from functions.shown import Shown, ShownClip
from shared.domain.footage import Grant
from shared.domain.worklist import DeadLetter
from shared.ports import Held
from shared.usecases.worklist import Row


class ShownUnmet(Shown):
    """Leave to write under which nothing arrived; not the address, which is over."""

    recording: str
    dock: str
    borough: str
    camera: str
    officer: str | None
    recorded_at: datetime
    size: int
    granted_at: datetime
    expires: datetime


class ShownLetter(Shown):
    """An event nobody could deliver, and the footage it told of, if it can be read from it."""

    id: str
    at: datetime
    reason: str | None
    outcome: str | None
    attempts: int | None
    path: str | None


class ShownWorklist(Shown):
    """A page, in the list's own order; `next` is the page token of the one after it, if there is one."""

    items: tuple[ShownClip | ShownUnmet | ShownLetter, ...]
    next: str | None

    @classmethod
    def of(cls, rows: tuple[Row, ...], following: str | None) -> Self:
        return cls(items=tuple(_shown(row) for row in rows), next=following)


class ShownToDecide(Shown):
    """How many clips nobody has decided on, and how many of those go within 7 days."""

    undecided: int
    expiring: int


class ShownMine(ShownToDecide):
    """The same of the caller's own, and how many of theirs are held at all."""

    held: int


class ShownWaiting(Shown):
    """How much waits for an evidence manager, list by list."""

    quarantine: int
    mismatch: int
    poison: int
    unmet_grants: int
    approvals: int


class ShownWorklists(Shown):
    """`mine` is null for a caller who is no officer, `waiting` for one who does not manage evidence."""

    mine: ShownMine | None
    within: ShownToDecide
    waiting: ShownWaiting | None


def _shown(row: Row) -> ShownClip | ShownUnmet | ShownLetter:
    match row:
        case Held():
            return ShownClip.of(row)
        case Grant():
            return ShownUnmet.model_validate(row)
        case DeadLetter():
            return ShownLetter.model_validate(row)
