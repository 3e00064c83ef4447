"""The command line of the dock: what is docked, where, as whom, and how it is shown.

Exit code 0: every recording has its receipt. 1: at least one must stay on its camera. 2: the command was wrong.
"""

import argparse
import asyncio
import logging
import random
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TextIO

import aiohttp

from local.dock import dock
from local.docking.door import Door
from local.docking.faults import DockFailure, NoToken
from local.docking.options import parse
from local.docking.patience import Clock, Patience, SystemClock
from local.docking.place import Place, place_of
from local.docking.progress import JsonLines, LiveLine, PlainLines, Progress
from local.docking.recording import Recording

KEPT, WRONG, INTERRUPTED = 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    order = parse(arguments)
    # what storage does wrong is told as progress; the SDK's own words would break the line, and may quote a URL
    logging.getLogger("azure").setLevel(logging.CRITICAL)
    try:
        return asyncio.run(run(order, out=sys.stdout, clock=SystemClock(), randomness=random.SystemRandom()))
    except NoToken as trouble:
        print(f"error: {trouble}", file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        print("interrupted: keep whatever has no receipt", file=sys.stderr)
        return INTERRUPTED


async def run(order: argparse.Namespace, *, out: TextIO, clock: Clock, randomness: random.Random) -> int:
    """Docks one recording after the other; one that must be kept does not stop the rest."""
    place, progress = place_of(order), shown(out, as_json=order.json)
    patience = Patience(clock=clock, randomness=randomness, deadline=order.patience)
    camera_memory, kept = Path(tempfile.mkdtemp(prefix="dock-")), 0
    async with _session(place) as session:
        door = Door(session=session, base_url=place.base_url, dock=order.dock, token=place.token, patience=patience)
        async for recording in _recordings(order, camera_memory):
            try:
                await dock(recording, door=door, progress=progress, receipt_within=order.receipt_within)
            except DockFailure:  # told already
                kept += 1
            else:
                _wipe(recording, camera_memory)
    _clear(camera_memory)
    return KEPT if kept else 0


def shown(out: TextIO, *, as_json: bool) -> Progress:
    if as_json:
        return JsonLines(out)
    return LiveLine(out) if out.isatty() else PlainLines(out)


def _session(place: Place) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=place.trust()),
        cookie_jar=aiohttp.DummyCookieJar(),
        # a company's proxy is for the world outside: it cannot reach this machine's own ports
        trust_env=not place.is_this_machine,
    )


async def _recordings(order: argparse.Namespace, camera_memory: Path) -> AsyncIterator[Recording]:
    for path in order.files:
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        yield _described(path, order, recorded_at=order.recorded_at or changed)
    started = order.recorded_at or datetime.now(UTC) - timedelta(seconds=order.seconds * order.synthesise)
    for number in range(order.synthesise):
        at = started + timedelta(seconds=order.seconds * number)
        path = camera_memory / f"clip-{number + 1:03d}.mp4"
        await asyncio.to_thread(_synthesise, path, order, at)
        yield _described(path, order, recorded_at=at)


def _synthesise(path: Path, order: argparse.Namespace, at: datetime) -> None:
    from local.footage import synthesise  # brings a video codec along: only when it is wanted

    synthesise(path, seconds=order.seconds, start=at, serial=order.camera)


def _described(path: Path, order: argparse.Namespace, *, recorded_at: datetime) -> Recording:
    return Recording(
        path=path,
        recorded_at=recorded_at,
        camera=order.camera,
        officer=order.officer,
        borough=order.borough,
        firmware=order.firmware,
        start_reason=order.start_reason,
        stop_reason=order.stop_reason,
        category=order.category,
        incident=order.incident,
        continues=order.recording,
    )


def _wipe(recording: Recording, camera_memory: Path) -> None:
    """Only what this command made: a file somebody named is theirs to wipe."""
    if recording.path.parent == camera_memory:
        recording.path.unlink()


def _clear(camera_memory: Path) -> None:
    if any(camera_memory.iterdir()):
        print(f"recordings without a receipt are kept in {camera_memory}", file=sys.stderr)
    else:
        camera_memory.rmdir()
