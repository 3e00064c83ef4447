"""A blob to inspect, and children to inspect it with."""

import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace

from shared.adapters.media.inspector import ChildInspector, Limits
from shared.domain.media import Inspection
from tests.media.made import FTYP, box

Read = Callable[[int, int], Awaitable[bytes]]
TINY = FTYP + box("mdat", bytes(50))


class Blob:
    """Stands for the pinned version of a blob; counts what is read of it."""

    def __init__(self, data: bytes) -> None:
        self.data, self.size = data, len(data)
        self.reads: list[tuple[int, int]] = []

    async def read(self, offset: int, length: int) -> bytes:
        assert 0 <= offset < offset + length <= self.size, "read outside the file"
        self.reads.append((offset, length))
        return self.data[offset : offset + length]


async def inspect(data: bytes, limits: Limits | None = None) -> Inspection:
    blob = Blob(data)
    return await ChildInspector(limits).inspect(blob.size, blob.read)


def misbehaving(way: str, *, places: int = 4, **limits: float) -> ChildInspector:
    command = (sys.executable, "-m", "tests.media.misbehaving", way)
    return ChildInspector(replace(Limits(), **limits), places=places, command=command)  # type: ignore[arg-type]
