"""Each rule of residency green on what is right and red on one thing wrong; and infra/ against all rules there are."""

import re
from pathlib import Path

import pytest

from tests.infra.samples import deployed
from tools.bicep import pins, residency
from tools.bicep.__main__ import main
from tools.bicep.arguments import subject_of
from tools.bicep.catalogue import DECISIONS, MUST_BE_THERE, TYPES, Residency, global_types
from tools.bicep.checking import check
from tools.bicep.deployment import flatten
from tools.bicep.files import Files
from tools.bicep.finding import Rule
from tools.bicep.regions import other_regions

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra" / "main.bicep"
STORAGE = """resource a 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: 'a'
  location: 'uksouth'
  sku: { name: 'Standard_ZRS' }
  properties: { allowCrossTenantReplication: false }
}"""
COSMOS = """resource c 'Microsoft.DocumentDB/databaseAccounts@2025-04-15' = {
  name: 'c'
  location: 'uksouth'
  properties: {
    locations: [{ locationName: 'uksouth' }]
    enableMultipleWriteLocations: false
    backupPolicy: { type: 'Continuous' }
  }
}"""
WORKSPACE = """resource w 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: 'w'
  location: 'uksouth'
  properties: { replication: { enabled: false } }
}"""
TOPIC = """resource t 'Microsoft.EventGrid/topics@2025-02-15' = {
  name: 't'
  location: 'uksouth'
  properties: { dataResidencyBoundary: 'WithinRegion' }
}"""
ZONE = "resource z 'Microsoft.Network/privateDnsZones@2024-06-01' = { name: 'z', location: 'global' }"
CASES: list[tuple[Rule, str, str, str, str]] = [
    (residency.known_types, STORAGE, "Microsoft.Storage/storageAccounts", "Microsoft.Cdn/profiles", "type-undecided"),
    (residency.known_types, STORAGE, "2025-06-01' =", "2025-06-01' existing =", ""),
    (residency.known_types, STORAGE, "Storage/storageAccounts@2025-06-01' =", "Cdn/x@1' existing =", "type-undecided"),
    (residency.locations, STORAGE, "'uksouth'", "'ukwest'", "location"),
    (residency.locations, STORAGE, "'uksouth'", "'UK South'", "location"),
    (residency.locations, STORAGE, "'uksouth'", "resourceGroup().location", "location"),
    (residency.locations, STORAGE, "'uksouth'", "reference('x').location", "location"),
    (residency.locations, STORAGE, "  location: 'uksouth'\n", "", "location"),
    (residency.locations, ZONE, "'global'", "'westeurope'", "location"),
    (residency.locations, ZONE, "'global'", "'uksouth'", "location"),
    (residency.no_other_region, COSMOS, "name: 'c'", "name: 'c-northeurope-1'", "other-region"),
    (residency.no_other_region, COSMOS, "'Continuous'", "'North Europe'", "other-region"),
    (residency.no_other_region, COSMOS, "Name: 'uksouth'", "Name: reference('x').place", "location-unknown"),
    (residency.storage_in_one_region, STORAGE, "ZRS", "GRS", "storage-redundancy"),
    (residency.storage_in_one_region, STORAGE, "Standard_ZRS", "Standard_RAGZRS", "storage-redundancy"),
    (residency.storage_in_one_region, STORAGE, "'Standard_ZRS'", "reference('x').sku", "storage-redundancy"),
    (residency.no_replication, STORAGE, "Replication: false", "Replication: true", "object-replication"),
    (residency.no_replication, STORAGE, "{ allowCrossTenantReplication: false }", "{}", "object-replication"),
    (residency.no_replication, WORKSPACE, "enabled: false", "enabled: true", "workspace-replication"),
    (residency.no_replication, WORKSPACE, "enabled: false", "location: 'uksouth'", "workspace-replication"),
    (residency.no_replication, WORKSPACE, "replication: { enabled: false }", "", ""),
    (residency.cosmos_in_one_region, COSMOS, "[{", "[{ locationName: 'ukwest' }, {", "cosmos-regions"),
    (residency.cosmos_in_one_region, COSMOS, "[{ locationName: 'uksouth' }]", "[]", "cosmos-regions"),
    (residency.cosmos_in_one_region, COSMOS, "[{ locationName: 'uksouth' }]", "reference('x').l", "cosmos-regions"),
    (residency.cosmos_in_one_region, COSMOS, "Locations: false", "Locations: true", "cosmos-regions"),
    (residency.cosmos_in_one_region, COSMOS, "type: 'Continuous'", "type: 'Periodic'", "cosmos-backup"),
    (residency.cosmos_in_one_region, COSMOS, "type: 'Continuous'", "type: 'Continuous', a: 'Geo'", "cosmos-backup"),
    (residency.topics_within_region, TOPIC, "WithinRegion", "WithinGeopair", "topic-boundary"),
    (residency.topics_within_region, TOPIC, "dataResidencyBoundary: 'WithinRegion'", "", "topic-boundary"),
]


@pytest.mark.parametrize(("rule", "text", "old", "new", "name"), CASES)
def test_a_rule_is_silent_on_what_is_right_and_names_what_is_wrong(
    rule: Rule, text: str, old: str, new: str, name: str
) -> None:
    assert old in text
    assert list(rule(deployed(text))) == []
    found = list(rule(deployed(text.replace(old, new, 1))))
    assert {each.rule for each in found} == ({name} if name else set())
    assert all(re.match(r"infra/main\.bicep:\d+: [a-z-]+: \w+ \(Microsoft", str(each)) for each in found)


