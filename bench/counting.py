"""Calls that leave the process, counted by kind: every Azure client here sends through one transport class."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from azure.core.pipeline.transport import AioHttpTransport

# each service by the setting its address is in; the first that fits wins
SERVICES = {
    "COSMOS_ENDPOINT": "cosmos",
    "FOOTAGE_ACCOUNT_URL": "blob",
    "QUEUE_ACCOUNT_URL": "queue",
    "EVENTS_TOPIC_URL": "topic",
    "IDENTITY_ENDPOINT": "token",
    "KEY_VAULT_URL": "vault",
}
BLOB = {"GET": "read", "HEAD": "properties", "PUT": "write", "DELETE": "delete"}


@contextmanager
def counting() -> Iterator[Counter[str]]:
    """Grows while it is open, `<service> <kind>` by the number of requests sent, retries included."""
    found, send = Counter[str](), AioHttpTransport.send

    async def counted(self: AioHttpTransport, request: Any, **options: Any) -> Any:
        found[kind(request.method, request.url, request.headers)] += 1
        return await send(self, request, **options)

    AioHttpTransport.send = counted
    try:
        yield found
    finally:
        AioHttpTransport.send = send


def kind(method: str, url: str, headers: Mapping[str, str]) -> str:
    service = next((name for setting, name in SERVICES.items() if url.startswith(os.environ[setting])), "elsewhere")
    if service == "cosmos":
        return f"cosmos {_of_cosmos(method, url, headers)}"
    if service == "blob":
        return f"blob {_of_blob(method, url)}"
    return service


def _of_cosmos(method: str, url: str, headers: Mapping[str, str]) -> str:
    names = {name.lower() for name in headers}
    if "x-ms-cosmos-is-batch-request" in names:
        return "batch"
    if "x-ms-documentdb-isquery" in names:
        return "query"
    return "read" if method == "GET" and "/docs/" in url else "of the account"


def _of_blob(method: str, url: str) -> str:
    if "comp=list" in url:
        return "list"
    return "key" if "comp=userdelegationkey" in url else BLOB[method]
