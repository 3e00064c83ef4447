"""What the exporters are told, the same for both: who sends, no disk, no waiting, nothing about the machine."""

import hashlib
from typing import Any, Protocol

from azure.core.credentials import AccessToken
from opencensus.ext.azure.common import INGESTION_ENDPOINT, parse_connection_string, utils

ROLE = "continuity"
ENDS_WITHIN = 3.0  # seconds, for each of the two
ANSWERS_WITHIN = 10.0
FORGOTTEN = ("ai.device.id", "ai.device.locale", "ai.device.osVersion")


class Credential(Protocol):
    def get_token(self, *scopes: str, **_: Any) -> AccessToken: ...
    def close(self) -> None: ...


def exporter_options(connection_string: str, credential: Credential, every: float) -> dict[str, Any]:
    """Raises ValueError for a connection string that is none, or leaves the endpoint to the library."""
    if not parse_connection_string(connection_string).get(INGESTION_ENDPOINT):
        raise ValueError("the connection string names no ingestion endpoint")
    _say_nothing_of_the_machine()
    return {
        "connection_string": connection_string,
        "credential": credential,
        "export_interval": every,
        "enable_local_storage": False,
        "enable_standard_metrics": False,
        "timeout": ANSWERS_WITHIN,
        "grace_period": ENDS_WITHIN,
    }


def _say_nothing_of_the_machine() -> None:
    """A laptop is often called after its owner: instances are told apart by a hash."""
    context = utils.azure_monitor_context
    if context["ai.cloud.role"] == ROLE:
        return
    instance = hashlib.sha256(str(context["ai.cloud.roleInstance"]).encode()).hexdigest()[:12]
    context.update({"ai.cloud.role": ROLE, "ai.cloud.roleInstance": instance})
    for name in FORGOTTEN:
        context.pop(name, None)
