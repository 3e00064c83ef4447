"""Every resource type this deployment may have, and what is known of where each keeps its data.

A type that is not here is a finding until somebody has decided. That is what keeps out a content network, a front
door, a replica, a model hosted abroad: they are not forbidden one by one, they are not on the list.

pinned            has a location of its own, and it is UK South
child             is part of another resource and lives where that does
extension         is attached to another resource and lives where that does
global-exception  is kept by a service without a region; docs/residency.md says why that is accepted and what it holds
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Residency(StrEnum):
    PINNED = "pinned"
    CHILD = "child"
    EXTENSION = "extension"
    GLOBAL = "global-exception"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`location` is what its location must say; none where the type has none."""

    residency: Residency
    why: str
    location: str | None = None


def _pinned(why: str) -> Decision:
    return Decision(residency=Residency.PINNED, why=why, location="uksouth")


def _child(why: str) -> Decision:
    return Decision(residency=Residency.CHILD, why=why)


def _extension(why: str) -> Decision:
    return Decision(residency=Residency.EXTENSION, why=why)


def _global(why: str, location: str | None = None) -> Decision:
    return Decision(residency=Residency.GLOBAL, why=why, location=location)


TYPES: Mapping[str, Decision] = {
    "Microsoft.Resources/resourceGroups": _pinned("the records of what is deployed are kept in its region"),
    "Microsoft.Web/serverfarms": _pinned("where the code runs"),
    "Microsoft.Web/sites": _pinned("where the code runs"),
    "Microsoft.ManagedIdentity/userAssignedIdentities": _pinned("a name for a program; its directory entry is Entra's"),
    "Microsoft.Storage/storageAccounts": _pinned("footage, ledger, queues; copies inside the region only"),
    "Microsoft.DocumentDB/databaseAccounts": _pinned("records; exactly one region"),
    "Microsoft.EventGrid/systemTopics": _pinned("events of the footage account; must stand where its source does"),
    "Microsoft.EventGrid/topics": _pinned("our own events; its failover is kept within the region"),
    "Microsoft.KeyVault/vaults": _pinned("the signing keys"),
    "Microsoft.OperationalInsights/workspaces": _pinned("all logs; replication off"),
    "Microsoft.Insights/components": _pinned("traces and metrics, kept in the workspace"),
    "Microsoft.Insights/scheduledQueryRules": _pinned("queries of the workspace, and when they last fired"),
    "Microsoft.Network/virtualNetworks": _pinned("addresses"),
    "Microsoft.Network/networkSecurityGroups": _pinned("addresses and ports"),
    "Microsoft.Network/privateEndpoints": _pinned("addresses"),
    "Microsoft.Storage/storageAccounts/blobServices": _child("of its account"),
    "Microsoft.Storage/storageAccounts/blobServices/containers": _child("of its account"),
    "Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies": _child("of its account"),
    "Microsoft.Storage/storageAccounts/managementPolicies": _child("of its account; tiers are in the account"),
    "Microsoft.Storage/storageAccounts/queueServices": _child("of its account"),
    "Microsoft.Storage/storageAccounts/queueServices/queues": _child("of its account"),
    "Microsoft.DocumentDB/databaseAccounts/sqlDatabases": _child("of its account"),
    "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers": _child("of its account"),
    "Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions": _child("of its account, and kept in it"),
    "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments": _child("of its account, and kept in it"),
    "Microsoft.EventGrid/systemTopics/eventSubscriptions": _child("of its topic"),
    "Microsoft.Network/virtualNetworks/subnets": _child("of its network"),
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups": _child("of its endpoint"),
    "Microsoft.Web/sites/config": _child("of its site"),
    "Microsoft.Web/sites/functions": _child("of its site; only referred to"),
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies": _child("of its site"),
    "Microsoft.Insights/diagnosticSettings": _extension("says which logs go to the workspace"),
    "Microsoft.Network/privateDnsZones": _global("names and private addresses of our own endpoints", "global"),
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks": _global("that a network asks a zone", "global"),
    "Microsoft.Insights/actionGroups": _global("mail addresses of those on duty", "global"),
    "Microsoft.Authorization/roleAssignments": _global("ids of identities, roles and resources"),
    "Microsoft.Authorization/roleDefinitions": _global("names of permitted operations"),
    "Microsoft.Authorization/policyAssignments": _global("names of allowed regions and kinds of storage"),
    "Microsoft.Authorization/locks": _global("that a resource may not be deleted"),
    "Microsoft.Consumption/budgets": _global("an amount of money and mail addresses"),
}
DECISIONS: Mapping[str, Decision] = {name.lower(): decision for name, decision in TYPES.items()}
MUST_BE_THERE: Mapping[str, int] = {
    "Microsoft.Resources/resourceGroups": 1,
    "Microsoft.Web/sites": 2,
    "Microsoft.Storage/storageAccounts": 3,
    "Microsoft.DocumentDB/databaseAccounts": 1,
    "Microsoft.EventGrid/systemTopics": 1,
    "Microsoft.EventGrid/topics": 1,
    "Microsoft.KeyVault/vaults": 1,
    "Microsoft.OperationalInsights/workspaces": 1,
    "Microsoft.Insights/components": 1,
    "Microsoft.ManagedIdentity/userAssignedIdentities": 2,
}


def global_types() -> set[str]:
    return {name for name, decision in TYPES.items() if decision.residency is Residency.GLOBAL}
