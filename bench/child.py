"""A measurement in a process of its own, so that its memory and its imports are no other's."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def measured(module: str, *words: str, environment: Mapping[str, str] | None = None) -> Any:
    """What `python -m MODULE WORDS` prints as JSON on its last line."""
    command = [sys.executable, "-m", module, *words]
    told = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(told.stdout.splitlines()[-1])


def kilobytes(what: str) -> int:
    """This process's memory: `VmRSS` now, `VmHWM` at its largest. ru_maxrss would tell what it was forked from."""
    return int(Path("/proc/self/status").read_text().partition(f"{what}:")[2].split()[0])
