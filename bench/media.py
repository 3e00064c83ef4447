"""What an index with poster of a gigabyte costs: reads, bytes, time, memory. `python -m bench.media`

Ours and two peers read the same file from the same local server, which does the counting:
  whole   the clip is downloaded to a file, then opened by PyAV
  url     PyAV opens the address itself
Each measurement is a process of its own. The clips are made in a temporary folder and removed. Fails where a
bar is missed. Memory of ours is the child's; the parent holds the range it passes on.
"""

import asyncio
import json
import re
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web

from bench.child import kilobytes
from shared.adapters.media.inspector import ChildInspector

RESULTS = Path(__file__).parent / "results" / "media.json"
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
LAYOUTS = ("end", "front", "fragmented", "fragmented-bare")
TIMES, SECONDS = 137, 10
CHUNK = 256 * 1024
REPEATS = {"ours": 5, "whole": 1, "url": 1}
COLUMNS = ("layout", "way", "reads", "megabytes", "wall_s", "cpu_s", "memory_mb", "length_s", "poster")
# reads, megabytes, megabytes of memory
BARS = {"end": (12, 4, 120), "front": (12, 4, 120), "fragmented": (8, 3, 120), "fragmented-bare": (8, 3, 120)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    layout: str
    way: str
    reads: int
    megabytes: float
    wall_s: float
    cpu_s: float
    memory_mb: float
    length_s: float
    poster: bool


@dataclass(slots=True)
class Server:
    """One file, by ranges; counts what it is asked and what it sends."""

    path: Path
    reads: int = 0
    sent: int = 0
    url: str = field(default="")

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.reads += 1
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("Range", ""))
        start = int(asked[1]) if asked else 0
        end = min(self.size, int(asked[2]) + 1) if asked and asked[2] else self.size
        headers = {"Accept-Ranges": "bytes", "Content-Length": str(end - start)}
        if asked:
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{self.size}"
        response = web.StreamResponse(status=206 if asked else 200, headers=headers)
        await response.prepare(request)
        with suppress(ConnectionError):  # FFmpeg hangs up in the middle of what it asked for
            await self._send(response, start, end)
        return response

    async def _send(self, response: web.StreamResponse, start: int, end: int) -> None:
        with self.path.open("rb") as file:
            file.seek(start)
            while start < end:
                chunk = file.read(min(CHUNK, end - start))
                await response.write(chunk)
                start += len(chunk)
                self.sent += len(chunk)


@asynccontextmanager
async def serving(path: Path) -> AsyncIterator[Server]:
    server = Server(path=path)
    app = web.Application()
    app.router.add_get("/clip.mp4", server.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/clip.mp4"
    try:
        yield server
    finally:
        await runner.cleanup()


async def ours(url: str, size: int, _folder: Path) -> tuple[float, bool]:
    async with ClientSession() as session:

        async def read(offset: int, length: int) -> bytes:
            headers = {"Range": f"bytes={offset}-{offset + length - 1}"}
            async with session.get(url, headers=headers) as response:
                return await response.read()

        found = await ChildInspector().inspect(size, read)
    assert found.media is not None
    assert not found.problems
    return (found.media.duration_ms or 0) / 1000, found.poster is not None


async def whole(url: str, _size: int, folder: Path) -> tuple[float, bool]:
    target = folder / "downloaded.mp4"
    async with ClientSession() as session, session.get(url) as response:
        with target.open("wb") as file:
            async for chunk in response.content.iter_chunked(1 << 20):
                file.write(chunk)
    try:
        return _opened(str(target))
    finally:
        target.unlink()


async def by_url(url: str, _size: int, _folder: Path) -> tuple[float, bool]:
    return await asyncio.to_thread(_opened, url)


def _opened(place: str) -> tuple[float, bool]:
    """The plain way: open, take the duration, decode the first frame, make a JPEG of it."""
    import io

    import av

    with av.open(place) as clip:
        frame = next(clip.decode(video=0))
        picture = frame.to_image()  # type: ignore[no-untyped-call]
        picture.thumbnail((640, 640))
        out = io.BytesIO()
        picture.save(out, "JPEG")
        return (clip.duration or 0) / 1e6, bool(out.getvalue())


WAYS = {"ours": ours, "whole": whole, "url": by_url}


def measure(way: str, url: str, size: int, folder: Path) -> dict[str, Any]:
    """In a process of its own: one index, and what it cost here."""
    begun = time.perf_counter()
    length, poster = asyncio.run(WAYS[way](url, size, folder))
    wall = time.perf_counter() - begun
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = children.ru_maxrss if way == "ours" else kilobytes("VmHWM")
    cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    return {"wall": wall, "cpu": cpu, "memory": peak / 1024, "length": length, "poster": poster}


async def rows(layout: str, path: Path) -> AsyncIterator[Row]:
    async with serving(path) as server:
        for way, repeats in REPEATS.items():
            server.reads = server.sent = 0
            runs = [await _run(way, server) for _ in range(repeats)]
            yield Row(
                layout=layout,
                way=way,
                reads=server.reads // repeats,
                megabytes=round(server.sent / repeats / 1e6, 2),
                wall_s=round(statistics.median(run["wall"] for run in runs), 2),
                cpu_s=round(statistics.median(run["cpu"] for run in runs), 2),
                memory_mb=round(max(run["memory"] for run in runs), 1),
                length_s=round(runs[-1]["length"], 1),
                poster=runs[-1]["poster"],
            )


async def _run(way: str, server: Server) -> dict[str, Any]:
    arguments = (way, server.url, str(server.size), str(server.path.parent))
    command = (sys.executable, "-m", "bench.media", *arguments)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    told, _ = await process.communicate()
    return dict(json.loads(told))


def missed(row: Row) -> list[str]:
    reads, megabytes, memory = BARS[row.layout]
    expected = TIMES * SECONDS
    checks = {
        f"{reads} reads": row.reads <= reads,
        f"{megabytes} MB": row.megabytes <= megabytes,
        f"{memory} MB of memory": row.memory_mb <= memory,
        "the length": abs(row.length_s - expected) < expected * 0.01,
        "a poster": row.poster,
    }
    return [f"{row.layout}: {bar}" for bar, kept in checks.items() if not kept]


async def main() -> int:
    from local.footage import lengthen, synthesise

    found: list[Row] = []
    print("  ".join(f"{name:>15}" for name in COLUMNS))
    with tempfile.TemporaryDirectory(prefix="continuity-media-") as name:
        folder = Path(name)
        short = folder / "short.mp4"
        synthesise(
            short, seconds=SECONDS, start=START, serial="D01A7F42", width=1920, height=1080, rate=30, bit_rate=6_000_000
        )
        for layout in LAYOUTS:
            path = lengthen(short, folder / f"{layout}.mp4", times=TIMES, layout=layout)  # type: ignore[arg-type]
            async for row in rows(layout, path):
                found.append(row)
                print("  ".join(f"{getattr(row, column)!s:>15}" for column in COLUMNS), flush=True)
            path.unlink()
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps([asdict(row) for row in found], indent=1) + "\n")
    bars = [bar for row in found if row.way == "ours" for bar in missed(row)]
    print("every bar is kept" if not bars else f"missed: {', '.join(bars)}")
    return 1 if bars else 0


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))))
    else:
        sys.exit(asyncio.run(main()))
