"""Who may do what. The table is the policy (DESIGN section 7); tests/functions/test_access.py walks every cell.

A1  A role has, for each permission, a scope or nothing. With several roles, each adds to the others.
A2  `own` is a clip of the caller's officer id, `borough` one of the caller's borough, `force` any clip,
    `itself` the dock whose register entry names the caller's client id, `self` what is the caller's alone.
A3  A scope that rests on a claim the token lacks gives nothing: the caller is refused, never widened.
A4  Outside one's scope a clip does not exist.
A5  An auditor whose token names a borough reads the audit feed of that borough only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from shared.domain.entry import Actor, ActorKind
from shared.domain.footage import Borough, OfficerId
from shared.errors import NotAllowed


class Role(StrEnum):
    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    EVIDENCE_MANAGER = "evidence-manager"
    DISCLOSURE_OFFICER = "disclosure-officer"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    DOCK = "dock"


class Permission(StrEnum):
    """One per row of the table."""

    SEE = "see"  # search, read, poster
    PLAY = "play"
    DESCRIBE = "describe"  # categorise, note, incident
    TRAIL = "trail"
    AUDIT = "audit"  # audit feed, sessions, proofs
    MANAGE = "manage"  # quarantine, docks, holds, approvals
    OPERATE = "operate"  # health details, replay
    HAND_OVER = "hand-over"  # grant, receipt
    SIGN_ON = "sign-on"  # one's own sessions: every person
    LOOK_UP = "look-up"  # what clips can be called: everybody known, docks too


class Scope(StrEnum):
    OWN = "own"
    BOROUGH = "borough"
    FORCE = "force"
    FORCE_OR_BOROUGH = "force-or-borough"
    ITSELF = "itself"
    SELF = "self"


_FOOTAGE = {Role.OFFICER: Scope.OWN, Role.SUPERVISOR: Scope.BOROUGH, Role.EVIDENCE_MANAGER: Scope.FORCE}

TABLE: Mapping[Permission, Mapping[Role, Scope]] = MappingProxyType(
    {
        Permission.SEE: {**_FOOTAGE, Role.DISCLOSURE_OFFICER: Scope.FORCE},
        Permission.PLAY: {**_FOOTAGE, Role.DISCLOSURE_OFFICER: Scope.FORCE, Role.AUDITOR: Scope.FORCE},
        Permission.DESCRIBE: _FOOTAGE,
        Permission.TRAIL: {
            Role.SUPERVISOR: Scope.BOROUGH,
            Role.EVIDENCE_MANAGER: Scope.FORCE,
            Role.DISCLOSURE_OFFICER: Scope.FORCE,
            Role.AUDITOR: Scope.FORCE,
        },
        Permission.AUDIT: {Role.AUDITOR: Scope.FORCE_OR_BOROUGH},
        Permission.MANAGE: {Role.EVIDENCE_MANAGER: Scope.FORCE},
        Permission.OPERATE: {Role.OPERATOR: Scope.FORCE},
        Permission.HAND_OVER: {Role.DOCK: Scope.ITSELF},
        Permission.SIGN_ON: {role: Scope.SELF for role in Role if role is not Role.DOCK},
        Permission.LOOK_UP: dict.fromkeys(Role, Scope.SELF),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody a valid token speaks for. `client` is the application the token was issued to.

    `application`: the token is that application's own, and nobody's. `sign_on` is the directory's id of the sign-on
    that the token came of; `issued`, in seconds of 1970, is when it did.
    """

    subject: str
    roles: frozenset[Role]
    name: str | None = None
    officer: OfficerId | None = None
    borough: Borough | None = None
    client: str | None = None
    sign_on: str | None = None
    issued: float | None = None
    application: bool = False

    def actor(self, permission: Permission | None = None) -> Actor:
        """The caller as an entry names them: with all their roles that carry the permission, or all if none does."""
        carrying = [role for role in Role if role in self.roles and permission and role in TABLE[permission]]
        roles = carrying or [role for role in Role if role in self.roles]
        kind = ActorKind.SERVICE if self.application else ActorKind.PERSON
        kind = ActorKind.DOCK if roles == [Role.DOCK] else kind
        return Actor(id=self.officer or self.subject, kind=kind, name=self.name, role=", ".join(roles) or None)


class Placed(Protocol):
    """What lies within somebody's reach or does not: a clip, or what goes with one."""

    @property
    def officer(self) -> OfficerId | None: ...

    @property
    def borough(self) -> Borough | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a caller may touch under one permission: the union of what their roles give (rule A1)."""

    force: bool = False
    officer: OfficerId | None = None
    borough: Borough | None = None
    client: str | None = None
    subject: str | None = None

    def covers(self, thing: Placed) -> bool:
        if self.force:
            return True
        own = self.officer is not None and thing.officer == self.officer
        return own or (self.borough is not None and thing.borough == self.borough)


def folded(name: str) -> str:
    """A person's number or id as it is compared with another: in whatever letters it was written."""
    return name.strip().casefold()


def reach(caller: Caller, permission: Permission) -> Reach:
    """What the caller may touch. Raises NotAllowed if that is nothing (rules A1 and A3)."""
    row = TABLE[permission]
    scopes = [row[role] for role in caller.roles if role in row]
    if not scopes:
        raise NotAllowed("your roles do not allow this")
    reached = _union(caller, scopes)
    if reached == Reach():
        raise NotAllowed("your token does not say which officer, borough or client you are")
    return reached


def may(caller: Caller, permission: Permission) -> bool:
    """Whether there is anything the caller may touch under the permission."""
    try:
        reach(caller, permission)
    except NotAllowed:
        return False
    return True


def _union(caller: Caller, scopes: Iterable[Scope]) -> Reach:
    found = set(scopes)
    feed = Scope.FORCE_OR_BOROUGH in found
    return Reach(
        force=Scope.FORCE in found or (feed and caller.borough is None),
        officer=caller.officer if Scope.OWN in found else None,
        borough=caller.borough if Scope.BOROUGH in found or feed else None,
        client=caller.client if Scope.ITSELF in found else None,
        subject=caller.subject if Scope.SELF in found else None,
    )
