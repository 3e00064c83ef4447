"""`make stack` and `make stop`: `python -m local.stack [stop] [--folder FOLDER] [--settings FILE]`.

`make stack` starts everything but the Functions host, writes local.settings.json for Core Tools, says how to start the
host in another window, and waits for Ctrl-C. `make stop` ends what `run.json` names: host, story, servers.
"""

import argparse
import os
import shlex
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import FrameType

from local import certificates, local_settings
from local.errors import StackError
from local.ports import Ports
from local.processes import Run
from local.stack import FOLDER, ROOT, Stack

INTERRUPTED = 130


def main(arguments: list[str]) -> int:
    options = _parse(arguments)
    try:
        if options.action == "stop":
            stop(options.folder)
        else:
            serve(Stack(options.folder, Ports.from_environment(os.environ)), options.settings)
    except StackError as trouble:
        print(f"error: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.stack", description="The local servers.")
    parser.add_argument("action", nargs="?", choices=["start", "stop"], default="start")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the run lives")
    parser.add_argument("--settings", type=Path, default=ROOT / "local.settings.json", help="for Core Tools")
    return parser.parse_args(arguments)


def serve(stack: Stack, settings_file: Path) -> None:
    told = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        if not told.is_set():
            told.set()
            raise KeyboardInterrupt  # so that a start under way is broken off too

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    local_settings.check(settings_file)
    print("starting the local servers ...", flush=True)
    with stack:
        local_settings.write(settings_file, stack.settings, stack.ports.host)
        ours, target = Path(stack.settings["SSL_CERT_FILE"]), stack.run_file.parent / "trust.pem"
        bundle = certificates.joined(certificates.of_machine(), ours, target)
        print(instructions(stack, bundle), flush=True)
        with suppress(KeyboardInterrupt):
            _wait(stack, told)
        print("stopping ...", flush=True)


def _wait(stack: Stack, told: threading.Event) -> None:
    while not told.wait(timeout=1.0):
        trouble = stack.broken()
        if trouble:
            raise trouble


def stop(folder: Path) -> None:
    file = folder / "run.json"
    run = Run.read(file)
    if run is None or not run.is_running():
        print("no local stack is running")
    else:
        run.stop()
        print("the local stack is stopped")
    file.unlink(missing_ok=True)


def instructions(stack: Stack, bundle: Path) -> str:
    settings, port = stack.settings, stack.ports.host
    accounts = ("FOOTAGE_ACCOUNT_URL", "LEDGER_ACCOUNT_URL", "QUEUE_ACCOUNT_URL", "COSMOS_ENDPOINT")
    shown = (*accounts, "KEY_VAULT_URL", "EVENTS_TOPIC_URL", "TOKEN_ISSUERS")
    # Core Tools itself goes to the internet for its extensions; the application it starts gets our authority alone.
    trust = {"SSL_CERT_FILE": str(bundle), "NO_PROXY": settings["NO_PROXY"], "no_proxy": settings["no_proxy"]}
    exports = " ".join(f"{name}={shlex.quote(value)}" for name, value in trust.items())
    return "\n".join(
        [
            *(f"  {name:<20} {settings[name]}" for name in shown),
            "",
            "The servers are ready. Start the host in another window:",
            "",
            f"  {exports} func start --port {port}",
            "",
            "A token:  make token ROLE=officer        Stop:  Ctrl-C here, or make stop",
        ]
    )
