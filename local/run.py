"""`make run`: the local servers, the Functions host with the app, the story, and then they keep serving.

Two witnesses of the ledger look at it every twenty seconds from then on (local/witnesses.py).

Stops everything on Ctrl-C, SIGTERM, `make stop`, or when a server ends by itself.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

from local import witnesses
from local.calls import Person
from local.errors import StackError
from local.ports import Ports
from local.processes import Child
from local.stack import FOLDER, Stack
from local.story import BOROUGH, DOE, cast

HOST_WITHIN = 60.0  # seconds
INTERRUPTED = 130


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m local.run", description="The whole of it, on this machine.")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the run lives")
    parser.add_argument("--free-ports", action="store_true", help="any free ports instead of the usual ones")
    options = parser.parse_args(arguments)
    told = threading.Event()
    try:
        _on_signal(told)
        ports = Ports.free() if options.free_ports else Ports.from_environment(os.environ)
        ports.check("host")
        folder = options.folder.resolve()
        listed = witnesses.keys_of(witnesses.listed(folder))
        serve(Stack(folder, ports, witness_keys=listed), folder, told)
    except StackError as trouble:
        print(f"error: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _on_signal(told: threading.Event) -> None:
    def end(_number: int, _frame: FrameType | None) -> None:
        if not told.is_set():
            told.set()
            raise KeyboardInterrupt  # so that a start under way is broken off too

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)


def serve(stack: Stack, folder: Path, told: threading.Event) -> None:
    began = time.monotonic()
    print("starting the local servers and the Functions host ...", flush=True)
    with stack:
        children = [start_host(stack)]
        try:
            wait_for_host(children[0], stack)
            print(f"started in {time.monotonic() - began:.1f} s; the logs are in {stack.logs}", flush=True)
            _tell(stack, folder)
            children += witnesses.start(stack, witnesses.listed(folder))
            print(invitation(stack, write_tokens(stack.settings, folder / "tokens")), flush=True)
            _keep_serving(stack, children, told)
        finally:
            for child in reversed(children):
                child.stop()


def start_host(stack: Stack) -> Child:
    """Core Tools' `func` where CONTINUITY_HOST=func asks for it, else local/host.py, serving the same app."""
    port = str(stack.ports.host)
    program = [sys.executable, "-m", "local.host", "--port", port]
    if os.environ.get("CONTINUITY_HOST") == "func":
        func = shutil.which("func")
        if func is None:
            raise StackError("CONTINUITY_HOST=func, and Core Tools' func is not on PATH")
        program = [func, "start", "--port", port]
    command = [sys.executable, "-m", "local.leash", *program]
    host = Child("host", command, environment=stack.environment, log=stack.logs / "host.log")
    stack.adopt("host", host.identity.pid)
    return host


def wait_for_host(host: Child, stack: Stack) -> None:
    nobody = Person(name="nobody", base_url=stack.settings["PUBLIC_BASE_URL"], token="")
    ends = time.monotonic() + HOST_WITHIN
    while not _alive(nobody):
        if host.has_ended():
            raise host.trouble("ended before it was ready")
        if time.monotonic() > ends:
            raise host.trouble(f"did not answer within {HOST_WITHIN:g} s")
        time.sleep(0.05)


def _alive(nobody: Person) -> bool:
    try:
        return nobody.get("/api/health").status == 200  # noqa: PLR2004
    except OSError:
        return False


def _tell(stack: Stack, folder: Path) -> None:
    """The story is a process of its own, because trust must be in the environment before Python starts."""
    environment = stack.environment | {"CONTINUITY_STACK_FOLDER": str(folder)}
    told = subprocess.run([sys.executable, "-m", "local.story"], env=environment, stdin=subprocess.DEVNULL, check=False)
    if told.returncode:
        raise StackError(f"the story ended with code {told.returncode}; the logs are in {stack.logs}")


def write_tokens(settings: Mapping[str, str], folder: Path) -> Mapping[str, Path]:
    """An Authorization header for each of the cast, in a file curl can read, for this user only."""
    folder.mkdir(mode=0o700, exist_ok=True)
    people = cast(settings)
    files = {}
    for role, person in (("officer", people.doe), ("supervisor", people.supervisor), ("auditor", people.auditor)):
        files[role] = folder / role
        with os.fdopen(os.open(files[role], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(f"Authorization: Bearer {person.token}\n")
    return files


def invitation(stack: Stack, tokens: Mapping[str, Path]) -> str:
    base = stack.settings["PUBLIC_BASE_URL"]
    return "\n".join(
        [
            "",
            f"ready: {base}   (Ctrl-C here, or `make stop`, stops everything)",
            "",
            "PC Doe's footage, the newest entries as the auditor reads them, and the keys that receipts verify with:",
            "",
            f"  curl -sS -H @{tokens['officer']} {base}/api/footage",
            f"  curl -sS -H @{tokens['auditor']} '{base}/api/audit/entries?limit=5'",
            f"  curl -sS {base}/api/keys",
            "",
            "The two witnesses look at the ledger again and again; what they tell, and what they cosigned:",
            "",
            f"  tail -f {stack.logs}/witness-one.log",
            f"  curl -sS {base}/api/ledger/checkpoint",
            "",
            "More footage, and another token:",
            "",
            f"  .venv/bin/python -m local.dock --dock peckham-1 --officer {DOE} --synthesise 1 --token-from-stack",
            f"  make token ROLE=officer OFFICER={DOE} BOROUGH={BOROUGH}",
        ]
    )


def _keep_serving(stack: Stack, children: Sequence[Child], told: threading.Event) -> None:
    """Until somebody says that it is enough, which is how it ends when all went well."""
    with suppress(KeyboardInterrupt):
        _watch(stack, children, told)


def _watch(stack: Stack, children: Sequence[Child], told: threading.Event) -> None:
    while not told.wait(timeout=1.0):
        ended = next((child.trouble("has ended") for child in children if child.has_ended()), None)
        trouble = ended or stack.broken()
        if trouble:
            raise trouble


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
