"""Following the commit journal, and remembering how far.

The cursor of a subscription is the offset up to which every event is settled: delivered, dead-lettered or not wanted.
It never passes an event that is still being tried, so after a restart that one and those behind it come again: at least
once, as in Azure. When it equals the journal's size, everything so far is delivered.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

LOOKS_AGAIN_AFTER = 0.01  # seconds


async def lines(journal: Path, offset: int) -> AsyncIterator[tuple[int, dict[str, Any]]]:
    """Every whole line from the offset on, with the offset behind it; never ends."""
    with journal.open("rb") as file:
        file.seek(offset)
        while True:
            line = file.readline()
            if line.endswith(b"\n"):
                yield file.tell(), json.loads(line)
                continue
            file.seek(-len(line), 1)  # a line half written is read again when it is whole
            await asyncio.sleep(LOOKS_AGAIN_AFTER)


class Cursor:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._settled: dict[int, bool] = {}  # in journal order
        self.position = read_cursor(file)

    def expect(self, end: int) -> None:
        self._settled[end] = False

    def settle(self, end: int) -> None:
        self._settled[end] = True
        before = self.position
        while self._settled and self._settled[first := next(iter(self._settled))]:
            del self._settled[first]
            self.position = first
        if self.position != before:
            self._write()

    def _write(self) -> None:
        partial = self._file.with_suffix(".partial")
        partial.write_text(str(self.position))
        partial.replace(self._file)


def cursor_file(folder: Path, subscription: str) -> Path:
    return folder / f"{subscription}.cursor"


def read_cursor(file: Path) -> int:
    return int(file.read_text()) if file.exists() else 0
