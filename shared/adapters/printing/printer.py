"""The parent's side of printing: a child for each paper, which takes along what it used when it ends.

Promises:
1. Typesetting keeps what it has set for the next ten papers, a gigabyte of it: a child's memory is given back.
2. At most `places` print at a time, one unless told otherwise: beside four that look at footage there is room for no
   more in 2 GB. Each has so much memory and time, and no child outlives its paper.
3. What fails says how the child ended, never a text of the paper. Typst and segno are never imported on this side.
"""

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.domain.document import to_document
from shared.domain.transcript_print import Printed

CHILD = (sys.executable, "-P", "-s", "-B", "-m", "shared.adapters.printing.child")
ROOT = Path(__file__).resolve().parents[3]
BEGINS = b"%PDF-"


class PrinterFault(Exception):
    """The paper could not be printed. Nothing is known to be wrong with it: ask again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one paper may cost. 500 entries take 2 s of CPU and 360 MB (bench/trail_pdf.py)."""

    cpu_seconds: int = 60
    memory: int = 2 << 30  # address space, most of it never touched: Typst's own code is 84 MB and the fonts 40
    seconds: float = 100  # of the caller's patience; the front end gives up after 230


class ChildPrinter:
    """Keeps the port Printer."""

    def __init__(self, limits: Limits | None = None, *, places: int = 1, command: Sequence[str] = CHILD) -> None:
        self._limits = limits or Limits()
        self._places = asyncio.Semaphore(places)
        self._command = tuple(command)

    async def printed(self, page: Printed) -> bytes:
        said = json.dumps(to_document(page)).encode()
        try:
            async with asyncio.timeout(self._limits.seconds), self._places:
                raw, ended = await self._child(said)
        except TimeoutError as e:
            raise PrinterFault("printing took too long") from e
        if ended or not raw.startswith(BEGINS):
            raise PrinterFault(f"the printing child ended with {ended}, and no paper")
        return raw

    async def _child(self, said: bytes) -> tuple[bytes, int | None]:
        child = await self._start()
        try:
            raw, _ = await child.communicate(said)
            return raw, child.returncode
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()

    async def _start(self) -> Process:
        limits = map(str, (self._limits.cpu_seconds, self._limits.memory))
        try:
            return await asyncio.create_subprocess_exec(
                *self._command, *limits, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, cwd=ROOT, env=_environment()
            )
        except OSError as e:
            raise PrinterFault(f"the printing child could not be started: {e.strerror}") from e


def _environment() -> dict[str, str]:
    """Written anew, so that no secret, token or proxy of ours is in it."""
    # the path is passed on: in the cloud packages lie where only the host's worker has been told
    path = [str(ROOT), *(place for place in sys.path if Path(place).is_absolute())]
    return {"PYTHONPATH": os.pathsep.join(dict.fromkeys(path)), "LC_ALL": "C.UTF-8"}
