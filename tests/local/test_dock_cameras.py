"""Several cameras and files at once: who is docked as whom, what a failure stops, and which camera may be wiped."""

import io
import json
import random
from pathlib import Path
from typing import Any

import pytest

from local.docking.command import run
from local.docking.display import Board, shown
from local.docking.options import parse
from local.docking.progress import Event, Step
from local.docking.tally import Camera, Summary
from local.docking.upload import BLOCK
from tests.local.dock_stand_in import Service, Signer, problem, status
from tests.local.dock_station import QuickClock


def station_of(folder: Path, **cameras: int) -> Path:
    """`folder/<camera>/DCIM/0001.mp4` and so on, so many for each camera."""
    for camera, count in cameras.items():
        for number in range(1, count + 1):
            path = folder / camera / "DCIM" / f"{number:04d}.mp4"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(f"{camera} {number}".encode())
    return folder


async def docked(
    service: Service, *arguments: str, clock: QuickClock | None = None
) -> tuple[int, list[dict[str, Any]]]:
    out = io.StringIO()
    order = parse(["--base-url", service.url, "--dock", "dock-7", "--token", "a.b.c", "--json", *arguments])
    code = await run(order, out=out, clock=clock or QuickClock(), randomness=random.Random(1))  # noqa: S311 - dice
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


async def test_each_folder_is_a_camera_however_deep_its_files_lie(service: Service, tmp_path: Path) -> None:
    code, events = await docked(service, "--camera-folder", str(station_of(tmp_path, one=2, two=1)))
    assert code == 0
    assert [wish["camera"] for wish in service.grants] == ["one", "two", "one"]  # they take turns
    whole = {"kept": 0, "passedOver": 0, "mayBeWiped": True}
    assert events[-1]["cameras"] == {"one": {"docked": 2, **whole}, "two": {"docked": 1, **whole}}
    assert events[-1].items() >= {"event": "summary", "docked": 3, "kept": 0, "passedOver": 0, "resumed": 0}.items()


async def test_so_many_recordings_as_are_allowed_are_under_way_at_once(service: Service, tmp_path: Path) -> None:
    service.together = 3  # blocks wait for each other: fewer at once, and nobody would get on
    code, _ = await docked(service, "--camera-folder", str(station_of(tmp_path, one=3, two=3)), "--parallel", "3")
    assert (code, service.most_in_flight, len(service.blobs)) == (0, 3, 6)


async def test_each_receipt_is_for_its_own_recording(service: Service, tmp_path: Path) -> None:
    folder = station_of(tmp_path, one=4, two=4)
    code, events = await docked(service, "--camera-folder", str(folder), "--parallel", "8")
    assert code == 0
    ended = {(event["camera"], event["file"]): event["recording"] for event in events if event["event"] == "receipt"}
    assert len(set(ended.values())) == 8
    for (camera, file), recording in ended.items():
        assert b"".join(service.blobs[recording].blocks) == (folder / camera / "DCIM" / file).read_bytes()


async def test_one_mismatch_and_one_forged_receipt_among_many_keep_those_two_and_no_other(
    service: Service, tmp_path: Path
) -> None:
    honest, forger = service.signer, Signer("receipts.test")
    service.fail("receipt", status(409, body=problem("claimed aa, computed bb", field="sha256")))
    swapped = iter([forger])

    def lines(lines: list[str]) -> list[str]:
        service.signer = next(swapped, honest)
        return lines

    service.lines = lines
    folder = station_of(tmp_path, one=3, two=3)
    code, events = await docked(service, "--camera-folder", str(folder), "--parallel", "6")
    ends = [event for event in events if event["event"] in ("receipt", "kept")]
    assert (code, len(ends)) == (1, 6)
    kept = [event["detail"] for event in ends if event["event"] == "kept"]
    assert len(kept) == 2
    assert any("the store holds something else" in why for why in kept)
    assert any("no signature by a key the service lists" in why for why in kept)
    assert all("may be wiped" not in why for why in kept)
    cameras = events[-1]["cameras"]
    assert not any(camera["mayBeWiped"] for camera in cameras.values() if camera["kept"])
    assert sum(camera["kept"] for camera in cameras.values()) == 2


async def test_a_camera_that_fails_stops_no_other(service: Service, tmp_path: Path) -> None:
    station_of(tmp_path, one=1, two=2)
    (tmp_path / "one/DCIM/0001.mp4").unlink()
    (tmp_path / "one/DCIM/0001.mp4").symlink_to(tmp_path / "gone")
    code, events = await docked(service, "--camera-folder", str(tmp_path), "--parallel", "2")
    cameras = events[-1]["cameras"]
    assert (code, cameras["one"]["kept"], cameras["two"]["docked"]) == (1, 1, 2)
    assert (cameras["one"]["mayBeWiped"], cameras["two"]["mayBeWiped"]) == (False, True)
    (kept,) = [event for event in events if event["event"] == "kept"]
    assert kept["detail"] == "keep the recording: 0001.mp4: cannot be read: No such file or directory"


async def test_what_is_no_recording_is_passed_over_and_its_camera_not_wiped(service: Service, tmp_path: Path) -> None:
    station_of(tmp_path, one=1, two=1)
    (tmp_path / "one/notes.txt").touch()
    (tmp_path / "two/.hidden.mp4").touch()
    code, events = await docked(service, "--camera-folder", str(tmp_path))
    cameras = events[-1]["cameras"]
    assert (code, cameras["one"]["passedOver"], cameras["one"]["mayBeWiped"]) == (0, 1, False)
    assert (cameras["two"]["passedOver"], cameras["two"]["mayBeWiped"], len(service.blobs)) == (0, True, 2)


