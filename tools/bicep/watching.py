"""What must be watched and guarded wherever it is switched on: access logs, locks, policies. All of them, or none.

A switch may leave a kind out of a combination; a single one that is missing is a finding. That the defaults leave
nothing out is asked once, of the combination a plain deployment has (`of_the_defaults`).
"""

from collections.abc import Iterator, Mapping

from tools.bicep.deployment import Deployment
from tools.bicep.finding import Finding, Rule, about, about_all
from tools.bicep.networks import ENDPOINT, QUEUES
from tools.bicep.regions import PINNED
from tools.bicep.residency import IN_ONE_REGION
from tools.bicep.security import BLOBS, CONTAINER, COSMOS, SITE, STORAGE, SYSTEM_TOPIC, TOPIC, VAULT
from tools.bicep.values import Resource, Value

DIAGNOSTICS, LOCK = "Microsoft.Insights/diagnosticSettings", "Microsoft.Authorization/locks"
POLICY = "Microsoft.Authorization/policyAssignments"
EVERYTHING = frozenset({"allLogs", "audit"})
LOGGED: Mapping[str, frozenset[str]] = {
    BLOBS: frozenset({"StorageRead", "StorageWrite", "StorageDelete"}),
    COSMOS: frozenset({"DataPlaneRequests"}),
    VAULT: frozenset({"AuditEvent"}),
    SYSTEM_TOPIC: frozenset({"DeliveryFailures"}),
    TOPIC: frozenset({"PublishFailures", "DeliveryFailures"}),
    SITE: frozenset({"FunctionAppLogs"}),
}
COUNTED: Mapping[str, str] = {
    BLOBS: "Transaction", QUEUES: "Transaction", VAULT: "AllMetrics", SYSTEM_TOPIC: "AllMetrics",
}  # fmt: skip
OF_QUEUES = frozenset({"StorageWrite", "StorageDelete"})
OF_THE_SUBSCRIPTION = frozenset({"Administrative", "Policy", "Security"})
ALLOWED_LOCATIONS = "e56962a6-4747-49cd-b67b-bf8b01975c4c"
COSMOS_LOCATIONS = "0473574d-2d43-4217-aefe-941fcdf7e684"
STORAGE_KINDS = "7433c107-6db4-4ad1-b57a-a76dce0154a1"
GROUP_LOCATIONS = "e765b5de-1225-4ba3-bd56-1ac6695af988"
POLICIES: Mapping[str, tuple[str, frozenset[str]]] = {
    ALLOWED_LOCATIONS: ("listOfAllowedLocations", frozenset({PINNED})),
    COSMOS_LOCATIONS: ("listOfAllowedLocations", frozenset({PINNED})),
    STORAGE_KINDS: ("listOfAllowedSKUs", frozenset(IN_ONE_REGION)),
}
DUE_BY_DEFAULT = (DIAGNOSTICS, LOCK, POLICY, ENDPOINT, f"{CONTAINER}/immutabilityPolicies")


def access_is_logged(deployment: Deployment) -> Iterator[Finding]:
    """Who read which blob, record or key: the log that answers "who watched it"; and what was changed or failed."""
    settings = deployment.of(DIAGNOSTICS)
    if not settings:
        return
    for kind, due in LOGGED.items():
        for resource in _holding_data(deployment, kind):
            yield from _logged(resource, due, settings)
    for service in {each.parent for each in deployment.of(f"{QUEUES}/queues") if each.parent}:
        yield from _logged(service, OF_QUEUES, settings)
    of_the_rest = {name for each in settings if each.at("scope") is None for name in _categories(each)}
    for category in sorted(OF_THE_SUBSCRIPTION - of_the_rest):
        yield about_all(deployment, "diagnostics", f"{category} of the subscription is not logged")


def _logged(resource: Resource, due: frozenset[str], settings: list[Resource]) -> Iterator[Finding]:
    logged = {name for each in settings if _is_on(each, resource) for name in _categories(each)}
    for category in sorted(due - logged if not logged & EVERYTHING else ()):
        yield about(resource, "diagnostics", f"{category} is not logged")


