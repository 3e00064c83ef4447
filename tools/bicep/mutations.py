"""The ways in which the Bicep is spoilt, in three kinds: out of the region, out of its guards, out of its spelling."""

from tools.bicep.mutation import UNREADABLE, Mutation, dropped, spoilt, turned
from tools.bicep.networks import ENDPOINT, GROUP, LINK
from tools.bicep.roles import ASSIGNMENT, BLOB, COSMOS_DEFINITION, DEFINITION, DELETE, DELETE_VERSION, HOLD, PURGE
from tools.bicep.security import BLOBS, COSMOS, PUBLISHING, VAULT, WORKSPACE
from tools.bicep.watching import DIAGNOSTICS, LOCK, POLICY

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
WATCHED = "StorageRead|StorageDelete|AuditEvent|DataPlaneRequests|Administrative"

OUT_OF_THE_REGION: tuple[Mutation, ...] = (
    spoilt("a location elsewhere", r"\blocation: location\b", "location: 'ukwest'", "location", "other-region"),
    spoilt("the group's own location", r"(?m)^(  location:) location$", r"\1 resourceGroup().location", "location"),
    spoilt("a global that is somewhere", r"location: 'global'", "location: 'westus'", "location"),
    spoilt("a second region to choose", r"@allowed\(\[\s*'uksouth'", "@allowed(['ukwest', 'uksouth'", "pins"),
    spoilt("a default for a location", r"(?m)^param location string$", "param location string = 'uksouth'", "pins"),
    spoilt(
        "a second Cosmos region",
        r"locations: \[",
        "locations: [{ locationName: 'North Europe', failoverPriority: 1 }\n",
        "cosmos-regions",
        kinds=(COSMOS,),
    ),
    spoilt("another Cosmos region", r"locationName: \S+", "locationName: 'ukwest'", "cosmos-regions", kinds=(COSMOS,)),
    turned("many writers", "enableMultipleWriteLocations", "cosmos-regions"),
    spoilt(
        "Geo backup",
        r"backupPolicy: \{(?:[^{}]|\{[^{}]*\})*\}",
        "backupPolicy: { type: 'Periodic', periodicModeProperties: { backupStorageRedundancy: 'Geo' } }",
        "cosmos-backup",
        kinds=(COSMOS,),
    ),
    spoilt("geo-redundant storage", r"'Standard_ZRS'", "'Standard_GRS'", "storage-redundancy", "policy"),
    spoilt("geo-zone-redundant storage", r"'Standard_ZRS'", "'Standard_RAGZRS'", "storage-redundancy", "policy"),
    spoilt(
        "workspace replication",
        r"properties: \{",
        "properties: {\n    replication: { enabled: true, location: 'ukwest' }",
        "workspace-replication",
        UNREADABLE,
        kinds=(WORKSPACE,),
    ),
    spoilt("replication on", r"(replication: \{\s*enabled): false", r"\1: true", "workspace-replication"),
    spoilt("events in the pair", r"'WithinRegion'", "'WithinGeopair'", "topic-boundary"),
    spoilt("no boundary for events", r"dataResidencyBoundary: \S+", "", "topic-boundary"),
    turned("copies to other tenants", "allowCrossTenantReplication", "object-replication"),
    spoilt("a registry module", r"(?m)^(module \w+) '[^']+'", r"\1 'br/public:avm/res/x/y:1.0.0'", "registry-module"),
    spoilt(
        "a type nobody decided on",
        r"'Microsoft.KeyVault/vaults@",
        "'Microsoft.Cdn/profiles@",
        "type-undecided",
        kinds=(VAULT,),
    ),
    spoilt("a module nobody uses", r"(?m)^module (\w+) '[^']+'", r"module \1 'locks.bicep'", "dead-module", UNREADABLE),
    dropped("a dropped policy", POLICY, "policy"),
    spoilt("a policy that only watches", r"enforcementMode: 'Default'", "enforcementMode: 'DoNotEnforce'", "policy"),
    spoilt("a policy for two regions", r"(value: \[location)\]", r"\1, 'ukwest']", "policy", kinds=(POLICY,)),
)
OUT_OF_ITS_GUARDS: tuple[Mutation, ...] = (
    turned("public blobs", "allowBlobPublicAccess", "public-blobs"),
    spoilt("a public container", r"publicAccess: 'None'", "publicAccess: 'Blob'", "public-blobs"),
    turned("shared keys", "allowSharedKeyAccess", "shared-keys"),
    turned("local users", "isLocalUserEnabled", "shared-keys"),
    turned("keys for what has identities", "[dD]isableLocalAuth", "local-auth"),
    turned("http", "supportsHttpsTrafficOnly|httpsOnly", "https-only"),
    spoilt("TLS 1.0 for storage", r"'TLS1_2'", "'TLS1_0'", "tls"),
    spoilt("TLS 1.0 for Cosmos", r"'Tls12'", "'Tls'", "tls"),
    spoilt("TLS 1.0 for topics and sites", r"(\w*[tT]lsVersion\w*): '1\.2'", r"\1: '1.0'", "tls"),
    turned("a purgeable vault", "enablePurgeProtection", "purge-protection"),
    turned("access policies", "enableRbacAuthorization", "vault-rbac"),
    spoilt("no versions", r"isVersioningEnabled: true", "isVersioningEnabled: false", "versioning"),
    spoilt("no legal holds", r"(WithVersioning: \{\s*enabled): true", r"\1: false", "immutability"),
    turned("appending to the ledger", r"allowProtectedAppendWrites\w*", "immutability"),
    spoilt("soft delete off", r"(?i)(deleteRetentionPolicy: \{\s*enabled): true", r"\1: false", "soft-delete"),
    spoilt(
        "soft delete for a month",
        r"(?m)^(\s+days): recoverableForDays$",
        r"\1: 30",
        "soft-delete",
        kinds=(BLOBS,),
    ),
    spoilt("ftp", r"siteConfig: \{", "siteConfig: {\n      ftpsState: 'AllAllowed'", "ftps"),
    spoilt("publishing by password", r"allow: false", "allow: true", "basic-auth"),
    dropped("no policy against passwords", PUBLISHING, "basic-auth"),
    spoilt("an open front", r"\b(ipSecurityRestrictionsDefaultAction): 'Deny'", r"\1: 'Allow'", "front-open"),
    spoilt("everybody let in", r"ipAddress: 'PowerBI'", "ipAddress: 'Any'", "front-open"),
    dropped("a dropped private endpoint", ENDPOINT, "private-endpoint", "off-by-default"),
    spoilt("one endpoint fewer", r"(?m)^ *\{ ?name: '[^']+', resource: [^}]+\}$", "", "private-endpoint"),
    dropped("an endpoint without a name", GROUP, "private-names"),
    dropped("a zone nobody asks", LINK, "private-names"),
    spoilt(
        "the public network let in",
        r"(publicNetworkAccess: privateNetworking \?) 'Disabled'",
        r"\1 'Enabled'",
        "public-network",
    ),
    spoilt(
        "stores that allow by default", r"(defaultAction: privateNetworking \?) 'Deny'", r"\1 'Allow'", "public-network"
    ),
    dropped("a dropped diagnostic setting", DIAGNOSTICS, "diagnostics"),
    spoilt("a log switched off", rf"(category: '(?:{WATCHED})',) enabled: true", r"\1 enabled: false", "diagnostics"),
    spoilt(
        "numbers not told",
        r"(category: '(?:Transaction|AllMetrics)',) enabled: true",
        r"\1 enabled: false",
        "diagnostics",
    ),
    spoilt("nobody trusted, or all", r"(bypass): '\w+'", r"\1: 'Logging'", "trusted-services"),
    spoilt("a vault that forgets in a week", r"(softDeleteRetentionInDays): 90", r"\1: 7", "purge-protection"),
    spoilt("links for a month", r"(sasExpirationPeriod): '[^']+'", r"\1: '30.00:00:00'", "link-expiry"),
    spoilt("keys that may write", r"(disableKeyBasedMetadataWriteAccess): true", r"\1: false", "local-auth"),
    spoilt("a copy of the records", r"(enableAnalyticalStorage): false", r"\1: true", "second-copy"),
    spoilt(
        "logs for whoever has a resource",
        r"(enableLogAccessUsingOnlyResourcePermissions|DisableIpMasking): false",
        r"\1: true",
        "who-reads-logs",
    ),
    dropped("a dropped lock", LOCK, "lock"),
    spoilt("a lock that locks nothing", r"level: 'CanNotDelete'", "level: 'NotSpecified'", "lock"),
    spoilt("a wider built-in role", rf"(?m)^(var \w+) = '{GUID}'$", rf"\1 = '{OWNER}'", "role-unknown", "policy"),
    spoilt("a role on the whole group", r"(?m)^  scope: .*$", "", "role-scope", kinds=(ASSIGNMENT,)),
    spoilt(
        "a role that may everything",
        r"dataActions: \[",
        "dataActions: [\n'*'",
        "role-wildcard",
        kinds=(DEFINITION, COSMOS_DEFINITION),
    ),
    spoilt("a keeper that deletes", rf"{BLOB}/add/action", DELETE, "separation", kinds=(DEFINITION,)),
    spoilt("a disposer that lifts holds", DELETE_VERSION, HOLD, "separation", kinds=(DEFINITION,)),
    spoilt("a disposer that purges", DELETE_VERSION, PURGE, "separation", kinds=(DEFINITION,)),
    spoilt(
        "core disposes",
        r"(roleDefinitionId: \w*Disposer\.id\s+principalId: )weederPrincipalId",
        r"\1corePrincipalId",
        "separation",
    ),
    spoilt(
        "weeder keeps",
        r"(roleDefinitionId: (?:footage|ledger)\w*\.id\s+principalId: )corePrincipalId",
        r"\1weederPrincipalId",
        "separation",
    ),
    spoilt(
        "one app's package in another's hands",
        r"(blobDataOwner\)\s+principalId: )(core|weeder)PrincipalId",
        r"\1eventsPrincipalId",
        "package-writer",
    ),
)
OUT_OF_ITS_SPELLING: tuple[Mutation, ...] = (
    spoilt("an API version to come", r"@20\d\d-(\d\d-\d\d(?:-preview)?)'", r"@2099-\1'", "api-version"),
    spoilt("a misspelt property", r"\bpublicNetworkAccess:", "publicNetworkAcces:", "property"),
    spoilt("a value that is none", r"endpointType: '\w+'", "endpointType: 'Shelf'", "property"),
    spoilt("a text for a number", r"(?m)^(\s+days): (\w+)$", r"\1: 'seven'", "property"),
    spoilt("a property too few", r"(?m)^\s+databaseAccountOfferType: .*$", "", "property"),
)
MUTATIONS = (*OUT_OF_THE_REGION, *OUT_OF_ITS_GUARDS, *OUT_OF_ITS_SPELLING)
NEEDS_DEFINITIONS = frozenset({"api-version", "property", "type-name"})
