"""The simulated station: how many, of what, how fast; and that each clip is another one."""

import io
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.calls import UnexpectedReply
from local.docking.evening import Load
from local.docking.figures import Failed, Figures, Timed, percentile, spread
from local.docking.variation import vary
from local.footage import synthesise
from local.stack import Stack
from local.station import Lines, main, simulate
from tests.local.dock_stand_in import Service, status

ROOT = Path(__file__).parent.parent.parent
AT = datetime(2026, 3, 1, 21, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthesise(tmp_path_factory.mktemp("model") / "m.mp4", seconds=1, start=AT, serial="c")


def test_a_variation_is_another_file_with_the_same_picture(model: Path, tmp_path: Path) -> None:
    import av

    one, other = (vary(model, tmp_path / f"{mark}.mp4", mark=bytes([mark])) for mark in (1, 2))
    assert one.read_bytes() != other.read_bytes()
    assert one.read_bytes()[: model.stat().st_size] == model.read_bytes()
    with av.open(other) as clip:
        assert clip.duration is not None
        assert len(list(clip.decode(video=0))) == 10


def test_padding_is_a_box_of_its_own_and_takes_no_disk(model: Path, tmp_path: Path) -> None:
    padded = vary(model, tmp_path / "p.mp4", mark=b"1234", padding=100_000_000)
    box = padded.read_bytes()[model.stat().st_size :]
    assert (int.from_bytes(box[:4], "big"), box[4:12], len(box)) == (len(box), b"free1234", 100_000_012)
    assert padded.stat().st_blocks * 512 < 10_000_000
    with pytest.raises(ValueError, match="a box takes"):
        vary(model, tmp_path / "p.mp4", mark=b"", padding=2**32)


def settings(stack: Stack, service: Service) -> dict[str, str]:
    """Tokens from the local issuer, everything else at the small service."""
    return stack.settings | {"PUBLIC_BASE_URL": service.url}


@pytest.mark.stack
async def test_every_clip_of_every_camera_of_every_dock_is_docked_once_under_a_hash_of_its_own(
    stack: Stack, service: Service, tmp_path: Path
) -> None:
    heard: list[int] = []
    load = Load(docks=2, cameras=3, clips=2, seconds=1, padding=1000, parallel=5, name="sim")
    figures = await simulate(
        load, settings=settings(stack, service), folder=tmp_path, told=lambda so_far: heard.append(so_far.left)
    )
    assert (figures.asked, len(figures.docked), figures.kept, figures.left) == (12, 12, [], 0)
    assert service.registered.keys() == {"sim-1", "sim-2"}
    assert service.registered["sim-1"] == {"station": "Southwark", "borough": "Southwark", "client": "sim-1"}
    assert len({wish["camera"] for wish in service.grants}) == 6
    assert {clip.sha256 for clip in figures.docked} == {blob.sha256 for blob in service.blobs.values()}
    assert len({clip.sha256 for clip in figures.docked}) == 12
    assert figures.sent == sum(blob.size for blob in service.blobs.values())
    assert heard == list(range(11, -1, -1))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.stack
async def test_a_clip_that_is_kept_is_counted_told_and_left_where_it_is(
    stack: Stack, service: Service, tmp_path: Path
) -> None:
    service.fail("receipt", status(409))
    load = Load(clips=3, seconds=1, parallel=1)
    figures = await simulate(load, settings=settings(stack, service), folder=tmp_path)
    assert (len(figures.docked), figures.left) == (2, 0)
    (kept,) = figures.kept
    assert (kept.dock, kept.camera, kept.recording) == ("load-1", "load-1-camera-1", "rec-1")
    assert "gives no receipt" in kept.why
    assert list(tmp_path.iterdir()) == [kept.path]


@pytest.mark.stack
@pytest.mark.slow
async def test_it_is_broken_off_when_its_time_is_over(stack: Stack, service: Service, tmp_path: Path) -> None:
    service.answer_blocks(2)
    load = Load(clips=50, seconds=1, parallel=2, within=3)
    figures = await simulate(load, settings=settings(stack, service), folder=tmp_path)
    assert (len(figures.docked), figures.left) == (2, 48)
    service.answer_blocks(None)


@pytest.mark.stack
async def test_a_dock_that_may_not_be_registered_is_told(stack: Stack, service: Service, tmp_path: Path) -> None:
    elsewhere = settings(stack, service) | {"PUBLIC_BASE_URL": f"{service.url}/nowhere"}
    with pytest.raises(UnexpectedReply, match="expected 200, got 404"):
        await simulate(Load(seconds=1), settings=elsewhere, folder=tmp_path)


@pytest.mark.parametrize("percent, value", [(50, 3.0), (95, 5.0), (20, 1.0), (21, 2.0), (100, 5.0)])
def test_a_percentile_is_a_value_that_was_seen(percent: float, value: float) -> None:
    assert percentile([5.0, 3.0, 1.0, 2.0, 4.0], percent) == value


def test_of_nothing_there_is_no_percentile() -> None:
    assert spread([]) == {"p50": None, "p95": None}


def some_figures() -> Figures:
    clip = Timed(recording="r", sha256="ab", size=10, grant=0.1, receipt=2.0, verified=1.5)
    failed = Failed(dock="d", camera="c", recording=None, path=Path("/tmp/x.mp4"), why="no leave", at=AT)  # noqa: S108
    return Figures(asked=4, seconds=2.0, sent=20_000_000, docked=[clip, clip], kept=[failed])


def test_the_summary_is_one_object_and_the_line_says_the_same() -> None:
    out = io.StringIO()
    Lines(out, as_json=True).end(some_figures())
    assert json.loads(out.getvalue()) == {
        "event": "summary",
        "asked": 4,
        "docked": 2,
        "kept": 1,
        "left": 1,
        "seconds": 2.0,
        "bytes": 20_000_000,
        "clipsPerSecond": 1.0,
        "megabytesPerSecond": 10.0,
        "grant": {"p50": 0.1, "p95": 0.1},
        "receipt": {"p50": 2.0, "p95": 2.0},
        "verified": {"p50": 1.5, "p95": 1.5},
    }
    out = io.StringIO()
    Lines(out, as_json=False).end(some_figures())
    line, kept = out.getvalue().splitlines()
    assert "2/4 docked, 1 kept  1.0 clips/s, 10.0 MB/s  p50/p95: grant 0.10/0.10 s" in line
    assert kept == "d c /tmp/x.mp4: no leave"


def test_more_than_can_be_meant_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--docks", "1000", "--cameras", "100", "--clips", "2"])
    assert ended.value.code == 2
    assert "that is 200000 recordings: at most 100000" in capsys.readouterr().err


def test_without_a_stack_it_says_so(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local.station", "--stack", str(tmp_path)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stderr.splitlines()) == (
        2,
        ["error: no local stack is running: start one with `make stack` or `make run`"],
    )
