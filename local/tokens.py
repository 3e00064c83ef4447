"""Access tokens as Entra ID issues them (v2.0), from the local issuer, for any role.

`python -m local.tokens --role officer --officer 4021 --borough Southwark --name "PC Jane Doe"` prints one, for the
stack that runs. A person's object id is the same each time for the same role and officer; a dock's is its client id.
All who work for the force have a number there: whoever is given none is `S-<role>`, but for officers, who have none.
"""

import argparse
import json
import os
import ssl
import sys
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

from local.environment import AUDIENCE, TENANT
from local.errors import StackError
from local.processes import Run

ROLES = ("dock", "officer", "supervisor", "evidence-manager", "disclosure-officer", "auditor", "operator")
FOLDER = Path(__file__).parent.parent / ".local"
PEOPLE = uuid.UUID("8c7d2f5e-52c1-4b7c-9d0e-3f6f0f1f9a10")
PORTAL = "b7e9a3c4-0000-4000-8000-00000000c11e"  # the client people come through


def mint(
    source: Mapping[str, str] | str,
    *,
    role: str,
    name: str | None = None,
    officer: str | None = None,
    borough: str | None = None,
    client: str | None = None,
    minutes: float = 60,
    **more: Any,
) -> str:
    """A signed token. `source` is the stack's settings or an issuer's URL; `more` adds or overwrites claims."""
    settings = {"TOKEN_ISSUERS": source} if isinstance(source, str) else source
    issuer = settings["TOKEN_ISSUERS"].split(",")[0]
    claims = claims_for(
        issuer=issuer,
        audience=settings.get("TOKEN_AUDIENCES", AUDIENCE).split(",")[0],
        role=role,
        name=name,
        officer=officer,
        borough=borough,
        client=client,
        now=datetime.now(UTC),
        lifetime=timedelta(minutes=minutes),
    )
    authority = settings.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_FILE")
    return _sign(f"{issuer.removesuffix('/v2.0')}/tokens", claims | more, authority)


def claims_for(
    *,
    issuer: str,
    audience: str,
    role: str,
    name: str | None,
    officer: str | None,
    borough: str | None,
    client: str | None,
    now: datetime,
    lifetime: timedelta,
) -> dict[str, Any]:
    if role not in ROLES:
        raise StackError(f"there is no role {role!r}: one of {', '.join(ROLES)}")
    subject = str(uuid.uuid5(PEOPLE, f"{role}:{officer or client or ''}"))
    issued = int(now.timestamp())
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": audience,
        "tid": TENANT,
        "oid": subject,
        "sub": subject,
        "azp": client or PORTAL,
        "ver": "2.0",
        "roles": [role],
        "uti": uuid.uuid4().hex,
        "iat": issued,
        "nbf": issued - 60,  # as Entra does, for clocks that differ
        "exp": int((now + lifetime).timestamp()),
    }
    return claims if role == "dock" else claims | _person(subject, role, name, officer, borough)


def _person(subject: str, role: str, name: str | None, officer: str | None, borough: str | None) -> dict[str, Any]:
    login = officer or role
    person = {
        "name": name or f"Local {role}",
        "preferred_username": f"{login}@continuity.local",
        "employeeid": officer or (None if role == "officer" else f"S-{role}"),
        "borough": borough,
        "sid": str(uuid.uuid5(PEOPLE, f"session:{subject}:{uuid.uuid4()}")),
    }
    return {claim: value for claim, value in person.items() if value is not None}


def _sign(url: str, claims: dict[str, Any], authority: str | None) -> str:
    direct = build_opener(ProxyHandler({}), HTTPSHandler(context=ssl.create_default_context(cafile=authority)))
    headers = {"Content-Type": "application/json"}
    request = Request(url, json.dumps(claims).encode(), headers)  # noqa: S310 - the local issuer's own https URL
    try:
        with direct.open(request, timeout=10) as answer:
            return str(json.load(answer)["access_token"])
    except URLError as error:
        raise StackError(f"the token issuer at {url} does not answer: {error.reason}") from error


def main(arguments: list[str]) -> int:
    options = _parse(arguments)
    try:
        run = Run.read(options.folder / "run.json")
        if run is None or not run.is_running():
            raise StackError("no local stack is running: start one with `make stack` or `make run`")
        who = {key: getattr(options, key) for key in ("role", "name", "officer", "borough", "client", "minutes")}
        print(mint(run.settings, **who))
    except StackError as trouble:
        print(f"error: {trouble}", file=sys.stderr)
        return 1
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.tokens", description="A token from the local issuer.")
    parser.add_argument("--role", required=True, choices=ROLES)
    parser.add_argument("--name", help="the name of the person")
    parser.add_argument("--officer", help="the number of the officer or member of staff, claim employeeid")
    parser.add_argument("--borough")
    parser.add_argument("--client", help="the client id; for a dock, the dock's own")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the run lives")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
