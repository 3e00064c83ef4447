"""The dock as a command: what it prints, what it keeps, and the code it ends with."""

import asyncio
import io
import json
import random
import re
import ssl
import sys
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from local import certificates
from local.docking.command import run
from local.docking.display import shown
from local.docking.options import parse
from local.docking.patience import SystemClock
from local.docking.progress import Event, Step
from tests.local.dock_stand_in import Service, Signer, problem, serving, status

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with serving() as service:
        yield service


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


async def ordered(service: Service, *arguments: str, out: io.StringIO) -> int:
    order = parse(["--base-url", service.url, "--dock", "dock-7", "--token", "a.b.c", *arguments])
    return await run(order, out=out, clock=SystemClock(), randomness=random.Random(1))  # noqa: S311 - a test's dice


def clips(folder: Path, count: int) -> list[str]:
    paths = [folder / f"clip-{number}.mp4" for number in range(count)]
    for path in paths:
        path.write_bytes(path.name.encode())
    return [str(path) for path in paths]


async def test_each_event_is_one_json_object_on_its_line(service: Service, tmp_path: Path) -> None:
    out = io.StringIO()
    assert await ordered(service, "--json", *clips(tmp_path, 1), out=out) == 0
    events = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [event["event"] for event in events] == [
        "hashed",
        "granted",
        "sent",
        "uploaded",
        "receipt",
        "summary",
    ]
    ended = {"file": "clip-0.mp4", "camera": "BWV-0001", "recording": "rec-1", "size": 10, "sent": 10}
    assert events[-2].items() >= ended.items()
    assert events[-2]["detail"] == "may be wiped from the camera"


async def test_a_log_gets_plain_lines(service: Service, tmp_path: Path) -> None:
    out = io.StringIO()
    await ordered(service, *clips(tmp_path, 1), out=out)
    lines = out.getvalue().splitlines()
    assert [line.split(": ")[1].split()[0] for line in lines[:-2]] == ["hashed", "granted", "uploaded", "receipt"]
    assert lines[-3] == "BWV-0001/clip-0.mp4: receipt: may be wiped from the camera"
    assert lines[-2] == "BWV-0001: 1 docked, 0 kept"
    assert lines[-1].startswith("1 docked, 0 kept; 0.00 MB sent in ")


async def test_a_terminal_gets_one_line_redrawn_with_its_steps(service: Service, tmp_path: Path) -> None:
    out = Terminal()
    service.fail("receipt", status(202, after="0", body='{"indexed": true}'))
    await ordered(service, *clips(tmp_path, 1), out=out)
    drawn = out.getvalue().split("\r\x1b[K")
    assert re.search(r"█{24} .*0\.00/0\.00 MB", drawn[-1])
    assert drawn[-1].count("\n") == 4  # the line itself, what it came to, the camera, all of it
    assert "may be wiped from the camera" in drawn[-1]


def test_a_live_line_shows_how_far_it_is_and_fits_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    out = Terminal()
    tell = shown(out, as_json=False)
    tell(Event(step=Step.HASHED, file="clip.mp4", size=80_000_000))
    tell(Event(step=Step.GRANTED, file="clip.mp4", size=80_000_000))
    tell(Event(step=Step.SENT, file="clip.mp4", size=80_000_000, sent=20_000_000, seconds=2.5))
    line = out.getvalue().split("\r\x1b[K")[-1]
    assert "██████··················" in line
    assert "20.00/80.00 MB    8.0 MB/s  granted" in line
    monkeypatch.setenv("COLUMNS", "40")
    tell(Event(step=Step.SENT, file="clip.mp4", size=80_000_000, sent=40_000_000, seconds=5))
    assert len(out.getvalue().split("\r\x1b[K")[-1]) == 39


async def test_one_that_must_be_kept_does_not_stop_the_rest_and_the_code_says_so(
    service: Service, tmp_path: Path
) -> None:
    service.fail("receipt", status(409, body=problem("claimed aa, computed bb", field="sha256")))
    out, files = io.StringIO(), clips(tmp_path, 2)
    assert await ordered(service, *files, out=out) == 1
    assert (
        "clip-0.mp4: kept: keep the recording: the store holds something else: sha256: claimed aa, computed bb"
        in out.getvalue()
    )
    assert "clip-1.mp4: receipt: may be wiped from the camera" in out.getvalue()
    assert all(Path(file).exists() for file in files)


async def test_a_file_of_another_kind_is_kept_before_anybody_is_asked(service: Service, tmp_path: Path) -> None:
    (tmp_path / "clip.avi").write_bytes(b"x")
    out = io.StringIO()
    assert await ordered(service, str(tmp_path / "clip.avi"), out=out) == 1
    assert "clip.avi: not a kind of recording the store takes (.mp4, .mkv, .mov)" in out.getvalue()
    assert service.keys_seen == []


