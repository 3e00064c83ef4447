"""A directory that publishes keys when a test lets it, and tokens signed with them, by a library or by hand."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from shared.adapters.jwt_tokens import JwtTokens
from shared.errors import Unauthenticated
from shared.ports import Tokens

DEADLINE_SECONDS = 10.0
CLAIMS = {"sub": "somebody", "exp": 1, "nbf": 2**33, "aud": ["x"], "roles": ["officer"], "name": "Zoë"}
KEY, OTHER, ROTATED = (generate_private_key(public_exponent=65537, key_size=2048) for _ in range(3))


def published(key: RSAPrivateKey, key_id: str, **more: object) -> dict[str, object]:
    return RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": key_id, "use": "sig"} | more


class Directory:
    """What publishes keys, and counts how often it is asked; with a clock that a test moves."""

    def __init__(self) -> None:
        self.keys = [published(KEY, "key-1")]
        self.asked = 0
        self.seconds = 1000.0
        self.answers = True
        self.open = asyncio.Event()  # while it is not set, the directory thinks
        self.open.set()
        self.tokens = JwtTokens("https://directory.test/keys", fetch=self.fetch, clock=lambda: self.seconds)

    async def fetch(self, url: str) -> Any:
        self.asked += 1
        await asyncio.sleep(0)
        async with asyncio.timeout(DEADLINE_SECONDS):
            await self.open.wait()
        if not self.answers:
            raise OSError("the directory does not answer")
        return {"keys": self.keys}


def signed(key: Any = KEY, key_id: object = "key-1", algorithm: str = "RS256", **header: object) -> str:
    named = {} if key_id is None else {"kid": key_id}
    return jwt.encode(CLAIMS, key, algorithm=algorithm, headers=named | header)


def encoded(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def by_hand(header: object, claims: object = CLAIMS, sign: Callable[[bytes], bytes] = lambda _: b"") -> str:
    """A token no library would make."""
    text = f"{encoded(header)}.{encoded(claims)}"
    return f"{text}.{encoded(sign(text.encode()))}"


def with_directory_key(text: bytes) -> bytes:
    return RSAAlgorithm(RSAAlgorithm.SHA256).sign(text, KEY)


async def code(tokens: Tokens, token: str) -> str:
    with pytest.raises(Unauthenticated) as refusal:
        await tokens.claims(token)
    return refusal.value.code


@asynccontextmanager
async def opened() -> AsyncIterator[Directory]:
    made = Directory()
    yield made
    await made.tokens.close()
