"""infra/main.bicep flattened for a force and for a trial, and what tests ask of it.

What only a deployment knows is an Unknown that names the resource which will answer: that is how a principal is told
from another here, so a swapped identity is seen.
"""

from pathlib import Path

from tools.bicep.deployment import Deployment, flatten_file
from tools.bicep.values import Resource, Unknown, Value

ROOT = Path(__file__).parents[2]
MAIN = ROOT / "infra" / "main.bicep"
DEPLOYER, OPERATORS = "the deployer", "the operators"
GIVEN = {"environmentName": "test", "location": "uksouth", "logOrigin": "continuity.test/ledger"}
FORCE = flatten_file(
    MAIN,
    {
        **GIVEN,
        "privateNetworking": True,
        "zoneRedundant": True,
        "cosmosCapacity": "autoscale",
        "alerts": True,
        "guards": True,
        "functionsDeployed": True,
        "forceRanges": "192.0.2.0/24,198.51.100.7",
        "deployerRanges": "203.0.113.9/32",
        "authenticationClientId": "11111111-1111-1111-1111-111111111111",
        "alertRecipients": "duty@force.test,lead@force.test",
        "budgetStart": "2026-01-01",
        "footageSince": "2026-01-15",
        "principalId": DEPLOYER,
        "operatorsGroupId": OPERATORS,
    },
)
TRIAL = flatten_file(
    MAIN,
    {
        **GIVEN,
        "privateNetworking": False,
        "zoneRedundant": False,
        "cosmosCapacity": "serverless",
        "alerts": False,
        "guards": False,
        "functionsDeployed": False,
        "alwaysReadyInstances": 0,
        "monthlyBudget": 0,
        "tokenAudiences": "api://trial",
    },
)
TOKEN = str(FORCE.outputs["KEY_VAULT_NAME"]).removeprefix("kv-")
STORAGE, SITE, CONFIG = "Microsoft.Storage/storageAccounts", "Microsoft.Web/sites", "Microsoft.Web/sites/config"
CONTAINER = f"{STORAGE}/blobServices/containers"


def short(name: Value) -> str:
    """`footage` for `stfootage<token>`, `core` for `id-core-<token>`."""
    text = str(name).removesuffix(TOKEN).removesuffix("-")
    for prefix in ("st", "id-", "func-", "cosmos", "kv", "pe-"):
        if text.startswith(prefix) and text != prefix:
            return text.removeprefix(prefix)
    return text


def account(deployment: Deployment, name: str) -> Resource:
    (found,) = [each for each in deployment.of(STORAGE) if short(each.body["name"]) == name]
    return found


def named(deployment: Deployment, kind: str) -> dict[str, Resource]:
    """Resources of that type by their own names."""
    return {str(each.body["name"]): each for each in deployment.of(kind)}


def within(deployment: Deployment, parent: Resource, kind: str) -> dict[str, Resource]:
    return {str(each.body["name"]): each for each in deployment.within(parent, kind)}


def settings(deployment: Deployment) -> dict[str, dict[str, Value]]:
    """The settings of each function app, by its DOORS."""
    found = [each.body["properties"] for each in deployment.of(CONFIG) if each.body["name"] == "appsettings"]
    return {str(each["DOORS"]): each for each in found}


def answered_by(value: Value) -> str:
    """The short name of the resource that will answer; the text itself where it is known."""
    if isinstance(value, Unknown):
        assert value.origin is not None, f"nobody will answer {value!r}"
        return short(value.origin.body["name"])
    return str(value)
