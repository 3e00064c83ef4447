"""What an access token must say before it speaks for anybody.

    T1  It is from one of our issuers, for one of our audiences.
    T2  It is in its time, give or take 60 seconds for clocks that differ.
    T3  It names a subject. Roles we do not know give nothing, and no role at all is somebody who may do nothing.
    T4  An officer or a borough that is there and cannot be read refuses the token: passed over, it would make an
        auditor of one borough an auditor of the force (access rule A5).
    T5  It names the client it was given to (`azp`, of version 1 `appid`). An ID token of our own registration has our
        audience and the roles, too, and tells a client who signed in: it is nobody's leave to ask us anything.

The signature is the adapter's business: claims come here only after it held. Each refusal has a code of a closed
set, which is safe to count and to keep.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.domain.access import Caller, Role
from shared.domain.footage import Borough, OfficerId
from shared.errors import Unauthenticated

SKEW = timedelta(seconds=60)
LONGEST_CLAIM = 200
FARTHEST = 2**53  # seconds; what claims to be farther from 1970 is no time


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Whose tokens we take, for whom, and which claims carry the officer and the borough."""

    issuers: Collection[str]
    audiences: Collection[str]
    officer: str
    borough: str


def caller(claims: Mapping[str, Any], expected: Expected, *, now: datetime) -> Caller:
    """The caller the claims speak for. Raises Unauthenticated."""
    if claims.get("iss") not in expected.issuers:
        raise Unauthenticated("the token is from an issuer that is not ours", code="issuer")
    if not _audiences(claims) & set(expected.audiences):
        raise Unauthenticated("the token is for somebody else", code="audience")
    _in_time(claims, now)
    client = _client(claims)
    known = {role.value for role in Role}
    roles = frozenset(Role(role) for role in _listed(claims.get("roles")) if role in known)
    subject = _text(claims, "oid") or _text(claims, "sub")
    if subject is None:
        raise Unauthenticated("the token names nobody", code="subject")
    officer, borough = _scope(claims, expected.officer), _scope(claims, expected.borough)
    return Caller(
        subject=client if roles == {Role.DOCK} else subject,
        roles=roles,
        name=_text(claims, "name"),
        officer=OfficerId(officer) if officer else None,
        borough=Borough(borough) if borough else None,
        client=client,
        sign_on=_text(claims, "sid"),
        issued=_seconds(claims.get("iat")),
        application=claims.get("idtyp") == "app",
    )


def _client(claims: Mapping[str, Any]) -> str:
    """Rule T5."""
    client = _text(claims, "azp") or _text(claims, "appid")
    if client is None:
        raise Unauthenticated("the token names no client it was given to, so it is no access token", code="client")
    return client


def _in_time(claims: Mapping[str, Any], now: datetime) -> None:
    expires, begins = _seconds(claims.get("exp")), _seconds(claims.get("nbf"))
    stamp = now.timestamp()
    if expires is None or stamp >= expires + SKEW.total_seconds():
        raise Unauthenticated("the token has expired", code="expired")
    if begins is None or stamp < begins - SKEW.total_seconds():
        raise Unauthenticated("the token is not valid yet", code="not-yet")


def _seconds(value: Any) -> float | None:
    """A time as a token writes it. JSON lets through NaN and infinity, which are never over."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if number and abs(value) <= FARTHEST else None


def _scope(claims: Mapping[str, Any], name: str) -> str | None:
    """A claim that a scope rests on: absent or readable (rule T4)."""
    text = _text(claims, name)
    if text is None and claims.get(name) is not None:
        raise Unauthenticated("the token says who you are in a way we cannot read", code="claim")
    return text


def _audiences(claims: Mapping[str, Any]) -> set[str]:
    return set(_listed(claims.get("aud")))


def _listed(value: Any) -> list[str]:
    """A claim that may be one text or a list of them; anything else is no text at all."""
    items = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [item for item in items if isinstance(item, str)]


def _text(claims: Mapping[str, Any], name: str) -> str | None:
    value = claims.get(name)
    return value if isinstance(value, str) and 0 < len(value) <= LONGEST_CLAIM else None
