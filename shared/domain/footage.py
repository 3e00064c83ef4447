"""What the service keeps of a recording: clip, grant and dock, each defined once.

footage    what a camera recorded, as bytes in the blob store
clip       one recording and everything the service knows of it, except its trail
dock       the device at a station that empties cameras into the store
grant      leave for one dock to write one blob, before there is a clip; met once there is one
sighting   when a dock last had an answer: for the eye, no rule rests on it
condemned  the decision to weed is made and its deed may have begun
tombstone  what remains of a weeded clip: that it was, what it was, by which rule it went
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar, NewType

from shared.domain.media import Media

ClipId = NewType("ClipId", str)
DockId = NewType("DockId", str)
OfficerId = NewType("OfficerId", str)
Borough = NewType("Borough", str)
Sha256 = NewType("Sha256", str)


class State(StrEnum):
    HELD = "held"
    QUARANTINED = "quarantined"
    CONDEMNED = "condemned"
    WEEDED = "weeded"


# From a state to those that may follow it. A final state is present, and leads nowhere.
MOVES: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.HELD: frozenset({State.HELD, State.QUARANTINED, State.CONDEMNED}),
        State.QUARANTINED: frozenset({State.QUARANTINED, State.HELD}),
        State.CONDEMNED: frozenset({State.HELD, State.WEEDED}),
        State.WEEDED: frozenset(),
    }
)


class Fixity(StrEnum):
    """Whether the bytes stored are the bytes the dock said it would write."""

    PENDING = "pending"
    VERIFIED = "verified"
    MISMATCH = "mismatch"
    UNCLAIMED = "unclaimed"


class Evidential(StrEnum):
    YES = "yes"
    NO = "no"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """One version of one blob. `version` is null where the storage keeps none; then `etag` pins the content."""

    path: str
    etag: str
    size: int
    version: str | None = None

    @property
    def key(self) -> str:
        """The operation key of what happens once to this version."""
        return f"{self.path}\n{self.version or self.etag}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedTime:
    """A time somebody claims for the recording, and who: camera, container, position (GPS)."""

    source: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrity:
    """`gave_up_at`: the queue gave up asking for the hash. The answer, when it comes after all, is without it."""

    state: Fixity = Fixity.PENDING
    claimed: Sha256 | None = None
    sha256: Sha256 | None = None
    verified_at: datetime | None = None
    gave_up_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the clip is, and whether it is evidence: two separate answers, by one person at one time.

    `approved_by`: the second person, where it took one (domain/approve.py).
    """

    category: str | None = None
    evidential: Evidential = Evidential.UNDECIDED
    by: str | None = None
    at: datetime | None = None
    why: str | None = None
    approved_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """`weed_after`: when weeding looks at the clip next; none means never by itself. See domain/retention.py."""

    rule: str
    weed_after: datetime | None = None
    review_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A reason, with an authority, why the clip must not be weeded. Placing and lifting come with holds."""

    id: str
    authority: str
    placed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Weeding:
    """Under which rule the clip was condemned, when, and when it was gone."""

    rule: str
    condemned_at: datetime
    weeded_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """`uploaded_at` is the blob's creation time at the server: the clock that counts. All others are claims.

    `quarantine` is what was found wrong, and stays when a person releases the clip (`released_at`, the last time):
    what was wrong is still so. `undoable` is the decision that the present one replaced, while it can come back.
    """

    kind: ClassVar[str] = "clip"

    id: ClipId
    blob: Blob
    uploaded_at: datetime
    retention: Retention
    borough: Borough | None = None
    officer: OfficerId | None = None
    camera: str | None = None
    dock: DockId | None = None
    incident: str | None = None
    recorded_at: datetime | None = None
    times: tuple[ClaimedTime, ...] = ()
    media: Media | None = None
    poster: bool = False
    integrity: Integrity = Integrity()
    decision: Decision = Decision()
    undoable: Decision | None = None
    holds: tuple[Hold, ...] = ()
    state: State = State.HELD
    quarantine: tuple[str, ...] = ()
    released_at: datetime | None = None
    weeding: Weeding | None = None

    @property
    def pk(self) -> str:
        return self.id

    def moved(self, state: State) -> "Clip":
        """The clip in its next state. A move that is not in MOVES is a fault of ours, never of the caller."""
        if state not in MOVES[self.state]:
            raise ValueError(f"a clip cannot go from {self.state} to {state}")
        return replace(self, state=state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a dock said it would write, and where. Ingest holds the blob against it, and then it is `met`."""

    kind: ClassVar[str] = "grant"
    id: ClassVar[str] = "grant"

    recording: ClipId
    path: str
    dock: DockId
    borough: Borough
    camera: str
    officer: OfficerId | None
    recorded_at: datetime
    size: int
    sha256: Sha256
    content_type: str
    granted_at: datetime
    expires: datetime
    met: bool = False

    @property
    def pk(self) -> str:
        return self.recording


@dataclass(frozen=True, slots=True, kw_only=True)
class Dock:
    """A dock in the register. `client` is the application id its tokens carry; `addresses` where it may call from."""

    kind: ClassVar[str] = "dock"

    id: DockId
    station: str
    borough: Borough
    client: str
    addresses: tuple[str, ...] = ()
    enabled: bool = True

    @property
    def pk(self) -> str:
        return f"dock:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """When a dock last had an answer, to the minute: beside the dock, so that its version changes with it alone."""

    kind: ClassVar[str] = "sighting"
    id: ClassVar[str] = "sighting"

    dock: DockId
    at: datetime

    @property
    def pk(self) -> str:
        return f"dock:{self.dock}"
