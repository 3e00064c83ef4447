"""A container of dead letters in memory: what `tools.replay` asks of the real one, and nothing else."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from azure.core.exceptions import HttpResponseError, ResourceModifiedError, ResourceNotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    name: str
    size: int
    etag: str


class Letterbox:
    """`broken`: names whose reading fails."""

    def __init__(self, **letters: bytes) -> None:
        self.letters = {name: (content, "etag-1") for name, content in letters.items()}
        self.broken: set[str] = set()

    async def list_blobs(self) -> AsyncIterator[Listed]:
        for name, (content, etag) in sorted(self.letters.items()):
            yield Listed(name=name, size=len(content), etag=etag)

    async def download_blob(self, name: str, *, offset: int, length: int, etag: str, match_condition: Any) -> "Content":
        if name in self.broken:
            raise HttpResponseError("sig=secret")
        return Content(self._current(name, etag)[offset : offset + length])

    async def delete_blob(self, name: str, *, etag: str, match_condition: Any) -> None:
        self._current(name, etag)
        del self.letters[name]

    def _current(self, name: str, etag: str) -> bytes:
        if name not in self.letters:
            raise ResourceNotFoundError(name)
        content, current = self.letters[name]
        if current != etag:
            raise ResourceModifiedError(name)
        return content


class Content:
    def __init__(self, content: bytes) -> None:
        self._content = content

    async def readall(self) -> bytes:
        return self._content
