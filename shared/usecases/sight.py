"""Sight: note that a dock had an answer, so that the register can say when each was last seen.

A sighting is no state: nothing is decided by it, and one that is lost is made up for by the next call. Grants and clips
say the same for those who look closer (docks.py). That is why it is written by itself, beside no entry: it lies in
the dock's partition while what it tells of lies in the recording's, so that one transaction could not hold both, and a
dock that cannot be noted must still hand its footage over. It is its own document, because a change of the dock's
would spoil the If-Match of whoever is about to disable a stolen one.

S1  At most once a minute for each dock.
S2  It never fails the dock's call, and holds it up for a quarter of a second at most.
"""

import asyncio
import logging
from datetime import timedelta

from shared.domain.entry import Asking
from shared.domain.footage import DockId, Sighting
from shared.ports import Create, Records, Replace

log = logging.getLogger(__name__)
AGAIN_AFTER = timedelta(minutes=1)
PATIENCE_SECONDS = 0.25


async def sight(dock: DockId, *, asking: Asking, records: Records, patience: float = PATIENCE_SECONDS) -> None:
    """Never raises."""
    try:
        async with asyncio.timeout(patience):
            await _sight(Sighting(dock=dock, at=asking.at), records)
    except Exception as fault:  # noqa: BLE001 - rule S2; another call of the dock may have noted it, too
        log.info("sight: dock=%s not noted: %s", dock, type(fault).__name__)


async def _sight(sighting: Sighting, records: Records) -> None:
    held = await records.sighting(sighting.dock)
    if held is None:
        await records.write(sighting.pk, [Create(sighting)])
    elif sighting.at >= held.record.at + AGAIN_AFTER:
        await records.write(sighting.pk, [Replace(sighting, held.version)])
