"""Empties cameras: some recordings at a time, each on its own; what becomes of one is nothing to the others."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from local.dock import dock
from local.docking.bandwidth import Bandwidth
from local.docking.door import Door
from local.docking.faults import DockFailure, Unfit
from local.docking.gather import Found
from local.docking.journal import place_of_journal
from local.docking.progress import Event, Progress, Step
from local.docking.recording import Recording
from local.docking.several import each_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Emptying:
    order: argparse.Namespace
    door: Door
    bandwidth: Bandwidth
    progress: Progress

    async def all_of(self, found: Iterable[Found]) -> None:
        await each_of(_in_order(found), self.one, at_most=self.order.parallel)

    async def one(self, found: Found) -> None:
        """Never raises for what is wrong with one recording: it is told, and counted by who listens."""
        try:
            recording = await asyncio.to_thread(self._recording, found)
        except Unfit as unfit:
            kept = f"keep the recording: {unfit}"
            self.progress(Event(step=Step.KEPT, file=found.path.name, camera=found.camera, detail=kept))
            return
        try:
            await dock(
                recording,
                door=self.door,
                progress=self.progress,
                receipt_within=self.order.receipt_within,
                journals=partial(place_of_journal, state=self.order.state),
                bandwidth=self.bandwidth,
            )
        except DockFailure:  # told already
            return
        if found.is_made:  # a file somebody named is theirs to wipe
            found.path.unlink()

    def _recording(self, found: Found) -> Recording:
        if found.trouble:
            raise Unfit(f"{found.path.name}: {found.trouble}")
        if found.is_made:
            self._synthesise(found)
        order = self.order
        return Recording(
            path=found.path,
            recorded_at=found.recorded_at or _written_at(found.path),
            camera=found.camera,
            officer=found.officer,
            borough=order.borough,
            firmware=order.firmware,
            start_reason=order.start_reason,
            stop_reason=order.stop_reason,
            category=order.category,
            incident=order.incident,
            continues=order.recording,
        )

    def _synthesise(self, found: Found) -> None:
        from local.footage import synthesise  # brings a video codec along: only when it is wanted

        assert found.recorded_at is not None  # noqa: S101 - whoever has one made says from when
        synthesise(found.path, seconds=self.order.seconds, start=found.recorded_at, serial=found.camera)


def _written_at(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as error:
        raise Unfit(f"{path.name}: cannot be read: {error.strerror}") from error


async def _in_order(found: Iterable[Found]) -> AsyncIterator[Found]:
    for each in found:
        yield each
