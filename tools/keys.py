"""Make and rotate the service's own keys in Key Vault: `python -m tools.keys create|rotate|list`.

    receipt-key   base64 of an Ed25519 seed, tagged with its key name; receipts are signed with its current version,
                  and every enabled version still verifies what it signed
    ledger-key    the same for the checkpoints of the ledger; its key name is the ledger's origin
    page-key      base64 of 32 bytes; page tokens are made unforgeable with it

`create` makes what is missing and touches nothing that is there. `rotate` adds a new version of both signing keys;
the service takes them up within ten minutes, one instance sooner than another, and whatever either key signed verifies.
`list` says which version is current. A seed is made here, goes to the vault, and is printed nowhere.
"""

import argparse
import asyncio
import base64
import os
import secrets
import sys

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity.aio import DefaultAzureCredential
from azure.keyvault.secrets.aio import SecretClient

RECEIPTS, LEDGER, PAGES = "receipt-key", "ledger-key", "page-key"
SEED = 32  # bytes
FORBIDDEN, NOT_FOUND = 403, 404


async def create(vault: SecretClient, *, origin: str) -> None:
    """All keys exist once this returns."""
    for key, name in signing(origin).items():
        if not await _there(vault, key):
            await _new_signing_key(vault, key, name)
    if not await _there(vault, PAGES):
        await vault.set_secret(PAGES, _chance(), content_type="hmac-sha256")
        print(f"made {PAGES}")


async def rotate(vault: SecretClient, *, origin: str) -> None:
    """New receipts and checkpoints are signed by new keys of the same names; old ones still verify."""
    for key, name in signing(origin).items():
        await _new_signing_key(vault, key, name)


async def show(vault: SecretClient, *, origin: str) -> None:
    """Every version of the signing keys, the newest first, and what it is still good for."""
    for key in signing(origin):
        current = await _current(vault, key)
        found = [version async for version in vault.list_properties_of_secret_versions(key)]
        for version in sorted(found, key=lambda each: (each.created_on, each.version == current), reverse=True):
            standing = "current: signs and verifies" if version.version == current else "old: verifies"
            told = standing if version.enabled else "disabled: what it signed verifies no more"
            print(f"{key} {version.version} made {version.created_on} {told}")
        if current is None:
            print(f"{key}: nothing signs, for there is no current version that is enabled")


async def _current(vault: SecretClient, key: str) -> str | None:
    """The version that the service signs with (shared/adapters/vault_keys.py, V2)."""
    try:
        return (await vault.get_secret(key)).properties.version
    except HttpResponseError as no:
        if no.status_code in (FORBIDDEN, NOT_FOUND):  # Key Vault does not give out what is disabled
            return None
        raise


def signing(origin: str) -> dict[str, str]:
    """The signing keys, and by what name each signs."""
    return {RECEIPTS: f"{origin}/receipts", LEDGER: origin}


async def _new_signing_key(vault: SecretClient, key: str, name: str) -> None:
    made = await vault.set_secret(key, _chance(), content_type="ed25519", tags={"name": name})
    print(f"made {key} {made.properties.version} for {name}")


async def _there(vault: SecretClient, name: str) -> bool:
    try:
        await vault.get_secret(name)
    except ResourceNotFoundError:
        return False
    return True


def _chance() -> str:
    return base64.b64encode(secrets.token_bytes(SEED)).decode("ascii")


async def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.keys", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=["create", "rotate", "list"])
    parser.add_argument("--vault", default=os.environ.get("KEY_VAULT_URL"), help="else the setting KEY_VAULT_URL")
    parser.add_argument("--origin", default=os.environ.get("LOG_ORIGIN"), help="else the setting LOG_ORIGIN")
    given = parser.parse_args(argv)
    if not given.vault or not given.origin:
        parser.error("say --vault and --origin, or set KEY_VAULT_URL and LOG_ORIGIN")
    what = {"create": create, "rotate": rotate, "list": show}[given.what]
    async with DefaultAzureCredential() as credential, SecretClient(given.vault, credential) as vault:
        await what(vault, origin=given.origin)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
