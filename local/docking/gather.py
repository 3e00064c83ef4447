"""What is to be docked: files that were named, folders of cameras, clips to be made.

G1  In a folder of cameras each sub-folder is a camera, however deep its files lie. Hidden files are not looked at.
G2  A file that is no recording is passed over and counted; a recording in no camera's folder is kept, and told.
G3  A folder that cannot be read is told, and stops no other camera.
G4  Cameras take turns; those of one camera go in the order of their names. A file found twice is docked once.
"""

import argparse
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, zip_longest
from pathlib import Path

from local.docking.recording import CONTENT_TYPES


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One recording, or what stands in its place: `trouble` says why it cannot be docked."""

    path: Path
    camera: str
    officer: str | None = None
    recorded_at: datetime | None = None
    is_made: bool = False
    trouble: str | None = None


@dataclass(slots=True, kw_only=True)
class Gathered:
    """`whole` are the cameras of which every file was seen; `passed_over` counts what is no recording."""

    found: list[Found] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)
    passed_over: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def gathered(order: argparse.Namespace, *, now: datetime, workshop: Path) -> Gathered:
    """`workshop` is the folder for clips to be made; the last of them ends about `now`."""
    gathering = Gathered()
    named = [_named(order, path) for path in order.files] + list(_to_be_made(order, now, workshop))
    by_camera = {order.camera: named} if named else {}
    if order.camera_folder:
        for camera, found in _cameras(order, gathering).items():
            by_camera.setdefault(camera, []).extend(found)
    in_turn = chain.from_iterable(zip_longest(*by_camera.values()))
    once = {found.path.absolute(): found for found in in_turn if found}
    gathering.found = list(once.values())
    return gathering


def _named(order: argparse.Namespace, path: Path) -> Found:
    officer = order.officers.get(order.camera, order.officer)
    return Found(path=path, camera=order.camera, officer=officer, recorded_at=order.recorded_at)


def _to_be_made(order: argparse.Namespace, now: datetime, workshop: Path) -> Iterator[Found]:
    started = order.recorded_at or now - timedelta(seconds=order.seconds * order.synthesise)
    for number in range(order.synthesise):
        yield Found(
            path=workshop / f"clip-{number + 1:03d}.mp4",
            camera=order.camera,
            officer=order.officers.get(order.camera, order.officer),
            recorded_at=started + timedelta(seconds=order.seconds * number),
            is_made=True,
        )


def _cameras(order: argparse.Namespace, gathering: Gathered) -> Mapping[str, list[Found]]:
    cameras: dict[str, list[Found]] = {}
    try:
        inside = sorted(path for path in order.camera_folder.iterdir() if _is_seen(path.name))
    except OSError as error:
        return {"": [Found(path=order.camera_folder, camera="", trouble=_unreadable(error))]}
    for path in inside:
        if path.is_dir():
            cameras[path.name] = _of_camera(path, order, gathering)
            gathering.whole.add(path.name)
        elif _is_recording(path.name):
            cameras.setdefault("", []).append(Found(path=path, camera="", trouble="it is in no camera's folder"))
        else:
            gathering.passed_over[""] += 1
    return cameras


def _of_camera(folder: Path, order: argparse.Namespace, gathering: Gathered) -> list[Found]:
    camera, officer = folder.name, order.officers.get(folder.name, order.officer)
    faults: list[OSError] = []
    found = []
    for path in sorted(_files_in(folder, faults)):
        if _is_recording(path.name):
            found.append(Found(path=path, camera=camera, officer=officer, recorded_at=order.recorded_at))
        else:
            gathering.passed_over[camera] += 1
    where = [(Path(str(fault.filename or folder)), _unreadable(fault)) for fault in faults]
    return found + [Found(path=path, camera=camera, trouble=trouble) for path, trouble in where]


def _files_in(folder: Path, faults: list[OSError]) -> Iterator[Path]:
    for place, folders, files in os.walk(folder, onerror=faults.append):
        folders[:] = filter(_is_seen, folders)
        yield from (Path(place, name) for name in _seen(files))


def _seen(names: Sequence[str]) -> Iterator[str]:
    return (name for name in names if _is_seen(name))


def _is_seen(name: str) -> bool:
    return not name.startswith(".")


def _is_recording(name: str) -> bool:
    return Path(name).suffix.lower() in CONTENT_TYPES


def _unreadable(error: OSError) -> str:
    return f"cannot be read: {error.strerror}"
