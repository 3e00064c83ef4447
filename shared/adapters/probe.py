"""ProbeAll keeps the promise of Probe: small awaitables by name, all asked at once, none waited for too long."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

PATIENCE_SECONDS = 3.0


class ProbeAll:
    """Each check asks one thing the service rests on for something cheap; whatever it raises is no answer."""

    def __init__(
        self, checks: Mapping[str, Callable[[], Awaitable[object]]], *, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._checks, self._patience = checks, patience

    async def ready(self) -> Mapping[str, bool]:
        answers = await asyncio.gather(*(self._answers(check) for check in self._checks.values()))
        return dict(zip(self._checks, answers, strict=True))

    async def _answers(self, check: Callable[[], Awaitable[object]]) -> bool:
        try:
            async with asyncio.timeout(self._patience):
                await check()
        except Exception:  # noqa: BLE001 - any failure at all means that it did not answer
            return False
        return True
