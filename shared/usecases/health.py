"""Health: what the service rests on, what waits, and when its own work was last done, for those who run it.

The parts are asked all at once, each within `patience`; then the look is entered, within as much again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from shared.domain.access import Reach
from shared.domain.entry import Asking, Draft, Operation
from shared.domain.footage import State
from shared.domain.health import Backlog, Health, Seen, condemned, overdue, seen
from shared.domain.note import VerifierKey
from shared.ports import ClipFilter, Probe, Records
from shared.usecases.commit import commit

log = logging.getLogger(__name__)
T = TypeVar("T")
STORE = "records"  # the probe's name for the store of records
PATIENCE_SECONDS = 3.0


async def health_details(
    *,
    asking: Asking,
    records: Records,
    probe: Probe,
    witnesses: Sequence[VerifierKey],
    patience: float = PATIENCE_SECONDS,
) -> Health:
    """A store that cannot take the entry of this look is told as not answering: what is shown names no person."""
    parts = _Parts(asking=asking, records=records, probe=probe, witnesses=witnesses, patience=patience)
    told = await parts.told()
    draft = Draft(
        asking=asking,
        pk=asking.own_trail,
        action="health.read",
        operation=Operation.ADMINISTRATION,
        subject="service",
    )
    try:
        async with asyncio.timeout(patience):
            await commit(records, draft)
    except Exception as fault:  # noqa: BLE001 - details of health are wanted most when the store is down
        log.error("health: the look could not be entered: %s", type(fault).__name__)  # noqa: TRY400 - no SDK text in logs
        return told.without(STORE)
    return told


class _Parts:
    """The questions of one look, and which of them had no answer (rule H1)."""

    def __init__(
        self, *, asking: Asking, records: Records, probe: Probe, witnesses: Sequence[VerifierKey], patience: float
    ) -> None:
        self._now, self._records, self._probe, self._patience = asking.at, records, probe, patience
        self._listed = witnesses
        self._silent: set[str] = set()

    async def told(self) -> Health:
        answers, backlogs, kept = await asyncio.gather(self._probe.ready(), self._probe.backlogs(), self._kept())
        silent = self._silent | {name for name, backlog in backlogs.items() if backlog is None}
        return replace(kept, answers=dict(answers), backlogs=dict(backlogs), silent=tuple(sorted(silent)))

    async def _kept(self) -> Health:
        """What the record store has to say."""
        async with asyncio.TaskGroup() as group:
            is_overdue = group.create_task(self._ask("overdue", self._overdue))
            is_condemned = group.create_task(self._ask("condemned", self._condemned))
            pending = group.create_task(self._ask("pending_entries", self._pending))
            last_weeding = group.create_task(self._ask("last_weeding", self._records.last_weeding))
            last_round = group.create_task(self._ask("last_round", self._records.last_round))
            last_seal = group.create_task(self._ask("last_seal", self._last_seal))
            witnesses = group.create_task(self._ask("witnesses", self._witnesses))
        return Health(
            answers={},
            backlogs={},
            overdue=is_overdue.result(),
            condemned=is_condemned.result(),
            pending_entries=pending.result(),
            last_weeding=last_weeding.result(),
            last_round=last_round.result(),
            last_seal=last_seal.result(),
            witnesses=witnesses.result(),
        )

    async def _ask(self, name: str, question: Callable[[], Awaitable[T]]) -> T | None:
        try:
            async with asyncio.timeout(self._patience):
                return await question()
        except Exception as fault:  # noqa: BLE001 - any failure at all means that it did not answer
            log.warning("health: %s did not answer: %s", name, type(fault).__name__)
            self._silent.add(name)
            return None

    async def _overdue(self) -> Backlog:
        return overdue(await self._records.due(self._now, after=None, limit=1))

    async def _condemned(self) -> Backlog:
        begun = ClipFilter(reach=Reach(force=True), state=State.CONDEMNED)
        count, first = await asyncio.gather(self._records.count(begun), self._records.condemned(limit=1))
        return condemned(count, first)

    async def _pending(self) -> Backlog:
        return Backlog(oldest=await self._records.oldest_pending())

    async def _last_seal(self) -> datetime | None:
        head = await self._records.ledger_head()
        return head.record.sealed_at if head else None

    async def _witnesses(self) -> tuple[Seen, ...]:
        known = await asyncio.gather(*(self._records.witnessed(key.id.hex()) for key in self._listed))
        return tuple(seen(key, held.record if held else None) for key, held in zip(self._listed, known, strict=True))
