"""Waiting until a server answers: any answer over https counts, and a process that ended first is told with its log."""

import ssl
import time
from http.client import HTTPException, HTTPSConnection
from pathlib import Path

from local.ports import ADDRESS
from local.processes import Child

READY_WITHIN = 60.0
LOOKS_AGAIN_AFTER = 0.05


def wait_until_ready(child: Child, port: int, authority: Path) -> None:
    context = ssl.create_default_context(cafile=str(authority))
    until = time.monotonic() + READY_WITHIN
    while not _answers(port, context):
        if child.has_ended():
            raise child.trouble("ended before it was ready")
        if time.monotonic() > until:
            raise child.trouble(f"did not answer on port {port} within {READY_WITHIN:g} s")
        time.sleep(LOOKS_AGAIN_AFTER)


def _answers(port: int, context: ssl.SSLContext) -> bool:
    connection = HTTPSConnection(ADDRESS, port, timeout=2, context=context)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return True
