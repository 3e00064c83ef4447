"""Where the time of a run goes: the calls through its ports, by step, and what is left between them.

A step lasts as long as at least one call of it is open, however many are. Its CPU is this process's meanwhile, the
client library's included; the rest of it is the server's, or waiting.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

P = TypeVar("P")
Named = Callable[[str, tuple[Any, ...]], str]  # the step that a call of a port belongs to


@dataclass(slots=True)
class Step:
    seconds: float = 0.0
    cpu: float = 0.0
    calls: int = 0
    read: int = 0  # bytes
    ended: float = 0.0
    _open: int = 0

    @contextmanager
    def lasting(self) -> Iterator[None]:
        if not self._open:
            self.seconds -= time.perf_counter()
            self.cpu -= time.process_time()
        self._open, self.calls = self._open + 1, self.calls + 1
        try:
            yield
        finally:
            self._open -= 1
            self.ended = time.perf_counter()
            if not self._open:
                self.seconds += self.ended
                self.cpu += time.process_time()


class Steps(dict[str, Step]):
    """Steps by name, in the order in which they were first taken."""

    def through(self, port: P, named: Named) -> P:
        """The port, its calls counted here."""
        return cast("P", _Timed(port, named, self))

    @property
    def seconds(self) -> float:
        return sum(step.seconds for step in self.values())

    @property
    def cpu(self) -> float:
        return sum(step.cpu for step in self.values())


class _Timed:
    def __init__(self, port: object, named: Named, steps: Steps) -> None:
        self._port, self._named, self._steps = port, named, steps

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._port, name)

        async def timed(*args: Any, **options: Any) -> Any:
            step = self._steps.setdefault(self._named(name, args), Step())
            with step.lasting():
                found = await call(*args, **options)
            step.read += len(found) if isinstance(found, bytes) else 0
            return found

        return timed
