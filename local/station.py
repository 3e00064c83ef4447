"""`python -m local.station`: a station's evening as a load: docks, their cameras and clips, on the stack that runs.

    S1  Each dock is entered in the register through the evidence manager's door, and speaks for itself from then on.
    S2  One clip is synthesised, and varied for each recording (local/docking/evening.py).
    S3  Everything is bounded: docks x cameras x clips recordings, `parallel` at a time, `within` seconds in all.

For other programs: `await simulate(Load(docks=2, clips=10), settings=stack.settings, folder=folder)`. Exit code 0:
every recording has its receipt. 1: at least one has not. 2: the command was wrong, or there is no stack.
"""

import argparse
import asyncio
import json
import logging
import random
import ssl
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TextIO

import aiohttp

from local.calls import Person, UnexpectedReply
from local.docking.door import Door
from local.docking.evening import Evening, Load, Told
from local.docking.figures import MEGABYTE, Figures
from local.docking.options import STACK, amount, seconds, some
from local.docking.patience import Patience, SystemClock
from local.docking.several import each_of
from local.errors import StackError
from local.processes import Run
from local.tokens import mint

TOKEN_MINUTES = 600
NOT_ALL, WRONG = 1, 2
MOST = 100_000
ON_A_TERMINAL, ELSEWHERE = 1.0, 10.0  # seconds between two lines


def nobody_listens(_: Figures) -> None:
    """For callers who want the figures once, at the end."""


async def simulate(load: Load, *, settings: Mapping[str, str], folder: Path, told: Told = nobody_listens) -> Figures:
    """Docks the whole load and returns its figures; `told` hears them after each recording.

    Raises UnexpectedReply if a dock cannot be registered. Leaves in `folder` what has no receipt, and nothing else.
    """
    from local.footage import synthesise  # brings a video codec along

    model, start = folder / "model.mp4", datetime.now(UTC) - timedelta(hours=1)
    await asyncio.to_thread(synthesise, model, seconds=load.seconds, start=start, serial="LOAD")
    await asyncio.to_thread(register, load, settings)
    async with _session(settings) as session:
        doors = [await _door(load, name, settings, session) for name in names(load)]
        evening = Evening(load, model=model, start=start, told=told)
        with suppress(TimeoutError):
            async with asyncio.timeout(load.within):
                await each_of(evening.turns(doors), evening.dock, at_most=load.parallel)
    model.unlink()
    return evening.figures


def names(load: Load) -> list[str]:
    return [f"{load.name}-{number}" for number in range(1, load.docks + 1)]


def register(load: Load, settings: Mapping[str, str]) -> None:
    """A dock that is there already as it should be is left as it is."""
    token = mint(settings, role="evidence-manager", name="Load", officer="load", borough=load.borough)
    manager = Person(name="Load", base_url=settings["PUBLIC_BASE_URL"], token=token)
    for name in names(load):
        body = {"station": load.borough, "borough": load.borough, "client": name}
        manager.put(f"/api/docks/{name}", body).must_be(200)


async def _door(load: Load, name: str, settings: Mapping[str, str], session: aiohttp.ClientSession) -> Door:
    signed = await asyncio.to_thread(mint, settings, role="dock", client=name, minutes=TOKEN_MINUTES)

    async def token() -> str:
        return signed

    patience = Patience(clock=SystemClock(), randomness=random.SystemRandom(), deadline=load.patience)
    base_url = settings["PUBLIC_BASE_URL"]
    return Door(session=session, base_url=base_url, dock=name, token=token, patience=patience, poll=load.poll)


def _session(settings: Mapping[str, str]) -> aiohttp.ClientSession:
    trust = ssl.create_default_context(cafile=settings["SSL_CERT_FILE"])
    connector = aiohttp.TCPConnector(ssl=trust, limit=0)
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


