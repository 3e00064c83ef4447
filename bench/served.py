"""A local stack for one measurement, in a temporary folder: with or without the Functions host before it.

What is measured runs in a child process that has the stack's environment from its first line on: trust in the local
servers must be there before Python starts.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import child
from local.run import start_host, wait_for_host
from local.stack import Stack


@contextmanager
def servers() -> Iterator[Stack]:
    """Azurite, Cosmos, cloud and Event Grid. Events go nowhere: no host answers the handshake."""
    with tempfile.TemporaryDirectory(prefix="continuity-bench-") as name, Stack(Path(name)) as stack:
        yield stack


@contextmanager
def served() -> Iterator[Stack]:
    """The servers, and the host with the app before them."""
    with servers() as stack:
        host = start_host(stack)
        try:
            wait_for_host(host, stack)
            yield stack
        finally:
            host.stop()


def measured(module: str, *words: str, stack: Stack) -> Any:
    """What `python -m MODULE WORDS` prints as JSON on its last line, run beside the stack."""
    return child.measured(module, *words, environment=stack.environment)
