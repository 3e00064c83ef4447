"""Where timers remember between starts when they last ran: a blob each, or without a storage account a file each.

`write` has kept the status when it returns; `read` answers None for a timer never written.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from azure.storage.blob.aio import BlobServiceClient

CONTAINER = "azure-webjobs-hosts"
NEVER = "0001-01-01T00:00:00"  # .NET's default DateTime, which the host writes for a timer that has not run


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerStatus:
    last: datetime | None
    next: datetime
    updated: datetime

    def as_json(self) -> dict[str, str]:
        last = self.last.isoformat() if self.last else NEVER
        return {"Last": last, "Next": self.next.isoformat(), "LastUpdated": self.updated.isoformat()}


def timer_status(text: str) -> TimerStatus:
    values = json.loads(text)
    last = None if values["Last"].startswith("0001-") else _moment(values["Last"])
    return TimerStatus(last=last, next=_moment(values["Next"]), updated=_moment(values["LastUpdated"]))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class TimerStatuses(Protocol):
    async def read(self, timer: str) -> TimerStatus | None: ...

    async def write(self, timer: str, status: TimerStatus) -> None: ...

    async def aclose(self) -> None: ...


class FolderTimerStatuses:
    """One JSON file for each timer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def read(self, timer: str) -> TimerStatus | None:
        path = self._folder / f"{timer}.json"
        return timer_status(await asyncio.to_thread(path.read_text)) if path.exists() else None

    async def write(self, timer: str, status: TimerStatus) -> None:
        await asyncio.to_thread(self._replace, self._folder / f"{timer}.json", json.dumps(status.as_json()))

    async def aclose(self) -> None:
        return

    def _replace(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_text(text)
        partial.replace(path)


class BlobTimerStatuses:
    """One blob for each timer in the host's own container, which is made when missing."""

    def __init__(self, connect: Callable[[], "BlobServiceClient"]) -> None:
        self._service = connect()

    async def read(self, timer: str) -> TimerStatus | None:
        from azure.core.exceptions import ResourceNotFoundError

        try:
            download = await self._service.get_blob_client(CONTAINER, f"timers/{timer}").download_blob()
            return timer_status((await download.readall()).decode())
        except ResourceNotFoundError:
            return None

    async def write(self, timer: str, status: TimerStatus) -> None:
        from azure.core.exceptions import ResourceNotFoundError

        blob = self._service.get_blob_client(CONTAINER, f"timers/{timer}")
        text = json.dumps(status.as_json())
        try:
            await blob.upload_blob(text, overwrite=True)
        except ResourceNotFoundError:
            await self._make_container()
            await blob.upload_blob(text, overwrite=True)

    async def aclose(self) -> None:
        await self._service.close()

    async def _make_container(self) -> None:
        from azure.core.exceptions import ResourceExistsError

        try:
            await self._service.create_container(CONTAINER)
        except ResourceExistsError:
            return  # another timer was first
