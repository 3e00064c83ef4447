"""The options of the dock command, checked before anything is done."""

import argparse
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from local.docking.place import HERE, is_this_machine

STACK = Path(__file__).parent.parent.parent / ".local"


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Ends the process with code 2 and one line when the command is wrong."""
    command = _parser()
    order = command.parse_args(arguments)
    if not order.files and not order.synthesise and not order.camera_folder:
        command.error("name recordings or a --camera-folder, or have some made with --synthesise N")
    if order.recording and (order.camera_folder or len(order.files) + order.synthesise != 1):
        command.error("--recording goes on with one recording: name its file and no other")
    return order


def _parser() -> argparse.ArgumentParser:
    command = argparse.ArgumentParser(
        prog="python -m local.dock", description="Docks recordings: grant, upload, receipt."
    )
    command.add_argument("files", nargs="*", type=_file, metavar="FILE", help="a recording: .mp4, .mkv or .mov")
    command.add_argument("--camera-folder", type=_folder, metavar="DIR", help="each folder in it is a camera")
    command.add_argument("--synthesise", type=count, default=0, metavar="N", help="make N clips and dock them")
    command.add_argument("--seconds", type=seconds, default=10.0, metavar="S", help="length of each made clip")
    command.add_argument("--recording", metavar="ID", help="go on with a recording granted before")
    command.add_argument("--json", action="store_true", help="one JSON object for each event, and a summary")
    _add_how(command)
    _add_what_is_said(command)
    _add_where(command)
    return command


def _add_how(command: argparse.ArgumentParser) -> None:
    how = command.add_argument_group("how")
    how.add_argument("--parallel", type=some, default=1, metavar="N", help="recordings at a time")
    how.add_argument("--bandwidth", type=amount, metavar="MB/S", help="of all of them together; default: no limit")
    how.add_argument(
        "--state", type=_state, metavar="FOLDER", help="where journals of uploads are kept; default: beside the files"
    )


def _add_what_is_said(command: argparse.ArgumentParser) -> None:
    said = command.add_argument_group("what is said of the recordings")
    said.add_argument("--camera", default="BWV-0001", metavar="C")
    said.add_argument("--officer", metavar="O", help="the officer's id")
    said.add_argument("--officers", type=_officers, default={}, metavar="FILE", help="JSON: the officer of each camera")
    said.add_argument("--recorded-at", type=_instant, metavar="ISO", help="default: when the file was written")
    said.add_argument("--category", metavar="CODE")
    for name in ("borough", "firmware", "start-reason", "stop-reason", "incident"):
        said.add_argument(f"--{name}")


def _add_where(command: argparse.ArgumentParser) -> None:
    where = command.add_argument_group("where, and as whom")
    where.add_argument("--base-url", type=_base_url, metavar="URL", help=f"default: {HERE}, or the stack's")
    where.add_argument("--dock", required=True, metavar="ID", help="the dock's id in the register")
    where.add_argument("--ca", type=_file, metavar="FILE", help="a certificate authority to trust as well")
    where.add_argument("--patience", type=seconds, default=300.0, metavar="S", help="for each thing that fails")
    where.add_argument("--receipt-within", type=seconds, default=1800.0, metavar="S")
    token = where.add_mutually_exclusive_group(required=True)
    token.add_argument("--token", help="an access token; others on this machine can read a command line")
    token.add_argument("--token-file", type=_file, metavar="FILE", help="read anew for each request")
    token.add_argument("--token-from-stack", action="store_true", help="have the local issuer sign one")
    where.add_argument("--client", metavar="ID", help="the dock's client id in that token; default: the dock's id")
    where.add_argument("--stack", type=Path, default=STACK, metavar="FOLDER", help="where the stack's run.json is")


def _file(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"no such file: {text}")
    return path


def _folder(text: str) -> Path:
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"no such folder: {text}")
    return path


def _state(text: str) -> Path:
    path = Path(text)
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise argparse.ArgumentTypeError(f"no folder can be made there: {text}: {error.strerror}") from None
    return path


def _officers(text: str) -> dict[str, str]:
    """Which officer carried which camera, as the station's own list has it."""
    try:
        said = json.loads(_file(text).read_text(encoding="utf-8"))
    except ValueError:
        said = None
    if not isinstance(said, dict) or not all(isinstance(officer, str) for officer in said.values()):
        raise argparse.ArgumentTypeError(f"not a JSON object of cameras and officers: {text}")
    return said


def count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"not a count: {text}")
    return int(text)


def some(text: str) -> int:
    if count(text) == 0:
        raise argparse.ArgumentTypeError(f"not one or more: {text}")
    return int(text)


def seconds(text: str) -> float:
    return _above_nothing(text, "a number of seconds")


def amount(text: str) -> float:
    return _above_nothing(text, "a number of megabytes")


def _above_nothing(text: str, what: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"not {what}: {text}")
    return number


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"not an ISO 8601 time: {text}") from None
    if at.tzinfo is None:
        raise argparse.ArgumentTypeError(f"without a time zone: {text} (2026-03-01T21:00:00Z)")
    return at


def _base_url(text: str) -> str:
    """A token goes out over https, or nowhere but to this machine itself."""
    parts = urlsplit(text)
    if parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(text)):
        return text
    raise argparse.ArgumentTypeError(f"neither https nor this machine: {text}")
