"""What a deployment would know of where it runs, as far as it can be said beforehand.

The location of the resource group and of the deployment are a word that is no region, so that whatever leans on them
instead of on a parameter is seen.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tools.bicep.values import Resource, Unknown, Value

NOT_PINNED = "NOT-PINNED"
SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001"
TENANT = "00000000-0000-0000-0000-000000000002"
DEPLOYER = "00000000-0000-0000-0000-000000000003"
ENVIRONMENT = {
    "name": "AzureCloud",
    "suffixes": {
        "storage": "core.windows.net",
        "keyvaultDns": ".vault.azure.net",
        "sqlServerHostname": ".database.windows.net",
    },
    "authentication": {"loginEndpoint": "https://login.microsoftonline.com/", "tenant": "common"},
    "resourceManager": "https://management.azure.com/",
    "portal": "https://portal.azure.com",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """`group` is the name of the resource group deployed to; empty at subscription scope."""

    group: str = ""
    module: str = ""

    @property
    def scope(self) -> str:
        return f"{SUBSCRIPTION}/resourceGroups/{self.group}" if self.group else SUBSCRIPTION

    def inside(self, module: str, scope: Value) -> "Context":
        """Of a module: deployed to the scope it names, else to where it is called."""
        return replace(self, module=f"{self.module}/{module}", group=_group(scope) or self.group)

    def functions(self) -> dict[str, Callable[..., Value]]:
        subscription = {"id": SUBSCRIPTION, "subscriptionId": SUBSCRIPTION.rpartition("/")[2], "tenantId": TENANT}
        return {
            "resourceGroup": self._resource_group,
            "subscription": lambda *_: subscription,
            "tenant": lambda: {"tenantId": TENANT},
            "deployment": lambda: {"name": "deployment", "location": NOT_PINNED},
            "deployer": lambda: {"objectId": DEPLOYER, "tenantId": TENANT, "userPrincipalName": "deployer"},
            "environment": lambda: ENVIRONMENT,
            "resourceId": lambda *given: identity(self.scope, *_type_and_names(given)),
            "subscriptionResourceId": lambda *given: identity(SUBSCRIPTION, *_type_and_names(given)),
            "tenantResourceId": lambda *given: identity("", *_type_and_names(given)),
            "extensionResourceId": identity,
        }

    def _resource_group(self, *named: Value) -> Value:
        name = named[-1] if named else self.group
        where = f"{SUBSCRIPTION}/resourceGroups/{name}"
        return {"name": name, "location": NOT_PINNED, "id": where, "tags": Unknown(why="resourceGroup().tags")}


def _group(scope: Value) -> str:
    name = scope.body.get("name") if isinstance(scope, Resource) else None
    name = scope.get("name") if isinstance(scope, dict) else name
    return name if isinstance(name, str) else ""


def _type_and_names(given: tuple[Value, ...]) -> tuple[Value, ...]:
    """A subscription or group may come before the type; an Unknown may stand anywhere."""
    start = next((n for n, each in enumerate(given) if isinstance(each, str) and "/" in each), 0)
    return given[start:]


def identity(scope: Any, kind: Any, *names: Any) -> str | Unknown:
    """The ARM id of a resource of that type with those names, in or on the scope."""
    parts = [part for name in names for part in (name.split("/") if isinstance(name, str) else [name])]
    if any(not isinstance(each, str) for each in (scope, kind, *parts)):
        return Unknown(why=f"the id of a {kind}")
    if str(kind).lower() == "microsoft.resources/resourcegroups":
        return f"{SUBSCRIPTION}/resourceGroups/{parts[0]}"
    provider, *types = kind.split("/")
    return f"{scope}/providers/{provider}" + "".join(f"/{t}/{n}" for t, n in zip(types, parts, strict=False))
