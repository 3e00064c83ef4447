"""The first run, which makes the keys, and the last, which refuses: against a pretended `az` and the local vault."""

import json
import os
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from infra.hooks import firstrun, predown
from local.stack import Stack
from tests.infra.deployed import STORAGE, account, named
from tests.infra.pretending import AT_ONCE, DEPLOYED, FORBIDDEN, NOT_THERE, SUBSCRIPTION, Pretended, answer, failure
from tools.bicep.deployment import Deployment

PERSON = "00000000-0000-4000-8000-00000000000c"
VAULT = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-continuity-trial/providers/Microsoft.KeyVault/vaults/kv-x"
POLICY = "immutabilityPolicies/default"
GIVEN, TAKEN = "az role assignment create", "az role assignment delete"
UNLOCKED, LOCKED = "az lock delete", "az lock create"
LOCKS = [{"name": "of-the-force", "level": "ReadOnly"}, {"name": "holds-evidence", "level": "CanNotDelete"}]
SCOPE_LOCKED = failure("(ScopeLocked) The scope cannot perform delete operation because following scope(s) are locked")
LOCK = {"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/stfootagex"}
LOCK["id"] += "/providers/Microsoft.Authorization/locks/holds-evidence"


def has_no_right_yet(cloud: Pretended) -> None:
    cloud.when("az ad signed-in-user show", answer({"id": PERSON}))
    cloud.when("az role assignment list", answer([]))
    cloud.when(GIVEN, answer({"id": "…"}))
    cloud.when(TAKEN)
    cloud.when("az lock list", answer(LOCKS))
    cloud.when(UNLOCKED)
    cloud.when(LOCKED, answer({"name": "holds-evidence"}))


def token_for(stack: Stack, resource: str) -> str:
    """As the directory would give a deployer one, for that resource."""
    url = f"{stack.settings['IDENTITY_ENDPOINT']}?resource={resource}"
    asked = urllib.request.Request(url, headers={"X-IDENTITY-HEADER": stack.settings["IDENTITY_HEADER"]})  # noqa: S310
    with urllib.request.urlopen(asked) as said:  # noqa: S310 - an address of this machine
        return str(json.load(said)["access_token"])


