"""The record store: what is kept there, what is asked of it, and what it promises.

Reads see every write that returned before they began; a transaction is one partition's, whole or not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from shared.domain.access import Reach
from shared.domain.account import Accounting, Kept
from shared.domain.activity import Handed
from shared.domain.annotate import Note
from shared.domain.approve import Approval, Standing
from shared.domain.bar import Bar
from shared.domain.daily_counts import DailyCount
from shared.domain.entry import Entry, Trail
from shared.domain.footage import Clip, ClipId, Dock, DockId, Evidential, Grant, OfficerId, Sighting, State
from shared.domain.reconcile_report import Reconciliation
from shared.domain.seal import Head, Sealing
from shared.domain.session import Session
from shared.domain.weeding_run import WeedingRun
from shared.domain.witness import Witnessed
from shared.domain.worklist import Worklist
from shared.ports.sessions import SessionFilter

Record = (
    Clip
    | Grant
    | Dock
    | Sighting
    | Reconciliation
    | WeedingRun
    | Session
    | Bar
    | Trail
    | Entry
    | Note
    | Approval
    | Head
    | Sealing
    | DailyCount
    | Witnessed
    | Accounting
)
R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Held(Generic[R]):
    """A record as read, and the version a later replace must still find."""

    record: R
    version: str


@dataclass(frozen=True, slots=True)
class Create:
    record: Record


@dataclass(frozen=True, slots=True)
class Replace:
    record: Record
    version: str


@dataclass(frozen=True, slots=True)
class Delete:
    record: Record
    version: str


Write = Create | Replace | Delete


class Clash(Exception):
    """A write of a transaction found its record existing (Create), or changed or gone (Replace, Delete).

    `index` is the first such write of the transaction. Nothing of the transaction was done.
    """

    def __init__(self, index: int) -> None:
        super().__init__(f"write {index} of the transaction met another version")
        self.index = index


class Order(StrEnum):
    """NEWEST: by upload, then by id, downwards. SOONEST to go: by `weed_after`, then by id, upwards."""

    NEWEST = "newest"
    SOONEST = "soonest"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFilter:
    """What a caller asks of a search; `reach` is what they may see at all, and no filter widens it.

    `mine` is the caller's own officer id, where they ask for theirs alone. Times are from `since` on and before
    `until`. `expiring_before`: clips that weeding looks at before that moment and that nothing yet keeps from it, so
    neither evidence nor on hold. That and the order SOONEST find held clips with a `weed_after` only.
    """

    reach: Reach
    mine: OfficerId | None = None
    officer: OfficerId | None = None
    camera: str | None = None
    dock: DockId | None = None
    incident: str | None = None
    category: str | None = None
    evidential: Evidential | None = None
    state: State | None = None
    recorded_since: datetime | None = None
    recorded_until: datetime | None = None
    uploaded_since: datetime | None = None
    uploaded_until: datetime | None = None
    expiring_before: datetime | None = None
    order: Order = Order.NEWEST


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFilter:
    """What an auditor asks of the feed: `since` and later, before `until`. `borough` may be their own limit."""

    borough: str | None = None
    subject: str | None = None
    actor: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the sort key of its last row. The next page begins strictly after it."""

    at: datetime
    id: str


def place_in(order: Order, clip: Clip) -> Place:
    """Where the clip stands in that order. Raises ValueError if it has no place there."""
    at = clip.uploaded_at if order is Order.NEWEST else clip.retention.weed_after
    if at is None:
        raise ValueError(f"clip {clip.id} never goes by itself")
    return Place(at, clip.id)


