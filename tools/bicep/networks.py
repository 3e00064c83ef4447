"""Who can reach a store: with private networking its endpoints only, and then nobody from outside by default.

Whether a combination of switches has private networking is read from the list: it has it where there is any private
endpoint, or any store that is closed to the public. Then all of them must have all of theirs.
"""

from collections.abc import Iterator

from tools.bicep.deployment import Deployment
from tools.bicep.finding import Finding, Rule, about
from tools.bicep.security import COSMOS, STORAGE, VAULT
from tools.bicep.values import Resource, Value

ENDPOINT = "Microsoft.Network/privateEndpoints"
GROUP = f"{ENDPOINT}/privateDnsZoneGroups"
ZONE, LINK = "Microsoft.Network/privateDnsZones", "Microsoft.Network/privateDnsZones/virtualNetworkLinks"
QUEUES = "Microsoft.Storage/storageAccounts/queueServices"


def has_private_networking(deployment: Deployment) -> bool:
    closed = [each for each in _stores(deployment) if _is_closed(each)]
    return bool(deployment.of(ENDPOINT) or closed)


def _stores(deployment: Deployment) -> list[Resource]:
    return deployment.of(STORAGE, COSMOS, VAULT)


def _is_closed(store: Resource) -> bool:
    denies = store.at("properties.networkAcls.defaultAction") == "Deny"
    return store.at("properties.publicNetworkAccess") in ("Disabled", "SecuredByPerimeter") or denies


def services_of(deployment: Deployment, store: Resource) -> tuple[str, ...]:
    """What of a store needs an endpoint of its own. A function host keeps blobs, queues and tables in its account."""
    if store.kind == COSMOS.lower():
        return ("Sql",)
    if store.kind == VAULT.lower():
        return ("vault",)
    return ("blob", "queue", "table") if any(deployment.within(store, QUEUES)) else ("blob",)


def endpoints(deployment: Deployment) -> Iterator[Finding]:
    if not has_private_networking(deployment):
        return
    there = {each for endpoint in deployment.of(ENDPOINT) for each in _targets(endpoint)}
    for store in _stores(deployment):
        for service in services_of(deployment, store):
            if (store.identity, service) not in there:
                yield about(store, "private-endpoint", f"no private endpoint for {service!r}")
        if not _is_closed(store):
            yield about(store, "public-network", "has private endpoints and lets the public network in as well")


def _targets(endpoint: Resource) -> list[tuple[Value, str]]:
    connections = endpoint.at("properties.privateLinkServiceConnections", [])
    return [
        (each["properties"].get("privateLinkServiceId"), service)
        for each in (connections if isinstance(connections, list) else [])
        for service in each["properties"].get("groupIds", [])
    ]


def names_lead_inside(deployment: Deployment) -> Iterator[Finding]:
    """An endpoint without a zone group has no record; a zone that no network asks is never read."""
    for endpoint in deployment.of(ENDPOINT):
        if not any(deployment.within(endpoint, GROUP)):
            yield about(endpoint, "private-names", "no privateDnsZoneGroups: its name leads to the public address")
    for zone in deployment.of(ZONE):
        if not any(deployment.within(zone, LINK)):
            yield about(zone, "private-names", "no network is linked to this zone")


RULES: tuple[Rule, ...] = (endpoints, names_lead_inside)
