"""Who may do what, as the assignments and the roles of our own say it together.

Every built-in role is one of a short list, every assignment is on a resource and never on the group, no role of ours
has a wildcard.
Separation: only the app whose DOORS is `weeder` deletes evidence or records; only `core` lifts a legal hold; nobody
changes the ledger; nobody but an app's own identity can write what it is started from. The rest is in docs/roles.md.
"""

from collections.abc import Iterator, Mapping

from tools.bicep.deployment import Deployment
from tools.bicep.finding import Finding, Rule, about
from tools.bicep.networks import QUEUES
from tools.bicep.security import COSMOS, SITE, SITE_CONFIG, STORAGE, SYSTEM_TOPIC
from tools.bicep.values import Resource, Unknown, Value

ASSIGNMENT, DEFINITION = "Microsoft.Authorization/roleAssignments", "Microsoft.Authorization/roleDefinitions"
COSMOS_ASSIGNMENT, COSMOS_DEFINITION = f"{COSMOS}/sqlRoleAssignments", f"{COSMOS}/sqlRoleDefinitions"
BLOB = f"{STORAGE}/blobServices/containers/blobs"
READ, ADD, WRITE, DELETE = f"{BLOB}/read", f"{BLOB}/add/action", f"{BLOB}/write", f"{BLOB}/delete"
DELETE_VERSION, PURGE = f"{BLOB}/deleteBlobVersion/action", f"{BLOB}/permanentDelete/action"
HOLD = f"{BLOB}/immutableStorage/runAsSuperUser/action"
ITEM_DELETE = f"{COSMOS}/sqlDatabases/containers/items/delete"
EVERYTHING = frozenset({READ, ADD, WRITE, DELETE, DELETE_VERSION, PURGE, HOLD})
WITH_EVIDENCE: Mapping[str, tuple[str, ...]] = {
    ADD: ("core",), WRITE: ("core",), HOLD: ("core",), DELETE: ("weeder",), DELETE_VERSION: ("weeder",), PURGE: (),
}  # fmt: skip
WITH_THE_LEDGER: Mapping[str, tuple[str, ...]] = {**dict.fromkeys(WITH_EVIDENCE, ()), ADD: ("core",)}
BUILT_IN: Mapping[str, tuple[str, frozenset[str]]] = {
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": ("Storage Blob Data Owner", EVERYTHING),
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe": ("Storage Blob Data Contributor", EVERYTHING - {PURGE, HOLD}),
    "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": ("Storage Blob Data Reader", frozenset({READ})),
    "db58b8e5-c6ad-4a2a-8342-4190687cbf4a": ("Storage Blob Delegator", frozenset()),
    "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a": ("Storage Queue Data Message Sender", frozenset()),
    "8a0f0c08-91a1-4084-bc3d-661d67233fed": ("Storage Queue Data Message Processor", frozenset()),
    "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": ("Storage Table Data Contributor", frozenset()),
    "4633458b-17de-408a-b874-0445c86b69e6": ("Key Vault Secrets User", frozenset()),
    "b86a8fe4-44ce-4948-aee5-eccb2c155cd7": ("Key Vault Secrets Officer", frozenset()),
    "d5a91429-5739-47e2-a06b-3470a27159e7": ("EventGrid Data Sender", frozenset()),
    "3913510d-42f4-4e42-8a64-420c390055eb": ("Monitoring Metrics Publisher", frozenset()),
}


def role_id(assignment: Resource) -> str:
    """The last part of the definition's id; empty where it cannot be known."""
    value = assignment.at("properties.roleDefinitionId")
    return value.rpartition("/")[2] if isinstance(value, str) else ""


def actions_of(definition: Resource) -> set[str]:
    """Everything a role of our own permits."""
    permissions = definition.at("properties.permissions", [])
    lists = [each.get(name, []) for each in permissions for name in ("actions", "dataActions")]
    return {str(action) for actions in lists for action in actions}


def door_of(deployment: Deployment, principal: Value) -> str:
    """The DOORS of the app that runs as this principal; empty for anybody else."""
    return next((door for site, door in _doors(deployment) if _runs_as(site, principal)), "")


def _doors(deployment: Deployment) -> Iterator[tuple[Resource, str]]:
    for site in deployment.of(SITE):
        for config in deployment.within(site, SITE_CONFIG):
            if config.at("name") == "appsettings":
                yield site, str(config.at("properties.DOORS"))


def _runs_as(site: Resource, principal: Value) -> bool:
    origin = principal.origin if isinstance(principal, Unknown) else None
    return origin is not None and origin.identity in site.at("identity.userAssignedIdentities", {})


