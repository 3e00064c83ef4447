"""Who may do what, proved by walking every assignment and every role of our own; and docs/roles.md says the same."""

import re

import pytest

from tests.infra.deployed import CONTAINER, DEPLOYER, OPERATORS, ROOT, SITE, account, named, short, within
from tests.infra.granted import ASSIGNMENT, BLOB, BLOBS, BUILT_IN, ITEM, QUEUE, Grant, grants, may, ours
from tools.bicep.deployment import Deployment

FOOTAGE = ("footage", "posters", "renditions")
HELD = f"{BLOB}/immutableStorage/runAsSuperUser/action"
ROW = re.compile(r"^\| `?([a-z]+)`? \| ([^|]+) \| ([^|]+) \| [A-Z][^|]+ \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def granted(force: Deployment) -> list[Grant]:
    return grants(force)


def container(force: Deployment, of: str, name: str) -> str:
    return str(within(force, account(force, of), CONTAINER)[name].identity)


@pytest.mark.parametrize("name", FOOTAGE)
@pytest.mark.parametrize("action", ["delete", "deleteBlobVersion/action"])
def test_only_weeder_deletes_footage(force: Deployment, granted: list[Grant], name: str, action: str) -> None:
    assert may(granted, f"{BLOB}/{action}", container(force, "footage", name)) == {"weeder"}


@pytest.mark.parametrize("name", FOOTAGE)
@pytest.mark.parametrize(
    "action",
    [
        f"{BLOB}/permanentDelete/action",
        f"{BLOB}/move/action",
        f"{BLOB}/runAsSuperUser/action",
        f"{BLOBS}/containers/delete",
        f"{BLOBS}/containers/write",
        f"{BLOBS}/containers/clearLegalHold/action",
        f"{BLOBS}/containers/immutabilityPolicies/write",
        f"{BLOBS}/write",
        "Microsoft.Storage/storageAccounts/delete",
        "Microsoft.Storage/storageAccounts/write",
        "Microsoft.Storage/storageAccounts/listKeys/action",
        "Microsoft.Storage/storageAccounts/managementPolicies/write",
        "Microsoft.Authorization/roleAssignments/write",
        "Microsoft.Authorization/locks/delete",
    ],
)
def test_nobody_deletes_footage_past_recovery_or_by_way_of_its_container(
    force: Deployment, granted: list[Grant], name: str, action: str
) -> None:
    assert may(granted, action, container(force, "footage", name)) == set()


def test_only_core_places_or_lifts_a_hold(force: Deployment, granted: list[Grant]) -> None:
    held = {name: may(granted, HELD, container(force, "footage", name)) for name in FOOTAGE}
    assert held == {"footage": {"core"}, "posters": set(), "renditions": set()}


def test_nobody_can_both_lift_a_hold_and_delete(force: Deployment, granted: list[Grant]) -> None:
    at = container(force, "footage", "footage")
    assert may(granted, HELD, at) & may(granted, f"{BLOB}/delete", at) == set()
    assert may(granted, HELD, at) & may(granted, f"{BLOB}/deleteBlobVersion/action", at) == set()


@pytest.mark.parametrize(
    "action",
    [
        f"{BLOB}/write",
        f"{BLOB}/delete",
        f"{BLOB}/deleteBlobVersion/action",
        f"{BLOB}/permanentDelete/action",
        f"{BLOB}/move/action",
        f"{BLOB}/tags/write",
        HELD,
        f"{BLOBS}/containers/delete",
        f"{BLOBS}/containers/write",
        f"{BLOBS}/containers/immutabilityPolicies/write",
        f"{BLOBS}/containers/immutabilityPolicies/delete",
        "Microsoft.Storage/storageAccounts/delete",
    ],
)
def test_nobody_changes_or_deletes_in_the_ledger(force: Deployment, granted: list[Grant], action: str) -> None:
    assert may(granted, action, container(force, "ledger", "ledger")) == set()


def test_core_alone_adds_to_the_ledger(force: Deployment, granted: list[Grant]) -> None:
    at = container(force, "ledger", "ledger")
    assert [may(granted, f"{BLOB}/{action}", at) for action in ("add/action", "read")] == [{"core"}, {"core"}]


@pytest.mark.parametrize("of, app", [("runtime", "core"), ("weeder", "weeder")])
def test_nobody_but_the_app_itself_writes_the_package_it_is_started_from(
    force: Deployment, granted: list[Grant], of: str, app: str
) -> None:
    at = container(force, of, "packages")
    assert [may(granted, f"{BLOB}/{action}", at) for action in ("write", "add/action", "delete")] == [{app}] * 3


def test_each_app_starts_from_its_own_account_as_its_own_identity(force: Deployment) -> None:
    where = {"core": "runtime", "weeder": "weeder"}
    for app, site in {short(name): site for name, site in named(force, SITE).items()}.items():
        assert [short(each.rpartition("/")[2]) for each in site.at("identity.userAssignedIdentities")] == [app]
        storage = site.at("properties.functionAppConfig.deployment.storage")
        assert short(storage["authentication"]["userAssignedIdentityResourceId"].rpartition("/")[2]) == app
        assert short(storage["value"].origin.body["name"]) == where[app]
        assert str(storage["value"]).endswith("packages>")


def test_only_weeder_deletes_records_and_both_write_them(granted: list[Grant]) -> None:
    (at,) = {each.scope for each in granted if "/colls/" in each.scope}
    assert at.endswith("/dbs/continuity/colls/records")
    both = {"core", "weeder"}
    assert may(granted, f"{ITEM}/delete", at) == {"weeder"}
    assert [may(granted, f"{ITEM}/{action}", at) for action in ("create", "read", "replace")] == [both] * 3


def test_weeder_has_no_business_but_weeding(granted: list[Grant]) -> None:
    assert {each.where for each in granted if each.who == "weeder"} == {
        *(f"account `footage`, container `{name}`" for name in FOOTAGE),
        "account `weeder`",
        "records, container `records`",
        "Application Insights",
    }
    disposing = next(each.role for each in granted if each.role.name == "footage disposer")
    assert set(disposing.may) == {f"{BLOB}/{each}" for each in ("read", "delete", "deleteBlobVersion/action")}


def test_core_may_do_what_it_does(force: Deployment, granted: list[Grant]) -> None:
    runtime = account(force, "runtime").identity
    needed = [
        *((f"{BLOB}/{each}", container(force, "footage", "footage")) for each in ("read", "add/action", "write")),
        *((f"{BLOB}/{each}", container(force, "footage", "posters")) for each in ("read", "add/action", "write")),
        (f"{BLOBS}/generateUserDelegationKey/action", str(account(force, "footage").identity)),
        (f"{BLOB}/read", container(force, "runtime", "deadletters")),
        *(
            (f"{QUEUE}/{action}", f"{runtime}/queueServices/default/queues/{queue}")
            for queue in ("fixity", "fixity-poison")
            for action in ("read", "messages/read", "messages/add/action", "messages/write", "messages/process/action")
        ),
    ]
    assert [each for each in needed if "core" not in may(granted, *each)] == []


def test_only_core_reads_the_keys_and_only_the_deployer_makes_them(granted: list[Grant]) -> None:
    (at,) = {each.scope for each in granted if each.where == "vault"}
    secret = "Microsoft.KeyVault/vaults/secrets"
    assert may(granted, f"{secret}/getSecret/action", at) == {"core", DEPLOYER}
    assert may(granted, f"{secret}/setSecret/action", at) == {DEPLOYER}


def test_operators_see_no_footage_no_records_and_no_keys(granted: list[Grant]) -> None:
    assert {each.where for each in granted if each.who == OPERATORS} == {
        "account `runtime`, container `deadletters`",
        "account `runtime`, queue `fixity`",
    }


def test_nobody_else_has_a_role_and_docks_have_none(granted: list[Grant], trial: Deployment) -> None:
    assert {each.who for each in granted} == {"core", "weeder", "events", DEPLOYER, OPERATORS}
    assert {each.who for each in grants(trial)} == {"core", "weeder", "events"}


def test_no_role_is_on_more_than_one_resource(granted: list[Grant]) -> None:
    """On the group or the subscription a role would be on whatever is added to it later."""
    assert [each for each in granted if "/providers/" not in each.scope] == []


def test_no_role_of_ours_says_everything_and_none_is_made_for_nothing(force: Deployment, granted: list[Grant]) -> None:
    assert [role.name for role in ours(force).values() if any("*" in action for action in role.may)] == []
    used = {each.role.name for each in granted}
    assert used == {role.name for role in (*ours(force).values(), *BUILT_IN.values())}


def test_what_has_everything_on_blobs_is_on_host_state_alone(granted: list[Grant]) -> None:
    owners = [(each.who, each.where) for each in granted if each.role.name == "Storage Blob Data Owner"]
    assert owners == [("core", "account `runtime`"), ("weeder", "account `weeder`")]


def test_no_two_assignments_have_one_name(force: Deployment) -> None:
    names = [each.body["name"] for each in force.of(ASSIGNMENT)]
    assert len(names) == len(set(names)) > 15


def test_the_page_says_who_may_what_and_nothing_else(granted: list[Grant]) -> None:
    called = {DEPLOYER: "deployer", OPERATORS: "operators"}
    rows = ROW.findall((ROOT / "docs" / "roles.md").read_text())
    assert sorted(rows) == sorted((called.get(each.who, each.who), each.where, each.role.name) for each in granted)
