"""Child processes that never outlive their supervisor, and a record of them by which they can be stopped later.

A process is named by its pid and the time it started: a pid alone may have been given to somebody else since, and
what we did not start we do not end.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from local.errors import StackError

PATIENCE = 15.0  # seconds between asking a process to end and ending it
SAME_START = 2.0  # the start time is worked out from the boot time, which moves a little when the clock is set
LAST_LINES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    name: str
    pid: int
    started: float

    @classmethod
    def of(cls, name: str, pid: int) -> "Identity":
        return cls(name=name, pid=pid, started=psutil.Process(pid).create_time())

    def is_running(self) -> bool:
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < SAME_START
            return bool(same and process.status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False

    def end(self, patience: float = PATIENCE) -> None:
        """Asks, waits, insists. Returns when it is gone; does nothing when it was gone already."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if not self.is_running():
                return
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)
            wait_until_gone(self, patience)


def wait_until_gone(identity: Identity, patience: float) -> None:
    deadline = time.monotonic() + patience
    while identity.is_running() and time.monotonic() < deadline:
        time.sleep(0.02)


class Child:
    """A server we started. Its own session, so that Ctrl-C reaches the supervisor alone, which then ends it in turn."""

    def __init__(self, name: str, command: Sequence[str | Path], *, environment: Mapping[str, str], log: Path) -> None:
        self.name, self.log = name, log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [str(part) for part in command],
                env=dict(environment),
                cwd=Path(__file__).parent.parent,
                stdin=subprocess.PIPE,  # the leash: see local/leash.py
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.identity = Identity.of(name, self._process.pid)

    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def result(self, within: float) -> int:
        """The exit code of a child that ends by itself."""
        try:
            return self._process.wait(within)
        except subprocess.TimeoutExpired:
            raise self.trouble(f"did not finish within {within:g} s") from None

    def kill(self) -> None:
        """At once, as if the machine had lost it; `stop` still tidies up behind it."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()

    def trouble(self, what: str) -> StackError:
        return StackError(f"{self.name} {what}; the end of {self.log}:\n{last_lines(self.log)}")


def last_lines(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join(lines[-LAST_LINES:]) or "(nothing was logged)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What runs now: its supervisor, its processes in the order they were started, its settings."""

    supervisor: Identity
    processes: tuple[Identity, ...]
    settings: dict[str, str]

    def write(self, file: Path) -> None:
        # Written whole or not at all, and for its owner only: the identity header is in it.
        partial = file.with_suffix(".partial")
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            json.dump(asdict(self), handle, indent=2)
        partial.replace(file)

    @classmethod
    def read(cls, file: Path) -> "Run | None":
        try:
            content = json.loads(file.read_text())
        except FileNotFoundError:
            return None
        return cls(
            supervisor=Identity(**content["supervisor"]),
            processes=tuple(Identity(**process) for process in content["processes"]),
            settings=content["settings"],
        )

    def is_running(self) -> bool:
        return any(process.is_running() for process in (self.supervisor, *self.processes))

    def stop(self) -> None:
        """The supervisor first, which stops the others in order; then, last started first, whatever is left."""
        for process in (self.supervisor, *reversed(self.processes)):
            process.end()
