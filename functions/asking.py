"""Who asks, when and from where: what the desk reads from a request before anything else."""

import re
from dataclasses import replace
from datetime import datetime

import azure.functions as func

from functions.parsing import canonical_address
from shared.domain.access import Caller, Permission
from shared.domain.entry import Asking
from shared.errors import Malformed, Unauthenticated
from shared.usecases.refuse import NOBODY

LOOKS = ("GET", "HEAD")
KEY = re.compile(r"[\x21-\x7e]{1,128}")
AND_PORT = re.compile(r"\[([^\]]+)\](?::\d{1,5})?|([\d.]+):\d{1,5}")


def stranger(req: func.HttpRequest, *, request_id: str, now: datetime, seed: bytes) -> Asking:
    return Asking(actor=NOBODY, at=now, request=request_id, key=request_id, seed=seed, address=_address(req))


def known(asking: Asking, req: func.HttpRequest, caller: Caller, permission: Permission) -> Asking:
    """The same asking, by somebody. Their operation key is theirs alone: nobody can meet another's entry with it.

    A GET is a look, under whatever heading of the law, so that a key they send with it counts for nothing (rule E6).
    """
    actor = caller.actor(permission)
    given = req.headers.get("Idempotency-Key")
    if given is not None and not KEY.fullmatch(given):
        raise Malformed("at most 128 visible ASCII characters", field="Idempotency-Key")
    key = f"{actor.id}\n{given}" if given and req.method not in LOOKS else asking.request
    known_as = replace(asking, actor=actor, subject=caller.subject, officer=caller.officer)
    return replace(known_as, borough=caller.borough, key=key)


def bearer(req: func.HttpRequest) -> str:
    """The access token. Raises Unauthenticated; a principal header alone is nobody (DESIGN section 7)."""
    scheme, _, token = str(req.headers.get("Authorization", "")).partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("an access token is needed", code="missing")
    return token.strip()


def _address(req: func.HttpRequest) -> str | None:
    """The right-most X-Forwarded-For: the one our own front end wrote; those before it anybody can send."""
    last = str(req.headers.get("X-Forwarded-For", "")).rpartition(",")[2].strip()
    match = AND_PORT.fullmatch(last)
    try:
        return canonical_address((match[1] or match[2]) if match else last)
    except ValueError:
        return None