def failures_are_counted(deployment: Deployment) -> Iterator[Finding]:
    """What the alerts count: whether a store answers, those of the function hosts too, and what was not delivered."""
    settings = deployment.of(DIAGNOSTICS)
    for kind, category in COUNTED.items() if settings else ():
        for resource in deployment.of(kind):
            if not any(_is_on(each, resource) and category in _categories(each, "metrics") for each in settings):
                yield about(resource, "diagnostics", f"{category} is not counted")


def logs_arrive(deployment: Deployment) -> Iterator[Finding]:
    for each in deployment.of(DIAGNOSTICS):
        if each.at("properties.workspaceId") is None:
            yield about(each, "diagnostics", "the log does not go to the workspace")


def _holding_data(deployment: Deployment, *kinds: str) -> list[Resource]:
    """Without the accounts of the function hosts, which hold no evidence."""
    hosts = {each.parent.identity for each in deployment.of(QUEUES) if each.parent}
    return [
        each for each in deployment.of(*kinds)
        if each.identity not in hosts and (each.parent is None or each.parent.identity not in hosts)
    ]  # fmt: skip


def _is_on(extension: Resource, target: Resource) -> bool:
    scope = extension.at("scope")
    return isinstance(scope, Resource) and isinstance(scope.identity, str) and scope.identity == target.identity


def _categories(setting: Resource, what: str = "logs") -> set[str]:
    listed = setting.at(f"properties.{what}", [])
    written = [each for each in listed if isinstance(each, dict) and each.get("enabled") is True]
    return {str(each.get("category") or each.get("categoryGroup")) for each in written}


def data_is_locked(deployment: Deployment) -> Iterator[Finding]:
    """Where there are locks at all: one on each account that holds evidence, records or keys."""
    locks = [each for each in deployment.of(LOCK) if each.at("properties.level") in ("CanNotDelete", "ReadOnly")]
    for each in deployment.of(LOCK):
        if each not in locks:
            yield about(each, "lock", f"level is {each.at('properties.level')!r}")
    for store in _holding_data(deployment, STORAGE, COSMOS, VAULT) if deployment.of(LOCK) else []:
        if not any(_is_on(lock, store) for lock in locks):
            yield about(store, "lock", "can be deleted by a slip: no lock on it")


def policies_hold(deployment: Deployment) -> Iterator[Finding]:
    """7. Azure itself refuses other regions and kinds of storage, for what is deployed tomorrow by somebody else."""
    assigned = deployment.of(POLICY)
    by_id = {str(each.at("properties.policyDefinitionId")).rpartition("/")[2]: each for each in assigned}
    for definition, (parameter, allowed) in POLICIES.items():
        if assigned and definition not in by_id:
            yield about_all(deployment, "policy", f"no assignment of {definition} ({parameter})")
        elif assigned:
            yield from _policy(by_id[definition], parameter, allowed)
    for each in assigned:
        if each.at("properties.enforcementMode", "Default") != "Default":
            yield about(each, "policy", f"enforcementMode is {each.at('properties.enforcementMode')!r}")


def _policy(assigned: Resource, parameter: str, allowed: frozenset[str]) -> Iterator[Finding]:
    value: Value = assigned.at(f"properties.parameters.{parameter}.value")
    if not isinstance(value, list) or not value or not set(value) <= allowed:
        yield about(assigned, "policy", f"{parameter} is {value!r}, not within {sorted(allowed)}")
    if assigned.at("properties.parameters.effect.value", "Deny") != "Deny":
        yield about(assigned, "policy", "it does not deny")


def of_the_defaults(deployment: Deployment) -> Iterator[Finding]:
    """A plain deployment has everything that is switchable on."""
    for kind in DUE_BY_DEFAULT:
        if not deployment.of(kind):
            yield about_all(deployment, "off-by-default", f"the defaults deploy no {kind}")


RULES: tuple[Rule, ...] = (access_is_logged, failures_are_counted, logs_arrive, data_is_locked, policies_hold)
