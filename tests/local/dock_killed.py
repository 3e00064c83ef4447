"""The dock as a process that is killed, and the journal it leaves: what a power cut at the station comes to."""

import asyncio
import random
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from local.docking.upload import BLOCK

ROOT = Path(__file__).parent.parent.parent
WITHIN = 30.0


class Killable:
    """One recording and the command that docks it, again and again."""

    def __init__(self, url: str, folder: Path, *, blocks: int) -> None:
        self.url, self.path, self.blocks = url, folder / "clip.mp4", blocks
        dice = random.Random(blocks)  # noqa: S311 - a test's dice
        with self.path.open("wb") as file:  # every block is its own, and most of it a hole
            for number in range(blocks):
                file.seek(number * BLOCK)
                file.write(dice.randbytes(64))
            file.truncate(blocks * BLOCK - 3)

    @property
    def journal(self) -> Path:
        return self.path.with_name(".clip.mp4.docking")

    def noted(self) -> set[str]:
        """The ids of the blocks in the journal."""
        if not self.journal.exists():
            return set()
        return set(self.journal.read_text().split("\n")[1:-1])

    @asynccontextmanager
    async def docking(self, *more: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """The command under way; killed with SIGKILL when the block ends, unless it has ended."""
        words = ["--base-url", self.url, "--dock", "dock-7", "--token", "a.b.c", "--json", *more, str(self.path)]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "local.dock", *words), cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()

    async def to_the_end(self) -> tuple[int | None, str]:
        async with self.docking() as process:
            out, _ = await asyncio.wait_for(process.communicate(), WITHIN)
            return process.returncode, out.decode()


async def until(happened: Callable[[], bool], what: str) -> None:
    ends = asyncio.get_running_loop().time() + WITHIN
    while not happened():
        assert asyncio.get_running_loop().time() < ends, f"{what}: not within {WITHIN:g} s"
        await asyncio.sleep(0.005)
