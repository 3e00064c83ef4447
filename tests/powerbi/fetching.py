"""A program that fetches from a package registry, started from within the tests.

The tests trust the local authority alone (tests/conftest.py); a registry is known by the machine's own.
"""

import os
import subprocess
from pathlib import Path

from local import certificates

WITHIN = 240.0  # seconds


def fetch(*command: str, within: Path | None = None) -> "subprocess.CompletedProcess[str]":
    ours = certificates.trusting(Path())
    outside = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.run(command, cwd=within, env=outside, capture_output=True, text=True, timeout=WITHIN, check=False)
