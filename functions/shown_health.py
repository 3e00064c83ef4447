"""What the doors of health show: alive, or each part of how the service is, with what did not answer."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator

from functions.shown import Shown
from shared.domain.document import camel


class ShownHealth(Shown):
    status: str = "alive"


class ShownBacklog(Shown):
    """What waits in one place: how many (null where nobody counts them), and since when the oldest, if any does."""

    count: int | None
    oldest: datetime | None


class ShownWeedingRun(Shown):
    """A run of weeding that ended; `late` if it stopped before its time was over with clips still due."""

    run: str
    started_at: datetime
    ended_at: datetime
    weeded: int
    kept: int
    failed: int
    late: bool


class ShownRound(Shown):
    """A night's round of reconciling; `ended_at` is null while it has not looked at all it meant to."""

    run: str
    started_at: datetime
    ended_at: datetime | None
    places_done: int


class ShownSeen(Shown):
    """How large a ledger a witness has cosigned, and when it did; 0 and null if it has not come yet."""

    name: str
    size: int
    cosigned_at: datetime | None


class ShownHealthDetails(Shown):
    """How the service is. `silent` names the parts that did not answer, each of which is null.

    `answers`: what it rests on, and whether it answered. `backlogs`: the queues and the dead letters; empty where the
    weeder alone is deployed, which may not ask them. The count of dead letters ends at 1,000.
    `overdue` are clips that are due and not weeded, `pending_entries` entries that are not in the ledger yet, and
    `last_seal` is when it last grew; `witnesses`: those that the force listed.
    """

    answers: dict[str, bool]
    backlogs: dict[str, ShownBacklog | None]
    overdue: ShownBacklog | None
    condemned: ShownBacklog | None
    pending_entries: ShownBacklog | None
    last_weeding: ShownWeedingRun | None
    last_round: ShownRound | None
    last_seal: datetime | None
    witnesses: tuple[ShownSeen, ...] | None
    silent: tuple[Annotated[str, AfterValidator(camel)], ...]  # as the part is called here
