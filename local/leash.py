"""Ends a process when its supervisor goes away.

The supervisor holds the other end of the process's standard input and never writes to it. The kernel closes that end
however the supervisor dies, SIGKILL included, on Linux and on macOS. Our own servers call `hold` when they start; a
program that cannot (Core Tools' `func`) is started as `python -m local.leash PROGRAM ARGUMENTS...`.
"""

import os
import signal
import subprocess
import sys
import threading

STANDARD_INPUT = 0


def hold() -> None:
    """From now on the end of standard input is a SIGTERM to this process."""
    threading.Thread(target=_watch, name="leash", daemon=True).start()


def _watch() -> None:
    # Not sys.stdin: a daemon thread inside its lock stops the interpreter from closing down.
    while os.read(STANDARD_INPUT, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main(command: list[str]) -> int:
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as program:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: program.terminate())
        hold()
        return program.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
