"""What keeps data from leaving by another door: each demand, each rule about several resources, green and red."""

from typing import Any

import pytest

from tests.infra.samples import deployed
from tools.bicep import networks, roles, security, watching
from tools.bicep.finding import Rule
from tools.bicep.security import DEMANDS, Demand


def sample(demand: Demand, value: Any) -> str:
    """A resource of the type with that value at the path; without the property where the value is None."""
    text = {True: "true", False: "false", None: ""}.get(value, str(value) if isinstance(value, int) else f"'{value}'")
    *outer, last = demand.path.split(".")
    inner = f"{last}: {text}" if text else ""
    for name in reversed(outer):
        inner = f"{name}: {{ {inner} }}"
    return f"resource x '{demand.kind}@1' = {{ name: 'x', {inner} }}"


def complaints(rule: Rule, text: str) -> list[str]:
    return [each.rule for each in rule(deployed(text))]


@pytest.mark.parametrize("demand", DEMANDS, ids=lambda demand: f"{demand.kind} {demand.path}")
def test_each_demand_is_met_by_what_it_allows_and_by_nothing_else(demand: Demand) -> None:
    def heard(value: Any) -> bool:
        found = [each.message for each in security.demands(deployed(sample(demand, value)))]
        return any(message.startswith(f"{demand.path} is ") for message in found)

    assert [value for value in demand.allowed if heard(value)] == []
    assert heard(None) is (None not in demand.allowed)
    assert heard("something else")
    if isinstance(demand.allowed[0], bool):
        assert heard(not demand.allowed[0])