async def test_made_clips_are_wiped_only_once_they_have_their_receipt(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    service.fail("receipt", status(409))
    made = ["--synthesise", "2", "--seconds", "1", "--recorded-at", "2026-03-01T21:00:00Z", "--officer", "P1"]
    assert await ordered(service, *made, out=io.StringIO()) == 1
    assert sorted(path.name for path in tmp_path.glob("dock-*/*")) == [".clip-001.mp4.docking", "clip-001.mp4"]
    assert "recordings without a receipt are kept in" in capsys.readouterr().err
    assert [wish["recordedAt"] for wish in service.grants] == ["2026-03-01T21:00:00Z", "2026-03-01T21:00:01Z"]
    assert await ordered(service, *made, out=io.StringIO()) == 0
    assert len(list(tmp_path.glob("dock-*"))) == 1


async def test_going_on_with_an_earlier_grant_names_its_recording(service: Service, tmp_path: Path) -> None:
    await ordered(service, "--recording", "rec-77", *clips(tmp_path, 1), out=io.StringIO())
    assert (service.grants[0]["recording"], list(service.blobs)) == ("rec-77", ["rec-77"])


async def test_a_token_file_is_read_for_each_request(service: Service, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("a.b.c\n")
    order = ["--base-url", service.url, "--dock", "d", "--token-file", str(token), *clips(tmp_path, 1)]
    out = io.StringIO()

    async def loses_the_token(request: web.Request) -> web.StreamResponse:
        token.unlink()
        return await service.give(request)

    service.fail("grant", loses_the_token)
    code = await run(parse(order), out=out, clock=SystemClock(), randomness=random.Random(1))  # noqa: S311 - dice
    assert (code, service.tokens_seen) == (1, {"Bearer a.b.c"})
    assert "token: no token can be read from it (FileNotFoundError)" in out.getvalue()


async def test_over_https_only_an_authority_that_is_trusted_is_spoken_to(tmp_path: Path) -> None:
    files = certificates.ensure(tmp_path / "tls", now=datetime.now(UTC))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(files.certificate, files.key)
    async with serving(tls) as service:
        out = io.StringIO()
        assert await ordered(service, "--patience", "0.01", *clips(tmp_path, 1), out=out) == 1
        assert "the other side's certificate is not one this machine trusts" in out.getvalue()
        assert service.tokens_seen == set()
        assert await ordered(service, "--ca", str(files.authority), *clips(tmp_path, 1), out=out) == 0


@pytest.mark.parametrize(
    "arguments, complaint",
    [
        ([], "name recordings or a --camera-folder"),
        (["none.mp4"], "no such file: none.mp4"),
        (["--synthesise", "2", "--recording", "rec"], "--recording goes on with one recording"),
        (["--synthesise", "-1"], "not a count: -1"),
        (["--synthesise", "1", "--seconds", "nan"], "not a number of seconds: nan"),
        (["--synthesise", "1", "--recorded-at", "2026-03-01T21:00:00"], "without a time zone"),
        (["--synthesise", "1", "--recorded-at", "noon"], "not an ISO 8601 time: noon"),
        (["--synthesise", "1", "--base-url", "http://store.example"], "neither https nor this machine"),
        (["--synthesise", "1", "--token-file", "x"], "no such file: x"),
        (["--camera-folder", "none"], "no such folder: none"),
        (["--camera-folder", ".", "--recording", "rec"], "--recording goes on with one recording"),
        (["--synthesise", "1", "--parallel", "0"], "not one or more: 0"),
        (["--synthesise", "1", "--bandwidth", "0"], "not a number of megabytes: 0"),
        (["--synthesise", "1", "--officers", "pyproject.toml"], "not a JSON object of cameras and officers"),
        (
            ["--synthesise", "1", "--state", "pyproject.toml"],
            "no folder can be made there: pyproject.toml: File exists",
        ),
    ],
)
def test_a_wrong_command_is_told_in_one_line(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(["--dock", "d", "--token", "t", *arguments])
    assert ended.value.code == 2
    assert complaint in capsys.readouterr().err.splitlines()[-1]


async def test_the_process_itself_refuses_to_say_wiped_on_a_forged_receipt(service: Service, tmp_path: Path) -> None:
    service.signer = Signer("receipts.test")
    service.fail("block", status(503))
    where = ["--base-url", service.url, "--dock", "dock-7", "--token", "a.b.c"]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "local.dock", *where, *clips(tmp_path, 1)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 30)
    assert (process.returncode, err) == (1, b"")
    assert b"keep the recording: no signature by a key the service lists" in out
    assert b"may be wiped" not in out


async def test_without_a_running_stack_there_is_no_token(tmp_path: Path) -> None:
    arguments = ["--dock", "d", "--token-from-stack", "--stack", str(tmp_path), "--synthesise", "1"]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "local.dock", *arguments), cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    _, err = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 2
    assert err.decode() == "error: no local stack is running: start one with `make stack` or `make run`\n"
