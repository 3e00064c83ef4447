"""How the service is, in parts: what it rests on, what waits and since when, and when its own work was last done.

H1  Each part is asked for itself and within a time of its own. One that does not answer is named among the silent,
    and hides no other.
H2  Well is when everything answered. How old is too old is the business of whoever watches.
H3  It names no person and no footage.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain.footage import Clip
from shared.domain.note import VerifierKey
from shared.domain.reconcile_report import Reconciliation
from shared.domain.weeding_run import WeedingRun
from shared.domain.witness import Witnessed

MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits somewhere: how many (None: nobody counts them), and since when the oldest of them."""

    count: int | None = None
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The largest ledger that a witness has cosigned, and when it signed that; 0 and None if it has not come yet."""

    name: str
    size: int
    cosigned_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """`backlogs` outside the record store, by name; those this half of the service may not ask for are not in it.

    `silent`: the names of backlogs and of fields here that had no answer.
    """

    answers: Mapping[str, bool]
    backlogs: Mapping[str, Backlog | None]
    overdue: Backlog | None
    condemned: Backlog | None
    pending_entries: Backlog | None
    last_weeding: WeedingRun | None
    last_round: Reconciliation | None
    last_seal: datetime | None
    witnesses: tuple[Seen, ...] | None
    silent: tuple[str, ...] = ()

    @property
    def well(self) -> bool:
        """Rule H2."""
        return all(self.answers.values()) and not self.silent

    def without(self, name: str) -> "Health":
        """What it rests on by that name did not answer after all."""
        return replace(self, answers={**self.answers, name: False})


def overdue(longest: Iterable[Clip]) -> Backlog:
    """Of the clips that are due, the one longest overdue first."""
    return Backlog(oldest=next((clip.retention.weed_after for clip in longest), None))


def condemned(count: int, first: Iterable[Clip]) -> Backlog:
    """Of so many clips whose weeding was begun and not finished, the one that was condemned first."""
    return Backlog(count=count, oldest=next((clip.weeding.condemned_at for clip in first if clip.weeding), None))


def seen(key: VerifierKey, known: Witnessed | None) -> Seen:
    """How far a listed witness has seen the ledger."""
    if known is None or known.size == 0:
        return Seen(name=key.name, size=0, cosigned_at=None)
    return Seen(name=key.name, size=known.size, cosigned_at=known.at)
