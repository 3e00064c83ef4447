"""A whole run of the weeder on the real wiring, and which of its services that run asked for.

Each service that is asked for is really built, with its SDK and its clients. Only then is what it does done in memory,
so that the run needs no server.
"""

from typing import Any

from shared import wiring
from shared.settings import read_settings
from tests.fakes import MemoryFootage, MemoryRecords


class Watched:
    """The wired services, noting each that is asked for."""

    def __init__(self) -> None:
        self._wired = wiring.Wired(read_settings())
        self._instead = {"records": MemoryRecords(), "footage": MemoryFootage()}
        self.asked: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        self.asked.add(name)
        built = getattr(self._wired, name)
        return self._instead.get(name, built)


class Invocation:
    invocation_id = "run-1"


async def weed_nothing() -> list[str]:
    from function_app import app

    watched = Watched()
    wiring.services = lambda: watched  # type: ignore[assignment] # a process of its own: there is nothing to put back
    (weed,) = [function for function in app.get_functions() if function.get_function_name() == "weed"]
    await weed.get_user_function()(None, Invocation())
    return sorted(watched.asked)
