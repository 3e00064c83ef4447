"""What a hostile recording, or a child it has taken over, can do: end in an answer, and nothing else."""

import asyncio
import subprocess
import sys
from pathlib import Path
from signal import SIGXCPU

import pytest

from shared.adapters.media.inspector import ChildInspector, Limits
from shared.domain.media import Problem
from tests.media import made
from tests.media.asking import TINY, Blob, inspect, misbehaving
from tests.media.conftest import Clip
from tests.media.made import FTYP, box


def heavy(samples: int) -> bytes:
    """A few hundred bytes that make native code build an index of that many samples."""
    track = made.trak(samples=samples, length=samples, offset=36, sample_size=1)
    return FTYP + box("mdat", bytes(samples)) + box("moov", made.mvhd(), track)


async def test_native_code_that_wants_too_much_memory_is_an_answer() -> None:
    data = heavy(3_900_000)
    found = await inspect(data, Limits(memory=260 << 20))
    # FFmpeg goes on without the index it could not hold, and that shows
    assert found.problems in ((Problem.INCONSISTENT,), (Problem.TOO_COMPLEX,))
    assert found.media is not None, "what the own walk found outlives it"
    assert found.media.duration_ms == 3_900_000
    assert (await inspect(data)).problems == (), "and with memory enough it is a clip like any other"


async def test_native_code_that_wants_too_much_time_is_an_answer() -> None:
    tracks = [made.trak(number=n, samples=3_900_000, length=3_900_000, offset=36) for n in range(1, 9)]
    data = FTYP + box("mdat", bytes(3_900_000)) + box("moov", made.mvhd(), *tracks)
    found = await inspect(data, Limits(cpu_seconds=1, memory=4 << 30))
    assert Problem.TOO_COMPLEX in found.problems
    assert found.media is not None


@pytest.mark.parametrize(
    "way,limits,problem",
    [
        ("spin", {"cpu_seconds": 1}, Problem.TOO_COMPLEX),
        ("spin", {"child_seconds": 0.5}, Problem.TOO_COMPLEX),
        ("sleep", {"child_seconds": 0.5}, Problem.TOO_COMPLEX),
        ("hoard", {}, Problem.UNREADABLE),
        ("crash", {}, Problem.UNREADABLE),
        ("deaf", {"child_seconds": 1, "reads": 10**6, "bytes": 1 << 40}, Problem.TOO_COMPLEX),
        ("chatty", {"child_seconds": 1, "reads": 10**9, "bytes": 1 << 40}, Problem.TOO_COMPLEX),
        ("greedy", {"reads": 3}, Problem.TOO_COMPLEX),
        ("outside", {}, Problem.UNREADABLE),
        ("nothing_at_all", {}, Problem.UNREADABLE),
        ("endless", {}, Problem.UNREADABLE),
        ("garbage", {}, Problem.UNREADABLE),
        ("no_jpeg", {}, Problem.UNREADABLE),
        ("wordless", {}, Problem.UNREADABLE),
    ],
)
async def test_a_child_that_breaks_the_agreement_is_an_answer(
    way: str, limits: dict[str, float], problem: Problem, caplog: pytest.LogCaptureFixture
) -> None:
    blob = Blob(TINY)
    inspector = misbehaving(way, **limits)
    found = await inspector.inspect(blob.size, blob.read)
    assert found.problems == (problem,)
    assert found.poster is None
    if way not in ("wordless", "garbage", "endless") and "child_seconds" not in limits:
        assert found.media is not None, "what it said before is kept"
    if "cpu_seconds" in limits:
        assert f"status {-SIGXCPU}" in caplog.text, "it was ended by another limit"
    if "child_seconds" in limits:
        assert "took too long" in caplog.text, "it was ended by another limit"
    if way == "greedy":
        assert len(blob.reads) == 3


async def test_after_a_child_was_killed_the_next_one_works(clip: Clip) -> None:
    command = (sys.executable, "-m", "tests.media.misbehaving", "sleep")
    inspector = ChildInspector(Limits(child_seconds=0.3), places=1, command=command)
    for _ in range(2):
        assert (await inspector.inspect(len(TINY), Blob(TINY).read)).problems == (Problem.TOO_COMPLEX,)
    assert (await inspect(clip())).problems == ()


async def test_the_environment_of_the_child_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANTED_SECRET", "the storage key")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    told: list[tuple[int, int]] = []

    async def read(offset: int, length: int) -> bytes:
        told.append((offset, length))
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        await misbehaving("environment").inspect(1000, read)
    ((count, planted),) = told
    assert planted == 1, "the planted secret reached the child"
    assert count <= 3  # the path, the character set, and what the loader may add


def test_a_confined_process_can_open_no_file_no_socket_and_write_nothing(tmp_path: Path) -> None:
    program = """
import os, socket, sys
from shared.adapters.media import child
file = open(sys.argv[1], "wb", buffering=0)
child.limit(5, 1 << 30)
child.shut()
def refused(act):
    try:
        act()
    except OSError:
        return True
    return False
opening = [lambda: open("/etc/hostname"), socket.socket, os.pipe]
print(*map(refused, [*opening, lambda: file.write(b"x")]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "file")], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "True True True True\n"


async def test_a_playlist_disguised_as_a_clip_asks_nobody() -> None:
    hits = 0

    async def hit(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal hits
        hits += 1
        writer.close()

    server = await asyncio.start_server(hit, "127.0.0.1", 0)
    async with server:
        url = b"http://127.0.0.1:%d/segment.mp4" % server.sockets[0].getsockname()[1]
        playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n" + url + b"\n#EXT-X-ENDLIST\n"
        reference = box("dinf", made.full("dref", made.words(1), made.full("url ", url + b"\0")))
        track = made.trak(samples=1, length=1000, offset=len(FTYP) + 8, dinf=reference)
        assert (await inspect(playlist)).problems == (Problem.NOT_VIDEO,)
        assert (await inspect(FTYP + box("free", playlist))).problems == (Problem.NO_INDEX,)
        assert (await inspect(FTYP + box("mdat", b"1") + box("moov", made.mvhd(), track))).media is not None
    assert hits == 0


def test_the_parent_loads_no_native_code() -> None:
    program = "import sys, shared.adapters.media.inspector; print({'av', 'PIL', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "set()\n"
