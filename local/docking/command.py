"""The command line of the dock: what is docked, where, as whom, and how it is shown.

Exit code 0: every recording has its receipt. 1: at least one must stay on its camera. 2: the command was wrong.
130: it was interrupted; the same command goes on where it was.
"""

import argparse
import asyncio
import logging
import random
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import aiohttp

from local.dock import UNLIMITED
from local.docking.bandwidth import Bandwidth, Bucket
from local.docking.display import shown
from local.docking.door import Door
from local.docking.emptying import Emptying
from local.docking.faults import NoToken
from local.docking.gather import gathered
from local.docking.options import parse
from local.docking.patience import Clock, Patience, SystemClock
from local.docking.place import Place, place_of
from local.docking.progress import MEGABYTE
from local.docking.tally import Tally
from local.docking.upload import BLOCK

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
    """Docks them all, some at a time; one that must be kept does not stop the rest."""
    place, workshop = place_of(order), Path(tempfile.mkdtemp(prefix="dock-"))
    gathering = await asyncio.to_thread(gathered, order, now=datetime.now(UTC), workshop=workshop)
    display = shown(out, as_json=order.json, expected=len(gathering.found), parallel=order.parallel)
    tally = Tally(display, whole=gathering.whole, passed_over=gathering.passed_over)
    patience = Patience(clock=clock, randomness=randomness, deadline=order.patience)
    began = clock.monotonic()
    async with _session(place) as session:
        door = Door(session=session, base_url=place.base_url, dock=order.dock, token=place.token, patience=patience)
        emptying = Emptying(order=order, door=door, bandwidth=_bandwidth(order, clock), progress=tally)
        await emptying.all_of(gathering.found)
    tally.summary.seconds = clock.monotonic() - began
    display.end(tally.summary)
    _clear(workshop)
    return KEPT if tally.summary.kept else 0


def _bandwidth(order: argparse.Namespace, clock: Clock) -> Bandwidth:
    if order.bandwidth is None:
        return UNLIMITED
    return Bucket(rate=order.bandwidth * MEGABYTE, largest=BLOCK, clock=clock)


def _session(place: Place) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=place.trust(), limit=0),  # what may be under way at once is our business
        cookie_jar=aiohttp.DummyCookieJar(),
        # a company's proxy is for the world outside: it cannot reach this machine's own ports
        trust_env=not place.is_this_machine,
    )


def _clear(workshop: Path) -> None:
    if any(workshop.iterdir()):
        print(f"recordings without a receipt are kept in {workshop}", file=sys.stderr)
    else:
        workshop.rmdir()