def known_roles(deployment: Deployment) -> Iterator[Finding]:
    own = {each.at("name") for each in deployment.of(DEFINITION)}
    for each in deployment.of(ASSIGNMENT):
        if role_id(each) not in own and role_id(each) not in BUILT_IN:
            yield about(each, "role-unknown", f"{each.at('properties.roleDefinitionId')!r} is no role of the list")
    records = {each.identity for each in deployment.of(COSMOS_DEFINITION)}
    for each in deployment.of(COSMOS_ASSIGNMENT):
        if each.at("properties.roleDefinitionId") not in records:
            yield about(each, "role-unknown", f"{each.at('properties.roleDefinitionId')!r} is no role of our own")


def on_one_resource(deployment: Deployment) -> Iterator[Finding]:
    for each in deployment.of(ASSIGNMENT):
        if not isinstance(each.at("scope"), Resource):
            yield about(each, "role-scope", "is on the whole group, not on a resource")
        if each.at("properties.principalType") is None:
            yield about(each, "role-scope", "principalType is missing: a new identity may not be found yet")


def no_wildcards(deployment: Deployment) -> Iterator[Finding]:
    for each in deployment.of(DEFINITION, COSMOS_DEFINITION):
        for action in sorted(action for action in actions_of(each) if "*" in action):
            yield about(each, "role-wildcard", f"permits {action!r}")


def powers(deployment: Deployment) -> Iterator[tuple[Resource, Resource, frozenset[str]]]:
    """Each assignment with the account it is on, or in, and what it permits on blobs there."""
    own = {each.at("name"): frozenset(actions_of(each)) for each in deployment.of(DEFINITION)}
    for each in deployment.of(ASSIGNMENT):
        permitted = own.get(role_id(each)) or BUILT_IN.get(role_id(each), ("", EVERYTHING))[1]
        for account in deployment.of(STORAGE):
            scope = each.at("scope")
            where = f"{scope.identity if isinstance(scope, Resource) else account.identity}/".lower()
            if where.startswith(f"{account.identity}/".lower()):
                yield each, account, permitted


def separation(deployment: Deployment) -> Iterator[Finding]:
    """Evidence and ledger: what each principal may, held against what only one door may."""
    evidence = {topic.at("properties.source") for topic in deployment.of(SYSTEM_TOPIC)}
    hosts = {each.parent.identity for each in deployment.of(QUEUES) if each.parent}
    for assignment, account, permitted in powers(deployment):
        if account.identity in hosts:
            continue
        door = door_of(deployment, assignment.at("properties.principalId"))
        limits = WITH_EVIDENCE if account.identity in evidence else WITH_THE_LEDGER
        for action in sorted(permitted & set(limits)):
            if door not in limits[action]:
                message = f"lets {door or 'somebody'} do {action.rpartition('blobs/')[2]} on {account.symbol}"
                yield about(assignment, "separation", message)


def records_are_deleted_by_the_weeder(deployment: Deployment) -> Iterator[Finding]:
    permitted = {each.identity: actions_of(each) for each in deployment.of(COSMOS_DEFINITION)}
    for each in deployment.of(COSMOS_ASSIGNMENT):
        deletes = ITEM_DELETE in permitted.get(each.at("properties.roleDefinitionId"), ())
        door = door_of(deployment, each.at("properties.principalId"))
        if deletes and door != "weeder":
            yield about(each, "separation", f"lets {door or 'somebody'} delete records")


def packages_are_their_own(deployment: Deployment) -> Iterator[Finding]:
    """Whoever can write what an app is started from can do all that the app can."""
    for assignment, account, permitted in powers(deployment):
        starts = [site for site in deployment.of(SITE) if _package_account(site) == account.identity]
        scope = assignment.at("scope")
        whole = not isinstance(scope, Resource) or scope.identity == account.identity
        principal = assignment.at("properties.principalId")
        if starts and whole and WRITE in permitted and not all(_runs_as(site, principal) for site in starts):
            yield about(assignment, "package-writer", f"another identity can write what {account.symbol} starts")


def _package_account(site: Resource) -> Value:
    value = site.at("properties.functionAppConfig.deployment.storage.value")
    return value.origin.identity if isinstance(value, Unknown) and value.origin else None


RULES: tuple[Rule, ...] = (
    known_roles, on_one_resource, no_wildcards, separation, records_are_deleted_by_the_weeder, packages_are_their_own,
)  # fmt: skip
