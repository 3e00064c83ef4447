"""Tokens: nothing but a signature of the directory's own keys makes a token one, whatever is tried."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from local.tokens import mint
from shared.adapters.jwt_tokens import CODES, JwtTokens
from shared.errors import Unauthenticated
from shared.ports import Tokens
from tests.contract.key_directory import (
    CLAIMS,
    KEY,
    OTHER,
    Directory,
    by_hand,
    code,
    encoded,
    opened,
    published,
    signed,
    with_directory_key,
)
from tests.fakes import FakeTokens

PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture
async def directory() -> AsyncIterator[Directory]:
    async with opened() as made:
        yield made


def with_public_key(text: bytes) -> bytes:
    """The well-known confusion: the published key used as if it were a shared secret."""
    return hmac.new(PUBLIC, text, hashlib.sha256).digest()


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
    "a blank within its signature": (signed()[:-8] + " " + signed()[-8:], "malformed"),
    "a letter of another alphabet within its signature": (signed()[:-8] + "é" + signed()[-8:], "malformed"),
    "a padded signature": (signed() + "==", "malformed"),
    "two tokens": (f"{signed()}, {signed()}", "malformed"),
    "five parts": (".".join(["e30"] * 5), "malformed"),
    "a claim that is there twice": (
        by_hand({"alg": "RS256", "kid": "key-1"}, b'{"sub": "me", "sub": "you"}', with_directory_key),
        "malformed",
    ),
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


@pytest.mark.stack
async def test_tokens_of_the_local_issuer_are_good_and_its_keys_come_over_https(settings: dict[str, str]) -> None:
    token = await asyncio.to_thread(mint, settings, role="officer", officer="P1", borough="Hackney", name="Ada")
    claims = await JwtTokens(settings["TOKEN_JWKS_URL"], clock=lambda: 0.0).claims(token)

    assert (claims["roles"], claims["employeeid"]) == (["officer"], "P1")
