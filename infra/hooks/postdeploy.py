"""After the code is there: Event Grid is told of the function `ingest`, or is found to know it.

1  both apps show their functions, which they do some time after a deployment
2  the event subscription is looked at; if it is as infra/subscription.bicep has it, nothing is changed
3  otherwise that file is deployed, again if need be, and looked at once more
4  FUNCTIONS_DEPLOYED is set, so that `azd provision` keeps it
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from infra.hooks.calling import Failed, Patience, again, az, ends, environment, keep, needed, patience_of, say

TEMPLATE = Path(__file__).parents[1] / "subscription.bicep"
SUBSCRIPTION, FUNCTION = "footage-created", "ingest"
EVENT_GRID_VERSION, WEB_VERSION = "2025-02-15", "2025-03-01"
# What decides which recordings arrive, where, and for how long it is tried. tests/infra holds it to the Bicep.
WANTED: Mapping[str, Any] = {
    "eventDeliverySchema": "CloudEventSchemaV1_0",
    "filter": {
        "includedEventTypes": ["Microsoft.Storage.BlobCreated"],
        "subjectBeginsWith": "/blobServices/default/containers/footage/blobs/",
        "advancedFilters": [
            {
                "operatorType": "StringIn",
                "key": "data.api",
                "values": ["PutBlob", "PutBlockList", "CopyBlob", "FlushWithClose"],
            }
        ],
    },
    "retryPolicy": {"maxDeliveryAttempts": 30, "eventTimeToLiveInMinutes": 1440},
    "deadLetterWithResourceIdentity": {
        "deadLetterDestination": {"endpointType": "StorageBlob", "properties": {"blobContainerName": "deadletters"}}
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """What azd was told by the deployment."""

    subscription: str
    group: str
    core: str
    weeder: str
    topic: str
    runtime: str
    identity: str

    @classmethod
    def of(cls, known: Mapping[str, str]) -> "Deployed":
        names = (
            "AZURE_SUBSCRIPTION_ID", "AZURE_RESOURCE_GROUP", "CORE_APP_NAME", "WEEDER_APP_NAME", "SYSTEM_TOPIC_NAME",
            "RUNTIME_ACCOUNT_NAME", "EVENTS_IDENTITY_NAME",
        )  # fmt: skip
        subscription, group, core, weeder, topic, runtime, identity = needed(known, *names)
        return cls(
            subscription=subscription,
            group=group,
            core=core,
            weeder=weeder,
            topic=topic,
            runtime=runtime,
            identity=identity,
        )

    def function(self, app: str, name: str) -> str:
        return f"{self._at('Microsoft.Web/sites')}/{app}/functions/{name}"

    @property
    def events(self) -> str:
        return f"{self._at('Microsoft.EventGrid/systemTopics')}/{self.topic}/eventSubscriptions/{SUBSCRIPTION}"

    def _at(self, kind: str) -> str:
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}/providers/{kind}"


def tell(known: Mapping[str, str], patience: Patience) -> None:
    deployed = Deployed.of(known)
    for function in (deployed.function(deployed.core, FUNCTION), deployed.function(deployed.weeder, "weed")):
        again(patience, partial(_shown, function, WEB_VERSION))
    before = again(patience, partial(_found, deployed))
    if before == []:
        say(f"event subscription {SUBSCRIPTION}: as it should be, left alone")
    else:
        again(patience, partial(_deploy, deployed))
        told = "made" if before is None else f"mended: it differed in {', '.join(before)}"
        say(f"event subscription {SUBSCRIPTION}: {told}")
    keep(known, "FUNCTIONS_DEPLOYED", "true")
    say("next, once: python -m infra.hooks.firstrun (docs/deploying.md, first run)")


def _found(deployed: Deployed) -> list[str] | None:
    """In what it differs from what is wanted; None where there is none."""
    try:
        shown = _shown(deployed.events, EVENT_GRID_VERSION)
    except Failed as trouble:
        if trouble.is_missing:
            return None
        raise
    properties = shown["properties"]
    endpoint = str(properties.get("destination", {}).get("properties", {}).get("resourceId", ""))
    elsewhere = [] if endpoint.lower() == deployed.function(deployed.core, FUNCTION).lower() else ["destination"]
    undone = [] if properties.get("provisioningState", "Succeeded") == "Succeeded" else ["provisioningState"]
    return [*elsewhere, *undone, *differing(properties, WANTED)]


def _deploy(deployed: Deployed) -> None:
    az(
        "deployment", "group", "create",
        "--resource-group", deployed.group,
        "--name", "continuity-events",
        "--template-file", str(TEMPLATE),
        "--parameters",
        f"systemTopicName={deployed.topic}",
        f"coreAppName={deployed.core}",
        f"runtimeAccountName={deployed.runtime}",
        f"identityName={deployed.identity}",
        subscription=deployed.subscription,
    )  # fmt: skip
    after = _found(deployed)
    if after != []:
        raise Failed(
            f"{SUBSCRIPTION} was deployed and is still wrong: {'not there' if after is None else ', '.join(after)}"
        )


def _shown(identity: str, version: str) -> Any:
    return az("resource", "show", "--ids", identity, "--api-version", version)


def differing(found: Any, wanted: Any, path: str = "") -> list[str]:
    """Paths at which what is wanted is not what was found; what else was found does not matter."""
    return list(_differing(found, wanted, path))


def _differing(found: Any, wanted: Any, path: str) -> Iterator[str]:
    if isinstance(wanted, Mapping):
        inside = found if isinstance(found, Mapping) else {}
        for name, value in wanted.items():
            yield from _differing(inside.get(name), value, f"{path}.{name}".lstrip("."))
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for each, (there, value) in enumerate(zip(found, wanted, strict=True)):
            yield from _differing(there, value, f"{path}[{each}]")
    elif found != wanted:
        yield path


if __name__ == "__main__":
    sys.exit(ends(lambda: tell(environment(), patience_of("postdeploy", __doc__, sys.argv[1:]))))
