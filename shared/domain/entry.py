"""An audit entry: who did what to what, when, under which heading of the law, and with what outcome.

E1  An entry is created once, in the same transaction as the state it tells of, and never changed but to be sealed.
E2  Its id is a UUIDv8 of SHA-256(pk, action, operation key): a retry meets it and answers as the first time.
E3  `number` runs 1, 2, 3 ... without gap in its pk, and `previous` is the commitment of the entry before, so
    that a missing entry shows.
E4  `occurredAt` never goes back within a pk: it is the time of the deed, or that of the entry before if a clock
    of ours lags. Names and titles are copied at the time, never resolved later.
E5  `operation` is a closed set: the six of section 62(1) of the Data Protection Act 2018, plus access and
    administration.
E6  A look, a disclosure and a refusal are entered each time they happen: their operation key is the request's id
    whatever key a caller sends, so that nobody looks twice under one entry. A look under administration is a look
    too: the desk passes over the key of whatever is only read (functions/asking.py).
"""

import base64
import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from shared.domain.document import to_document
from shared.domain.ledger import commitment

REASON_LENGTH = 200


class Operation(StrEnum):
    COLLECTION = "collection"
    ALTERATION = "alteration"
    CONSULTATION = "consultation"
    DISCLOSURE = "disclosure"
    COMBINATION = "combination"
    ERASURE = "erasure"
    ACCESS = "access"
    ADMINISTRATION = "administration"


EACH_TIME = frozenset({Operation.CONSULTATION, Operation.DISCLOSURE, Operation.ACCESS})  # rule E6


class Outcome(StrEnum):
    GRANTED = "granted"
    REFUSED = "refused"
    FAILED = "failed"


class ActorKind(StrEnum):
    PERSON = "person"
    DOCK = "dock"
    SERVICE = "service"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: for people the officer id where there is one, else the directory's object id."""

    id: str
    kind: ActorKind
    name: str | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    code: str
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a field was and what it became; texts, so that an entry never holds a float."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks, when and from where: what a door or a timer knows before any verb runs.

    `key` is the operation key of rule E2. `seed` is 32 bytes of chance; the salts of this asking's entries grow
    from it, and it is kept nowhere. `subject` is the actor in the directory, whatever id entries name them by;
    `officer` is their number at the force, if the token says it.
    """

    actor: Actor
    at: datetime
    request: str
    key: str
    seed: bytes = field(repr=False)
    address: str | None = None
    session: str | None = None
    borough: str | None = None
    subject: str | None = None
    officer: str | None = None

    @property
    def own_trail(self) -> str:
        """The partition of what somebody does that is about no one clip, dock or session."""
        return f"actor:{self.actor.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """How many entries a pk has, when the last one was and what binds it; replaced with each new entry."""

    kind: ClassVar[str] = "trail"
    id: ClassVar[str] = "trail"

    pk: str
    count: int
    last: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    kind: ClassVar[str] = "entry"

    id: str
    pk: str
    number: int
    previous: str | None
    occurred_at: datetime
    operation: Operation
    action: str
    actor: Actor
    subject: str
    borough: str | None
    outcome: Outcome
    request: str
    salt: str = field(repr=False)
    reason: Reason | None = None
    recipient: str | None = None
    session: str | None = None
    address: str | None = None
    changes: tuple[Change, ...] = ()
    pending: bool = True
    leaf: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry before it has its place in a trail: what a verb says of what it does."""

    asking: Asking
    pk: str
    action: str
    operation: Operation
    subject: str
    borough: str | None = None
    outcome: Outcome = Outcome.GRANTED
    reason: Reason | None = None
    recipient: str | None = None
    changes: tuple[Change, ...] = ()
    key: str | None = None  # where it is not the asking's own

    @property
    def id(self) -> str:
        asked = self.asking.request if self.operation in EACH_TIME else self.asking.key
        return entry_id(self.pk, self.action, self.key or asked)


def entry_id(pk: str, action: str, key: str) -> str:
    """Rule E2. The parts are joined by a byte none of them can hold, so that no two triples share an id."""
    digest = hashlib.sha256(f"{pk}\x00{action}\x00{key}".encode()).digest()
    return str(uuid8(digest))


def uuid8(digest: bytes) -> uuid.UUID:
    """RFC 9562 section 5.8: 122 bits of our own choosing, here the first of a digest."""
    number = int.from_bytes(digest[:16], "big")
    number = number & ~(0xF << 76) | 0x8 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=number)


def numbered(draft: Draft, trail: Trail | None) -> tuple[Entry, Trail]:
    """The entry at its place in the trail, and the trail with it. Rule E3."""
    asking = draft.asking
    entry = Entry(
        id=draft.id,
        pk=draft.pk,
        number=trail.count + 1 if trail else 1,
        previous=trail.last if trail else None,
        occurred_at=max(asking.at, trail.at) if trail else asking.at,
        operation=draft.operation,
        action=draft.action,
        actor=asking.actor,
        subject=draft.subject,
        borough=draft.borough or asking.borough,
        outcome=draft.outcome,
        reason=draft.reason,
        recipient=draft.recipient,
        session=asking.session,
        address=asking.address,
        request=asking.request,
        changes=draft.changes,
        salt=_salt(asking.seed, draft.id),
    )
    return entry, Trail(pk=draft.pk, count=entry.number, last=commitment(stored(entry)), at=entry.occurred_at)


def question(**values: object) -> tuple[Change, ...]:
    """What somebody asked for, for the entry of their asking: every value that was given, as text."""
    given = ((name, to_document(value)) for name, value in values.items() if value is not None)
    return tuple(Change(field=name, before=None, after=str(text)) for name, text in given)


def stored(entry: Entry) -> dict[str, object]:
    """The entry as the store keeps it and as its commitment sees it."""
    return {"kind": Entry.kind, **to_document(entry)}


def _salt(seed: bytes, entry: str) -> str:
    return base64.b64encode(hashlib.sha256(seed + entry.encode("ascii")).digest()).decode("ascii")
