"""VaultKeys keeps the promises of Keys on a Key Vault.

V1  `receipt-key` and `ledger-key` each hold the base64 of an Ed25519 seed of 32 bytes, content type `ed25519`, tag
    `name` the key's name.
V2  The latest version of each signs; every enabled version verifies, the latest first.
V3  `page-key` holds the base64 of 32 bytes.
V4  What was read is used for ten minutes, but by whoever asks for it anew. No key's value is ever in an error.
"""

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from azure.keyvault.secrets import KeyVaultSecret
from azure.keyvault.secrets.aio import SecretClient
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.domain.note import VerifierKey
from shared.ports import Signer

RECEIPT_KEY = "receipt-key"
LEDGER_KEY = "ledger-key"
PAGE_KEY = "page-key"
ED25519 = "ed25519"
KEY_BYTES = 32
USED_FOR_SECONDS = 600.0

T = TypeVar("T")


class Ed25519Signer:
    def __init__(self, name: str, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self._key = VerifierKey(name=name, public=self._private.public_key().public_bytes_raw())

    @property
    def key(self) -> VerifierKey:
        return self._key

    def sign(self, text: bytes) -> bytes:
        return self._private.sign(text)


class VaultKeys:
    """`clock` gives seconds that never go back."""

    def __init__(
        self,
        client: SecretClient,
        *,
        clock: Callable[[], float],
        receipt: str = RECEIPT_KEY,
        ledger: str = LEDGER_KEY,
        page: str = PAGE_KEY,
    ) -> None:
        self._client, self._page = client, page
        self._receipts = _Kept(lambda: self._read_signers(receipt), clock)
        self._ledger = _Kept(lambda: self._read_signers(ledger), clock)
        self._page_key = _Kept(self._read_page_key, clock)

    async def receipt_signer(self) -> Signer:
        return (await self._receipts.value())[0]

    async def ledger_signer(self) -> Signer:
        return (await self._ledger.value())[0]

    async def verifiers(self, *, anew: bool = False) -> Sequence[VerifierKey]:
        return [signer.key for kept in (self._receipts, self._ledger) for signer in await kept.value(anew=anew)]

    async def page_key(self) -> bytes:
        return await self._page_key.value()

    async def _read_signers(self, name: str) -> Sequence[Signer]:
        latest = await self._client.get_secret(name)
        listed = self._client.list_properties_of_secret_versions(name)
        older = [found async for found in listed if found.enabled and found.version != latest.properties.version]
        older.sort(key=lambda found: (found.created_on, found.version or ""), reverse=True)
        secrets = [await self._client.get_secret(name, found.version) for found in older]
        return [_signer(secret) for secret in (latest, *secrets)]

    async def _read_page_key(self) -> bytes:
        return _key_bytes(await self._client.get_secret(self._page))


class _Kept(Generic[T]):
    """A value read again when it is older than ten minutes, by one reader at a time."""

    def __init__(self, read: Callable[[], Awaitable[T]], clock: Callable[[], float]) -> None:
        self._read, self._clock = read, clock
        self._reading = asyncio.Lock()
        self._kept: tuple[float, T] | None = None

    async def value(self, *, anew: bool = False) -> T:
        async with self._reading:
            if anew or self._kept is None or self._clock() - self._kept[0] >= USED_FOR_SECONDS:
                self._kept = (self._clock(), await self._read())
            return self._kept[1]


def _signer(secret: KeyVaultSecret) -> Signer:
    name = (secret.properties.tags or {}).get("name")
    if secret.properties.content_type != ED25519 or not name:
        raise ValueError(f"secret {secret.name!r} is no {ED25519} key with a tag 'name'")
    return Ed25519Signer(name, _key_bytes(secret))


def _key_bytes(secret: KeyVaultSecret) -> bytes:
    try:
        key = base64.b64decode(secret.value or "", validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"secret {secret.name!r} is not base64 of {KEY_BYTES} bytes")
    return key
