"""The Functions host stand-in in front of a stack: started, killed, started again."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psutil

from local.processes import Child
from local.run import wait_for_host
from local.stack import Stack

ENDED_WITHIN = 20.0  # seconds


class Hosted:
    """`more` goes over the stack's own environment, `options` to `python -m local.host`."""

    def __init__(self, stack: Stack, *, more: Mapping[str, str] | None = None, options: tuple[str, ...] = ()) -> None:
        self._stack, self._environment = stack, stack.environment | dict(more or {})
        program = [sys.executable, "-m", "local.host", "--port", str(stack.ports.host), *options]
        self._command = [sys.executable, "-m", "local.leash", *program]
        self._starts = 0

    def start(self) -> None:
        self._starts += 1
        log = self._stack.logs / f"host-{self._starts}.log"
        self._child = Child("host", self._command, environment=self._environment, log=log)
        wait_for_host(self._child, self._stack)

    def stop(self) -> None:
        self._child.stop()

    def kill(self) -> None:
        """SIGKILL to the host itself; what it started must notice by itself, and end."""
        [host] = psutil.Process(self._child.identity.pid).children()
        family = [host, *host.children(recursive=True)]
        host.kill()
        _, left = psutil.wait_procs(family, timeout=ENDED_WITHIN)
        self._child.stop()
        assert left == [], f"outlived the host: {left}"

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It does nothing meanwhile, and its connections stay open."""
        [host] = psutil.Process(self._child.identity.pid).children()
        host.suspend()
        try:
            yield
        finally:
            host.resume()


@contextmanager
def hosted(stack: Stack) -> Iterator[Stack]:
    host = Hosted(stack)
    try:
        host.start()
        yield stack
    finally:
        host.stop()
