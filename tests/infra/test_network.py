"""Who can reach what: the stores from the apps only, the fronts by those who are named, a trial by identity alone."""

import re

import pytest

from tests.infra.deployed import ROOT, SITE, STORAGE, account, named, short
from tools.bicep.deployment import Deployment
from tools.bicep.values import Resource

COSMOS, VAULT = "Microsoft.DocumentDB/databaseAccounts", "Microsoft.KeyVault/vaults"
NETWORK = "Microsoft.Network/virtualNetworks"
ENDPOINTS = {
    "footage-blob": ("footage", "blob"),
    "ledger-blob": ("ledger", "blob"),
    **{f"runtime-{each}": ("runtime", each) for each in ("blob", "queue", "table")},
    **{f"weeder-{each}": ("weeder", each) for each in ("blob", "queue", "table")},
    "records": ("cosmos", "Sql"),
    "vault": ("kv", "vault"),
}


def endpoints(deployment: Deployment) -> dict[str, tuple[str, str]]:
    found = {}
    for each in deployment.of("Microsoft.Network/privateEndpoints"):
        (connection,) = each.at("properties.privateLinkServiceConnections")
        (service,) = connection["properties"]["groupIds"]
        target = connection["properties"]["privateLinkServiceId"].rpartition("/")[2]
        found[short(each.body["name"])] = (short(target) if target.startswith("st") else target.split("-")[0], service)
    return found


def test_every_store_has_a_private_endpoint_for_all_the_apps_use_of_it(force: Deployment) -> None:
    assert endpoints(force) == ENDPOINTS


def test_every_endpoint_has_its_name_in_the_zone_of_its_service(force: Deployment) -> None:
    zones = {each.identity: name for name, each in named(force, "Microsoft.Network/privateDnsZones").items()}
    suffixes = {"Sql": "documents.azure.com", "vault": "vaultcore.azure.net"}
    groups = force.of("Microsoft.Network/privateEndpoints/privateDnsZoneGroups")
    assert len(groups) == len(ENDPOINTS)
    for group in groups:
        (config,) = group.at("properties.privateDnsZoneConfigs")
        service = config["name"]
        zone = zones[config["properties"]["privateDnsZoneId"]]
        assert zone == f"privatelink.{suffixes.get(service, f'{service}.core.windows.net')}"
        assert isinstance(group.parent, Resource)
        assert endpoints(force)[short(group.parent.body["name"])][1] == service


def test_every_zone_is_looked_up_from_the_network(force: Deployment) -> None:
    (network,) = force.of(NETWORK)
    zones = {each.identity for each in force.of("Microsoft.Network/privateDnsZones")}
    links = force.of("Microsoft.Network/privateDnsZones/virtualNetworkLinks")
    assert {each.parent.identity for each in links if each.parent} == zones
    assert {each.at("properties.virtualNetwork.id") for each in links} == {network.identity}


@pytest.mark.parametrize(
    "name, ranges",
    [("footage", ["192.0.2.0/24", "198.51.100.7"]), ("ledger", []), ("runtime", ["203.0.113.9"]), ("weeder", [])],
)
def test_an_account_lets_in_nobody_from_outside_but_those_it_is_for(
    force: Deployment, name: str, ranges: list[str]
) -> None:
    found = account(force, name)
    assert found.at("properties.networkAcls.defaultAction") == "Deny"
    assert [each["value"] for each in found.at("properties.networkAcls.ipRules")] == ranges
    assert found.at("properties.publicNetworkAccess") == ("Enabled" if ranges else "Disabled")


def test_the_records_are_closed_and_the_vault_lets_in_who_makes_the_keys(force: Deployment) -> None:
    (records,), (vault,) = force.of(COSMOS), force.of(VAULT)
    assert records.at("properties.publicNetworkAccess") == "Disabled"
    assert vault.at("properties.networkAcls.defaultAction") == "Deny"
    assert vault.at("properties.networkAcls.ipRules") == [{"value": "203.0.113.9/32"}]


def test_both_apps_call_out_from_the_network(force: Deployment) -> None:
    (network,) = force.of(NETWORK)
    assert {each.at("properties.virtualNetworkSubnetId") for each in force.of(SITE)} == {
        f"{network.identity}/subnets/apps"
    }


def test_the_subnets_do_not_overlap_and_the_endpoints_answer_the_apps_alone(force: Deployment) -> None:
    (network,), (guard,) = force.of(NETWORK), force.of("Microsoft.Network/networkSecurityGroups")
    subnets = {each["name"]: each["properties"] for each in network.at("properties.subnets")}
    assert {name: each["addressPrefix"] for name, each in subnets.items()} == {
        "apps": "10.40.0.0/24",
        "endpoints": "10.40.1.0/26",
    }
    (delegated,) = subnets["apps"]["delegations"]
    assert delegated["properties"]["serviceName"] == "Microsoft.App/environments"  # what Flex Consumption takes
    assert [subnets[name]["defaultOutboundAccess"] for name in ("apps", "endpoints")] == [True, False]
    assert subnets["endpoints"]["networkSecurityGroup"]["id"] == guard.identity
    assert subnets["endpoints"]["privateEndpointNetworkPolicies"] == "Enabled"
    allowed, denied = (each["properties"] for each in guard.at("properties.securityRules"))
    assert (allowed["access"], allowed["sourceAddressPrefix"], allowed["destinationPortRange"]) == (
        "Allow",
        "10.40.0.0/24",
        "443",
    )
    assert (denied["access"], denied["sourceAddressPrefix"], denied["priority"]) == ("Deny", "*", 4096)


