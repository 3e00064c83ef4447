"""`make run` as a newcomer sees it: it tells its story, says it is ready, and the lines it prints work as printed."""

import os
import re
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
def told(folder: Path) -> Iterator[tuple["subprocess.Popen[str]", list[str]]]:
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
    with told(tmp_path) as (process, lines):
        story = "\n".join(lines)
        assert re.search(r"^ready: http://127\.0\.0\.1:\d+", story, re.MULTILINE), story
        assert "PC Max Poe   404" in story
        assert "weeded at" in story
        assert re.search(r"erasure +footage\.weeded +system:weed", story), story
        curls = [line.strip() for line in lines if line.startswith("  curl ")]
        assert len(curls) == 3
        for curl in curls:
            assert '"' in answered(curl)
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == []
    assert not (tmp_path / "run.json").exists()


def answered(curl: str) -> str:
    """The line as a shell runs it; curl itself fails on a status of 400 and above."""
    command = curl.replace("curl ", "curl --fail ", 1)
    ran = subprocess.run(command, shell=True, capture_output=True, text=True, check=False, env=os.environ, timeout=30)  # noqa: S602 - the very line that is printed for a shell
    assert ran.returncode == 0, f"{curl}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout
