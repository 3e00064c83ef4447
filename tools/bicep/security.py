"""What every resource of a type must say of itself: no keys, no public blobs, no old TLS, nothing that can be purged.

A table, so that a reader sees all demands at once. A property that is missing, or known only after a deployment, does
not meet its demand. What concerns several resources together (endpoints, roles, logs, locks) has modules of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tools.bicep.deployment import Deployment
from tools.bicep.finding import Finding, Rule, about
from tools.bicep.values import Value

STORAGE, BLOBS = "Microsoft.Storage/storageAccounts", "Microsoft.Storage/storageAccounts/blobServices"
COSMOS, VAULT = "Microsoft.DocumentDB/databaseAccounts", "Microsoft.KeyVault/vaults"
CONTAINER = f"{BLOBS}/containers"
TOPIC, SYSTEM_TOPIC = "Microsoft.EventGrid/topics", "Microsoft.EventGrid/systemTopics"
WORKSPACE, INSIGHTS = "Microsoft.OperationalInsights/workspaces", "Microsoft.Insights/components"
SITE, SITE_CONFIG = "Microsoft.Web/sites", "Microsoft.Web/sites/config"
PUBLISHING = "Microsoft.Web/sites/basicPublishingCredentialsPolicies"
RECOVERABLE_FOR_DAYS = 7  # shared/domain/retention.py says the same; tests/infra compares
TLS = ("TLS1_2", "TLS1_3", "1.2", "1.3", "Tls12", "Tls13")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    rule: str
    kind: str
    path: str
    allowed: tuple[Value, ...]


def _demand(rule: str, kind: str, path: str, *allowed: Value) -> Demand:
    return Demand(rule=rule, kind=kind, path=f"properties.{path}", allowed=allowed)


DEMANDS: tuple[Demand, ...] = (
    _demand("tls", STORAGE, "minimumTlsVersion", *TLS),
    _demand("tls", COSMOS, "minimalTlsVersion", *TLS),
    _demand("tls", TOPIC, "minimumTlsVersionAllowed", *TLS),
    _demand("tls", SITE, "siteConfig.minTlsVersion", *TLS),
    _demand("tls", SITE, "siteConfig.scmMinTlsVersion", *TLS),
    _demand("https-only", STORAGE, "supportsHttpsTrafficOnly", True),
    _demand("https-only", SITE, "httpsOnly", True),
    _demand("shared-keys", STORAGE, "allowSharedKeyAccess", False),
    _demand("shared-keys", STORAGE, "isLocalUserEnabled", False),
    _demand("public-blobs", STORAGE, "allowBlobPublicAccess", False),
    _demand("public-blobs", CONTAINER, "publicAccess", "None"),
    _demand("copy-scope", STORAGE, "allowedCopyScope", "AAD", "PrivateLink"),
    _demand("local-auth", COSMOS, "disableLocalAuth", True),
    _demand("local-auth", TOPIC, "disableLocalAuth", True),
    _demand("local-auth", WORKSPACE, "features.disableLocalAuth", True),
    _demand("local-auth", INSIGHTS, "DisableLocalAuth", True),
    _demand("vault-rbac", VAULT, "enableRbacAuthorization", True),
    _demand("purge-protection", VAULT, "enablePurgeProtection", True),
    _demand("purge-protection", VAULT, "enableSoftDelete", True),
    _demand("purge-protection", VAULT, "softDeleteRetentionInDays", 90),
    _demand("local-auth", COSMOS, "disableKeyBasedMetadataWriteAccess", True),
    # Event Grid's dead letters come as a trusted service's; to the vault no service has to come.
    _demand("trusted-services", STORAGE, "networkAcls.bypass", "AzureServices"),
    _demand("trusted-services", VAULT, "networkAcls.bypass", "None"),
    # The longest link lives 4 h.
    _demand("link-expiry", STORAGE, "sasPolicy.sasExpirationPeriod", "0.04:15:00"),
    _demand("second-copy", COSMOS, "enableAnalyticalStorage", False),
    _demand("who-reads-logs", WORKSPACE, "features.enableLogAccessUsingOnlyResourcePermissions", False),
    _demand("who-reads-logs", INSIGHTS, "DisableIpMasking", False),
    _demand("ftps", SITE, "siteConfig.ftpsState", "Disabled", None),  # this plan has no FTP and refuses the setting
    _demand("remote-debugging", SITE, "siteConfig.remoteDebuggingEnabled", False, None),
    _demand("basic-auth", PUBLISHING, "allow", False),
    _demand("immutability", f"{CONTAINER}/immutabilityPolicies", "allowProtectedAppendWrites", False),
    _demand("immutability", f"{CONTAINER}/immutabilityPolicies", "allowProtectedAppendWritesAll", False),
)


def demands(deployment: Deployment) -> Iterator[Finding]:
    for demand in DEMANDS:
        for resource in deployment.of(demand.kind):
            if not _is_one_of(resource.at(demand.path), demand.allowed):
                due = " or ".join(repr(value) for value in demand.allowed)
                yield about(resource, demand.rule, f"{demand.path} is {resource.at(demand.path)!r}, not {due}")


def _is_one_of(value: Value, allowed: tuple[Value, ...]) -> bool:
    """1 is not True here, though Python says so."""
    return any(type(value) is type(each) and value == each for each in allowed)


def evidence_is_kept(deployment: Deployment) -> Iterator[Finding]:
    """The account whose events are listened to: versions, and exactly so many days to take an erasure back."""
    sources = {topic.at("properties.source") for topic in deployment.of(SYSTEM_TOPIC)}
    for account in (each for each in deployment.of(STORAGE) if each.identity in sources):
        services = list(deployment.within(account, BLOBS))
        for service in services:
            if service.at("properties.isVersioningEnabled") is not True:
                yield about(service, "versioning", "an overwrite would destroy what was there: no versions")
        if not services:
            yield about(account, "versioning", "no blobServices: neither versions nor soft delete are set")
        containers = deployment.within(account, CONTAINER)
        if not any(each.at("properties.immutableStorageWithVersioning.enabled") is True for each in containers):
            yield about(account, "immutability", "no container takes a legal hold: immutableStorageWithVersioning")


def deletions_can_be_undone(deployment: Deployment) -> Iterator[Finding]:
    """Soft delete: everywhere; for evidence for exactly as long as is published."""
    sources = {topic.at("properties.source") for topic in deployment.of(SYSTEM_TOPIC)}
    for service in deployment.of(BLOBS):
        evidence = service.parent is not None and service.parent.identity in sources
        for policy in ("deleteRetentionPolicy", "containerDeleteRetentionPolicy"):
            days = service.at(f"properties.{policy}.days")
            enough = isinstance(days, int) and days >= RECOVERABLE_FOR_DAYS
            exact = days == RECOVERABLE_FOR_DAYS
            if service.at(f"properties.{policy}.enabled") is not True or not (exact if evidence else enough):
                yield about(service, "soft-delete", f"{policy} is not {RECOVERABLE_FOR_DAYS} days: {days!r}")


def publishing_is_closed(deployment: Deployment) -> Iterator[Finding]:
    """Each site has both policies that refuse a password: a policy that is not there refuses nothing."""
    for site in deployment.of(SITE):
        refused = {policy.at("name") for policy in deployment.within(site, PUBLISHING)}
        for name in sorted({"scm", "ftp"} - refused):
            yield about(site, "basic-auth", f"no basicPublishingCredentialsPolicies {name!r}")


def fronts_deny(deployment: Deployment) -> Iterator[Finding]:
    """A front that is reachable says who may come; everybody else is refused. Deploying is guarded by roles alone."""
    path = "ipSecurityRestrictionsDefaultAction"
    for site in deployment.of(SITE):
        web = [each for each in deployment.within(site, SITE_CONFIG) if each.at("name") == "web"]
        said = [site.at(f"properties.siteConfig.{path}"), *(each.at(f"properties.{path}") for each in web)]
        if "Deny" not in said or "Allow" in said:
            yield about(site, "front-open", f"{path} is not 'Deny'")
        yield from _everybody(deployment, site.identity)


def _everybody(deployment: Deployment, identity: Value) -> Iterator[Finding]:
    for resource in deployment.of(SITE, SITE_CONFIG):
        within = isinstance(identity, str) and str(resource.identity).startswith(identity)
        for path in ("properties.siteConfig.ipSecurityRestrictions", "properties.ipSecurityRestrictions"):
            rules = resource.at(path, []) if within else []
            for rule in rules if isinstance(rules, list) else []:
                open_to_all = isinstance(rule, dict) and rule.get("ipAddress") in ("Any", "0.0.0.0/0", "*")
                if open_to_all and rule.get("action") == "Allow":
                    yield about(resource, "front-open", "a restriction lets every address in")


RULES: tuple[Rule, ...] = (
    demands, evidence_is_kept, deletions_can_be_undone, publishing_is_closed, fronts_deny,
)  # fmt: skip