def callers(deployment: Deployment, app: str) -> list[str]:
    (site,) = [each for name, each in named(deployment, SITE).items() if short(name) == app]
    assert site.at("properties.siteConfig.ipSecurityRestrictionsDefaultAction") == "Deny"
    return [each["ipAddress"] for each in site.at("properties.siteConfig.ipSecurityRestrictions")]


def test_the_fronts_answer_the_force_and_the_two_services_and_refuse_the_rest(
    force: Deployment, trial: Deployment
) -> None:
    assert callers(force, "core") == ["AzureEventGrid", "PowerBI", "192.0.2.0/24", "198.51.100.7/32"]
    assert callers(force, "weeder") == ["192.0.2.0/24", "198.51.100.7/32"]
    assert callers(trial, "core") == ["AzureEventGrid", "PowerBI"]
    assert callers(trial, "weeder") == []


def test_no_two_callers_have_one_priority_and_service_tags_are_said_to_be_such(force: Deployment) -> None:
    for site in force.of(SITE):
        for kind in ("ipSecurityRestrictions", "scmIpSecurityRestrictions"):
            rules = site.at(f"properties.siteConfig.{kind}")
            assert len({each["priority"] for each in rules}) == len(rules)
            assert [each for each in rules if ("tag" in each) != each["ipAddress"].isalpha()] == []


def test_code_comes_from_the_deployers_ranges_or_from_anywhere_with_a_role(
    force: Deployment, trial: Deployment
) -> None:
    way = "properties.siteConfig.scmIpSecurityRestrictions"
    assert {each.at(f"{way}DefaultAction") for each in force.of(SITE)} == {"Deny"}
    assert [[rule["ipAddress"] for rule in each.at(way)] for each in force.of(SITE)] == [["203.0.113.9/32"]] * 2
    assert {each.at(f"{way}DefaultAction") for each in trial.of(SITE)} == {"Allow"}
    for each in (force, trial):
        passwords = each.of(f"{SITE}/basicPublishingCredentialsPolicies")
        assert [policy.at("properties.allow") for policy in passwords] == [False] * 4


def test_a_trial_has_no_network_and_every_store_still_takes_identities_only(trial: Deployment) -> None:
    assert trial.of(NETWORK, "Microsoft.Network/privateEndpoints", "Microsoft.Network/privateDnsZones") == []
    assert {each.at("properties.virtualNetworkSubnetId") for each in trial.of(SITE)} == {None}
    assert {each.at("properties.allowSharedKeyAccess") for each in trial.of(STORAGE)} == {False}
    assert {each.at("properties.allowBlobPublicAccess") for each in trial.of(STORAGE)} == {False}
    assert [each.at("properties.disableLocalAuth") for each in trial.of(COSMOS)] == [True]


def waits_for(file: str, statement: str) -> set[str]:
    """By the text: what waits for what is gone once the list is flat."""
    text = (ROOT / "infra" / file).read_text()
    (body,) = re.findall(rf"^{re.escape(statement)} .*?^[}}\]]$", text, re.MULTILINE | re.DOTALL)
    return {name for listed in re.findall(r"dependsOn: \[([^\]]*)\]", body) for name in listed.split(", ")}


def test_nothing_begins_before_what_it_rests_on_is_there() -> None:
    """A host that is refused its storage when it is made is refused for good."""
    stores = {"footage", "ledger", "runtime", "weederRuntime", "cosmos", "vault"}
    assert waits_for("main.bicep", "module functions") == {"roles", "endpoints"}
    assert waits_for("main.bicep", "module roles") == stores | {"endpoints"}
    assert waits_for("main.bicep", "module diagnostics") == stores | {"functions"}
    assert waits_for("main.bicep", "module locks") == stores - {"runtime", "weederRuntime"}
    assert waits_for("main.bicep", "module subscriptions") == {"roles"}


def test_one_account_is_changed_by_one_at_a_time() -> None:
    """Roles within Cosmos DB answer 412 when they meet, private endpoints AnotherOperationInProgress."""
    chain = ["recordsKeeper", "recordsDisposer", "coreKeepsRecords", "weederErasesRecords"]
    waited = [waits_for("roles.bicep", f"resource {name}") for name in chain]
    assert waited == [set(), *({each} for each in chain[:-1])]
    for file, kinds in {"roles.bicep": "sqlRoleAssignments", "endpoints.bicep": "privateEndpoints"}.items():
        lines = (ROOT / "infra" / file).read_text().splitlines()
        loops = [at for at, line in enumerate(lines) if kinds in line and line.endswith("= [")]
        assert [lines[at - 1] for at in loops] == ["@batchSize(1)"] * 2
