"""Clips committed to the running stack, so many in flight: how long each takes to be searchable.

`python -m bench.load IN_FLIGHT CLIPS PUBLISHED` in the environment of a stack with its host. Every clip is granted
and its blocks are staged before the time begins; then each is committed, and is under way until the topic has its
announcement, which the service makes once the clip is in the index. Hashing goes on beside it, as it always does.
"""

import asyncio
import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from azure.storage.blob import BlobBlock, ContentSettings
from azure.storage.blob.aio import BlobClient

from local.calls import Person
from local.docking.figures import percentile
from local.tokens import mint

DOCK, BLOCK = "bench-1", "00000000"
WITHIN = 120.0
LOOKS_AGAIN_AFTER = 0.005


@dataclass(slots=True, kw_only=True)
class Clip:
    recording: str
    client: BlobClient
    searchable: asyncio.Event = field(default_factory=asyncio.Event)


def small_clip() -> bytes:
    from local.footage import synthesise

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        return synthesise(path, seconds=5, start=datetime.now(UTC), serial="BENCH").read_bytes()


def wish_for(clip: bytes) -> dict[str, object]:
    return {
        "camera": "BWV-0412",
        "officer": "4021",
        "recordedAt": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "size": len(clip),
        "sha256": hashlib.sha256(clip).hexdigest(),
        "contentType": "video/mp4",
    }


async def prepared(count: int) -> list[Clip]:
    """So many clips granted and staged, none committed."""
    content = small_clip()
    manager = _person("evidence-manager")
    register = {"station": "Peckham", "borough": "Southwark", "client": DOCK}
    manager.put(f"/api/docks/{DOCK}", register).must_be(200)
    dock = _person("dock")
    clips = []
    for _ in range(count):
        granted = await asyncio.to_thread(dock.post, f"/api/docks/{DOCK}/grants", wish_for(content))
        said = granted.must_be(201).body
        client = BlobClient.from_blob_url(said["url"])
        await client.stage_block(BLOCK, content)
        clips.append(Clip(recording=said["recording"], client=client))
    return clips


def _person(role: str) -> Person:
    token = mint(os.environ, role=role, officer="9001", client=DOCK if role == "dock" else None)
    return Person(name=role, base_url=os.environ["PUBLIC_BASE_URL"], token=token)


async def watch(published: Path, clips: list[Clip]) -> None:
    """Reads on where the topic's file grew, and wakes whoever waits for what is announced there."""
    waiting = {clip.recording: clip for clip in clips}
    with published.open() as file:
        while waiting:
            for recording in _announced(file.readlines()):
                if clip := waiting.pop(recording, None):
                    clip.searchable.set()
            await asyncio.sleep(LOOKS_AGAIN_AFTER)


def _announced(lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield str(json.loads(line)["data"]["clip"])


async def timed(clips: list[Clip], in_flight: int) -> dict[str, float | None]:
    turn, seconds = asyncio.Semaphore(in_flight), list[float]()

    async def one(clip: Clip) -> None:
        async with turn:
            began = time.perf_counter()
            settings = ContentSettings(content_type="video/mp4")
            await clip.client.commit_block_list([BlobBlock(BLOCK)], content_settings=settings)
            await clip.searchable.wait()
            seconds.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(one(clip) for clip in clips))
    rate = len(clips) / (time.perf_counter() - began)
    return {"clips_per_s": round(rate, 2), "p50_s": percentile(seconds, 50), "p95_s": percentile(seconds, 95)}


async def main(in_flight: int, count: int, published: Path) -> dict[str, float | None]:
    clips = await prepared(count)
    try:
        async with asyncio.timeout(WITHIN), asyncio.TaskGroup() as group:
            group.create_task(watch(published, clips))
            figures = await group.create_task(timed(clips, in_flight))
    finally:
        for clip in clips:
            await clip.client.close()
    await must_be_found(clips)
    return figures


async def must_be_found(clips: list[Clip]) -> None:
    """What was announced is in the index, by the door that everybody reads by."""
    reader = _person("evidence-manager")
    for clip in (clips[0], clips[-1]):
        found = await asyncio.to_thread(reader.get, f"/api/footage/{clip.recording}")
        assert found.must_be(200).body["id"] == clip.recording


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))))
