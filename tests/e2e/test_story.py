"""`make run` as a newcomer sees it: it tells its story, says it is ready, and the lines it prints work as printed."""

import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.stack
ROOT = Path(__file__).parents[2]
WITHIN = 120.0


@contextmanager
def ran(folder: Path) -> Iterator[tuple["subprocess.Popen[str]", list[str]]]:
    """Run it until it says `ready`, with everything it printed up to the last curl line."""
    command = [sys.executable, "-u", "-m", "local.run", "--free-ports", "--folder", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    overdue = threading.Timer(WITHIN, process.kill)
    overdue.start()
    try:
        assert process.stdout
        lines: list[str] = []
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if line.startswith("  make token"):  # the last line it prints
                break
        yield process, lines
    finally:
        overdue.cancel()
        if process.poll() is None:
            process.terminate()
            process.wait(30)
        if process.stdout:
            process.stdout.close()


def test_make_run_tells_its_story_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with ran(tmp_path) as (process, lines):
        story = "\n".join(lines)
        assert re.search(r"^ready: http://127\.0\.0\.1:\d+", story, re.MULTILINE), story
        assert "PC Max Poe   404" in story
        assert "weeded at" in story
        assert re.search(r"erasure +footage\.weeded +system:weed", story), story
        curls = [line.strip() for line in lines if line.startswith("  curl ")]
        assert len(curls) == 4
        for curl in curls[:3]:
            assert '"' in answered(curl)
        for witness in ("one", "two"):
            assert f"\u2014 witness.local/{witness} " in answered(curls[3])
        assert len(re.findall(r"^   result +(?:NOT )?VERIFIED", story, re.MULTILINE)) == 2
        assert all(f"witness witness.local/{name} saw at" in story for name in ("one", "two")), story
        _, forged = [line for line in lines if line.startswith("   $ .venv/bin/python -m tools.verify")]
        told = verified_again(forged)
        assert re.search(r"wrong +entry 5 .* it is not what the ledger has.*\nresult +NOT VERIFIED", told), told
        children = psutil.Process(process.pid).children(recursive=True)
        assert sum("tools.witness" in child.cmdline() for child in children) == 4, "two of them, each on its leash"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == []
    assert not (tmp_path / "run.json").exists()


def answered(curl: str) -> str:
    """The line as a shell runs it; curl itself fails on a status of 400 and above."""
    command = curl.replace("curl ", "curl --fail ", 1)
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False, env=os.environ, timeout=30)  # noqa: S602 - the very line that is printed for a shell
    assert done.returncode == 0, f"{curl}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def verified_again(line: str) -> str:
    """What the printed command tells whoever runs it again."""
    words = shlex.split(line.removeprefix("   $ .venv/bin/python"))
    done = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=30)
    assert done.stderr == ""
    return done.stdout
