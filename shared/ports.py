"""What the verbs need from the outside world, and what each promise means.

A port says what is true when a call returns and what is known when it raises. tests/contract holds every
implementation, the fakes included, to these words. A call that raises anything but what its promise names is a
fault: whether it had its effect is unknown, and asking again is safe.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from shared.domain.access import Reach
from shared.domain.activity import Handed
from shared.domain.entry import Entry, Trail
from shared.domain.footage import Blob, Clip, ClipId, Dock, DockId, Evidential, Grant, OfficerId, Sighting, State
from shared.domain.intake import Landed
from shared.domain.media import Inspection
from shared.domain.note import VerifierKey
from shared.domain.reconcile import Folder, Shelved
from shared.domain.reconcile_report import Reconciliation
from shared.domain.worklist import DeadLetter, Worklist

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


class Gone(Exception):
    """The blob, or that version of it, is not there."""


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


class Footage(Protocol):
    """The bytes: footage, and the posters and renditions made of it. A `Blob` is read at exactly its version."""

    async def landed(self, path: str) -> Landed | None:
        """The current version at `path`, or None if there is none."""

    async def read(self, blob: Blob, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`, all within the blob, else ValueError. Raises Gone."""

    def stream(self, blob: Blob) -> AsyncIterator[bytes]:
        """All bytes in order, a few megabytes at a time. Raises Gone, also in the middle."""

    async def must_be_erasable(self, clip: ClipId, path: str, *, now: datetime) -> None:
        """Raises HeldByStorage if a hold, policy or lease lies on any version at `path` or on what was made of it."""

    async def erase(self, blob: Blob) -> None:
        """Delete exactly that version; done already is done. Raises HeldByStorage if a hold or policy forbids it."""

    async def erase_other_versions(self, path: str) -> None:
        """Delete whatever else lies at `path`: later and earlier versions. Raises HeldByStorage."""

    async def keep_poster(self, clip: ClipId, jpeg: bytes) -> None:
        """Store the poster of the clip, replacing one of an earlier attempt."""

    async def poster(self, clip: ClipId) -> bytes:
        """The poster of the clip. Raises Gone."""

    async def erase_derived(self, clip: ClipId) -> None:
        """Delete poster and renditions of the clip; done already is done."""

    def shelved(self, prefix: str) -> AsyncIterator[Sequence[Shelved]]:
        """All that lies at paths that begin with `prefix`, earlier versions too, by path; some thousands a page."""

    async def folder(self, path: str) -> Folder:
        """What lies directly in the folder: "" or a path that ends in `/`. Nothing lies in one that is not there."""

    async def rehydrate(self, blob: Blob) -> None:
        """Begin to bring that version back from the archive tier; begun already is begun. Raises Gone."""


class DeadLetters(Protocol):
    """The events that Event Grid gave up delivering."""

    async def letters(self, *, after: Place | None, limit: int) -> Sequence[DeadLetter]:
        """At most `limit` of them, oldest first, then by id. One that cannot be read is there, with what is known."""


class Links(Protocol):
    """Addresses that carry a right of their own, for a while (user-delegation SAS, HTTPS only)."""

    async def to_write(self, path: str, *, now: datetime, until: datetime) -> str:
        """Create and write this one blob; neither list, read nor delete, nor reach another path."""

    async def to_read(self, blob: Blob, *, now: datetime, until: datetime, address: str | None) -> str:
        """Read exactly that version; from `address` only, where one is given (an IPv4 address, else ValueError)."""


class Inspector(Protocol):
    async def inspect(self, size: int, read: Callable[[int, int], Awaitable[bytes]]) -> Inspection:
        """What the bytes say. Bad footage is an answer (problems); only a failed read or a lost child raises."""


class FixityQueue(Protocol):
    async def ask(self, clip: ClipId) -> None:
        """Once this returns, the clip's bytes will be read back and hashed at least once."""


class Announcer(Protocol):
    async def footage_indexed(self, clip: Clip, *, now: datetime) -> None:
        """Once this returns, the topic has the event. It may have it more than once."""


class Tokens(Protocol):
    async def claims(self, token: str) -> Mapping[str, Any]:
        """The claims of a token signed by a key of the directory (RS256). Raises Unauthenticated.

        Only the signature is judged here; domain/claims.py judges what is claimed.
        """


class Signer(Protocol):
    @property
    def key(self) -> VerifierKey: ...

    def sign(self, text: bytes) -> bytes:
        """The Ed25519 signature, 64 bytes; the same text has the same signature."""


class Keys(Protocol):
    """The service's own keys, kept in the vault."""

    async def receipt_signer(self) -> Signer: ...

    async def verifiers(self) -> Sequence[VerifierKey]:
        """Every key that receipts were signed with, the current one first."""

    async def page_key(self) -> bytes:
        """32 bytes with which page tokens are made unforgeable."""


class Probe(Protocol):
    async def ready(self) -> Mapping[str, bool]:
        """Each thing the service rests on, by name, and whether it answered just now. Never raises."""


class Metrics(Protocol):
    """Numbers by the names of shared/metrics.py. Never raises, never waits; what is not declared there is not told."""

    def count(self, name: str, number: int = 1, *, of: str | None = None) -> None:
        """Add to a counter; `of` is the verb or the code it is told apart by, if it is."""

    def measure(self, name: str, seconds: float, *, of: str | None = None) -> None:
        """So long it took, this once."""
