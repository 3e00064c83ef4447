"""The token issuer: Entra ID's two jobs on a laptop, signed with keys that live as long as the process.

For people and docks it signs whatever claims it is handed (POST /{tenant}/tokens): whoever can reach 127.0.0.1 may be
anybody, which is what a development issuer is for. For the application it is the managed identity endpoint of App
Service, contract 2019-08-01. Both are verified by the same published keys.
"""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from jwt.algorithms import RSAAlgorithm

from local.environment import TENANT

APPLICATION_IDENTITY = "a3c2b1d0-0001-4000-8000-000000000001"
IDENTITY_LIFETIME = timedelta(hours=24)
CLOCK_SKEW = timedelta(minutes=1)

Clock = Callable[[], datetime]


class Issuer:
    def __init__(self) -> None:
        self._key = generate_private_key(public_exponent=65537, key_size=2048)
        self._id = uuid.uuid4().hex

    def sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self._id})

    def keys(self) -> dict[str, Any]:
        public: dict[str, Any] = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        public.pop("key_ops", None)
        return {"keys": [public | {"kid": self._id, "use": "sig", "alg": "RS256"}]}

    def verify(self, token: str, audience: str) -> dict[str, Any]:
        """The claims, or jwt.PyJWTError: another signer, another audience, expired, not yet valid."""
        return jwt.decode(
            token,
            self._key.public_key(),
            algorithms=["RS256"],
            audience=audience,
            options={"require": ["exp", "nbf", "iss"]},
        )


class IssuerDoors:
    def __init__(self, issuer: Issuer, *, identity_header: str, clock: Clock) -> None:
        self._issuer, self._identity_header, self._clock = issuer, identity_header, clock

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(f"/{TENANT}/discovery/v2.0/keys", self.keys),
            web.post(f"/{TENANT}/tokens", self.tokens),
            web.get("/msi/token", self.managed_identity),
        ]

    async def keys(self, _: web.Request) -> web.Response:
        return web.json_response(self._issuer.keys())

    async def tokens(self, request: web.Request) -> web.Response:
        # A web page can post a form here without asking; JSON it cannot.
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType(text="the claims must be sent as application/json")
        claims = await request.json()
        if not isinstance(claims, dict):
            raise web.HTTPBadRequest(text="the claims must be a JSON object")
        return web.json_response({"access_token": self._issuer.sign(claims), "token_type": "Bearer"})

    async def managed_identity(self, request: web.Request) -> web.Response:
        if request.headers.get("x-identity-header") != self._identity_header:
            return _refused(401, "Unauthorized", "X-IDENTITY-HEADER is missing or wrong")
        audience = request.query.get("resource", "").rstrip("/")
        if not audience:
            return _refused(400, "BadRequest", "resource is missing")
        client = request.query.get("client_id") or APPLICATION_IDENTITY
        expires = self._clock() + IDENTITY_LIFETIME
        answer = {
            "access_token": self._issuer.sign(self._identity_claims(audience, client, expires)),
            "expires_on": str(int(expires.timestamp())),
            "resource": audience,
            "token_type": "Bearer",
            "client_id": client,
        }
        return web.json_response(answer)

    def _identity_claims(self, audience: str, client: str, expires: datetime) -> dict[str, Any]:
        valid_from = int((self._clock() - CLOCK_SKEW).timestamp())
        return {
            "aud": audience,
            "iss": f"https://sts.windows.net/{TENANT}/",
            "tid": TENANT,
            "oid": client,
            "appid": client,
            "iat": valid_from,
            "nbf": valid_from,
            "exp": int(expires.timestamp()),
            "ver": "1.0",
        }


def _refused(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message}}, status=status)
