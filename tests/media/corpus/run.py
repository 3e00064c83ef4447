"""Runs a row through the real inspector and child, and through the rule that takes it in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from shared.adapters.media.inspector import ChildInspector
from shared.domain.footage import Blob, Clip
from shared.domain.intake import Landed, taken_in
from shared.domain.media import Inspection
from tests.builders import a_grant, a_landed
from tests.media.corpus.ingredients import Ingredients
from tests.media.corpus.shape import TOLERANCE_MS, Shape


@dataclass(slots=True)
class Watch:
    """A server nobody has a reason to call, and how often it was."""

    address: str = ""
    calls: int = 0

    async def answer(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.calls += 1
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def watching() -> AsyncIterator[Watch]:
    watch = Watch()
    async with await asyncio.start_server(watch.answer, "127.0.0.1", 0) as server:
        watch.address = "http://127.0.0.1:{1}".format(*server.sockets[0].getsockname())
        yield watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    found: Inspection
    clip: Clip
    reads: int
    volume: int


async def run(shape: Shape, of: Ingredients, inspector: ChildInspector) -> Result:
    recording, asked = shape.made(of), list[int]()

    async def read(offset: int, length: int) -> bytes:
        asked.append(length)
        return recording.at(offset, length)

    found = await inspector.inspect(recording.size, read)
    landed = _landed(shape, recording.size)
    grant = a_grant(path=landed.blob.path, size=recording.size, recorded_at=shape.recorded_at)
    return Result(found=found, clip=taken_in(landed, grant, found), reads=len(asked), volume=sum(asked))


def _landed(shape: Shape, size: int) -> Landed:
    landed = a_landed()
    path = landed.blob.path.removesuffix(".mp4") + shape.suffix
    return replace(landed, blob=Blob(path=path, etag=landed.blob.etag, size=size))


def differences(shape: Shape, result: Result) -> list[str]:
    """What came out otherwise than it must, one line each."""
    clip, media = result.clip, result.clip.media
    at = media.position if media else None
    expected_and_found = {
        "state": (shape.state, clip.state),
        "problems": (sorted(shape.problems), sorted(clip.quarantine)),
        "warnings": (sorted(shape.warnings), sorted(media.warnings if media else ())),
        "poster": (shape.poster, clip.poster),
        "position": (shape.position, (at.latitude_microdegrees, at.longitude_microdegrees) if at else None),
        "times": (shape.sources, tuple(time.source for time in clip.times)),
    }
    lines = [f"{name}: {two[1]} instead of {two[0]}" for name, two in expected_and_found.items() if two[0] != two[1]]
    return [*lines, *_length(shape.seconds, media.duration_ms if media else None)]


def _length(seconds: float | None, found_ms: int | None) -> list[str]:
    if seconds is None or found_ms is None:
        same = seconds is None and found_ms is None
    else:
        same = abs(found_ms - seconds * 1000) <= TOLERANCE_MS
    return [] if same else [f"length: {found_ms} ms instead of {seconds} s"]
