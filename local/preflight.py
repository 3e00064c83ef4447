"""What the machine must have before anything is started, each lack said in one line with its cure."""

import re
import shutil
import subprocess
from pathlib import Path

from local.errors import StackError

NODE_MODULES = Path(__file__).parent / "node_modules"
OLDEST_PYTHON, FIRST_UNSUPPORTED_PYTHON = (3, 11), (3, 13)
OLDEST_NODE = 20
PACKAGES = ("azurite", "@vercel/cosmosdb-server")


def check_python(version: tuple[int, int]) -> None:
    if not OLDEST_PYTHON <= version < FIRST_UNSUPPORTED_PYTHON:
        raise StackError(f"Python {version[0]}.{version[1]} cannot run this: install Python 3.11 or 3.12")


def check_node(path: str | None = None) -> None:
    """`path` is where to look for it, as in PATH."""
    node = shutil.which("node", path=path)
    if node is None:
        raise StackError(f"Node is missing: install Node {OLDEST_NODE} or newer")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    found = re.match(r"v(\d+)\.", said)
    if found is None or int(found.group(1)) < OLDEST_NODE:
        raise StackError(f"Node {said or 'of no known version'} is too old: install Node {OLDEST_NODE} or newer")


def check_packages(node_modules: Path = NODE_MODULES) -> None:
    for package in PACKAGES:
        if not (node_modules / package / "package.json").exists():
            raise StackError(f"{package} is not installed in {node_modules}: run `make setup`")
