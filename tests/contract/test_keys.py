"""Keys: the current one signs, all that are enabled verify, and none is ever in an error."""

import base64
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import pytest
from azure.core.credentials_async import AsyncTokenCredential
from azure.keyvault.secrets import KeyVaultSecret
from azure.keyvault.secrets.aio import SecretClient
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.adapters.vault_keys import USED_FOR_SECONDS, VaultKeys
from shared.domain.note import VerifierKey
from shared.ports import Keys
from tests.builders import fresh_id
from tests.contract.conftest import REAL
from tests.fakes import MemoryKeys

NAME = "receipts.continuity.test"
LEDGER_NAME = "continuity.test/ledger"
TEXT = b"continuity-receipt/v1\n"
PAGE = bytes(range(32))


def holds(key: VerifierKey, signature: bytes, text: bytes = TEXT) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text)
    except InvalidSignature:
        return False
    return True


async def receipts_of(keys: Keys) -> list[VerifierKey]:
    """The receipts' keys, which come first."""
    verifiers = await keys.verifiers()
    assert sorted(verifiers, key=lambda key: key.name != NAME) == list(verifiers)
    return [key for key in verifiers if key.name == NAME]


class Vault:
    """Secrets of this test's own in the vault, with a clock that the test moves."""

    def __init__(self, client: SecretClient) -> None:
        self.client = client
        self.receipt, self.page, self.ledger = (f"{each}-{fresh_id()}" for each in ("receipt", "page", "ledger"))
        self.seconds = 0.0
        self.keys = VaultKeys(
            client, clock=lambda: self.seconds, receipt=self.receipt, page=self.page, ledger=self.ledger
        )

    async def filled(self) -> Keys:
        await self.rotate()
        await self.set_page(PAGE)
        return self.keys

    async def rotate(self, name: str = NAME) -> KeyVaultSecret:
        """A new version of both signing keys; the receipts' is handed back."""
        seed = base64.b64encode(os.urandom(32)).decode()
        await self.client.set_secret(self.ledger, seed, content_type="ed25519", tags={"name": LEDGER_NAME})
        return await self.set_receipt(base64.b64encode(os.urandom(32)).decode(), tags={"name": name})

    async def set_receipt(self, value: str, content_type: str = "ed25519", **more: Any) -> KeyVaultSecret:
        return await self.client.set_secret(self.receipt, value, content_type=content_type, **more)

    async def set_page(self, value: bytes) -> None:
        await self.client.set_secret(self.page, base64.b64encode(value).decode())


@pytest.fixture(scope="session")
async def secret_client(settings: dict[str, str], credential: AsyncTokenCredential) -> AsyncIterator[SecretClient]:
    async with SecretClient(settings["KEY_VAULT_URL"], credential) as client:
        yield client


@pytest.fixture(params=[REAL])
def vault(request: pytest.FixtureRequest) -> Vault:
    return Vault(request.getfixturevalue("secret_client"))


Filled = Callable[[], Awaitable[Keys]]


async def memory_keys() -> Keys:
    return MemoryKeys()


@pytest.fixture(params=["memory", REAL])
def filled(request: pytest.FixtureRequest) -> Filled:
    """Keys of each kind, once their vault has what it must have."""
    return memory_keys if request.param == "memory" else Vault(request.getfixturevalue("secret_client")).filled


async def test_what_the_current_key_signs_it_verifies_and_nothing_else(filled: Filled) -> None:
    keys = await filled()
    signer = await keys.receipt_signer()
    signature = signer.sign(TEXT)

    assert len(signature) == 64
    assert signer.sign(TEXT) == signature
    assert holds(signer.key, signature)
    assert not holds(signer.key, signature, TEXT + b" ")
    assert [str(key) for key in await receipts_of(keys)] == [str(signer.key)]
    assert signer.key.name == NAME


async def test_checkpoints_have_a_key_of_their_own_by_another_name_which_is_listed_after_those_of_receipts(
    filled: Filled,
) -> None:
    keys = await filled()
    receipts, ledger = await keys.receipt_signer(), await keys.ledger_signer()

    assert ledger.key.name == LEDGER_NAME
    assert ledger.key.public != receipts.key.public
    assert holds(ledger.key, ledger.sign(TEXT))
    assert list(await keys.verifiers()) == [receipts.key, ledger.key]