EVIDENCE = """
resource a 'Microsoft.Storage/storageAccounts@1' = { name: 'a' }
resource b 'Microsoft.Storage/storageAccounts/blobServices@1' = {
  parent: a
  name: 'default'
  properties: {
    isVersioningEnabled: true
    deleteRetentionPolicy: { enabled: true, days: 7 }
    containerDeleteRetentionPolicy: { enabled: true, days: 7 }
  }
}
resource f 'Microsoft.Storage/storageAccounts/blobServices/containers@1' = {
  parent: b
  name: 'footage'
  properties: { immutableStorageWithVersioning: { enabled: true } }
}
resource t 'Microsoft.EventGrid/systemTopics@1' = { name: 't', properties: { source: a.id } }
"""
SITE = """
resource s 'Microsoft.Web/sites@1' = {
  name: 's'
  properties: {
    siteConfig: {
      ipSecurityRestrictionsDefaultAction: 'Deny'
      ipSecurityRestrictions: [{ action: 'Allow', ipAddress: 'AzureEventGrid', tag: 'ServiceTag' }]
    }
  }
}
resource p 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@1' = [
  for way in ['scm', 'ftp']: { parent: s, name: way, properties: { allow: false } }
]
"""
STORES = """
resource a 'Microsoft.Storage/storageAccounts@1' = { name: 'a', properties: { networkAcls: { defaultAction: 'Deny' } } }
resource q 'Microsoft.Storage/storageAccounts/queueServices@1' = { parent: a, name: 'default' }
resource v 'Microsoft.KeyVault/vaults@1' = { name: 'v', properties: { publicNetworkAccess: 'Disabled' } }
var targets = [
  { of: a.id, service: 'blob' }
  { of: a.id, service: 'queue' }
  { of: a.id, service: 'table' }
  { of: v.id, service: 'vault' }
]
resource e 'Microsoft.Network/privateEndpoints@1' = [
  for target in targets: {
    name: 'e-${target.service}'
    properties: {
      privateLinkServiceConnections: [
        { name: 'c', properties: { privateLinkServiceId: target.of, groupIds: [target.service] } }
      ]
    }
  }
]
resource g 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@1' = [
  for (target, i) in targets: { parent: e[i], name: 'default' }
]
resource z 'Microsoft.Network/privateDnsZones@1' = { name: 'z' }
resource l 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@1' = { parent: z, name: 'l' }
"""
WATCHED = """
resource v 'Microsoft.KeyVault/vaults@1' = { name: 'v' }
resource d 'Microsoft.Insights/diagnosticSettings@1' = {
  scope: v
  name: 'd'
  properties: {
    workspaceId: 'w', logs: [{ category: 'AuditEvent', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}
resource s 'Microsoft.Insights/diagnosticSettings@1' = {
  name: 's'
  properties: {
    workspaceId: 'w'
    logs: [for c in ['Administrative', 'Policy', 'Security']: { category: c, enabled: true }]
  }
}
resource k 'Microsoft.Authorization/locks@1' = { scope: v, name: 'k', properties: { level: 'CanNotDelete' } }
"""
HOST = (
    WATCHED
    + """
resource a 'Microsoft.Storage/storageAccounts@1' = { name: 'a' }
resource q 'Microsoft.Storage/storageAccounts/queueServices@1' = { parent: a, name: 'default' }
resource n 'Microsoft.Insights/diagnosticSettings@1' = {
  scope: q
  name: 'n'
  properties: { workspaceId: 'w', metrics: [{ category: 'Transaction', enabled: true }] }
}
"""
)
POLICIES = """
var locations = { listOfAllowedLocations: { value: ['uksouth'] } }
var kinds = { listOfAllowedSKUs: { value: ['Standard_ZRS'] } }
resource p 'Microsoft.Authorization/policyAssignments@1' = [
  for each in [
    { id: 'e56962a6-4747-49cd-b67b-bf8b01975c4c', parameters: locations }
    { id: '0473574d-2d43-4217-aefe-941fcdf7e684', parameters: locations }
    { id: '7433c107-6db4-4ad1-b57a-a76dce0154a1', parameters: kinds }
  ]: {
    name: each.id
    properties: {
      policyDefinitionId: tenantResourceId('Microsoft.Authorization/policyDefinitions', each.id)
      parameters: each.parameters
      enforcementMode: 'Default'
    }
  }
]
"""
BLOB = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
ITEM = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items"
ROLES = f"""{EVIDENCE}
resource ledger 'Microsoft.Storage/storageAccounts@1' = {{ name: 'ledger' }}
resource host 'Microsoft.Storage/storageAccounts@1' = {{ name: 'host' }}
resource queues 'Microsoft.Storage/storageAccounts/queueServices@1' = {{ parent: host, name: 'default' }}
resource ids 'Microsoft.ManagedIdentity/userAssignedIdentities@1' = [for n in ['core', 'weeder']: {{ name: n }}]
resource sites 'Microsoft.Web/sites@1' = [
  for (n, i) in ['core', 'weeder']: {{
    name: n
    identity: {{ userAssignedIdentities: {{ '${{ids[i].id}}': {{}} }} }}
    properties: {{
      functionAppConfig: {{ deployment: {{ storage: {{ value: i == 0 ? '${{host.properties.url}}packages' : '' }} }} }}
    }}
  }}
]
resource settings 'Microsoft.Web/sites/config@1' = [
  for (n, i) in ['core', 'weeder']: {{ parent: sites[i], name: 'appsettings', properties: {{ DOORS: n }} }}
]
resource keeps 'Microsoft.Authorization/roleDefinitions@1' = {{
  name: 'keeps'
  properties: {{ permissions: [{{ actions: [], dataActions: ['{BLOB}/read', '{BLOB}/write'] }}] }}
}}
resource disposes 'Microsoft.Authorization/roleDefinitions@1' = {{
  name: 'disposes'
  properties: {{ permissions: [{{ actions: [], dataActions: ['{BLOB}/read', '{BLOB}/delete'] }}] }}
}}
resource coreKeeps 'Microsoft.Authorization/roleAssignments@1' = {{
  scope: a
  name: '1'
  properties: {{ roleDefinitionId: keeps.id, principalId: ids[0].properties.principalId, principalType: 'X' }}
}}
resource weederDisposes 'Microsoft.Authorization/roleAssignments@1' = {{
  scope: f
  name: '2'
  properties: {{ roleDefinitionId: disposes.id, principalId: ids[1].properties.principalId, principalType: 'X' }}
}}
resource coreRuns 'Microsoft.Authorization/roleAssignments@1' = {{
  scope: host
  name: '3'
  properties: {{
    roleDefinitionId: subscriptionResourceId('X.Y/z', 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b')
    principalId: ids[0].properties.principalId
    principalType: 'X'
  }}
}}
resource records 'Microsoft.DocumentDB/databaseAccounts@1' = {{ name: 'r' }}
resource erases 'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions@1' = {{
  parent: records
  name: 'erases'
  properties: {{ permissions: [{{ dataActions: ['{ITEM}/read', '{ITEM}/delete'] }}] }}
}}
resource weederErases 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@1' = {{
  parent: records
  name: '4'
  properties: {{ roleDefinitionId: erases.id, principalId: ids[1].properties.principalId }}
}}
"""
OWNER = "subscriptionResourceId('X.Y/z', '8e3af657-a8ff-443c-a75c-2fe8c4bcb635')"
DATA_OWNER = "subscriptionResourceId('X.Y/z', 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b')"
CASES: list[tuple[Rule, str, str, str, str]] = [
    (security.evidence_is_kept, EVIDENCE, "Enabled: true", "Enabled: false", "versioning"),
    (security.evidence_is_kept, EVIDENCE, "enabled: true } }", "enabled: false } }", "immutability"),
    (security.deletions_can_be_undone, EVIDENCE, "days: 7", "days: 8", "soft-delete"),
    (security.deletions_can_be_undone, EVIDENCE, "days: 7", "days: 6", "soft-delete"),
    (security.deletions_can_be_undone, EVIDENCE, "enabled: true, days", "enabled: false, days", "soft-delete"),
    (security.deletions_can_be_undone, EVIDENCE, "source: a.id", "source: 'x'", ""),
    (security.publishing_is_closed, SITE, "['scm', 'ftp']", "['scm']", "basic-auth"),
    (security.fronts_deny, SITE, "'Deny'", "'Allow'", "front-open"),
    (security.fronts_deny, SITE, "      ipSecurityRestrictionsDefaultAction: 'Deny'\n", "", "front-open"),
    (security.fronts_deny, SITE, "'AzureEventGrid'", "'Any'", "front-open"),
    (security.fronts_deny, SITE, "'AzureEventGrid'", "'0.0.0.0/0'", "front-open"),
    (networks.endpoints, STORES, "  { of: a.id, service: 'table' }\n", "", "private-endpoint"),
    (networks.endpoints, STORES, "  { of: v.id, service: 'vault' }\n", "", "private-endpoint"),
    (networks.endpoints, STORES, "of: v.id", "of: a.id", "private-endpoint"),
    (networks.endpoints, STORES, "'Deny'", "'Allow'", "public-network"),
    (networks.endpoints, STORES, "'Disabled'", "'Enabled'", "public-network"),
    (networks.names_lead_inside, STORES, "for (target, i) in targets", "for (target, i) in [1]", "private-names"),
    (networks.names_lead_inside, STORES, "parent: z, ", "", "private-names"),
    (watching.access_is_logged, WATCHED, "'AuditEvent', enabled: true", "'AuditEvent', enabled: false", "diagnostics"),
    (watching.access_is_logged, WATCHED, "'AuditEvent'", "'Other'", "diagnostics"),
    (watching.access_is_logged, WATCHED, "category: 'AuditEvent'", "categoryGroup: 'allLogs'", ""),
    (watching.access_is_logged, WATCHED, "  scope: v\n", "", "diagnostics"),
    (watching.access_is_logged, WATCHED, "'Administrative', ", "", "diagnostics"),
    (watching.failures_are_counted, WATCHED, "'AllMetrics', enabled: true", "'AllMetrics'", "diagnostics"),
    (watching.failures_are_counted, HOST, "'Transaction', enabled: true", "'Capacity', enabled: true", "diagnostics"),
    (watching.failures_are_counted, HOST, "  scope: q\n", "", "diagnostics"),
    (watching.logs_arrive, WATCHED, "workspaceId: 'w', ", "", "diagnostics"),
    (watching.data_is_locked, WATCHED, "CanNotDelete", "NotSpecified", "lock"),
    (watching.data_is_locked, WATCHED, "{ scope: v, ", "{ ", "lock"),
    (watching.policies_hold, POLICIES, "['uksouth']", "['uksouth', 'ukwest']", "policy"),
    (watching.policies_hold, POLICIES, "['uksouth']", "[]", "policy"),
    (watching.policies_hold, POLICIES, "Standard_ZRS", "Standard_GRS", "policy"),
    (watching.policies_hold, POLICIES, "'Default'", "'DoNotEnforce'", "policy"),
    (watching.policies_hold, POLICIES, "e56962a6", "e56962a7", "policy"),
    (watching.policies_hold, POLICIES, "SKUs: { value", "SKUs: { valu", "policy"),
    (roles.known_roles, ROLES, "roleDefinitionId: keeps.id", f"roleDefinitionId: {OWNER}", "role-unknown"),
    (roles.known_roles, ROLES, "roleDefinitionId: erases.id", "roleDefinitionId: 'x/00000002'", "role-unknown"),
    (roles.on_one_resource, ROLES, "  scope: f\n", "", "role-scope"),
    (roles.on_one_resource, ROLES, ", principalType: 'X'", "", "role-scope"),
    (roles.no_wildcards, ROLES, f"'{BLOB}/write'", f"'{BLOB}/*'", "role-wildcard"),
    (roles.no_wildcards, ROLES, f"'{ITEM}/delete'", f"'{ITEM}/*'", "role-wildcard"),
    (roles.separation, ROLES, f"'{BLOB}/write'", f"'{BLOB}/delete'", "separation"),
    (roles.separation, ROLES, f"'{BLOB}/write'", f"'{BLOB}/permanentDelete/action'", "separation"),
    (roles.separation, ROLES, f"'{BLOB}/delete'", f"'{BLOB}/immutableStorage/runAsSuperUser/action'", "separation"),
    (roles.separation, ROLES, f"'{BLOB}/delete'", f"'{BLOB}/delete', '{BLOB}/write'", "separation"),
    (roles.separation, ROLES, "keeps.id, principalId: ids[0]", "keeps.id, principalId: ids[1]", "separation"),
    (roles.separation, ROLES, "disposes.id, principalId: ids[1]", "disposes.id, principalId: ids[0]", "separation"),
    (roles.separation, ROLES, "roleDefinitionId: keeps.id", f"roleDefinitionId: {DATA_OWNER}", "separation"),
    (roles.separation, ROLES, "  scope: a\n", "  scope: ledger\n", "separation"),
    (
        roles.records_are_deleted_by_the_weeder,
        ROLES, "erases.id, principalId: ids[1]", "erases.id, principalId: ids[0]", "separation",
    ),
    (roles.packages_are_their_own, ROLES, "    principalId: ids[0]", "    principalId: ids[1]", "package-writer"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "text", "old", "new", "name"), CASES)
