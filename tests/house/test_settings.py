"""Every setting is in the example, safe on a laptop, the same as the local stack's, and in the README."""

import json
import re
from pathlib import Path

import pytest

from local.certificates import Certificates, trusting
from local.environment import settings
from local.ports import Ports
from shared.adapters.ed25519 import verifies
from shared.domain.note import COSIGNATURE, VerifierKey
from shared.settings import BadSettings, Settings, read_settings
from shared.wiring import Wired
from tests.functions.opened import EXAMPLE, FUNCTIONS, ROOT

# What Functions, its extensions and the Azure libraries read themselves, with no help of ours.
OF_THE_HOST = {
    "FUNCTIONS_WORKER_RUNTIME",
    "AzureWebJobsStorage__blobServiceUri",
    "AzureWebJobsStorage__queueServiceUri",
    "AzureWebJobsStorage__credential",
}
# Only a managed identity has these, and the local stack makes the second anew at each start.
OF_THE_IDENTITY = {"IDENTITY_ENDPOINT", "IDENTITY_HEADER"}

MAY_BE_EMPTY = {"APPLICATIONINSIGHTS_CONNECTION_STRING", "WITNESS_KEYS"}
ANY_TEXT = {"LOG_ORIGIN", "CLAIM_OFFICER", "CLAIM_BOROUGH", "TOKEN_ISSUERS", "TOKEN_AUDIENCES"}


def ours() -> set[str]:
    return {name.upper() for name in Settings.model_fields}


def of_connections() -> set[str]:
    """What the triggers' connections are made of: each is an address and a kind of credential."""
    found = [binding.get_dict_repr() for function in FUNCTIONS.values() for binding in function.get_bindings()]
    named = {str(binding["connection"]) for binding in found if "connection" in binding}
    return {f"{name}__{part}" for name in named for part in ("queueServiceUri", "credential")}


def test_the_example_has_every_setting_and_no_other() -> None:
    assert set(EXAMPLE) == ours() | OF_THE_HOST | of_connections()


def test_the_example_is_what_core_tools_reads() -> None:
    content = json.loads((ROOT / "local.settings.example.json").read_text())
    assert (set(content), content["IsEncrypted"]) == ({"IsEncrypted", "Values"}, False)
    assert {type(value) for value in EXAMPLE.values()} == {str}


def test_the_example_is_good() -> None:
    read_settings(EXAMPLE)


def test_the_example_reaches_nothing_but_this_machine() -> None:
    hosts = {host for value in EXAMPLE.values() for host in re.findall(r"https?://([^:/]+)", value)}
    assert hosts == {"127.0.0.1"}


def test_the_example_is_what_the_local_stack_gives_the_app() -> None:
    nowhere = Path("/nowhere")
    given = settings(Ports(), Certificates(authority=nowhere, certificate=nowhere, key=nowhere), "made anew")
    assert {n: v for n, v in given.items() if n not in OF_THE_IDENTITY | set(trusting(nowhere))} == EXAMPLE


@pytest.mark.parametrize("name", sorted(ours()))
def test_a_setting_that_is_missing_is_named(name: str) -> None:
    without = {key: value for key, value in EXAMPLE.items() if key != name}
    with pytest.raises(BadSettings, match=rf"missing or wrong: {name}: "):
        read_settings(without)


@pytest.mark.parametrize("name", sorted(ours() - MAY_BE_EMPTY))
def test_a_setting_that_is_wrong_is_named_and_its_value_is_not_told(name: str) -> None:
    for wrong in ("", " ") if name in ANY_TEXT else ("", " ", "\x00sig=secret value"):
        with pytest.raises(BadSettings, match=f"{name}: ") as refused:
            read_settings({**EXAMPLE, name: wrong})
        assert "sig=secret" not in str(refused.value)


@pytest.mark.parametrize(
    "name, value",
    [
        ("AZURE_TOKEN_CREDENTIALS", "dev"),
        ("AZURE_TOKEN_CREDENTIALS", "prod"),
        ("AZURE_TOKEN_CREDENTIALS", "AzureCliCredential"),
        ("AZURE_TOKEN_CREDENTIALS", "managedidentitycredential"),
        ("APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL", "false"),
        ("APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL", "1"),
        ("APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL", "True"),
    ],
)
def test_what_a_library_would_read_otherwise_is_not_taken(name: str, value: str) -> None:
    """The first would let in whoever is signed in on the machine; the second would send figures out of the UK."""
    with pytest.raises(BadSettings, match=f"missing or wrong: {name}: "):
        read_settings({**EXAMPLE, name: value})


A_WITNESS = "witness.example+283095ee+BAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"


@pytest.mark.parametrize(
    "wrong",
    [
        "\x00sig=secret value",
        "a witness",
        A_WITNESS[:-1],
        A_WITNESS.replace("+BAEB", "+AQEB"),
        f"{A_WITNESS},{A_WITNESS}",
    ],
)
def test_keys_that_are_no_witnesses_stop_the_app_by_the_setting_s_name_and_are_not_told(wrong: str) -> None:
    with pytest.raises(BadSettings, match=r"missing or wrong: WITNESS_KEYS: Value error, key: ") as refused:
        read_settings({**EXAMPLE, "WITNESS_KEYS": wrong})
    assert wrong not in str(refused.value)


def test_the_witnesses_are_those_that_are_listed_in_their_order_and_may_be_none() -> None:
    other = str(VerifierKey(name="other.example", public=bytes(32), kind=COSIGNATURE))
    for given, listed in (("", []), (A_WITNESS, [A_WITNESS]), (f" {other} , {A_WITNESS},", [other, A_WITNESS])):
        taken = read_settings({**EXAMPLE, "WITNESS_KEYS": given})
        assert [str(key) for key in taken.witness_keys] == listed


def test_what_the_settings_say_of_the_ledger_is_what_the_doors_are_handed() -> None:
    for switch, is_open in (("on", True), ("off", False)):
        wired = Wired(read_settings({**EXAMPLE, "LEDGER_OPEN": switch, "WITNESS_KEYS": A_WITNESS}))
        assert (wired.ledger_open, [str(key) for key in wired.witnesses]) == (is_open, [A_WITNESS])
        assert wired.check is verifies


def test_all_that_is_missing_is_told_at_once() -> None:
    with pytest.raises(BadSettings) as refused:
        read_settings({})
    assert [name for name in ours() if f"{name}: " not in str(refused.value)] == []


def test_the_readme_has_every_setting_in_a_row_of_its_table_and_no_other() -> None:
    section = (ROOT / "README.md").read_text().partition("\n## Settings\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\|([^|]+)\|", section, re.MULTILINE)
    assert sorted(name for row in rows for name in re.findall(r"`([^`]+)`", row)) == sorted(EXAMPLE)
