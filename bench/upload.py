"""What the dock's upload costs beside the client library's own: `python -m bench.upload`

The same file to the same Azurite over https under a user-delegation SAS, each way in a process of its own, taken in
turn; blocks of 8 MiB, four at a time, each with its MD5 for all of them:
  dock      local/docking/upload.py: fixed block ids, a journal on the disk, the grant's renewal at hand
  sdk aio   azure-storage-blob's upload_blob, asynchronous
  sdk sync  the same, in threads
  hash      not an upload: the SHA-256 the dock takes before, for comparison
Bar: the dock is at least 0.9 as fast as the faster upload_blob. The best run of each way counts.
"""

import asyncio
import json
import os
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.served import measured, servers
from bench.table import keep, show

SIZE = 256 * 1024**2
ROUNDS = 4
LEAST_SHARE = 0.9
UPLOADS = ("dock", "sdk aio", "sdk sync")


class Watch:
    """Time and work between `begin` and `end`."""

    def begin(self) -> None:
        self._began, self._worked = time.perf_counter(), time.process_time()

    def end(self) -> None:
        self.seconds, self.cpu = time.perf_counter() - self._began, time.process_time() - self._worked


watch = Watch()


async def leave() -> str:
    """The address of a blob nobody has written, with leave to write it."""
    from azure.identity.aio import DefaultAzureCredential
    from azure.storage.blob import generate_blob_sas
    from azure.storage.blob.aio import BlobServiceClient

    name, until = f"bench/{uuid.uuid4()}.mp4", datetime.now(UTC) + timedelta(hours=1)
    async with (
        DefaultAzureCredential() as credential,
        BlobServiceClient(os.environ["FOOTAGE_ACCOUNT_URL"], credential) as service,
    ):
        key = await service.get_user_delegation_key(datetime.now(UTC) - timedelta(minutes=5), until)
        signature = generate_blob_sas(
            str(service.account_name), "footage", name, user_delegation_key=key, permission="cw", expiry=until
        )
    return f"{os.environ['FOOTAGE_ACCOUNT_URL']}/footage/{name}?{signature}"


async def dock(path: Path) -> None:
    import aiohttp

    from local.docking.bandwidth import Unlimited
    from local.docking.door import Grant
    from local.docking.journal import About, Journal
    from local.docking.patience import Patience, SystemClock
    from local.docking.upload import BLOCK, Parcel, Upload

    async def never() -> Grant:
        raise AssertionError("an hour is enough")

    about = About(service="bench", dock="bench", camera="bench", size=SIZE, sha256="", block=BLOCK)
    grant = Grant(recording="bench", url=await leave(), expires="")
    with Journal.at(path.with_suffix(".docking"), about, told=_trouble) as journal:
        async with aiohttp.ClientSession() as session:
            upload = Upload(
                Parcel(path=path, size=SIZE, content_type="video/mp4", metadata={}),
                grant,
                journal=journal,
                bandwidth=Unlimited(),
                renew=never,
                session=session,
                patience=Patience(clock=SystemClock(), randomness=random.SystemRandom()),
                told=_trouble,
                sent=lambda _: None,
            )
            watch.begin()
            await journal.begin("bench")
            await upload.run()
            watch.end()
        assert len(journal.acknowledged) == SIZE // BLOCK
        journal.forget()


async def sdk_aio(path: Path) -> None:
    from azure.storage.blob.aio import BlobClient

    from local.docking.upload import BLOCK, IN_FLIGHT

    async with BlobClient.from_blob_url(await leave(), max_block_size=BLOCK, max_single_put_size=0) as client:
        with path.open("rb") as file:
            watch.begin()
            await client.upload_blob(file, length=SIZE, max_concurrency=IN_FLIGHT, validate_content=True)
            watch.end()


async def sdk_sync(path: Path) -> None:
    from azure.storage.blob import BlobClient

    from local.docking.upload import BLOCK, IN_FLIGHT

    client = BlobClient.from_blob_url(await leave(), max_block_size=BLOCK, max_single_put_size=0)
    with client, path.open("rb") as file:
        watch.begin()
        client.upload_blob(file, length=SIZE, max_concurrency=IN_FLIGHT, validate_content=True)
        watch.end()


async def hash_only(path: Path) -> None:
    from local.docking.recording import fingerprint_of

    watch.begin()
    await fingerprint_of(path)
    watch.end()


WAYS: dict[str, Callable[[Path], Awaitable[None]]] = {
    "dock": dock,
    "sdk aio": sdk_aio,
    "sdk sync": sdk_sync,
    "hash": hash_only,
}


def _trouble(what: str) -> None:
    raise AssertionError(what)


async def measure(way: str, path: Path) -> dict[str, float]:
    await WAYS[way](path)
    return {"seconds": watch.seconds, "cpu": watch.cpu}


def compared() -> list[dict[str, object]]:
    runs = {way: list[dict[str, float]]() for way in WAYS}
    with tempfile.TemporaryDirectory(prefix="continuity-upload-") as folder, servers() as stack:
        path = Path(folder) / "clip.mp4"
        path.write_bytes(os.urandom(SIZE))
        for turn in range(ROUNDS):
            ways = list(WAYS) if turn % 2 else list(reversed(WAYS))  # nobody is always the first
            for way in ways:
                runs[way].append(measured("bench.upload", way, str(path), stack=stack))
    return [_row(way, each) for way, each in runs.items()]


def _row(way: str, runs: list[dict[str, float]]) -> dict[str, object]:
    return {
        "way": way,
        "mb_per_s": round(SIZE / 1e6 / min(run["seconds"] for run in runs), 1),
        "worst_mb_per_s": round(SIZE / 1e6 / max(run["seconds"] for run in runs), 1),
        "cpu_s": round(min(run["cpu"] for run in runs), 2),
    }


def main() -> int:
    rows = compared()
    show(f"an upload of {SIZE / 1e6:.0f} MB in blocks of 8 MiB, four at a time, each with its MD5", rows)
    keep("upload", rows)
    speed = {str(row["way"]): float(str(row["mb_per_s"])) for row in rows}
    share = speed["dock"] / max(speed[way] for way in UPLOADS if way != "dock")
    print(f"the dock is {share:.2f} as fast as the faster upload_blob (bar {LEAST_SHARE})")
    return 0 if share >= LEAST_SHARE else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(asyncio.run(measure(sys.argv[1], Path(sys.argv[2])))))
    else:
        sys.exit(main())
