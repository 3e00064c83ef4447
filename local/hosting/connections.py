"""Connects the host's listeners to storage by identity, as connection settings name it: no keys.

`NAME__queueServiceUri` is a queue trigger's account, `AzureWebJobsStorage__blobServiceUri` the host's own; a
`NAME__clientId` chooses the identity. Without a host account timers remember in a folder of this machine.
"""

import hashlib
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from local.hosting.errors import HostError
from local.hosting.storage_queue import StorageQueue, WorkQueue
from local.hosting.timer_statuses import BlobTimerStatuses, FolderTimerStatuses, TimerStatuses

if TYPE_CHECKING:
    from azure.identity.aio import DefaultAzureCredential
    from azure.storage.blob.aio import BlobServiceClient
    from azure.storage.queue.aio import QueueClient

HOST_STORAGE = "AzureWebJobsStorage"


class Connections(Protocol):
    def work_queue(self, connection: str, queue: str) -> WorkQueue:
        """HostError when the connection has no setting."""
        ...

    def timer_statuses(self, app: Path) -> TimerStatuses: ...

    async def close(self) -> None: ...


class AzureConnections:
    """DefaultAzureCredential, made at the first need and shared."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._credentials: dict[str, DefaultAzureCredential] = {}

    def work_queue(self, connection: str, queue: str) -> WorkQueue:
        setting = f"{connection}__queueServiceUri"
        account_url = self._environment.get(setting)
        if not account_url:
            raise HostError(f"queue {queue!r}: the setting {setting!r} of its connection is missing")

        def connect(name: str) -> "QueueClient":
            from azure.storage.queue.aio import QueueClient

            return QueueClient(account_url, name, credential=self._credential(connection))

        return StorageQueue(queue, connect)

    def timer_statuses(self, app: Path) -> TimerStatuses:
        account_url = self._environment.get(f"{HOST_STORAGE}__blobServiceUri")
        if not account_url:
            key = hashlib.sha256(str(app).encode()).hexdigest()[:16]
            return FolderTimerStatuses(Path(tempfile.gettempdir()) / "azure-webjobs-hosts" / key / "timers")

        def connect() -> "BlobServiceClient":
            from azure.storage.blob.aio import BlobServiceClient

            return BlobServiceClient(account_url, credential=self._credential(HOST_STORAGE))

        return BlobTimerStatuses(connect)

    async def close(self) -> None:
        for credential in self._credentials.values():
            await credential.close()

    def _credential(self, connection: str) -> "DefaultAzureCredential":
        from azure.identity.aio import DefaultAzureCredential

        client = self._environment.get(f"{connection}__clientId", "")
        if client not in self._credentials:
            chosen = {"managed_identity_client_id": client} if client else {}
            self._credentials[client] = DefaultAzureCredential(**chosen)
        return self._credentials[client]