@contextmanager
def vault_of(stack: Stack, cloud: Pretended) -> Iterator[dict[str, str]]:
    resource = f"https://{urlsplit(stack.settings['KEY_VAULT_URL']).netloc.split('.', 1)[1]}"
    token = token_for(stack, resource)
    cloud.when("az account get-access-token", answer({"accessToken": token, "expires_on": 2**31}))
    trust = {name: value for name, value in os.environ.items() if name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")}
    yield DEPLOYED | trust | {"KEY_VAULT_URL": stack.settings["KEY_VAULT_URL"]}


# ---- The first run ----


@pytest.mark.stack
def test_the_keys_are_made_in_the_name_of_who_is_signed_in_and_the_right_to_is_taken_away(
    stack: Stack, cloud: Pretended
) -> None:
    has_no_right_yet(cloud)
    with vault_of(stack, cloud) as known:
        ended = cloud.run("firstrun", *AT_ONCE, **known)
    assert (ended.code, ended.error) == (0, "")
    assert cloud.changes == [UNLOCKED, GIVEN, TAKEN, LOCKED, "azd env set KEYS_MADE true"]
    (given,) = cloud.asked_with(GIVEN)
    assert given[given.index("--scope") + 1] == VAULT
    assert given[given.index("--assignee-object-id") + 1] == PERSON
    assert given[given.index("--role") + 1] == firstrun.SECRETS_OFFICER
    assert "https://continuity.test/api/docks/DOCK" in ended.said


@pytest.mark.stack
def test_a_right_that_is_not_seen_at_once_is_waited_for(stack: Stack, cloud: Pretended) -> None:
    has_no_right_yet(cloud)
    with vault_of(stack, cloud) as known:
        token = cloud.told[0]["answers"][0]
        cloud.when("az account get-access-token", failure("not yet"), token)
        ended = cloud.run("firstrun", *AT_ONCE, **known)
    assert (ended.code, ended.said.count("not yet: the keys could not be made")) == (0, 1)
    assert cloud.changes.count(GIVEN) == cloud.changes.count(TAKEN) == 1


def test_another_run_changes_nothing(cloud: Pretended) -> None:
    ended = cloud.run("firstrun", **DEPLOYED, KEYS_MADE="true")
    assert (ended.code, cloud.asked) == (0, [])


def test_keys_that_cannot_be_made_are_one_line_and_the_right_is_still_taken_away(cloud: Pretended) -> None:
    has_no_right_yet(cloud)
    ended = cloud.run("firstrun", "--attempts", "2", "--every", "0", **DEPLOYED)
    (line,) = ended.error.splitlines()
    assert (ended.code, line.startswith("error: the keys could not be made")) == (1, True)
    assert cloud.changes == [UNLOCKED, GIVEN, TAKEN, LOCKED]


def test_a_right_that_azd_gave_is_not_given_again_and_goes_as_well(cloud: Pretended) -> None:
    has_no_right_yet(cloud)
    cloud.when("az role assignment list", answer([{"id": "…"}]))
    cloud.run("firstrun", "--attempts", "1", "--every", "0", **DEPLOYED)
    assert cloud.changes == [UNLOCKED, TAKEN, LOCKED]


def test_a_workflow_gives_the_right_to_itself_as_what_it_is(cloud: Pretended) -> None:
    has_no_right_yet(cloud)
    cloud.when("az account show", answer({"id": SUBSCRIPTION, "user": {"name": "app", "type": "servicePrincipal"}}))
    cloud.when("az ad sp show", answer({"id": PERSON}))
    cloud.run("firstrun", "--attempts", "1", "--every", "0", **DEPLOYED)
    (given,) = cloud.asked_with(GIVEN)
    assert given[given.index("--assignee-principal-type") + 1] == "ServicePrincipal"


def test_who_may_not_give_rights_is_told_so_and_nothing_is_tried(cloud: Pretended) -> None:
    has_no_right_yet(cloud)
    cloud.when(GIVEN, FORBIDDEN)
    ended = cloud.run("firstrun", *AT_ONCE, **DEPLOYED)
    assert (ended.code, "AuthorizationFailed" in ended.error) == (1, True)
    assert cloud.asked_with("get-access-token") == []
    assert cloud.changes == [UNLOCKED, GIVEN, LOCKED]


ONCE = ("--attempts", "1", "--every", "0")


def test_a_right_that_could_not_be_taken_away_is_not_passed_over_and_the_lock_is_put_back(cloud: Pretended) -> None:
    has_no_right_yet(cloud)
    cloud.when(TAKEN, FORBIDDEN)
    ended = cloud.run("firstrun", *ONCE, **DEPLOYED)
    (line,) = ended.error.splitlines()
    assert (ended.code, line.startswith(f"error: still open: {firstrun.A_RIGHT}. Run this again")) == (1, True)
    assert "az role assignment delete failed" in line
    assert cloud.changes == [UNLOCKED, GIVEN, TAKEN, LOCKED]


def test_a_lock_that_azure_still_sees_is_waited_for(cloud: Pretended) -> None:
    has_no_right_yet(cloud)
    cloud.when(TAKEN, SCOPE_LOCKED, answer())
    ended = cloud.run("firstrun", "--attempts", "2", "--every", "0", **DEPLOYED)
    assert ("ScopeLocked" in ended.said, "still open" in ended.error) == (True, False)
    assert cloud.changes == [UNLOCKED, GIVEN, TAKEN, TAKEN, LOCKED]


def test_all_that_is_still_open_is_said_in_one_line_with_what_finishes_it(cloud: Pretended) -> None:
    has_no_right_yet(cloud)
    cloud.when(TAKEN, SCOPE_LOCKED)
    cloud.when(LOCKED, FORBIDDEN)
    ended = cloud.run("firstrun", *ONCE, **DEPLOYED)
    (line,) = ended.error.splitlines()
    assert all(word in line for word in (firstrun.A_RIGHT, firstrun.A_LOCK, "Run this again", "deploying.md"))


@pytest.mark.parametrize(
    "guards,last",
    [({}, [LOCKED]), ({"GUARDS": ""}, [LOCKED]), ({"GUARDS": "true"}, [LOCKED]), ({"GUARDS": "false"}, [])],
)
def test_a_lock_that_a_run_cut_off_before_had_taken_off_is_put_back_where_there_are_to_be_any(
    cloud: Pretended, guards: dict[str, str], last: list[str]
) -> None:
    has_no_right_yet(cloud)
    cloud.when("az role assignment list", answer([{"id": "…"}]))
    cloud.when("az lock list", answer(LOCKS[:1]))
    cloud.run("firstrun", *ONCE, **DEPLOYED, **guards)
    assert cloud.changes == [TAKEN, *last]


def test_who_may_not_take_the_lock_off_is_told_so_before_anything_is_changed(cloud: Pretended) -> None:
    has_no_right_yet(cloud)
    cloud.when(UNLOCKED, FORBIDDEN)
    ended = cloud.run("firstrun", *ONCE, **DEPLOYED)
    assert (ended.code, "az lock delete failed" in ended.error, cloud.changes) == (1, True, [UNLOCKED])


def test_the_lock_is_put_back_as_the_bicep_has_it(cloud: Pretended, force: Deployment) -> None:
    has_no_right_yet(cloud)
    cloud.run("firstrun", *ONCE, **DEPLOYED)
    on = {each.at("scope").kind: each for each in force.of("Microsoft.Authorization/locks")}
    made = on["microsoft.keyvault/vaults"]
    (given,) = cloud.asked_with(LOCKED)
    option = {name: given[given.index(f"--{name}") + 1] for name in ("name", "lock-type", "notes", "resource")}
    told = {"lock-type": made.at("properties.level"), "notes": made.at("properties.notes")}
    assert option == {"name": made.at("name"), **told, "resource": "kv-x"}


def test_the_right_is_the_one_the_roles_page_gives_a_deployer(force: Deployment) -> None:
    roles = named(force, "Microsoft.Authorization/roleAssignments").values()
    assert any(firstrun.SECRETS_OFFICER in str(each.at("properties.roleDefinitionId")) for each in roles)


# ---- The last ----


def test_a_deployment_under_locks_is_refused_with_the_stores_by_name(cloud: Pretended) -> None:
    cloud.when("az lock list", answer([LOCK]))
    ended = cloud.run("predown", **DEPLOYED, TAKE_DOWN="trial")
    (line,) = ended.error.splitlines()
    assert (ended.code, "under locks on stfootagex" in line, "taking a trial down" in line) == (1, True, True)


@pytest.mark.parametrize("state,told", [("Locked", "is locked"), ("Unlocked", "not locked yet")])
def test_a_ledger_under_a_policy_is_refused_locked_or_not(cloud: Pretended, state: str, told: str) -> None:
    cloud.when("az lock list", answer([]))
    policy = {"properties": {"state": state, "immutabilityPeriodSinceCreationInDays": 36500}}
    cloud.when("az resource show", answer(policy))
    ended = cloud.run("predown", **DEPLOYED, TAKE_DOWN="trial")
    assert (ended.code, told in ended.error, "36500 days" in ended.error) == (1, True, True)
    assert cloud.asked_with("az resource show")[0][4].endswith(POLICY)


@pytest.mark.parametrize("said", ["", "live", "TRIAL"])
def test_what_nobody_named_is_refused(cloud: Pretended, said: str) -> None:
    cloud.when("az lock list", answer([]))
    cloud.when("az resource show", NOT_THERE)
    ended = cloud.run("predown", **DEPLOYED, TAKE_DOWN=said)
    assert (ended.code, "azd env set TAKE_DOWN trial" in ended.error) == (1, True)


def test_a_trial_without_locks_and_policy_that_was_named_goes(cloud: Pretended) -> None:
    cloud.when("az lock list", answer([]))
    cloud.when("az resource show", NOT_THERE)
    ended = cloud.run("predown", **DEPLOYED, TAKE_DOWN="trial")
    assert (ended.code, ended.error, cloud.changes) == (0, "", [])


@pytest.mark.parametrize("words", ["az lock list", "az resource show"])
def test_what_could_not_be_looked_at_is_not_taken_for_nothing(cloud: Pretended, words: str) -> None:
    cloud.when("az lock list", answer([]))
    cloud.when("az resource show", NOT_THERE)
    cloud.when(words, FORBIDDEN)
    ended = cloud.run("predown", **DEPLOYED, TAKE_DOWN="trial")
    assert (ended.code, "AuthorizationFailed" in ended.error) == (1, True)


def test_the_policy_is_looked_for_where_the_bicep_puts_it(force: Deployment) -> None:
    kind = f"{STORAGE}/blobServices/containers/immutabilityPolicies"
    (policy,) = force.of(kind)
    assert policy.api_version == predown.STORAGE_VERSION
    assert str(policy.identity).startswith(str(account(force, "ledger").identity))
    assert str(policy.identity).endswith("/blobServices/default/containers/ledger/immutabilityPolicies/default")
