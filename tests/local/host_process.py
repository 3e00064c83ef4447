"""A Functions host stand-in in a process of its own, as `make run` starts it; one process can hold only one app."""

import asyncio
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SAMPLE_APP = Path(__file__).with_name("sample_app")
PATIENCE = 20.0


async def until(met: Callable[[], bool], what: str) -> None:
    """Wait for a condition, never for a while."""
    deadline = time.monotonic() + PATIENCE
    while not met():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        await asyncio.sleep(0.01)


def sample_app(folder: Path) -> Path:
    """A copy of the sample app, free to be given settings."""
    return Path(shutil.copytree(SAMPLE_APP, folder / "app", ignore=shutil.ignore_patterns("__pycache__")))


class HostProcess:
    """`python -m local.host`; its lines are kept, and what the sample app saw can be read."""

    def __init__(self, folder: Path, app: Path, environment: Mapping[str, str] | None = None) -> None:
        self.app = app
        self._seen = folder / "seen"
        self._environment = {
            **os.environ,
            "TMPDIR": str(folder),
            "SEEN": str(self._seen),
            "SCHEDULE": "0 0 0 1 1 *",
            "QUEUE": "work",
            **(environment or {}),
        }
        self.lines: list[str] = []
        self.url = ""

    async def launch(self, *arguments: str) -> None:
        self.url = ""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-W", "error", "-m", "local.host", "--port", "0", "--app", str(self.app), *arguments),
            cwd=ROOT,
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        self._reading = asyncio.create_task(self._read())

    async def start(self, *arguments: str) -> None:
        await self.launch(*arguments)
        await until(lambda: bool(self.url) or self._reading.done(), "the host neither started nor ended")
        assert self.url, self.output

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self.lines.append(line.decode().rstrip("\n"))
            if self.lines[-1].startswith("Host started on "):
                self.url = self.lines[-1].removeprefix("Host started on ")

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def invocations(self, function: str) -> list[str]:
        """The outcomes of a function so far, from the one line the host prints for each."""
        fields = [line.split() for line in self.lines]
        return [each[3] for each in fields if len(each) == 6 and each[1] == function and each[5] == "ms"]

    def seen(self, key: str) -> list[dict[str, Any]]:
        lines = self._seen.read_text().splitlines() if self._seen.exists() else []
        return [entry for entry in map(json.loads, lines) if key in entry]

    def release(self, name: str) -> None:
        """Let `waits/{name}` of the sample app go on."""
        self._seen.with_name(f"release-{name}").touch()

    def signal(self, number: signal.Signals = signal.SIGTERM) -> None:
        self._process.send_signal(number)

    async def ended(self) -> int:
        code = await asyncio.wait_for(self._process.wait(), PATIENCE)
        await self._reading
        return code

    async def stop(self) -> int:
        if self._process.returncode is None:
            self.signal()
        return await self.ended()