async def test_a_recording_in_no_cameras_folder_is_kept(service: Service, tmp_path: Path) -> None:
    (tmp_path / "loose.mp4").write_bytes(b"x")
    code, events = await docked(service, "--camera-folder", str(tmp_path))
    assert (code, service.keys_seen) == (1, [])
    assert events[0]["detail"] == "keep the recording: loose.mp4: it is in no camera's folder"


async def test_the_officer_of_each_camera_is_the_one_on_the_list(service: Service, tmp_path: Path) -> None:
    officers = tmp_path / "officers.json"
    officers.write_text('{"one": "4021"}')
    folder = str(station_of(tmp_path / "cameras", one=1, two=1))
    await docked(service, "--camera-folder", folder, "--officers", str(officers), "--officer", "9999")
    assert {wish["camera"]: wish["officer"] for wish in service.grants} == {"one": "4021", "two": "9999"}


async def test_a_file_named_twice_is_docked_once(service: Service, tmp_path: Path) -> None:
    folder = station_of(tmp_path, one=1)
    file = str(folder / "one/DCIM/0001.mp4")
    code, events = await docked(service, "--camera-folder", str(folder), "--parallel", "3", file, file)
    assert (code, events[-1]["docked"], len(service.blobs)) == (0, 1, 1)


async def test_named_files_say_nothing_of_the_whole_camera(service: Service, tmp_path: Path) -> None:
    file = station_of(tmp_path, one=1) / "one/DCIM/0001.mp4"
    _, events = await docked(service, str(file))
    assert events[-1]["cameras"]["BWV-0001"] == {"docked": 1, "kept": 0, "passedOver": 0, "mayBeWiped": False}


async def test_all_of_them_together_keep_to_the_bandwidth(service: Service, tmp_path: Path) -> None:
    station_of(tmp_path, one=2, two=2)
    for path in tmp_path.rglob("*.mp4"):
        with path.open("r+b") as file:
            file.truncate(2 * BLOCK)
    clock = QuickClock()
    megabytes = str(BLOCK / 1e6)
    limited = ("--camera-folder", str(tmp_path), "--parallel", "4", "--bandwidth", megabytes)
    code, events = await docked(service, *limited, clock=clock)
    assert (code, len(service.staged)) == (0, 8)
    assert 7 <= clock.now < 7.01  # eight blocks at one a second, the first at once
    assert events[-1]["seconds"] >= 7


async def test_journals_are_kept_where_they_are_told_to_be(service: Service, tmp_path: Path) -> None:
    folder, state = station_of(tmp_path / "cameras", one=1, two=1), tmp_path / "state" / "deep"
    service.fail("receipt", *[status(409)] * 2)
    limited = ("--camera-folder", str(folder), "--state", str(state))
    assert (await docked(service, *limited))[0] == 1
    assert len(list(state.iterdir())) == 2
    assert [path.name for path in folder.rglob(".*")] == []
    assert (await docked(service, *limited))[0] == 0  # the receipts of the same recordings, and nothing is sent
    assert (list(state.iterdir()), len(service.staged)) == ([], 2)


async def test_after_a_mismatch_the_recording_is_docked_under_a_new_grant(service: Service, tmp_path: Path) -> None:
    file = station_of(tmp_path, one=1) / "one/DCIM/0001.mp4"
    service.fail("receipt", status(409, body=problem("claimed aa, computed bb", field="sha256")))
    assert (await docked(service, str(file)))[0] == 1
    assert (await docked(service, str(file)))[0] == 0
    assert [wish.get("recording") for wish in service.grants] == [None, None]
    assert list(service.blobs) == ["rec-1", "rec-2"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_several_as_a_line_for_each_that_ended_and_one_for_all_under_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    out = Terminal()
    tell = shown(out, as_json=False, expected=3, parallel=2)
    assert isinstance(tell, Board)
    tell(Event(step=Step.SENT, file="1.mp4", camera="a", size=80_000_000, sent=20_000_000, seconds=2))
    tell(Event(step=Step.SENT, file="1.mp4", camera="b", size=20_000_000, sent=5_000_000, seconds=1))
    assert "0/3 ended, 2 under way   ██████··················      25.00/100.00 MB   15.0 MB/s" in out.getvalue()
    tell(Event(step=Step.KEPT, file="1.mp4", camera="a", size=80_000_000, detail="keep the recording: no"))
    assert "\x1b[Ka/1.mp4: kept: keep the recording: no\n" in out.getvalue()
    assert "1/3 ended, 1 under way" in out.getvalue().split("\x1b[K")[-1]


def test_the_verdict_on_each_camera_is_told_in_words() -> None:
    out = io.StringIO()
    cameras = {
        "one": Camera(docked=2, is_whole=True),
        "two": Camera(docked=1, kept=1, is_whole=True),
        "three": Camera(docked=1, passed_over=1, is_whole=True),
        "four": Camera(docked=1),
    }
    shown(out, as_json=False).end(Summary(cameras=cameras, sent=20_000_000, resumed=4_000_000, seconds=2))
    assert out.getvalue().splitlines() == [
        "one: 2 docked, 0 kept: this camera may be wiped",
        "two: 1 docked, 1 kept: do not wipe this camera",
        "three: 1 docked, 0 kept, 1 passed over that are no recordings: do not wipe this camera",
        "four: 1 docked, 0 kept",
        "5 docked, 1 kept; 20.00 MB sent in 2.0 s, 10.0 MB/s, 4.00 MB sent before",
    ]