class Records(Protocol):
    """Clips, grants, docks and entries. Reads see every write that returned before they began.

    An id that the store could not even address is the id of nothing. A reach of nothing finds nothing.
    """

    async def clip(self, clip: ClipId) -> Held[Clip] | None: ...

    async def grant(self, recording: ClipId) -> Held[Grant] | None: ...

    async def dock(self, dock: DockId) -> Held[Dock] | None: ...

    async def trail(self, pk: str) -> Held[Trail] | None: ...

    async def entry(self, pk: str, entry: str) -> Entry | None: ...

    async def entry_anywhere(self, entry: str) -> Entry | None:
        """The entry of that id, in whatever trail it is."""

    async def entries_among(self, ids: Sequence[str]) -> Sequence[Kept]:
        """What lies there as entries of these ids, at most 256, in whatever trails and in no order."""

    async def entries(self, pk: str, *, after: int, limit: int) -> Sequence[Entry]:
        """At most `limit` entries of one trail with a number above `after`, in the order of their numbers."""

    async def docks(self) -> Sequence[Held[Dock]]:
        """All docks of the register, by id."""

    async def sighting(self, dock: DockId) -> Held[Sighting] | None: ...

    async def sightings(self) -> Sequence[Sighting]:
        """Those of all docks, in no order."""

    async def write(self, pk: str, writes: Sequence[Write]) -> None:
        """All of the writes or none, at most 100, all records of `pk`. Raises Clash, and then nothing was done."""

    async def search(self, asked: ClipFilter, *, after: Place | None, limit: int) -> Sequence[Held[Clip]]:
        """At most `limit` clips, in the order asked for."""

    async def count(self, asked: ClipFilter) -> int:
        """How many clips a search would find in all its pages."""

    async def feed(self, asked: EntryFilter, *, after: Place | None, limit: int) -> Sequence[Entry]:
        """At most `limit` entries, newest first, then by id downwards."""

    async def due(self, now: datetime, *, after: Place | None, limit: int) -> Sequence[Clip]:
        """At most `limit` clips held whose `weed_after` is at or before `now`, longest overdue first, then by id."""

    async def condemned(self, *, limit: int) -> Sequence[Clip]:
        """At most `limit` clips whose weeding was begun and not finished, the first to be condemned first."""

    async def notes(self, clip: ClipId) -> Sequence[Held[Note]]:
        """All of the clip's, in no order."""

    async def approval(self, clip: ClipId) -> Held[Approval] | None: ...

    async def approvals(
        self, reach: Reach, state: Standing, *, after: Place | None, limit: int
    ) -> Sequence[Held[Approval]]:
        """At most `limit` approvals in that state, of clips within reach: asked for first, then by clip."""

    async def count_approvals(self, state: Standing) -> int:
        """How many approvals are in that state, of all clips."""

    async def waiting(self, worklist: Worklist, *, after: Place | None, limit: int) -> Sequence[Held[Clip]]:
        """At most `limit` clips of the worklist, oldest upload first, then by id. KeyError if it is not of clips."""

    async def count_waiting(self, worklist: Worklist) -> int:
        """How many clips are on the worklist. KeyError if it is not of clips."""

    async def unmet(
        self,
        before: datetime,
        *,
        after: Place | None,
        limit: int,
        dock: DockId | None = None,
        since: datetime | None = None,
    ) -> Sequence[Grant]:
        """At most `limit` unmet grants given from `since` to `before`, oldest first, then by recording."""

    async def count_unmet(self, before: datetime) -> int:
        """How many unmet grants were given up to `before`."""

    async def handed_over(self, dock: DockId, *, since: datetime, after: Place | None, limit: int) -> Sequence[Handed]:
        """At most `limit` clips the dock handed over from `since` on, newest upload first, then by id downwards."""

    async def newest_grant(self, dock: DockId) -> Grant | None: ...

    async def refusals_of(self, dock: DockId, *, since: datetime, limit: int) -> Sequence[Entry]:
        """At most `limit` entries, newest first, of calls for leave or a receipt refused at that dock's doors."""

    async def clips_at(self, first: str, last: str, *, limit: int) -> Sequence[Clip]:
        """At most `limit` clips whose paths are `first`, `last` or between, in the order of their paths."""

    async def reconciliation(self, run: str) -> Held[Reconciliation] | None: ...

    async def last_round(self) -> Reconciliation | None:
        """The report of the round that was started last; what looked at one prefix or was a dry run is no round."""

    async def last_weeding(self) -> WeedingRun | None:
        """The run of weeding that was started last, of those that ended."""

    async def oldest_pending(self) -> datetime | None:
        """When the oldest entry that is not sealed yet was made; None if all are."""

    async def pending(self, before: datetime, *, limit: int) -> Sequence[Held[Entry]]:
        """At most `limit` entries made before then that are not sealed yet, oldest first, then by id."""

    async def pending_of(self, pk: str, ids: Sequence[str]) -> Sequence[Held[Entry]]:
        """Those of these entries of one trail that are not sealed yet, in no order."""

    async def ledger_head(self) -> Held[Head] | None: ...

    async def accounting(self) -> Held[Accounting] | None: ...

    async def sealing(self, batch: str) -> Sequence[Sealing]:
        """The parts of the batch that are written down, in their order."""

    async def daily_counts(self, day: date, ids: Sequence[str] | None = None) -> Sequence[Held[DailyCount]]:
        """The counts of that day, or those of them that have these ids, in no order."""

    async def witnessed(self, key: str) -> Held[Witnessed] | None:
        """How far the witness of that key id, in hex, has seen the ledger."""

    async def session(self, key: str) -> Held[Session] | None:
        """The latest session of the key."""

    async def bar(self, subject: str) -> Held[Bar] | None:
        """The bar of the person whom the directory calls so."""

    async def sessions(self, asked: SessionFilter, *, after: Place | None, limit: int) -> Sequence[Session]:
        """At most `limit` sessions, the last to begin first, then by public id downwards."""

    async def open_sessions(
        self, last_seen_by: datetime, *, after: Place | None, limit: int
    ) -> Sequence[Held[Session]]:
        """At most `limit` open sessions last seen by then, the first to begin first, then by public id."""

    async def latest_sessions_of(self, person: str, *, since: datetime) -> Sequence[Session]:
        """The latest session of each of a person's keys that was seen `since` then, open or ended, last seen first.

        `person` is whom entries name as the actor, in whatever letters, or the directory's object id.
        """