def test_a_copy_of_objects_to_another_account_is_found() -> None:
    policy = "resource o 'Microsoft.Storage/storageAccounts/objectReplicationPolicies@2025-06-01' = { name: 'a/o' }"
    assert [each.rule for each in residency.no_replication(deployed(policy))] == ["object-replication"]


def test_an_empty_list_proves_nothing() -> None:
    found = list(residency.something_to_check(deployed("var a = 1")))
    assert {each.rule for each in found} == {"too-few"}
    assert len(found) == len(MUST_BE_THERE)


@pytest.mark.parametrize("text", ["westeurope", "West Europe", "st-ukwest-1", "https://eastus2.x.test", "Europe"])
def test_a_region_is_known_by_any_of_its_names(text: str) -> None:
    assert other_regions(text)


@pytest.mark.parametrize("text", ["uksouth", "UK South", "global", "Europe/London", "southern", "eastbourne"])
def test_what_is_no_other_region_is_not_taken_for_one(text: str) -> None:
    assert other_regions(text) == frozenset()


MAIN_TEXT = "@allowed(['uksouth'])\nparam location string\nmodule m 'm.bicep' = { params: { location: location } }"
MODULE_TEXT = "param location string\noutput it string = location"


def pinned(folder: Path, name: str = "", old: str = "", new: str = "") -> set[str]:
    """The rules about files that complain of a small folder with one thing changed."""
    texts = {
        "infra/main.bicep": MAIN_TEXT,
        "infra/m.bicep": MODULE_TEXT,
        "infra/main.parameters.json": '{"parameters": {"location": {"value": "${AZURE_LOCATION=uksouth}"}}}',
        "azure.yaml": "name: continuity",
    }
    if name:
        texts[name] = texts.get(name, "").replace(old, new) if old else new
    (folder / "infra").mkdir()
    for each, text in texts.items():
        (folder / each).write_text(text)
    deployment = flatten(Files(root=folder), "infra/main.bicep", {"location": "uksouth"})
    return {finding.rule for rule in pins.RULES for finding in rule(deployment)}


@pytest.mark.parametrize(
    ("name", "old", "new", "rule"),
    [
        ("infra/forgotten.bicep", "", "param x string", "dead-module"),
        ("infra/main.bicep", "'m.bicep'", "'br/public:avm/x:1'", "registry-module"),
        ("infra/main.bicep", "['uksouth']", "['uksouth', 'ukwest']", "pins"),
        ("infra/main.bicep", "@allowed(['uksouth'])\n", "", "pins"),
        ("infra/m.bicep", "param location string", "param location string = 'uksouth'", "pins"),
        ("infra/main.parameters.json", "uksouth", "ukwest", "pins"),
        ("azure.yaml", "continuity", "continuity-westeurope", "pins"),
    ],
)
def test_what_files_say_of_the_region_is_held_against_the_pin(
    tmp_path: Path, name: str, old: str, new: str, rule: str
) -> None:
    assert rule in pinned(tmp_path, name, old, new)


def test_a_folder_that_agrees_with_itself_gives_no_finding(tmp_path: Path) -> None:
    assert pinned(tmp_path) == set()


def test_every_type_that_is_decided_on_has_a_reason_and_a_place() -> None:
    for name, decision in TYPES.items():
        assert decision.why, name
        assert (decision.location == "uksouth") is (decision.residency is Residency.PINNED), name
        assert decision.location in (None, "uksouth", "global"), name


def test_infra_is_clean_as_it_is_deployed_and_with_each_switch_by_itself() -> None:
    subject = subject_of(INFRA, [], {})
    few = [{}, *({n: v} for each in subject.all_switches()[1:] for n, v in each.items())]
    once = [each for number, each in enumerate(few) if each not in few[:number]]
    assert len(once) > 20
    assert [f"{finding} with {switched}" for finding, switched in check(subject, once)] == []


@pytest.mark.slow
def test_infra_is_clean_in_every_combination_of_its_switches(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(INFRA), "--all-switches", "--quiet"]) == 0
    assert ", 0 finding(s)" in capsys.readouterr().out


def test_no_type_is_decided_on_that_is_nowhere_deployed() -> None:
    """An exception nobody needs is a door left open."""
    subject = subject_of(INFRA, ["functionsDeployed=true", "authenticationClientId=x"], {})
    assert set(DECISIONS) == {each.kind for each in subject.deployed({}).everything}


def register() -> set[str]:
    """The types in the first table of docs/residency.md."""
    page = (ROOT / "docs" / "residency.md").read_text()
    return set(re.findall(r"^\| `(Microsoft\.[\w.]+/[\w/]+)` \|", page, re.MULTILINE))


def test_the_register_of_exceptions_is_the_list_of_what_is_global_in_the_bicep() -> None:
    subject = subject_of(INFRA, ["functionsDeployed=true", "authenticationClientId=x"], {})
    found = {each.type for each in subject.deployed({}).resources}
    assert register() == found & global_types()
    assert register() == global_types()


def test_what_azure_makes_by_itself_beside_application_insights_has_its_row_among_what_is_in_no_list() -> None:
    _, _, unlisted = (ROOT / "docs" / "residency.md").read_text().partition("## What leaves by the platform's nature")
    (row,) = [line for line in unlisted.splitlines() if "smart detection" in line]
    assert '"Failure Anomalies"' in row
    assert '"Application Insights Smart Detection"' in row


def test_each_row_of_the_register_says_why_and_what_it_holds() -> None:
    page = (ROOT / "docs" / "residency.md").read_text()
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ") and "---" not in line]
    assert len(rows) > len(global_types()) + 10
    assert [row for row in rows if len(row) != 4 or not all(cell.strip() for cell in row)] == []
