"""A dock at a station, with a clock that does not wait, and a clip for it to hand over."""

import asyncio
import random
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from local.dock import Docked, dock
from local.docking.door import Door
from local.docking.patience import Patience
from local.docking.progress import Event, Step
from local.docking.recording import Recording
from local.docking.upload import BLOCK
from tests.local.dock_stand_in import Service

AT = datetime(2026, 3, 1, 21, 0, tzinfo=UTC)


async def token() -> str:
    return "a.b.c"


class QuickClock:
    """Time passes only by sleeping, and at once."""

    def __init__(self) -> None:
        self.now, self.slept = 0.0, list[float]()

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


class Station:
    """A dock with a clock of its own, that remembers what it was told."""

    def __init__(self, service: Service, session: aiohttp.ClientSession) -> None:
        self.clock, self.events = QuickClock(), list[Event]()
        patience = Patience(clock=self.clock, randomness=random.Random(7), deadline=200)  # noqa: S311 - a test's dice
        self.door = Door(session=session, base_url=service.url, dock="dock-7", token=token, patience=patience)

    async def dock(self, recording: Recording) -> Docked:
        return await dock(recording, door=self.door, progress=self.events.append, receipt_within=300)

    @property
    def steps(self) -> list[Step]:
        return [event.step for event in self.events]

    def never_said_wiped(self) -> bool:
        return Step.RECEIPT not in self.steps and self.steps[-1] is Step.KEPT


def clip(folder: Path, size: int = 3 * BLOCK + 5) -> Recording:
    path = folder / "clip.mp4"
    path.write_bytes(random.Random(size).randbytes(size))  # noqa: S311 - a test's dice
    return Recording(path=path, camera="BWV-31", recorded_at=AT, officer="P1234", borough="lambeth")
