"""What the role assignments come to: who may do what, where. Built-in roles are written out as Microsoft has them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tests.infra.deployed import TOKEN, answered_by, short
from tools.bicep.deployment import Deployment
from tools.bicep.values import Resource

ASSIGNMENT, DEFINITION = "Microsoft.Authorization/roleAssignments", "Microsoft.Authorization/roleDefinitions"
SQL_ASSIGNMENT = "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments"
SQL_DEFINITION = "Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions"
BLOBS = "Microsoft.Storage/storageAccounts/blobServices"
BLOB = f"{BLOBS}/containers/blobs"
QUEUE = "Microsoft.Storage/storageAccounts/queueServices/queues"
TABLE = "Microsoft.Storage/storageAccounts/tableServices/tables"
ITEM = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    name: str
    may: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    who: str
    scope: str
    role: Role

    def covers(self, action: str, at: str) -> bool:
        below = f"{at.lower()}/".startswith(f"{self.scope.lower()}/")
        return below and any(fnmatchcase(action.lower(), each.lower()) for each in self.role.may)

    @property
    def where(self) -> str:
        """As docs/roles.md says it."""
        parts = self.scope.partition("/providers/")[2].split("/")
        name, last = short(parts[2]), parts[-1]
        match parts[1], parts[-2]:
            case _, "containers" | "queues" as kind:
                return f"account `{name}`, {kind[:-1]} `{last}`"
            case "storageAccounts", _:
                return f"account `{name}`"
            case "databaseAccounts", _:
                return f"records, container `{last}`"
            case "vaults", _:
                return "vault"
            case "topics", _:
                return "topic"
        return "Application Insights"


# Control and data actions together: their names never meet.
BUILT_IN: Mapping[str, Role] = {
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": Role(
        name="Storage Blob Data Owner",
        may=(f"{BLOBS}/containers/*", f"{BLOBS}/generateUserDelegationKey/action"),
    ),
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe": Role(
        name="Storage Blob Data Contributor",
        may=(
            *(f"{BLOBS}/containers/{each}" for each in ("read", "write", "delete")),
            f"{BLOBS}/generateUserDelegationKey/action",
            *(f"{BLOB}/{each}" for each in ("read", "write", "delete", "move/action", "add/action")),
        ),
    ),
    "db58b8e5-c6ad-4a2a-8342-4190687cbf4a": Role(
        name="Storage Blob Delegator", may=(f"{BLOBS}/generateUserDelegationKey/action",)
    ),
    "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": Role(
        name="Storage Table Data Contributor",
        may=(*(f"{TABLE}/{each}" for each in ("read", "write", "delete")), f"{TABLE}/entities/*"),
    ),
    "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a": Role(
        name="Storage Queue Data Message Sender", may=(f"{QUEUE}/messages/add/action",)
    ),
    "4633458b-17de-408a-b874-0445c86b69e6": Role(
        name="Key Vault Secrets User",
        may=tuple(f"Microsoft.KeyVault/vaults/secrets/{each}/action" for each in ("getSecret", "readMetadata")),
    ),
    "b86a8fe4-44ce-4948-aee5-eccb2c155cd7": Role(
        name="Key Vault Secrets Officer", may=("Microsoft.KeyVault/vaults/secrets/*",)
    ),
    "d5a91429-5739-47e2-a06b-3470a27159e7": Role(
        name="EventGrid Data Sender", may=("Microsoft.EventGrid/events/send/action",)
    ),
    "3913510d-42f4-4e42-8a64-420c390055eb": Role(
        name="Monitoring Metrics Publisher",
        may=("Microsoft.Insights/Metrics/Write", "Microsoft.Insights/Telemetry/Write"),
    ),
}


def ours(deployment: Deployment) -> dict[str, Role]:
    """The roles of our own, by their ids."""
    return {
        str(each.identity): Role(name=_title(each), may=tuple(_allowed(each)))
        for each in deployment.of(DEFINITION, SQL_DEFINITION)
    }


def grants(deployment: Deployment) -> list[Grant]:
    roles = ours(deployment)
    return [*_of_azure(deployment, roles), *_of_records(deployment, roles)]


def may(granted: list[Grant], action: str, at: str) -> set[str]:
    """Everybody who may do that to what lies at that id or below it."""
    return {each.who for each in granted if each.covers(action, at)}


def _of_azure(deployment: Deployment, roles: Mapping[str, Role]) -> Iterator[Grant]:
    for each in deployment.of(ASSIGNMENT):
        role = str(each.at("properties.roleDefinitionId"))
        found = roles.get(role) or BUILT_IN[role.rpartition("/")[2]]
        scope = each.at("scope")
        assert isinstance(scope, Resource), f"{each.symbol} is on the whole group"
        yield Grant(who=answered_by(each.at("properties.principalId")), scope=str(scope.identity), role=found)


def _of_records(deployment: Deployment, roles: Mapping[str, Role]) -> Iterator[Grant]:
    for each in deployment.of(SQL_ASSIGNMENT):
        role = roles[str(each.at("properties.roleDefinitionId"))]
        who = answered_by(each.at("properties.principalId"))
        yield Grant(who=who, scope=str(each.at("properties.scope")), role=role)


def _title(definition: Resource) -> str:
    title = str(definition.at("properties.roleName"))
    return title.removeprefix("Continuity ").removesuffix(f" (test {TOKEN})")


def _allowed(definition: Resource) -> Iterator[str]:
    for permission in definition.at("properties.permissions"):
        taken_back = [*permission.get("notActions", []), *permission.get("notDataActions", [])]
        assert taken_back == [], f"{definition.symbol} takes back; say what it gives instead"
        yield from permission.get("actions", [])
        yield from permission.get("dataActions", [])
