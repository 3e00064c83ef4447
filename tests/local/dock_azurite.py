"""A bare Azurite of its own for the dock to be tried on: http, its well-known account, nothing of ours around it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp

ROOT = Path(__file__).parent.parent.parent
AZURITE = ROOT / "local/node_modules/azurite/dist/src/blob/main.js"
ACCOUNT = "devstoreaccount1"
# Azurite's own development key: printed in its manual and the same everywhere, so it is public and no secret.
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


@asynccontextmanager
async def azurite_in(folder: Path) -> AsyncIterator[str]:
    """The URL of its account."""
    port = _free_port()
    options = ["--blobPort", str(port), "--location", str(folder), "--silent"]
    process = await asyncio.create_subprocess_exec(
        *("node", str(AZURITE), *options, "--skipApiVersionCheck", "--disableTelemetry"),
        cwd=folder,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        async with aiohttp.ClientSession() as session:
            await _answers(f"http://127.0.0.1:{port}/{ACCOUNT}?comp=list", session)
        yield f"http://127.0.0.1:{port}/{ACCOUNT}"
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 15)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


async def _answers(url: str, session: aiohttp.ClientSession) -> None:
    async with asyncio.timeout(60):
        while True:
            with suppress(aiohttp.ClientError):
                async with session.get(url):
                    return
            await asyncio.sleep(0.05)
