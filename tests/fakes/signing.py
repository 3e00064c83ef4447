"""MemoryKeys, MemoryWitness and FakeTokens: keys that really sign, and tokens that stand for themselves."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.domain.note import COSIGNATURE, VerifierKey, cosignature, cosigned_text, parsed_note, signature_line
from shared.errors import Unauthenticated
from shared.ports import Signer
from tests.fakes.faults import Faults

RECEIPT_KEY = "receipts.continuity.test"
LEDGER_KEY = "continuity.test/ledger"
WITNESS_KEY, OTHER_WITNESS_KEY = "witness.test/one", "witness.test/two"


class MemorySigner:
    def __init__(self, name: str, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self._key = VerifierKey(name=name, public=self._private.public_key().public_bytes_raw())

    @property
    def key(self) -> VerifierKey:
        return self._key

    def sign(self, text: bytes) -> bytes:
        return self._private.sign(text)


class MemoryKeys:
    """The current receipt key is the last one added, and so is the ledger's; all of them verify."""

    def __init__(self, faults: Faults | None = None, *, name: str = RECEIPT_KEY) -> None:
        self.faults = faults or Faults()
        self._name = name
        self._signers: list[MemorySigner] = []
        self._ledger_signers: list[MemorySigner] = []
        self.rotate()
        self.rotate_ledger()

    async def receipt_signer(self) -> Signer:
        async with self.faults.call("keys.receipt_signer"):
            return self._signers[-1]

    async def ledger_signer(self) -> Signer:
        async with self.faults.call("keys.ledger_signer"):
            return self._ledger_signers[-1]

    async def verifiers(self, *, anew: bool = False) -> Sequence[VerifierKey]:
        """What it knows is what there is, asked for `anew` or not."""
        async with self.faults.call("keys.verifiers"):
            return [signer.key for signer in (*reversed(self._signers), *reversed(self._ledger_signers))]

    async def page_key(self) -> bytes:
        async with self.faults.call("keys.page_key"):
            return b"\x07" * 32

    def rotate(self) -> None:
        """A new current key; always the same ones in the same order, so that tests can be repeated."""
        self._signers.append(MemorySigner(self._name, bytes([len(self._signers) + 1]) * 32))

    def rotate_ledger(self) -> None:
        """The same for the key of checkpoints."""
        self._ledger_signers.append(MemorySigner(LEDGER_KEY, bytes([len(self._ledger_signers) + 101]) * 32))


class MemoryWitness:
    """A witness that signs whatever it is shown."""

    def __init__(self, name: str = WITNESS_KEY, seed: bytes = b"w" * 32) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        public = self._private.public_key().public_bytes_raw()
        self.key = VerifierKey(name=name, public=public, kind=COSIGNATURE)

    def line(self, note: str, at: datetime) -> str:
        """Its line for the note, signed at that time."""
        seconds, text = int(at.timestamp()), parsed_note(note.encode()).text
        signature = self._private.sign(cosigned_text(text, seconds).encode())
        return signature_line(self.key, cosignature(seconds, signature))


class FakeTokens:
    """A token is a text this fake gave out; every other text has a bad signature."""

    def __init__(self, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self._issued: dict[str, Mapping[str, Any]] = {}
        self._numbers = itertools.count(1)

    def issue(self, claims: Mapping[str, Any]) -> str:
        token = f"token-{next(self._numbers)}"
        self._issued[token] = dict(claims)
        return token

    async def claims(self, token: str) -> Mapping[str, Any]:
        async with self.faults.call("tokens.claims"):
            if not token:
                raise Unauthenticated("there is no token", code="missing")
            if token not in self._issued:
                raise Unauthenticated("the token's signature is not from our directory", code="signature")
            return self._issued[token]