def test_a_rule_is_silent_on_what_is_right_and_names_what_is_wrong(
    rule: Rule, text: str, old: str, new: str, name: str
) -> None:
    assert old in text
    assert complaints(rule, text) == []
    assert set(complaints(rule, text.replace(old, new, 1))) == ({name} if name else set())


@pytest.mark.parametrize("text", [EVIDENCE, SITE, ""])
def test_what_a_switch_leaves_out_altogether_is_no_finding_of_that_combination(text: str) -> None:
    for rule in (*watching.RULES, *networks.RULES):
        assert complaints(rule, text) == []


def test_what_the_defaults_leave_out_is_a_finding() -> None:
    found = [each.message for each in watching.of_the_defaults(deployed(""))]
    assert len(found) == len(watching.DUE_BY_DEFAULT)
    assert [each.message for each in watching.of_the_defaults(deployed(WATCHED))] == [
        message for message in found if "diagnosticSettings" not in message and "locks" not in message
    ]


def test_an_account_without_blob_settings_is_told_apart_from_one_that_has_them() -> None:
    bare = "resource a 'Microsoft.Storage/storageAccounts@1' = { name: 'a' }\n"
    bare += "resource t 'Microsoft.EventGrid/systemTopics@1' = { name: 't', properties: { source: a.id } }"
    assert set(complaints(security.evidence_is_kept, bare)) == {"versioning", "immutability"}
