"""ProbeAll keeps the promise of Probe: small awaitables by name, all asked at once, none waited for too long."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from shared.domain.health import Backlog

T = TypeVar("T")
PATIENCE_SECONDS = 3.0
NO_BACKLOGS: Mapping[str, Callable[[], Awaitable[Backlog]]] = {}


class ProbeAll:
    """Each check asks one thing the service rests on for something cheap, each backlog what waits in one place;
    whatever they raise is no answer.
    """

    def __init__(
        self,
        checks: Mapping[str, Callable[[], Awaitable[object]]],
        backlogs: Mapping[str, Callable[[], Awaitable[Backlog]]] = NO_BACKLOGS,
        *,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._checks, self._backlogs, self._patience = checks, backlogs, patience

    async def ready(self) -> Mapping[str, bool]:
        answers = await asyncio.gather(*(self._answer(check) for check in self._checks.values()))
        return {name: answered is not None for name, answered in zip(self._checks, answers, strict=True)}

    async def backlogs(self) -> Mapping[str, Backlog | None]:
        told = await asyncio.gather(*(self._answer(backlog) for backlog in self._backlogs.values()))
        return {name: answered[0] if answered else None for name, answered in zip(self._backlogs, told, strict=True)}

    async def _answer(self, question: Callable[[], Awaitable[T]]) -> tuple[T] | None:
        """The answer alone; None if there was none."""
        try:
            async with asyncio.timeout(self._patience):
                return (await question(),)
        except Exception:  # noqa: BLE001 - any failure at all means that it did not answer
            return None
