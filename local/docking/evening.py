"""A load under way: each recording is made when its turn comes, docked, and its times are kept.

E1  Every recording is a copy of one clip with bytes, and so a hash, of its own.
E2  What has its receipt is unlinked; what is kept stays, is counted and told with its reason, and stops nothing.
E3  Cameras take turns, as those that are put into their docks together are emptied together.
"""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from local.dock import UNLIMITED, dock
from local.docking.bandwidth import Bandwidth, Bucket
from local.docking.door import Door
from local.docking.faults import DockFailure
from local.docking.figures import Failed, Figures, Timed
from local.docking.patience import SystemClock
from local.docking.progress import Event, Step
from local.docking.recording import Recording
from local.docking.upload import BLOCK
from local.docking.variation import vary

Told = Callable[[Figures], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """`clips` for each camera, `cameras` for each dock. `padding` in bytes, `bandwidth` in bytes a second.

    `within`: seconds for all of it. `poll`: seconds between two questions for a receipt; None: as the service says.
    `patience`: seconds for each thing that fails. Docks are called `<name>-1` and so on; the same name again is the
    same docks.
    """

    docks: int = 1
    cameras: int = 1
    clips: int = 1
    seconds: float = 5.0
    padding: int = 0
    parallel: int = 4
    bandwidth: float | None = None
    within: float = 600.0
    poll: float | None = 0.25
    patience: float = 60.0
    name: str = "load"
    borough: str = "Southwark"
    officer: str | None = "4021"

    @property
    def recordings(self) -> int:
        return self.docks * self.cameras * self.clips


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One recording to be made and docked. Its number counts all of the load."""

    number: int
    door: Door
    camera: str


class Evening:
    def __init__(self, load: Load, *, model: Path, start: datetime, told: Told) -> None:
        self.figures = Figures(asked=load.recordings)
        self._load, self._model, self._start, self._told = load, model, start, told
        self._began, self._mark = time.monotonic(), uuid.uuid4().bytes
        rate = load.bandwidth
        self._bandwidth: Bandwidth = Bucket(rate=rate, largest=BLOCK, clock=SystemClock()) if rate else UNLIMITED

    async def turns(self, doors: Sequence[Door]) -> AsyncIterator[Turn]:
        number = 0
        for _ in range(self._load.clips):
            for camera in range(1, self._load.cameras + 1):
                for door in doors:
                    number += 1
                    yield Turn(number=number, door=door, camera=f"{door.dock}-camera-{camera}")

    async def dock(self, turn: Turn) -> None:
        recording = await asyncio.to_thread(self._made, turn)
        stopwatch = Stopwatch()
        try:
            docked = await dock(recording, door=turn.door, progress=stopwatch, journals=None, bandwidth=self._bandwidth)
        except DockFailure as failure:
            self.figures.kept.append(_failed(turn, recording, stopwatch, failure))
        else:
            receipt = docked.receipt
            self.figures.docked.append(stopwatch.timed(receipt.recording, receipt.sha256, receipt.time))
            recording.path.unlink()
        finally:
            self.figures.sent += stopwatch.sent
            self.figures.seconds = time.monotonic() - self._began
        self._told(self.figures)

    def _made(self, turn: Turn) -> Recording:
        path = self._model.with_name(f"clip-{turn.number:06d}.mp4")
        mark = self._mark + turn.number.to_bytes(8, "big")
        vary(self._model, path, mark=mark, padding=self._load.padding)
        at = self._start + timedelta(seconds=turn.number)
        return Recording(path=path, camera=turn.camera, recorded_at=at, officer=self._load.officer)


class Stopwatch:
    """Hears what becomes of one recording, and when."""

    def __init__(self) -> None:
        self.recording: str | None = None
        self.sent = self.size = 0
        self._at: dict[Step, float] = {}
        self._committed = datetime.now(UTC)

    def __call__(self, event: Event) -> None:
        self._at.setdefault(event.step, time.monotonic())
        self.recording, self.sent, self.size = event.recording, event.sent, event.size
        if event.step is Step.UPLOADED:
            self._committed = datetime.now(UTC)

    def timed(self, recording: str, sha256: str, verified: datetime) -> Timed:
        return Timed(
            recording=recording,
            sha256=sha256,
            size=self.size,
            grant=self._at[Step.GRANTED] - self._at[Step.HASHED],
            receipt=self._at[Step.RECEIPT] - self._at[Step.UPLOADED],
            verified=(verified - self._committed).total_seconds(),
        )


def _failed(turn: Turn, recording: Recording, stopwatch: Stopwatch, failure: DockFailure) -> Failed:
    return Failed(
        dock=turn.door.dock,
        camera=turn.camera,
        recording=stopwatch.recording,
        path=recording.path,
        why=str(failure),
        at=datetime.now(UTC),
    )
