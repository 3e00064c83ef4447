"""A directory of our own: an RSA key, tokens signed with it, and who its people are.

Tokens go through the real verification (shared/adapters/jwt_tokens.py), which reads the key from here.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.adapters.jwt_tokens import JwtTokens
from shared.domain.claims import Expected
from tests.builders import BOROUGH, CLIENT, NOW, OFFICER

ISSUER = "https://login.example.test/tenant/v2.0"
AUDIENCE = "api://continuity"
KEY_ID = "key-1"
SUBJECT = "2f6f9a0e-5d57-4f0e-9f0b-1c7f6a9f7d11"
EXPECTED = Expected(issuers=(ISSUER,), audiences=(AUDIENCE,), officer="employeeid", borough="borough")

Claims = Mapping[str, Any]


@cache
def signing_key(name: str = KEY_ID) -> rsa.RSAPrivateKey:
    """Made once: an RSA key takes a tenth of a second. Another name is another directory's."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def tokens() -> JwtTokens:
    async def fetch(_url: str) -> Any:
        published = jwt.algorithms.RSAAlgorithm.to_jwk(signing_key().public_key(), as_dict=True)
        return {"keys": [{**published, "kid": KEY_ID, "use": "sig", "alg": "RS256"}]}

    return JwtTokens("https://login.example.test/keys", fetch=fetch, clock=lambda: 0.0)


def token(claims: Claims, *, key: rsa.RSAPrivateKey | None = None, key_id: str = KEY_ID) -> str:
    if key is None:
        return _signed(json.dumps(dict(claims)), key_id)
    return jwt.encode(dict(claims), key, algorithm="RS256", headers={"kid": key_id})


@cache
def _signed(claims: str, key_id: str) -> str:
    """The same token for the same claims: a signature takes longer than the rest of an answer."""
    return jwt.encode(json.loads(claims), signing_key(), algorithm="RS256", headers={"kid": key_id})


def person(*roles: str, **changes: Any) -> Claims:
    """Claims of PC Byron of Hackney in these roles. A change to None takes the claim away."""
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "nbf": int((NOW - timedelta(minutes=5)).timestamp()),
        "exp": int((NOW + timedelta(hours=2)).timestamp()),
        "oid": SUBJECT,
        "azp": CLIENT,
        "name": "PC Ada Byron",
        "roles": list(roles),
        "employeeid": OFFICER,
        "borough": BOROUGH,
        "sid": "session-1",
    }
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


OFFICER_BYRON = person("officer")
MANAGER = person(
    "evidence-manager", oid="7d4a3c52-0000-4000-8000-000000000001", employeeid="P2001", name="Insp Lovelace"
)
AUDITOR = person("auditor", oid="7d4a3c52-0000-4000-8000-000000000002", employeeid="P3001", borough=None)
DOCK_ITSELF = person("dock", oid=None, sub="service-principal", employeeid=None, borough=None, name=None, sid=None)
