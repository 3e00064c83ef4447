"""What a load came to: how many clips, how fast, and how long the service took for each step.

F1  grant     from the wish to the leave to write
F2  receipt   from the commit to the receipt in the dock's hand: as exact as the dock asks often
F3  verified  from the commit to the moment the service signed for: as exact as the two clocks agree
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """One clip that has its receipt, in seconds."""

    recording: str
    sha256: str
    size: int
    grant: float
    receipt: float
    verified: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """One clip that has none; `recording` if it was granted. Its file is kept."""

    dock: str
    camera: str
    recording: str | None
    path: Path
    why: str
    at: datetime


@dataclass(slots=True, kw_only=True)
class Figures:
    """Grows while the load runs. `asked` clips are docked, kept, or still to come."""

    asked: int
    seconds: float = 0.0
    sent: int = 0
    docked: list[Timed] = field(default_factory=list)
    kept: list[Failed] = field(default_factory=list)

    @property
    def left(self) -> int:
        return self.asked - len(self.docked) - len(self.kept)

    def summary(self) -> dict[str, Any]:
        """As JSON; seconds are rounded to the millisecond, a percentile of nothing is null."""
        return {
            "asked": self.asked,
            "docked": len(self.docked),
            "kept": len(self.kept),
            "left": self.left,
            "seconds": round(self.seconds, 3),
            "bytes": self.sent,
            "clipsPerSecond": self._each_second(len(self.docked)),
            "megabytesPerSecond": self._each_second(self.sent / MEGABYTE),
            "grant": spread([clip.grant for clip in self.docked]),
            "receipt": spread([clip.receipt for clip in self.docked]),
            "verified": spread([clip.verified for clip in self.docked]),
        }

    def line(self) -> str:
        """The same for a person, in one line."""
        told = self.summary()
        done = f"{told['docked']}/{told['asked']} docked"
        kept = f", {told['kept']} kept" if told["kept"] else ""
        rates = f"{told['clipsPerSecond']:.1f} clips/s, {told['megabytesPerSecond']:.1f} MB/s"
        times = ", ".join(f"{name} {_both(told[name])}" for name in ("grant", "receipt", "verified"))
        return f"{self.seconds:6.1f} s  {done}{kept}  {rates}  p50/p95: {times}"

    def _each_second(self, count: float) -> float:
        return round(count / self.seconds, 3) if self.seconds > 0 else 0.0


def spread(seconds: Sequence[float]) -> dict[str, float | None]:
    return {"p50": percentile(seconds, 50), "p95": percentile(seconds, 95)}


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The smallest value that at least so many percent do not exceed."""
    if not values:
        return None
    rank = max(1, math.ceil(len(values) * percent / 100))
    return round(sorted(values)[rank - 1], 3)


def _both(times: dict[str, float | None]) -> str:
    return "/".join("-" if value is None else f"{value:.2f}" for value in times.values()) + " s"
