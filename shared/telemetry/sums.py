"""What was told since the last time it was sent: how often, how much, least and most."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    name: str
    of: str | None
    times: int
    total: float
    least: float
    most: float

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(
            name=self.name,
            of=self.of,
            times=self.times + other.times,
            total=self.total + other.total,
            least=min(self.least, other.least),
            most=max(self.most, other.most),
        )


class Sums:
    """Safe to add to from any thread while another takes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sums: dict[tuple[str, str | None], Sum] = {}

    def add(self, name: str, value: float, of: str | None) -> None:
        one = Sum(name=name, of=of, times=1, total=value, least=value, most=value)
        with self._lock:
            before = self._sums.get((name, of))
            self._sums[name, of] = before + one if before else one

    def take(self) -> Sequence[Sum]:
        """Everything that was added since the last time."""
        with self._lock:
            taken, self._sums = self._sums, {}
        return list(taken.values())
