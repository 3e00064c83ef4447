"""The keys of the service: what is missing is made, what is there is left, each has its name, and none is shown."""

import base64
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.keyvault.secrets.aio import SecretClient

from tools.keys import create, rotate, show

ORIGIN = "continuity.test/ledger"


class Vault:
    """The three calls of a vault's client that the tool makes: the versions of each secret, oldest first."""

    def __init__(self) -> None:
        self.secrets: dict[str, list[Any]] = {}
        self.disabled: set[str] = set()

    async def get_secret(self, name: str) -> Any:
        if name not in self.secrets:
            raise ResourceNotFoundError(name, response=SimpleNamespace(status_code=404, reason="Not Found"))
        latest = self.secrets[name][-1]
        if latest.properties.version in self.disabled:
            raise HttpResponseError(name, response=SimpleNamespace(status_code=403, reason="Forbidden"))
        return latest

    async def set_secret(self, name: str, value: str, *, content_type: str, tags: dict[str, str] | None = None) -> Any:
        versions = self.secrets.setdefault(name, [])
        properties = SimpleNamespace(version=f"v{len(versions)}")
        versions.append(SimpleNamespace(value=value, content_type=content_type, tags=tags, properties=properties))
        return versions[-1]

    async def list_properties_of_secret_versions(self, name: str) -> AsyncIterator[Any]:
        for each in self.secrets.get(name, []):
            version = each.properties.version
            yield SimpleNamespace(version=version, created_on="today", enabled=version not in self.disabled)

    @property
    def values(self) -> list[str]:
        return [version.value for versions in self.secrets.values() for version in versions]


@pytest.fixture
def vault() -> Vault:
    return Vault()


def client(vault: Vault) -> SecretClient:
    return cast("SecretClient", vault)


async def test_all_keys_are_made_each_of_its_own_chance_and_signing_keys_under_their_names(vault: Vault) -> None:
    await create(client(vault), origin=ORIGIN)
    assert {name: versions[0].tags for name, versions in vault.secrets.items()} == {
        "receipt-key": {"name": f"{ORIGIN}/receipts"},
        "ledger-key": {"name": ORIGIN},
        "page-key": None,
    }
    assert [versions[0].content_type for versions in vault.secrets.values()] == ["ed25519", "ed25519", "hmac-sha256"]
    assert {len(base64.b64decode(value, validate=True)) for value in vault.values} == {32}
    assert len(set(vault.values)) == 3


async def test_what_is_there_is_left_and_only_what_is_missing_is_made(vault: Vault) -> None:
    await create(client(vault), origin=ORIGIN)
    del vault.secrets["ledger-key"]
    before = dict(vault.secrets)
    await create(client(vault), origin=ORIGIN)
    assert {name: versions for name, versions in vault.secrets.items() if name != "ledger-key"} == before
    assert [len(versions) for versions in vault.secrets.values()] == [1, 1, 1]


async def test_a_rotation_adds_a_version_of_both_signing_keys_and_none_is_ever_shown(
    vault: Vault, capsys: pytest.CaptureFixture[str]
) -> None:
    await create(client(vault), origin=ORIGIN)
    await rotate(client(vault), origin=ORIGIN)
    await show(client(vault), origin=ORIGIN)
    assert {name: len(versions) for name, versions in vault.secrets.items()} == {
        "receipt-key": 2,
        "ledger-key": 2,
        "page-key": 1,
    }
    assert len(set(vault.values)) == 5
    said = capsys.readouterr().out
    assert said.splitlines()[-2:] == [
        "ledger-key v1 made today current: signs and verifies",
        "ledger-key v0 made today old: verifies",
    ]
    assert not [value for value in vault.values if value in said]


async def test_of_a_version_that_was_disabled_it_is_said_that_nothing_it_signed_verifies(
    vault: Vault, capsys: pytest.CaptureFixture[str]
) -> None:
    await create(client(vault), origin=ORIGIN)
    await rotate(client(vault), origin=ORIGIN)
    vault.disabled = {"v0"}
    capsys.readouterr()
    await show(client(vault), origin=ORIGIN)
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition("today ")[2] for line in lines[:2]] == [
        "current: signs and verifies",
        "disabled: what it signed verifies no more",
    ]
    vault.disabled = {"v1"}
    await show(client(vault), origin=ORIGIN)
    lines = capsys.readouterr().out.splitlines()
    assert lines[2] == "receipt-key: nothing signs, for there is no current version that is enabled"


async def test_where_a_key_was_never_made_the_list_says_that_nothing_signs(
    vault: Vault, capsys: pytest.CaptureFixture[str]
) -> None:
    await show(client(vault), origin=ORIGIN)
    assert capsys.readouterr().out.count("nothing signs") == 2
