"""Does every resource, replica, backup and log stay in UK South? What cannot be known counts as outside.

The numbers are those of the list in docs/residency.md. Points 8 and 9 are about files and are in pins.py; point 7,
the policies, is in watching.py.
"""

import re
from collections.abc import Iterator

from tools.bicep.catalogue import DECISIONS, MUST_BE_THERE, Decision, Residency
from tools.bicep.deployment import Deployment
from tools.bicep.finding import Finding, Rule, about, about_all
from tools.bicep.regions import PINNED, other_regions
from tools.bicep.values import Resource, is_unknown, leaves

IN_ONE_REGION = ("Standard_ZRS", "Standard_LRS", "Premium_ZRS", "Premium_LRS")
PLACE = re.compile(r"location|region(?!al)", re.IGNORECASE)
REFERENCES = ("parent", "scope")


def known_types(deployment: Deployment) -> Iterator[Finding]:
    """1. Somebody has decided about every type."""
    for resource in deployment.everything:
        if resource.kind not in DECISIONS:
            yield about(resource, "type-undecided", "nobody has decided where this type keeps its data (catalogue.py)")


def locations(deployment: Deployment) -> Iterator[Finding]:
    """2. The location is known before a deployment, and is the one its type must have."""
    for resource in deployment.resources:
        decision = DECISIONS.get(resource.kind)
        if decision and resource.location != _due(decision, resource):
            yield about(resource, "location", f"location is {resource.location!r}, not {decision.location!r}")


def _due(decision: Decision, resource: Resource) -> str | None:
    """A child may repeat its parent's location."""
    may_repeat = decision.residency is Residency.CHILD and resource.location is not None
    return PINNED if may_repeat else decision.location


def no_other_region(deployment: Deployment) -> Iterator[Finding]:
    """3. No text in a body names another region, and whatever is called a location or a region is known."""
    for resource in deployment.resources:
        body = {name: value for name, value in resource.body.items() if name not in REFERENCES}
        for path, value in leaves(body):
            if isinstance(value, str) and (named := other_regions(value)):
                yield about(resource, "other-region", f"{path} names {', '.join(sorted(named))}")
            if is_unknown(value) and PLACE.search(path.rpartition(".")[2]):
                yield about(resource, "location-unknown", f"{path} is known only after a deployment: {value!r}")


def storage_in_one_region(deployment: Deployment) -> Iterator[Finding]:
    """4. Copies of a blob stay in the region."""
    for account in deployment.of("Microsoft.Storage/storageAccounts"):
        if account.at("sku.name") not in IN_ONE_REGION:
            yield about(account, "storage-redundancy", f"sku {account.at('sku.name')!r} copies to another region")


def no_replication(deployment: Deployment) -> Iterator[Finding]:
    """4. Neither blobs nor logs are replicated by a policy of their own."""
    for policy in deployment.of("Microsoft.Storage/storageAccounts/objectReplicationPolicies"):
        yield about(policy, "object-replication", "objects are copied to another account")
    for account in deployment.of("Microsoft.Storage/storageAccounts"):
        if account.at("properties.allowCrossTenantReplication") is not False:
            yield about(account, "object-replication", "allowCrossTenantReplication is not false")
    for workspace in deployment.of("Microsoft.OperationalInsights/workspaces"):
        replication = workspace.at("properties.replication")
        if replication is not None and workspace.at("properties.replication.enabled") is not False:
            yield about(workspace, "workspace-replication", "the workspace is replicated")


def cosmos_in_one_region(deployment: Deployment) -> Iterator[Finding]:
    """4. One region to read and write, and no backup that is kept in the pair."""
    for account in deployment.of("Microsoft.DocumentDB/databaseAccounts"):
        places = account.at("properties.locations")
        names = [place.get("locationName") for place in places] if _are_objects(places) else places
        if names != [PINNED]:
            yield about(account, "cosmos-regions", f"regions are {names!r}, not [{PINNED!r}]")
        if account.at("properties.backupPolicy.type") != "Continuous":
            kind = account.at("properties.backupPolicy.type")
            yield about(account, "cosmos-backup", f"backup is {kind!r}: only Continuous stays where the account is")
        if "Geo" in [value for _, value in leaves(account.at("properties.backupPolicy"))]:
            yield about(account, "cosmos-backup", "backups are kept in the paired region")
        if account.at("properties.enableMultipleWriteLocations", False) is not False:
            yield about(account, "cosmos-regions", "enableMultipleWriteLocations is not false")


def _are_objects(places: object) -> bool:
    return isinstance(places, list) and all(isinstance(place, dict) for place in places)


def topics_within_region(deployment: Deployment) -> Iterator[Finding]:
    """5. Events of our own topics do not fail over to the pair."""
    for topic in deployment.of("Microsoft.EventGrid/topics", "Microsoft.EventGrid/domains"):
        boundary = topic.at("properties.dataResidencyBoundary")
        if boundary != "WithinRegion":
            yield about(topic, "topic-boundary", f"dataResidencyBoundary is {boundary!r}, not 'WithinRegion'")


def something_to_check(deployment: Deployment) -> Iterator[Finding]:
    """6. A list that came out empty, or without its chief parts, has proved nothing."""
    for kind, least in MUST_BE_THERE.items():
        count = len(deployment.of(kind))
        if count < least:
            yield about_all(deployment, "too-few", f"{count} of {kind}, where at least {least} are due")


RULES: tuple[Rule, ...] = (
    known_types, locations, no_other_region, storage_in_one_region, no_replication, cosmos_in_one_region,
    topics_within_region, something_to_check,
)  # fmt: skip
