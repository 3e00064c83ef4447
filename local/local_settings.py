"""local.settings.json, from which Core Tools' `func` gives the application its environment.

Written anew at each start, because the identity header is new each time. A file that somebody else wrote is never
overwritten: it may hold settings that exist nowhere else.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from local.errors import StackError

MARK = "WrittenBy"
WRITER = "python -m local.stack"


def check(file: Path) -> None:
    if file.exists() and not _ours(file):
        raise StackError(f"{file} was not written by this program and is left alone: move it away and try again")


def write(file: Path, settings: Mapping[str, str], port: int) -> None:
    check(file)
    content = {MARK: WRITER, "IsEncrypted": False, "Values": dict(settings), "Host": {"LocalHttpPort": port}}
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        json.dump(content, handle, indent=2)


def _ours(file: Path) -> bool:
    try:
        content = json.loads(file.read_text())
    except ValueError:
        return False
    return isinstance(content, dict) and content.get(MARK) == WRITER
