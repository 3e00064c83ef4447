"""Key Vault's secrets, in memory, as the unmodified SecretClient speaks to them.

The first call comes without a token and is challenged. The challenge names as resource the vault's own host less its
first label, port included ("0.0.1:8443" for "127.0.0.1:8443"): only so does the client's default check of the resource
pass, and so the vault must be addressed as 127.0.0.1, never as localhost. Tokens are verified against the issuer's
keys. A deleted secret can be recovered until it is purged, and its name cannot be used meanwhile.
"""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import jwt
from aiohttp import web

from local.environment import TENANT
from local.stand_ins.issuer import Clock, Issuer

RECOVERABLE = timedelta(days=90)
Handler = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(slots=True, kw_only=True)
class Version:
    value: str
    made: int
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    attributes: dict[str, Any] = field(default_factory=dict)
    described: dict[str, Any] = field(default_factory=dict)  # tags and content type

    @property
    def enabled(self) -> bool:
        return bool(self.attributes.get("enabled", True))

    def change(self, body: dict[str, Any]) -> None:
        self.attributes |= body.get("attributes") or {}
        self.described |= {key: body[key] for key in ("tags", "contentType") if body.get(key) is not None}


class VaultDoors:
    def __init__(self, issuer: Issuer, clock: Clock) -> None:
        self._issuer, self._clock = issuer, clock
        self._secrets: dict[str, list[Version]] = {}
        self._deleted: dict[str, list[Version]] = {}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/secrets", self._authorised(self.list_secrets)),
            web.get("/secrets/{name}/versions", self._authorised(self.list_versions)),
            web.put("/secrets/{name}", self._authorised(self.put)),
            web.get("/secrets/{name}/{version:[^/]*}", self._authorised(self.get)),
            web.get("/secrets/{name}", self._authorised(self.get)),
            web.patch("/secrets/{name}/{version:[^/]*}", self._authorised(self.patch)),
            web.delete("/secrets/{name}", self._authorised(self.delete)),
            web.get("/deletedsecrets/{name}", self._authorised(self.get_deleted)),
            web.delete("/deletedsecrets/{name}", self._authorised(self.purge)),
            web.post("/deletedsecrets/{name}/recover", self._authorised(self.recover)),
        ]

    def _authorised(self, handler: Handler) -> Handler:
        async def checked(request: web.Request) -> web.Response:
            resource = f"https://{request.host.split('.', 1)[-1]}"
            try:
                self._issuer.verify(request.headers.get("authorization", "").removeprefix("Bearer "), resource)
            except jwt.PyJWTError:
                return _challenge(resource)
            return await handler(request)

        return checked

    async def put(self, request: web.Request) -> web.Response:
        name, body = request.match_info["name"], await request.json()
        if name in self._deleted:
            return _refused(409, "Conflict", f"Secret {name} is currently in a deleted but recoverable state.")
        version = Version(value=body["value"], made=int(self._now().timestamp()))
        version.change(body)
        self._secrets.setdefault(name, []).append(version)
        return web.json_response(_shown(request, name, version))

    async def get(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        version = self._find(request)
        if version is None:
            return _missing(name)
        if not version.enabled:
            return _refused(403, "Forbidden", "Operation get is not allowed on a disabled secret.")
        return web.json_response(_shown(request, name, version))

    async def patch(self, request: web.Request) -> web.Response:
        name, version = request.match_info["name"], self._find(request)
        if version is None:
            return _missing(name)
        version.change(await request.json())
        return web.json_response(_listed(request, name, version, version.id))

    async def list_secrets(self, request: web.Request) -> web.Response:
        found = [_listed(request, name, versions[-1], "") for name, versions in sorted(self._secrets.items())]
        return web.json_response({"value": found, "nextLink": None})

    async def list_versions(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        found = [_listed(request, name, version, version.id) for version in self._secrets.get(name, [])]
        return web.json_response({"value": found, "nextLink": None})

    async def delete(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self._secrets:
            return _missing(name)
        self._deleted[name] = self._secrets.pop(name)
        return self._shown_deleted(request, name)

    async def get_deleted(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        return self._shown_deleted(request, name) if name in self._deleted else _missing(name)

    async def recover(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self._deleted:
            return _missing(name)
        self._secrets[name] = self._deleted.pop(name)
        return web.json_response(_shown(request, name, self._secrets[name][-1]))

    async def purge(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        return web.Response(status=204) if self._deleted.pop(name, None) else _missing(name)

    def _find(self, request: web.Request) -> Version | None:
        versions = self._secrets.get(request.match_info["name"], [])
        wanted = request.match_info.get("version")
        if wanted:
            return next((version for version in versions if version.id == wanted), None)
        return versions[-1] if versions else None

    def _shown_deleted(self, request: web.Request, name: str) -> web.Response:
        now = self._now()
        recovery = {
            "recoveryId": f"{_vault(request)}/deletedsecrets/{name}",
            "deletedDate": int(now.timestamp()),
            "scheduledPurgeDate": int((now + RECOVERABLE).timestamp()),
        }
        return web.json_response(_shown(request, name, self._deleted[name][-1]) | recovery)

    def _now(self) -> datetime:
        return self._clock()


def _vault(request: web.Request) -> str:
    return f"https://{request.host}"


def _shown(request: web.Request, name: str, version: Version) -> dict[str, Any]:
    return _listed(request, name, version, version.id) | {"value": version.value}


def _listed(request: web.Request, name: str, version: Version, version_id: str) -> dict[str, Any]:
    defaults = {
        "enabled": True,
        "created": version.made,
        "updated": version.made,
        "recoveryLevel": "Recoverable+Purgeable",
        "recoverableDays": RECOVERABLE.days,
    }
    address = f"{_vault(request)}/secrets/{name}/{version_id}".rstrip("/")
    return {"id": address, "attributes": defaults | version.attributes, **version.described}


def _missing(name: str) -> web.Response:
    return _refused(404, "SecretNotFound", f"A secret with (name/id) {name} was not found in this key vault.")


def _challenge(resource: str) -> web.Response:
    answer = _refused(401, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.")
    authorization = f"https://login.microsoftonline.com/{TENANT}"
    answer.headers["WWW-Authenticate"] = f'Bearer authorization="{authorization}", resource="{resource}"'
    return answer


def _refused(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message}}, status=status)
