"""A station's evening under fire: a load of clips, docks of their own beside it, and what may be done to them all."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from signal import SIGKILL

from local.calls import Person
from local.docking.evening import Load
from local.docking.figures import Figures
from local.docking.variation import vary
from local.footage import synthesise
from local.processes import last_lines
from local.stack import Stack
from local.station import simulate
from local.tokens import mint
from tests.e2e.hosted import Hosted
from tests.e2e.wire import Wire

LOAD = Load(docks=2, cameras=2, clips=65, seconds=2.0, parallel=6, within=400.0, patience=120.0, name="fire")
DOCKS, FILES = ("apart-1", "apart-2"), 20
QUIET = 6.0  # seconds without a save: Azurite saves every five what has changed
QUIET_WITHIN = 40.0


class DockProcess:
    """`python -m local.dock` with files of its own; killed, it is run again on the same files."""

    def __init__(self, name: str, folder: Path, stack: Stack) -> None:
        self.name, self._folder, self._stack = name, folder, stack
        self.runs = 0

    async def start(self) -> None:
        self.runs += 1
        settings = self._stack.settings
        token = self._folder / "token"
        token.write_text(await asyncio.to_thread(mint, settings, role="dock", client=self.name, minutes=60))
        files = sorted(self._folder.glob("*.mp4"))
        where = ["--base-url", settings["PUBLIC_BASE_URL"], "--ca", settings["SSL_CERT_FILE"]]
        what = ["--dock", self.name, "--camera", self.name, "--officer", "4021", "--parallel", "2", "--json"]
        command = [sys.executable, "-m", "local.dock", *map(str, files), *what, *where, "--token-file", str(token)]
        with (self._folder / f"run-{self.runs}.log").open("wb") as log:
            environment = self._stack.environment
            self._process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log, env=environment)

    async def kill(self) -> None:
        if self._process.returncode is None:
            self._process.send_signal(SIGKILL)
        await self._process.wait()

    async def done(self) -> None:
        code = await asyncio.wait_for(self._process.wait(), QUIET_WITHIN)
        assert code == 0, last_lines(self._folder / f"run-{self.runs}.log")


def a_dock(name: str, folder: Path, stack: Stack) -> DockProcess:
    """In the register, with its files beside it."""
    folder.mkdir()
    model = folder / "model"
    synthesise(model.with_suffix(".mp4"), seconds=2, start=datetime.now(UTC), serial=name)
    model.with_suffix(".mp4").rename(model)
    for number in range(FILES):
        vary(model, folder / f"clip-{number:02}.mp4", mark=f"{name} {number:08}".encode(), padding=0)
    token = mint(stack.settings, role="evidence-manager", officer="9001")
    manager = Person(name="Kim Fry", base_url=stack.settings["PUBLIC_BASE_URL"], token=token)
    register = {"station": "Peckham", "borough": "Southwark", "client": name}
    manager.put(f"/api/docks/{name}", register).must_be(200)
    return DockProcess(name, folder, stack)


@dataclass(slots=True, kw_only=True)
class Evening:
    """`misfortunes` each come when so many clips of the load are docked; what came when is told in `log`."""

    stack: Stack
    host: Hosted
    wire: Wire
    chance: Random
    folder: Path
    log: list[str]
    docked: int = 0

    async def run(self) -> Figures:
        """Returns when all are docked, whatever came between; TimeoutError if that is not to be."""
        docks = [await asyncio.to_thread(a_dock, name, self.folder / name, self.stack) for name in DOCKS]
        for dock in docks:
            await dock.start()
        try:
            async with asyncio.timeout(LOAD.within), asyncio.TaskGroup() as group:
                load = group.create_task(
                    simulate(LOAD, settings=self.stack.settings, folder=self.folder, told=self._told)
                )
                group.create_task(self._misfortunes(docks))
            for dock in docks:
                await dock.done()
        finally:
            for dock in docks:
                await dock.kill()
        return load.result()

    def _told(self, figures: Figures) -> None:
        self.docked = len(figures.docked)

    async def _misfortunes(self, docks: list[DockProcess]) -> None:
        began = time.monotonic()
        for at, name, strike in sorted(self._plan(docks), key=lambda each: each[0]):
            while self.docked < at:
                await asyncio.sleep(0.02)
            self.log.append(f"{time.monotonic() - began:6.1f} s, {self.docked} docked: {name}")
            await strike()

    def _plan(self, docks: list[DockProcess]) -> list[tuple[int, str, Callable[[], Awaitable[None]]]]:
        """Docks early, because they have few files; the rest at any time."""
        any_time, early = range(5, LOAD.recordings - 20), range(2, 30)
        plan: list[tuple[int, str, Callable[[], Awaitable[None]]]] = []
        plan += [(self.chance.choice(any_time), "host killed", self._kill_host) for _ in range(4)]
        plan += [(self.chance.choice(any_time), "azurite killed", self._kill_azurite) for _ in range(2)]
        plan += [(self.chance.choice(any_time), "cosmos cut", self._cut) for _ in range(5)]
        for dock in docks * 2:
            plan.append((self.chance.choice(early), f"{dock.name} killed", self._killing(dock)))
        return plan

    async def _kill_host(self) -> None:
        await asyncio.to_thread(self.host.kill)
        await asyncio.to_thread(self.host.start)

    async def _kill_azurite(self) -> None:
        """Its promise holds from the save on, so nobody may write until it has saved: the host stands still."""
        with self.host.frozen():
            await saved(self.stack.state / "azurite")
            await asyncio.to_thread(self.stack.restart, "azurite", kill=True)

    async def _cut(self) -> None:
        self.log.append(f"         {self.wire.cut()} connections")

    def _killing(self, dock: DockProcess) -> Callable[[], Awaitable[None]]:
        async def killed() -> None:
            await dock.kill()
            await dock.start()

        return killed


async def saved(folder: Path) -> None:
    """Returns when Azurite has had nothing to save for so long that all it holds is in its files."""
    loop = asyncio.get_running_loop()
    last, since = _stamps(folder), loop.time()
    async with asyncio.timeout(QUIET_WITHIN):
        while loop.time() - since < QUIET:
            await asyncio.sleep(0.1)
            if (now := _stamps(folder)) != last:
                last, since = now, loop.time()


def _stamps(folder: Path) -> list[tuple[str, int]]:
    return sorted((file.name, file.stat().st_mtime_ns) for file in folder.glob("__azurite_db_*.json"))
