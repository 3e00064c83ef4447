"""JwtTokens keeps the promise of Tokens: RS256 signatures of the directory's published keys, and nothing else.

J1  The algorithm is RS256, whatever the token says; keys a token carries or points to are never looked at.
J2  A key is one of the directory's, by its id. The directory is asked once at a time and at most once a minute,
    however many tokens name ids it never gave.
J3  A token under a known key never waits for the directory. Keys read half a day ago are read again beside the
    requests, which are judged by those at hand; a key that is no longer published is good until that answer came.
J4  A token under an unknown key waits for one answer, if it is time to ask or somebody asks already.
J5  A token is at most 16 kB: three parts, in the letters of its alphabet, claims that are one object and say nothing
    twice. Every refusal is Unauthenticated with a code of CODES.
J6  If the directory never answered there is nothing to judge by: that is a fault, not the caller's doing.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import aiohttp
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from shared.errors import Unauthenticated

ALGORITHM = "RS256"
CODES = frozenset({"missing", "malformed", "algorithm", "key", "signature"})
LONGEST_TOKEN = 16 * 1024
LONGEST_KEY_ID = 200
SMALLEST_KEY_BITS = 2048
ASKED_EVERY_SECONDS = 60.0
FIRST_ASKED_EVERY_SECONDS = 2.0  # until the directory has answered once
KEYS_LAST_SECONDS = 12 * 3600.0
PATIENCE_SECONDS = 10.0
# The decoder passes over letters that are none of the alphabet: without this, one token could be written many ways.
THREE_PARTS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
SIGNATURES = jwt.PyJWS()  # only the signature is judged here; domain/claims.py judges what is claimed

Fetch = Callable[[str], Awaitable[Any]]


async def fetch_json(url: str) -> Any:
    """The JSON at `url`. Redirects are not followed: keys come from the address we were given."""
    timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
    async with (
        aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as session,
        session.get(url, allow_redirects=False) as answer,
    ):
        return await answer.json()


class JwtTokens:
    """`clock` gives seconds that never go back."""

    def __init__(self, jwks_url: str, *, fetch: Fetch = fetch_json, clock: Callable[[], float]) -> None:
        self._url, self._fetch, self._clock = jwks_url, fetch, clock
        self._keys: Mapping[str, RSAPublicKey] = {}
        self._answered: float | None = None
        self._asked: float | None = None
        self._asking: asyncio.Task[None] | None = None  # the loop itself would let go of it
        self._fault: Exception | None = None

    async def claims(self, token: str) -> Mapping[str, Any]:
        key = await self._key(_key_id(token))
        try:
            said = SIGNATURES.decode(token, key, algorithms=[ALGORITHM])
            claims = json.loads(said, object_pairs_hook=_said_once)
        except jwt.InvalidSignatureError:
            raise Unauthenticated("the token's signature is not from our directory", code="signature") from None
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise _malformed() from None
        if not isinstance(claims, dict):
            raise _malformed()
        return claims

    async def ready(self) -> None:
        """Raises if the directory did not answer when it was last asked: now, if it may be asked now (rule J2)."""
        if (asking := self._ask()) is not None:
            await asyncio.wait([asking])
        if self._answered is None or self._fault is not None:
            raise RuntimeError("the directory's keys could not be read") from self._fault

    async def close(self) -> None:
        """Give up the question that is on its way, if one is."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait([self._asking])

    async def _key(self, key_id: str) -> RSAPublicKey:
        if key_id not in self._keys:
            if (asking := self._ask()) is not None:
                await asyncio.wait([asking])  # whoever gives up waiting leaves the question to the others
        elif self._outdated():
            self._ask()
        if self._answered is None:
            raise RuntimeError("the directory's keys could not be read") from self._fault
        if key_id not in self._keys:
            raise Unauthenticated("the token is signed with a key that is not our directory's", code="key")
        return self._keys[key_id]

    def _ask(self) -> asyncio.Task[None] | None:
        """The question that is on its way, put now if it may be; None: it is too early to ask again."""
        if self._asking is not None and not self._asking.done():
            return self._asking
        if not self._may_ask():
            return None
        self._asked = self._clock()
        self._asking = asyncio.create_task(self._read_keys())
        return self._asking

    async def _read_keys(self) -> None:
        """Never raises: the keys at hand are good until the directory says otherwise."""
        try:
            keys = _directory_keys(await self._fetch(self._url))
        except Exception as fault:  # noqa: BLE001 - whatever it is: who waits is told, and the next minute tries again
            self._fault = fault
            return
        self._keys, self._answered, self._fault = keys, self._clock(), None

    def _may_ask(self) -> bool:
        every = FIRST_ASKED_EVERY_SECONDS if self._answered is None else ASKED_EVERY_SECONDS
        return self._asked is None or self._clock() - self._asked >= every

    def _outdated(self) -> bool:
        return self._answered is not None and self._clock() - self._answered >= KEYS_LAST_SECONDS


def _key_id(token: str) -> str:
    """The key id the token names, once its header is one we take. Raises Unauthenticated."""
    if not token:
        raise Unauthenticated("there is no token", code="missing")
    if len(token) > LONGEST_TOKEN or THREE_PARTS.fullmatch(token) is None:
        raise _malformed()
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise _malformed() from None
    if header.get("alg") != ALGORITHM:
        raise Unauthenticated(f"the token is not signed with {ALGORITHM}", code="algorithm")
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not 0 < len(key_id) <= LONGEST_KEY_ID:
        raise Unauthenticated("the token does not name the key it is signed with", code="key")
    return key_id


def _said_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these members. Raises ValueError where one is there twice: who reads it otherwise reads another."""
    said = dict(pairs)
    if len(said) != len(pairs):
        raise ValueError("a member is there twice")
    return said


def _directory_keys(published: Any) -> Mapping[str, RSAPublicKey]:
    """The usable keys among those published. Raises if there is none: an empty answer is no answer."""
    found = {entry["kid"]: key for entry in published["keys"] if (key := _usable(entry)) is not None}
    if not found:
        raise ValueError("the directory published no key we can use")
    return found


def _usable(entry: Mapping[str, Any]) -> RSAPublicKey | None:
    fit = entry.get("kty") == "RSA" and entry.get("use", "sig") == "sig" and entry.get("alg", ALGORITHM) == ALGORITHM
    if not fit or not isinstance(entry.get("kid"), str):
        return None
    try:
        key = jwt.PyJWK(dict(entry), algorithm=ALGORITHM).key
    except (jwt.PyJWTError, ValueError):
        return None
    return key if isinstance(key, RSAPublicKey) and key.key_size >= SMALLEST_KEY_BITS else None


def _malformed() -> Unauthenticated:
    return Unauthenticated("this is not a token", code="malformed")
