"""What a hostile recording, or a child it has taken over, can do: end in an answer, and nothing else."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from signal import SIGKILL, SIGXCPU

import pytest

from shared.adapters.media.inspector import ChildInspector, Limits
from shared.domain.media import Problem
from tests.media import made
from tests.media.asking import TINY, Blob, inspect, misbehaving
from tests.media.conftest import Clip
from tests.media.made import FTYP, box
from tests.media.said import said


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
@pytest.mark.slow
async def test_a_child_that_breaks_the_agreement_is_an_answer(
    way: str, limits: dict[str, float], problem: Problem, caplog: pytest.LogCaptureFixture
) -> None:
    blob = Blob(TINY)
    inspector = misbehaving(way, **limits)  # type: ignore[arg-type]
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


# Confines itself as it is told, makes room by closing what it has, and tries to get out.
ESCAPE = """
import ctypes, os, resource, signal, socket, sys
from shared.adapters.media import child, system_calls
how, path, parent = sys.argv[1], sys.argv[2], os.getppid()
file = open(path, "wb", buffering=0)
kernel = ctypes.CDLL(None, use_errno=True)
child.limit(5, 1 << 30)
if how == "limits":
    system_calls.forbid = lambda: False
print(child.shut())
os.close(2)
def raw(name, *numbers):
    if getattr(kernel, name)(*map(ctypes.c_long, numbers)) == -1:
        raise OSError(ctypes.get_errno(), name)
def refused(act):
    try:
        act()
    except (OSError, ValueError):
        return True
    return False
opening = [lambda: open(f"/proc/{parent}/environ"), lambda: open("/etc/hostname"), socket.socket, os.pipe,
           lambda: os.dup(1)]
escaping = [
    lambda: os.fork() or os._exit(0),
    lambda: os.execv(sys.executable, ["python", "-c", "0"]),
    lambda: os.kill(parent, 0),
    lambda: raw("ptrace", 16, parent if how == "filter" else 0, 0, 0),
    lambda: raw("process_vm_readv", parent, 0, 0, 0, 0, 0),
    lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (9, 9)),
]
print(*map(refused, [*opening, lambda: file.write(b"x")]))
print(*map(refused, escaping if how == "filter" else []))
"""


def escaping(how: str, folder: Path) -> list[str]:
    command = [sys.executable, "-c", ESCAPE, how, str(folder / "file")]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()


@pytest.mark.parametrize("how", ["filter", "limits"])
def test_a_confined_process_can_open_no_file_no_socket_and_write_nothing(how: str, tmp_path: Path) -> None:
    """Not even after it has closed one of its own: by the limits alone, and with the filter."""
    _, opening, _ = escaping(how, tmp_path)
    assert opening == "True True True True True True"


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel has no such filter")
def test_a_confined_process_starts_signals_traces_and_reads_no_other_and_lifts_no_limit(tmp_path: Path) -> None:
    """Though it be root, as here it may be."""
    filtered, _, others = escaping("filter", tmp_path)
    assert filtered == "True"
    assert others == "True True True True True True"


async def test_a_kernel_without_filters_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    inspector = misbehaving("unfiltered")
    for _ in range(2):
        assert (await inspector.inspect(len(TINY), Blob(TINY).read)).problems == ()
    assert [each.partition(";")[0] for each in said(caplog)] == ["media: no filter of system calls here"]


async def test_a_process_the_child_left_behind_holds_no_place() -> None:
    """It holds the child's pipe open, and sleeps until this test ends it."""
    inspector = misbehaving("litter", child_seconds=0.5)
    told: list[int] = []

    async def read(offset: int, length: int) -> bytes:
        told.append(length)
        return bytes(length)

    async with asyncio.timeout(60):
        assert (await inspector.inspect(1 << 40, read)).problems == (Problem.TOO_COMPLEX,)
    (left_behind,) = told
    os.kill(left_behind, SIGKILL)


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
