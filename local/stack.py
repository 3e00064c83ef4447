"""The local servers, started together and stopped together: `Stack` for tests and the story, `make stack` for people.

Promises: every server answers and everything is provisioned when `start` returns; nothing of it runs any more when
`stop` returns, when `start` raises, or when this process is gone, however it went (local/leash.py). One run lives in
one folder: `run.json` says what runs, `state/` is made new at each start, `logs/` has one file per server.
The Functions host is not among them: it is started by others, told of with `adopt`.
"""

import asyncio
import json
import os
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from local import certificates, environment, preflight, servers
from local.errors import StackError
from local.ports import SERVERS, Ports
from local.processes import Child, Identity, Run, last_lines
from local.readiness import wait_until_ready
from local.stand_ins.journal import cursor_file, read_cursor
from local.stand_ins.subscription import Subscription

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / ".local"
PROVISIONED_WITHIN = 60.0
LOOKS_AGAIN_AFTER = 0.01


class Stack:
    def __init__(
        self,
        folder: Path,
        ports: Ports | None = None,
        *,
        tls: Path = certificates.FOLDER,
        time_scale: float = 1.0,
        subscriptions: tuple[Subscription, ...] | None = None,
        witness_keys: str = "",
    ) -> None:
        """`time_scale` shortens Event Grid's retry waits; `subscriptions` replaces the project's one."""
        self.ports = ports or Ports.free()
        self.logs, self.run_file = folder / "logs", folder / "run.json"
        self._certificates = certificates.ensure(tls, now=datetime.now(UTC))
        self._place = servers.Place(
            state=folder / "state",
            ports=self.ports,
            certificates=self._certificates,
            account_keys=servers.account_keys(),
            subscriptions=subscriptions or (servers.footage_created(self.ports),),
            time_scale=time_scale,
        )
        self._children: list[Child] = []
        self._adopted: list[Identity] = []
        header = secrets.token_urlsafe(24)
        self.settings = environment.settings(self.ports, self._certificates, header, witness_keys=witness_keys)

    @property
    def environment(self) -> dict[str, str]:
        """What a child process of the application is started with."""
        return environment.child_environment(os.environ, self.settings)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        self._check()
        self._clear()
        with self._or_stopped():
            self._launch(*servers.FIRST)
            self._provision()
            self._launch(servers.eventgrid)

    def stop(self) -> None:
        """Last started, first stopped: whoever writes goes before what it writes to."""
        for process in reversed(self._adopted):
            process.end()
        for child in reversed(self._children):
            child.stop()
        self._adopted.clear()
        self._children.clear()
        self.run_file.unlink(missing_ok=True)

    def adopt(self, name: str, pid: int) -> None:
        """A process of somebody else's (host, story) that `stop` shall end too, before the servers."""
        self._adopted.append(Identity.of(name, pid))
        self._record()

    def restart(self, name: str, *, time_scale: float | None = None, kill: bool = False) -> None:
        """Stops azurite, cosmos, cloud or eventgrid and starts it again; cosmos and cloud come back empty.

        With `kill` it has no time to end in: azurite comes back as it was when it last wrote its files.
        """
        if time_scale is not None:
            self._place = replace(self._place, time_scale=time_scale)
        child = next(child for child in self._children if child.name == name)
        if kill:
            child.kill()
        child.stop()
        self._children.remove(child)
        self._launch(servers.BY_NAME[name])

    def broken(self) -> StackError | None:
        """What to tell when a server has ended by itself."""
        return next((child.trouble("has ended") for child in self._children if child.has_ended()), None)

    def caught_up(self) -> bool:
        """Whether every event so far is delivered, dead-lettered or not wanted."""
        return self._settled_up_to() >= self._place.journal.stat().st_size

    async def delivered(self, deadline: float = 30.0) -> None:
        """Returns when every event of the journal as it is now is delivered, dead-lettered or not wanted."""
        size, until = self._place.journal.stat().st_size, time.monotonic() + deadline
        while self._settled_up_to() < size:
            if time.monotonic() > until:
                tail = last_lines(self._log("eventgrid"))
                raise StackError(f"events were not delivered within {deadline:g} s; Event Grid's last lines:\n{tail}")
            if trouble := self.broken():
                raise trouble
            await asyncio.sleep(LOOKS_AGAIN_AFTER)

    @property
    def state(self) -> Path:
        """Where the servers keep what they keep."""
        return self._place.state

    @property
    def published(self) -> Path:
        """The file with what the application has published to the custom topic, one event a line."""
        return self._place.published

    def published_events(self) -> list[dict[str, Any]]:
        """What is in that file, oldest first."""
        return [json.loads(line) for line in self.published.read_text().splitlines()]

    def _settled_up_to(self) -> int:
        files = [cursor_file(self._place.state, each.name) for each in self._place.subscriptions]
        return min(read_cursor(file) for file in files)

    def _check(self) -> None:
        preflight.check_python(sys.version_info[:2])
        preflight.check_node()
        preflight.check_packages()
        run = Run.read(self.run_file)
        if run and run.is_running():
            raise StackError(f"a stack is running already (pid {run.supervisor.pid}): stop it with `make stop`")
        self.ports.check(*SERVERS)

    def _clear(self) -> None:
        for folder in (self._place.state, self.logs):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        self._place.journal.touch()
        self._place.published.touch()

    @contextmanager
    def _or_stopped(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.stop()
            raise

    def _launch(self, *starts: servers.Start) -> None:
        tls = {"TLS_CERTIFICATE": str(self._certificates.certificate), "TLS_KEY": str(self._certificates.key)}
        waiting: list[tuple[Child, int]] = []
        for server in (start(self._place) for start in starts):
            inherited = self.environment | tls | dict(server.environment)
            child = Child(server.name, server.command, environment=inherited, log=self._log(server.name))
            self._children.append(child)
            self._record()
            waiting += [(child, port) for port in server.ports]
        for child, port in waiting:
            wait_until_ready(child, port, self._certificates.authority)

    def _provision(self) -> None:
        """A process of its own, because trust must be in the environment before Python starts."""
        command = [sys.executable, "-m", "local.provision"]
        child = Child("provision", command, environment=self.environment, log=self._log("provision"))
        try:
            if child.result(PROVISIONED_WITHIN) != 0:
                raise child.trouble("failed")
        finally:
            child.stop()

    def _log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def _record(self) -> None:
        processes = [*(child.identity for child in self._children), *self._adopted]
        supervisor = Identity.of("supervisor", os.getpid())
        Run(supervisor=supervisor, processes=tuple(processes), settings=self.settings).write(self.run_file)


if __name__ == "__main__":
    from local.command import main

    sys.exit(main(sys.argv[1:]))