async def test_the_page_key_is_thirty_two_bytes_and_stays_the_same(filled: Filled) -> None:
    keys = await filled()
    page_key = await keys.page_key()
    assert len(page_key) == 32
    assert await keys.page_key() == page_key


async def test_after_a_rotation_the_new_key_signs_and_the_old_ones_still_verify() -> None:
    keys = MemoryKeys()
    old = [(await keys.receipt_signer()).sign(TEXT)]
    keys.rotate()
    old.append((await keys.receipt_signer()).sign(TEXT))
    keys.rotate()

    await _verify_newest_first(keys, [*old, (await keys.receipt_signer()).sign(TEXT)])


async def _verify_newest_first(keys: Keys, signatures: Sequence[bytes]) -> None:
    verifiers = await receipts_of(keys)
    assert verifiers[0] == (await keys.receipt_signer()).key
    assert len(verifiers) == len(signatures)
    for signature in signatures:
        assert sum(holds(key, signature) for key in verifiers) == 1
    assert holds(verifiers[0], signatures[-1])


async def test_after_a_rotation_in_the_vault_the_new_key_signs_within_ten_minutes(vault: Vault) -> None:
    signatures = []
    for _ in range(3):
        await vault.rotate()
        vault.seconds += USED_FOR_SECONDS
        signatures.append((await vault.keys.receipt_signer()).sign(TEXT))
        await _verify_newest_first(vault.keys, signatures)


async def test_what_was_read_is_used_for_ten_minutes_and_no_longer(vault: Vault) -> None:
    await vault.rotate()
    await vault.set_page(PAGE)
    first = (await vault.keys.receipt_signer()).key
    assert await vault.keys.page_key() == PAGE
    await vault.rotate()
    await vault.set_page(PAGE[::-1])

    vault.seconds = USED_FOR_SECONDS - 1
    assert (await vault.keys.receipt_signer()).key == first
    assert await vault.keys.page_key() == PAGE
    vault.seconds = USED_FOR_SECONDS
    assert (await vault.keys.receipt_signer()).key != first
    assert await vault.keys.page_key() == PAGE[::-1]


async def test_who_asks_anew_is_told_of_a_key_that_was_made_a_moment_ago(vault: Vault) -> None:
    await vault.rotate()
    before = await vault.keys.verifiers()
    await vault.rotate()
    assert await vault.keys.verifiers() == before
    anew = await vault.keys.verifiers(anew=True)
    assert [anew[1], anew[3]] == list(before)
    assert await vault.keys.verifiers() == anew


async def test_a_version_that_was_disabled_verifies_nothing_any_more(vault: Vault) -> None:
    compromised = await vault.rotate()
    signature = (await vault.keys.receipt_signer()).sign(TEXT)
    await vault.rotate()
    await vault.client.update_secret_properties(vault.receipt, compromised.properties.version, enabled=False)

    vault.seconds = USED_FOR_SECONDS
    assert len(await receipts_of(vault.keys)) == 1
    assert not any(holds(key, signature) for key in await vault.keys.verifiers())


async def test_after_a_rotation_the_old_keys_of_checkpoints_are_listed_newest_first(vault: Vault) -> None:
    signers = []
    for _ in range(2):
        await vault.rotate()
        vault.seconds += USED_FOR_SECONDS
        signers.append((await vault.keys.ledger_signer()).key)
    assert list(await vault.keys.verifiers())[2:] == signers[::-1]


SECRET = base64.b64encode(b"\x05" * 31).decode()


@pytest.mark.parametrize(
    "value,described",
    [
        (SECRET, {"tags": {"name": NAME}}),
        ("not base64!", {"tags": {"name": NAME}}),
        (base64.b64encode(PAGE).decode(), {}),
        (base64.b64encode(PAGE).decode(), {"tags": {"name": NAME}, "content_type": "rsa"}),
    ],
)
async def test_a_secret_that_is_no_key_is_named_and_not_shown(
    vault: Vault, value: str, described: dict[str, Any]
) -> None:
    await vault.set_receipt(value, **described)

    with pytest.raises(ValueError, match=vault.receipt) as fault:
        await vault.keys.receipt_signer()
    assert value not in str(fault.value)


async def test_a_key_that_could_not_be_read_is_read_at_the_next_call(vault: Vault) -> None:
    await vault.set_page(b"too short")
    with pytest.raises(ValueError, match=vault.page):
        await vault.keys.page_key()
    await vault.set_page(PAGE)

    assert await vault.keys.page_key() == PAGE
