"""Tokens: nothing but a signature of the directory's own keys makes a token one, whatever is tried."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_curve_key
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from local.tokens import mint
from shared.adapters.jwt_tokens import CODES, JwtTokens
from shared.errors import Unauthenticated
from shared.ports import Tokens
from tests.fakes import FakeTokens

CLAIMS = {"sub": "somebody", "exp": 1, "nbf": 2**33, "aud": ["x"], "roles": ["officer"], "name": "Zoë"}
KEY, OTHER, ROTATED = (generate_private_key(public_exponent=65537, key_size=2048) for _ in range(3))
SMALL = generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - that it is too small is the point
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def published(key: RSAPrivateKey, key_id: str, **more: object) -> dict[str, object]:
    return RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": key_id, "use": "sig"} | more


class Directory:
    """What publishes keys, and counts how often it is asked; with a clock that a test moves."""

    def __init__(self) -> None:
        self.keys = [published(KEY, "key-1")]
        self.asked = 0
        self.seconds = 1000.0
        self.answers = True
        self.tokens = JwtTokens("https://directory.test/keys", fetch=self.fetch, clock=lambda: self.seconds)

    async def fetch(self, url: str) -> Any:
        self.asked += 1
        await asyncio.sleep(0)
        if not self.answers:
            raise OSError("the directory does not answer")
        return {"keys": self.keys}


@pytest.fixture
def directory() -> Directory:
    return Directory()


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


def with_public_key(text: bytes) -> bytes:
    """The well-known confusion: the published key used as if it were a shared secret."""
    return hmac.new(PUBLIC, text, hashlib.sha256).digest()


def with_directory_key(text: bytes) -> bytes:
    return RSAAlgorithm(RSAAlgorithm.SHA256).sign(text, KEY)


async def code(tokens: Tokens, token: str) -> str:
    with pytest.raises(Unauthenticated) as refusal:
        await tokens.claims(token)
    return refusal.value.code


@pytest.fixture(params=["memory", "real"])
def issued(request: pytest.FixtureRequest, directory: Directory) -> tuple[Tokens, str]:
    """Each implementation with a token it must take."""
    fake = FakeTokens()
    return (fake, fake.issue(CLAIMS)) if request.param == "memory" else (directory.tokens, signed())


async def test_a_good_token_speaks_for_its_claims_whatever_they_are(issued: tuple[Tokens, str]) -> None:
    """Expired, not yet valid, for somebody else: that is not judged here."""
    tokens, token = issued
    assert await tokens.claims(token) == CLAIMS


async def test_no_token_and_a_changed_token_are_refused_with_a_code_that_can_be_counted(
    issued: tuple[Tokens, str],
) -> None:
    tokens, token = issued
    assert await code(tokens, "") == "missing"
    assert await code(tokens, token + "x") in CODES
    assert await code(tokens, "x" * 40) in CODES


ATTACKS: Mapping[str, tuple[str, str]] = {
    "no algorithm": (by_hand({"alg": "none", "kid": "key-1"}), "algorithm"),
    "no algorithm, shouted": (by_hand({"alg": "NONE", "kid": "key-1"}), "algorithm"),
    "the public key as a secret": (by_hand({"alg": "HS256", "kid": "key-1"}, sign=with_public_key), "algorithm"),
    "the public key as a secret, called RS256": (
        by_hand({"alg": "RS256", "kid": "key-1"}, sign=with_public_key),
        "signature",
    ),
    "another algorithm of the same key": (signed(algorithm="RS512"), "algorithm"),
    "a padding that is not ours": (signed(algorithm="PS256"), "algorithm"),
    "an algorithm that is no text": (by_hand({"alg": ["RS256"], "kid": "key-1"}), "algorithm"),
    "a key nobody knows": (signed(OTHER, "key-of-mine"), "key"),
    "another key under a known name": (signed(OTHER), "signature"),
    "a key that it brings along": (signed(OTHER, jwk=published(OTHER, "key-1")), "signature"),
    "a key that it brings along, unnamed": (signed(OTHER, None, jwk=published(OTHER, "key-1")), "key"),
    "a key it points to": (signed(OTHER, jku="https://evil.test/keys", x5u="https://evil.test/cert"), "signature"),
    "no key": (signed(key_id=None), "key"),
    "an empty key id": (signed(key_id=""), "key"),
    "a key id that is a path": (signed(OTHER, "../../dev/null"), "key"),
    "a key id that is a query": (signed(OTHER, "key-1' OR '1'='1"), "key"),
    "a key id too long to be meant": (signed(OTHER, "k" * 201), "key"),
    "a key id that is a number": (by_hand({"alg": "RS256", "kid": 1}), "malformed"),
    "a key id that is a list": (by_hand({"alg": "RS256", "kid": ["key-1"]}), "malformed"),
    "an extension that must be understood": (signed(crit=["exp"]), "malformed"),
    "an unencoded payload": (
        by_hand({"alg": "RS256", "kid": "key-1", "b64": False}, sign=with_directory_key),
        "malformed",
    ),
    "no signature": (signed().rpartition(".")[0] + ".", "signature"),
    "two parts": (signed().rpartition(".")[0], "malformed"),
    "four parts": (signed() + ".x", "malformed"),
    "other claims under the same signature": (
        ".".join([signed().split(".")[0], encoded({"sub": "me"}), signed().split(".")[2]]),
        "signature",
    ),
    "a header that is a list": (by_hand(["RS256"]), "malformed"),
    "a header that is no JSON": (by_hand(b"\xff\xfe"), "malformed"),
    "a header as deep as a well": (by_hand(b"[" * 8000), "malformed"),
    "a number as long as a street": (by_hand(b'{"alg": ' + b"9" * 8000 + b"}"), "malformed"),
    "letters that are not in the alphabet": ("é" + signed(), "malformed"),
    "a surrogate": ("\ud800" + signed(), "malformed"),
    "a hundred kilobytes": (signed() + "A" * 100_000, "malformed"),
    "a hundred kilobytes of claims": (jwt.encode({"a": "x" * 75_000}, KEY, "RS256", {"kid": "key-1"}), "malformed"),
    "a blank": (" ", "malformed"),
    "a bearer": (f"Bearer {signed()}", "malformed"),
}


@pytest.mark.parametrize("token,expected", ATTACKS.values(), ids=ATTACKS.keys())
async def test_an_attack_is_refused_with_its_code(directory: Directory, token: str, expected: str) -> None:
    assert await directory.tokens.claims(signed()) == CLAIMS

    assert await code(directory.tokens, token) == expected
    assert directory.asked == 1


async def test_claims_that_are_no_object_are_refused_though_well_signed(directory: Directory) -> None:
    header = {"alg": "RS256", "kid": "key-1"}
    assert await directory.tokens.claims(by_hand(header, CLAIMS, with_directory_key)) == CLAIMS
    for claims in ([CLAIMS], "text", 1, None, b"[" * 5000):
        assert await code(directory.tokens, by_hand(header, claims, with_directory_key)) == "malformed"


async def test_a_refusal_tells_nothing_of_the_token(directory: Directory) -> None:
    for token, _ in ATTACKS.values():
        with pytest.raises(Unauthenticated) as refusal:
            await directory.tokens.claims(token)
        assert len(str(refusal.value)) < 80
        assert "key-of-mine" not in str(refusal.value)


async def test_a_flood_of_unknown_keys_has_the_directory_asked_once_a_minute(directory: Directory) -> None:
    flood = [signed(OTHER, f"unknown-{number}") for number in range(20)]
    for second in range(120):
        directory.seconds = 1000.0 + second
        await asyncio.gather(*(code(directory.tokens, token) for token in flood[second % 20 :]))
    assert directory.asked == 2


async def test_many_first_tokens_at_once_have_the_directory_asked_once(directory: Directory) -> None:
    results = await asyncio.gather(*(directory.tokens.claims(signed()) for _ in range(50)))
    assert results == [CLAIMS] * 50
    assert directory.asked == 1


async def test_a_new_key_is_taken_within_a_minute_of_its_first_use(directory: Directory) -> None:
    await directory.tokens.claims(signed())
    directory.keys.append(published(ROTATED, "key-2"))
    assert await code(directory.tokens, signed(ROTATED, "key-2")) == "key"

    directory.seconds += 60
    assert await directory.tokens.claims(signed(ROTATED, "key-2")) == CLAIMS


async def test_a_key_that_was_withdrawn_stops_being_good_within_half_a_day(directory: Directory) -> None:
    await directory.tokens.claims(signed())
    directory.keys[:] = [published(ROTATED, "key-2")]

    directory.seconds += 12 * 3600
    assert await code(directory.tokens, signed()) == "key"


async def test_a_directory_that_falls_silent_leaves_its_known_keys_good(directory: Directory) -> None:
    await directory.tokens.claims(signed())
    directory.answers = False
    directory.seconds += 24 * 3600

    assert await directory.tokens.claims(signed()) == CLAIMS
    assert await code(directory.tokens, signed(OTHER, "unknown")) == "key"
    assert directory.asked == 2


async def test_a_directory_that_never_answered_is_a_fault_and_is_asked_again_soon(directory: Directory) -> None:
    directory.answers = False
    for _ in range(5):
        with pytest.raises(RuntimeError, match="directory"):
            await directory.tokens.claims(signed())
    assert directory.asked == 1

    directory.answers = True
    directory.seconds += 2
    assert await directory.tokens.claims(signed()) == CLAIMS


@pytest.mark.parametrize(
    "unfit",
    [
        published(OTHER, "key-2", use="enc"),
        published(OTHER, "key-2", alg="RS512"),
        published(SMALL, "key-2"),
        published(OTHER, "key-2") | {"n": "!"},
        ECAlgorithm.to_jwk(generate_curve_key(SECP256R1()).public_key(), as_dict=True) | {"kid": "key-2"},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "key-2"},
        {"kty": "RSA"},
    ],
)
async def test_a_published_key_that_is_not_for_this_is_passed_over(
    directory: Directory, unfit: dict[str, object]
) -> None:
    directory.keys.append(unfit)

    assert await directory.tokens.claims(signed()) == CLAIMS
    assert await code(directory.tokens, signed(OTHER, "key-2")) == "key"


@pytest.mark.stack
async def test_tokens_of_the_local_issuer_are_good_and_its_keys_come_over_https(settings: dict[str, str]) -> None:
    token = await asyncio.to_thread(mint, settings, role="officer", officer="P1", borough="Hackney", name="Ada")
    claims = await JwtTokens(settings["TOKEN_JWKS_URL"], clock=lambda: 0.0).claims(token)

    assert (claims["roles"], claims["employeeid"]) == (["officer"], "P1")
