"""Runs in a process of its own: `python -m tests.worker.child index|run|loaded|weeding|probing`, and prints JSON.

Microsoft's worker library keeps the app in its modules, so one process can hold one app. What is imported here, at the
top, must not load what `loaded` looks for.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

ROOT = Path(__file__).parents[2]
HEAVY = (
    "azure.core", "azure.cosmos", "azure.storage", "azure.storage.blob", "azure.storage.queue", "azure.identity",
    "azure.eventgrid", "azure.keyvault", "aiohttp", "av", "PIL", "opencensus", "jwt", "cryptography", "numpy",
)  # fmt: skip


async def index() -> Any:
    """Every function by name, with its bindings, as the worker tells the host."""
    from local.hosting.worker import index as indexed

    worker = await indexed(ROOT)
    worker.close()
    return {name: function.bindings for name, function in worker.functions.items()}


async def run() -> Any:
    """One of each kind of trigger, on services in memory that are handed in before the app is loaded."""
    from tests.worker.invoking import invoke_each

    return await invoke_each(ROOT)


async def loaded() -> Any:
    """Which of HEAVY importing the app has loaded."""
    import function_app

    return {"app": type(function_app.app).__name__, "loaded": _loaded()}


async def weeding() -> Any:
    """Which of HEAVY a whole run of weeding has loaded, and which services it asked for."""
    from tests.worker.weeding import weed_nothing

    return {"asked": await weed_nothing(), "loaded": _loaded()}


async def probing() -> Any:
    """Which of HEAVY the means to ask after everybody's health have loaded; nobody is asked."""
    from shared.settings import read_settings
    from shared.wiring import Wired

    probe = Wired(read_settings()).probe
    backlogs, checks = sorted(probe._backlogs), sorted(probe._checks)  # type: ignore[attr-defined]
    return {"backlogs": backlogs, "checks": checks, "loaded": _loaded()}


def _loaded() -> list[str]:
    return sorted(name for name in HEAVY if name in sys.modules)


COMMANDS: Mapping[str, Callable[[], Awaitable[Any]]] = MappingProxyType(
    {"index": index, "run": run, "loaded": loaded, "weeding": weeding, "probing": probing}
)


def main() -> None:
    """The worker's refusal is the one line on stderr that a person would look for."""
    from local.hosting.errors import HostError

    try:
        print(json.dumps(asyncio.run(_answer(COMMANDS[sys.argv[1]]))))  # noqa: T201 - the answer
    except HostError as refused:
        sys.exit(str(refused))


async def _answer(command: Callable[[], Awaitable[Any]]) -> Any:
    return await command()


if __name__ == "__main__":
    main()
