"""The record store: what is kept there, what is asked of it, and what it promises.

Reads see every write that returned before they began; a transaction is one partition's, whole or not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from shared.domain.access import Reach
from shared.domain.activity import Handed
from shared.domain.entry import Entry, Trail
from shared.domain.footage import Clip, ClipId, Dock, DockId, Evidential, Grant, OfficerId, Sighting, State
from shared.domain.reconcile_report import Reconciliation
from shared.domain.worklist import Worklist

Record = Clip | Grant | Dock | Sighting | Reconciliation | Trail | Entry
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


Write = Create | Replace


class Clash(Exception):
    """A write of a transaction found its record existing (Create), or changed or gone (Replace).

    `index` is the first such write of the transaction. Nothing of the transaction was done.
    """

    def __init__(self, index: int) -> None:
        super().__init__(f"write {index} of the transaction met another version")
        self.index = index


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFilter:
    """What a caller asks of a search; `reach` is what they may see at all, and no filter widens it."""

    reach: Reach
    officer: OfficerId | None = None
    camera: str | None = None
    incident: str | None = None
    category: str | None = None
    evidential: Evidential | None = None
    state: State | None = None


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


class Records(Protocol):
    """Clips, grants, docks and entries. Reads see every write that returned before they began.

    An id that the store could not even address is the id of nothing. A reach of nothing finds nothing.
    """

    async def clip(self, clip: ClipId) -> Held[Clip] | None: ...

    async def grant(self, recording: ClipId) -> Held[Grant] | None: ...

    async def dock(self, dock: DockId) -> Held[Dock] | None: ...

    async def trail(self, pk: str) -> Held[Trail] | None: ...

    async def entry(self, pk: str, entry: str) -> Entry | None: ...

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
        """At most `limit` clips, newest upload first, then by id downwards."""

    async def feed(self, asked: EntryFilter, *, after: Place | None, limit: int) -> Sequence[Entry]:
        """At most `limit` entries, newest first, then by id downwards."""

    async def due(self, now: datetime, *, after: Place | None, limit: int) -> Sequence[Clip]:
        """At most `limit` clips held whose `weed_after` is at or before `now`, longest overdue first, then by id."""

    async def condemned(self, *, limit: int) -> Sequence[Clip]:
        """At most `limit` clips whose weeding was begun and not finished, in the order of their ids."""

    async def waiting(self, worklist: Worklist, *, after: Place | None, limit: int) -> Sequence[Held[Clip]]:
        """At most `limit` clips of the worklist, oldest upload first, then by id. KeyError if it is not of clips."""

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
