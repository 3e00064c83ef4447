"""A client in TypeScript, typed by what the running service says of itself: it compiles, it works, mistakes do not.

tests/client is an integrator's small project: openapi-typescript makes the types, openapi-fetch is the client.
"""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.request import Request

import pytest

from local.calls import NO_PROXY, PATIENCE
from local.story import BOROUGH, DOCK, STATION, Cast
from tests.e2e.test_a_life import dock_one_clip

pytestmark = [pytest.mark.stack, pytest.mark.slow]

CLIENT = Path(__file__).parents[1] / "client"
INSTALLED = CLIENT / "node_modules" / ".package-lock.json"
WITHIN = 180.0  # seconds


def ran(*command: str, environment: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command, cwd=CLIENT, env=environment, capture_output=True, text=True, timeout=WITHIN, check=False
    )


def must_run(*command: str, environment: Mapping[str, str] | None = None) -> str:
    done = ran(*command, environment=environment)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def is_installed() -> bool:
    return INSTALLED.exists() and INSTALLED.stat().st_mtime > (CLIENT / "package-lock.json").stat().st_mtime


@pytest.fixture(scope="module")
def generated(environment: dict[str, str]) -> Path:
    """The types of the service that runs, as generated from what it serves."""
    if not is_installed():
        must_run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
    folder = CLIENT / "generated"
    folder.mkdir(exist_ok=True)
    served = Request(f"{environment['PUBLIC_BASE_URL']}/api/openapi.json")  # noqa: S310 - the service's own address
    with NO_PROXY.open(served, timeout=PATIENCE) as answer:
        (folder / "openapi.json").write_bytes(answer.read())
    must_run("npx", "--no-install", "openapi-typescript", "generated/openapi.json", "-o", "generated/schema.d.ts")
    return folder


def test_an_officer_s_typed_client_does_their_work(generated: Path, people: Cast, environment: dict[str, str]) -> None:
    people.manager.put(f"/api/docks/{DOCK}", {"station": STATION, "borough": BOROUGH, "client": DOCK}).must_be(200)
    clip = dock_one_clip(environment)
    must_run("npx", "--no-install", "tsc", "-p", "tsconfig.json")
    officer = {"BASE": environment["PUBLIC_BASE_URL"], "TOKEN": people.doe.token, "CLIP": clip}
    told = json.loads(must_run("node", str(generated / "officer.js"), environment=os.environ | officer))
    assert (told["clip"], told["category"], told["stale"]) == (clip, "arrest", 412)
    assert told["session"] == people.doe.get("/api/sessions/current").must_be(200).body["session"]
    assert people.doe.get(f"/api/footage/{clip}").must_be(200).body["decision"]["evidential"] == "yes"


def test_each_mistake_is_an_error_of_the_compiler_and_nothing_else_is(generated: Path) -> None:
    done = ran("npx", "--no-install", "tsc", "-p", "tsconfig.mistaken.json", "--pretty", "false")
    assert done.returncode != 0
    lines = (CLIENT / "mistaken.ts").read_text().splitlines()
    mistakes = {number for number, line in enumerate(lines, start=1) if line.endswith("// MISTAKE")}
    found = {int(number) for number in re.findall(r"^mistaken\.ts\((\d+),", done.stdout, re.MULTILINE)}
    assert (found, len(mistakes)) == (mistakes, 6), done.stdout
    assert re.findall(r"^(?!mistaken)\S+\.ts\(", done.stdout, re.MULTILINE) == []