class Lines:
    """The figures so far, now and then: redrawn on a terminal, one line after the other elsewhere, or as JSON."""

    def __init__(self, out: TextIO, *, as_json: bool) -> None:
        self._out, self._json, self._live = out, as_json, out.isatty() and not as_json
        self._next = 0.0

    def __call__(self, figures: Figures) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + (ON_A_TERMINAL if self._live else ELSEWHERE)
            self._say(figures, "progress")

    def end(self, figures: Figures) -> None:
        self._say(figures, "summary")
        if self._live:
            print(file=self._out)
        if not self._json:
            for failed in figures.kept:
                print(f"{failed.dock} {failed.camera} {failed.path}: {failed.why}", file=self._out)

    def _say(self, figures: Figures, event: str) -> None:
        line = json.dumps({"event": event, **figures.summary()}) if self._json else figures.line()
        start, end = ("\r\x1b[K", "") if self._live else ("", "\n")
        print(f"{start}{line}", end=end, file=self._out, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    order = _parse(arguments)
    logging.getLogger("azure").setLevel(logging.CRITICAL)  # what storage does wrong is told with the recording
    try:
        run = Run.read(order.stack / "run.json")
        if run is None or not run.is_running():
            raise StackError("no local stack is running: start one with `make stack` or `make run`")
        return _ordered(order, run.settings, sys.stdout)
    except (StackError, UnexpectedReply) as trouble:
        print(f"error: {trouble}", file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        return 130


def _ordered(order: argparse.Namespace, settings: Mapping[str, str], out: TextIO) -> int:
    load, lines = load_of(order), Lines(out, as_json=order.json)
    folder = Path(tempfile.mkdtemp(prefix="station-"))
    figures = asyncio.run(simulate(load, settings=settings, folder=folder, told=lines))
    lines.end(figures)
    if not any(folder.iterdir()):
        folder.rmdir()
    return 0 if len(figures.docked) == figures.asked else NOT_ALL


def load_of(order: argparse.Namespace) -> Load:
    return Load(
        docks=order.docks,
        cameras=order.cameras,
        clips=order.clips,
        seconds=order.seconds,
        padding=round(order.padding * MEGABYTE),
        parallel=order.parallel,
        bandwidth=order.bandwidth * MEGABYTE if order.bandwidth else None,
        within=order.within,
        poll=order.poll,
        patience=order.patience,
        name=order.name,
        borough=order.borough,
    )


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    command = argparse.ArgumentParser(prog="python -m local.station", description="A station's evening as a load.")
    command.add_argument("--docks", type=some, default=1, metavar="N")
    command.add_argument("--cameras", type=some, default=1, metavar="M", help="in each dock")
    command.add_argument("--clips", type=some, default=1, metavar="K", help="on each camera")
    command.add_argument("--seconds", type=seconds, default=5.0, metavar="S", help="length of the clip")
    command.add_argument("--padding", type=amount, default=0.0, metavar="MB", help="added to each clip")
    command.add_argument("--parallel", type=some, default=4, metavar="N", help="recordings at a time")
    command.add_argument("--bandwidth", type=amount, metavar="MB/S", help="of the whole station")
    command.add_argument("--within", type=seconds, default=600.0, metavar="S", help="then it is broken off")
    command.add_argument("--poll", type=seconds, metavar="S", default=0.25, help="between two questions for a receipt")
    command.add_argument("--patience", type=seconds, default=60.0, metavar="S", help="for each thing that fails")
    command.add_argument("--name", default="load", help="docks are called NAME-1, NAME-2 ...")
    command.add_argument("--borough", default="Southwark")
    command.add_argument("--json", action="store_true", help="one JSON object now and then, and the summary")
    command.add_argument("--stack", type=Path, default=STACK, metavar="FOLDER", help="where the stack's run.json is")
    order = command.parse_args(arguments)
    if load_of(order).recordings > MOST:
        command.error(f"that is {load_of(order).recordings} recordings: at most {MOST}")
    return order


if __name__ == "__main__":
    sys.exit(main())
