"""What fixity costs for two gigabytes: speed beside a bare loop, and memory. `python -m bench.hashing`

Real bytes, from the local Azurite over https with a token, each way in a process of its own, taken in turn:
  ours       the verb: BlobFootage.stream, SHA-256, the answer on the clip; only the records are in memory
  bare aio   azure-storage-blob's download in chunks and hashlib, asynchronous
  bare sync  the same, synchronous
Bars: ours takes at most 100 MB on top of what the process had before, and is at least 0.8 as fast as the faster of
the bare loops. The best run of each way counts.
"""

import asyncio
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Coroutine

from bench.child import kilobytes
from bench.served import measured, servers
from bench.table import keep, show
from shared.ports import Create, Footage
from shared.usecases.fixity import fixity
from tests.builders import NOW, a_clip, an_asking
from tests.fakes import MemoryRecords

SIZE = 2 * 1000**3
BLOCK = 16 * 1024**2
RANGE = 4 * 1024**2
ROUNDS = 2
PATH = "southwark/2026/11/25/BWV-0412/6f1c2a9e-0b1d-4c57-9a43-2f0f5f3f7a10.mp4"
MOST_MEMORY_MB, LEAST_SHARE = 100, 0.8


async def fill() -> str:
    """Write the blob, every block of it different; its SHA-256."""
    from azure.identity.aio import DefaultAzureCredential
    from azure.storage.blob import BlobBlock
    from azure.storage.blob.aio import BlobClient

    digest, blocks, left = hashlib.sha256(), list[BlobBlock](), SIZE
    async with (
        DefaultAzureCredential() as credential,
        BlobClient(os.environ["FOOTAGE_ACCOUNT_URL"], "footage", PATH, credential=credential) as client,
    ):
        while left:
            content = os.urandom(min(BLOCK, left))
            digest.update(content)
            blocks.append(BlobBlock(f"{len(blocks):08}"))
            await client.stage_block(blocks[-1].id, content)
            left -= len(content)
        await client.commit_block_list(blocks)
    return digest.hexdigest()


async def ours() -> str:
    from azure.identity.aio import DefaultAzureCredential
    from azure.storage.blob.aio import BlobServiceClient

    from shared.adapters.blob_footage import BlobFootage

    async with (
        DefaultAzureCredential() as credential,
        BlobServiceClient(os.environ["FOOTAGE_ACCOUNT_URL"], credential) as service,
    ):
        return await _verified(BlobFootage(service))


async def _verified(footage: Footage) -> str:
    """The verb on a clip of that blob; what it wrote on the clip."""
    landed, records = await footage.landed(PATH), MemoryRecords()
    assert landed is not None
    clip = a_clip(blob=landed.blob)
    await records.write(clip.pk, [Create(clip)])
    weighed.begin()
    await fixity(clip.id, asking=an_asking(), now=lambda: NOW, records=records, footage=footage)
    weighed.end()
    held = await records.clip(clip.id)
    return str(held.record.integrity.sha256) if held else ""


async def bare_aio() -> str:
    from azure.identity.aio import DefaultAzureCredential
    from azure.storage.blob.aio import BlobClient

    digest, url = hashlib.sha256(), os.environ["FOOTAGE_ACCOUNT_URL"]
    async with (
        DefaultAzureCredential() as credential,
        BlobClient(url, "footage", PATH, credential=credential, max_chunk_get_size=RANGE) as client,
    ):
        await client.get_blob_properties()
        weighed.begin()
        async for chunk in (await client.download_blob()).chunks():
            digest.update(chunk)
        weighed.end()
    return digest.hexdigest()


async def bare_sync() -> str:
    from azure.identity import DefaultAzureCredential
    from azure.storage.blob import BlobClient

    digest, url = hashlib.sha256(), os.environ["FOOTAGE_ACCOUNT_URL"]
    with (
        DefaultAzureCredential() as credential,
        BlobClient(url, "footage", PATH, credential=credential, max_chunk_get_size=RANGE) as client,
    ):
        client.get_blob_properties()
        weighed.begin()
        for chunk in client.download_blob().chunks():
            digest.update(chunk)
        weighed.end()
    return digest.hexdigest()


class Weighed:
    """Time and memory between `begin` and `end`."""

    def begin(self) -> None:
        self._had, self._began, self._worked = kilobytes("VmRSS"), time.perf_counter(), time.process_time()

    def end(self) -> None:
        self.seconds = time.perf_counter() - self._began
        self.cpu = time.process_time() - self._worked
        self.grew_mb = max(0, kilobytes("VmHWM") - self._had) / 1024


weighed = Weighed()
WAYS: dict[str, Callable[[], Coroutine[None, None, str]]] = {"ours": ours, "bare aio": bare_aio, "bare sync": bare_sync}


def measure(way: str) -> dict[str, object]:
    found = asyncio.run(WAYS[way]())
    return {"sha256": found, "seconds": weighed.seconds, "cpu": weighed.cpu, "grew_mb": weighed.grew_mb}


def compared() -> list[dict[str, object]]:
    with servers() as stack:
        written = measured("bench.hashing", "fill", stack=stack)
        runs = {way: list[dict[str, float]]() for way in WAYS}
        for _ in range(ROUNDS):
            for way in WAYS:
                run = measured("bench.hashing", way, stack=stack)
                assert run["sha256"] == written, f"{way} read other bytes"
                runs[way].append(run)
    return [_row(way, each) for way, each in runs.items()]


def _row(way: str, runs: list[dict[str, float]]) -> dict[str, object]:
    best = min(run["seconds"] for run in runs)
    return {
        "way": way,
        "mb_per_s": round(SIZE / 1e6 / best, 1),
        "worst_mb_per_s": round(SIZE / 1e6 / max(run["seconds"] for run in runs), 1),
        "cpu_s": round(min(run["cpu"] for run in runs), 2),
        "memory_mb": round(max(run["grew_mb"] for run in runs), 1),
    }


def main() -> int:
    rows = compared()
    show(f"hashing {SIZE / 1e9:g} GB", rows)
    keep("hashing", rows)
    speed = {str(row["way"]): float(str(row["mb_per_s"])) for row in rows}
    share = speed["ours"] / max(speed["bare aio"], speed["bare sync"])
    memory = float(str(rows[0]["memory_mb"]))
    kept = share >= LEAST_SHARE and memory < MOST_MEMORY_MB
    print(f"{share:.2f} of the faster bare loop (bar {LEAST_SHARE}), {memory:g} MB more (bar {MOST_MEMORY_MB})")
    return 0 if kept else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(asyncio.run(fill()) if sys.argv[1] == "fill" else measure(sys.argv[1])))
    else:
        sys.exit(main())
