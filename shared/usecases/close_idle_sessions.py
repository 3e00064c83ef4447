"""Close idle sessions: end those whose people went away without logging off.

Each ended when its person was last seen (domain/session.py, rule S4), so that a run that is late, or a day of none,
changes no duration. Each is one transaction with its entry, and several are closed side by side; who is seen at that
moment wins. One bad session does not shelter the rest: it is counted, and the run fails at its end.
"""

import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.entry import Asking
from shared.domain.session import Ended, Session, over_if_last_seen_by
from shared.errors import Stale
from shared.ports import Held, Place, Records
from shared.usecases.side_by_side import in_groups, side_by_side
from shared.usecases.sign_on import end

log = logging.getLogger(__name__)
PAGE = 100


@dataclass(slots=True)
class ClosedReport:
    """What a run did. `late`: the run stopped before its time was over with sessions still to close."""

    closed: int = 0
    kept: int = 0
    failed: int = 0
    late: bool = False


async def close_idle_sessions(
    *,
    asking: Asking,
    now: Callable[[], datetime],
    idle: timedelta,
    records: Records,
    out_of_time: Callable[[], bool],
    at_once: int,
) -> ClosedReport:
    """One run. Who is gone is settled when it begins; each entry is dated by its own `now`."""
    report = ClosedReport()
    async for group in in_groups(_left(records, over_if_last_seen_by(asking.at, idle)), at_once):
        if out_of_time():
            report.late = True
            break
        tries = [_try_one(held, asking=replace(asking, at=now()), records=records) for held in group]
        for closed in await side_by_side(tries):
            report.closed += closed is True
            report.kept += closed is False
            report.failed += closed is None
    return report


async def _left(records: Records, last_seen_by: datetime) -> AsyncIterator[Held[Session]]:
    after: Place | None = None
    while page := await records.open_sessions(last_seen_by, after=after, limit=PAGE):
        for held in page:
            yield held
        last = page[-1].record
        after = Place(last.started_at, last.session)


async def _try_one(held: Held[Session], *, asking: Asking, records: Records) -> bool | None:
    """True if it is closed, False if its person came back, None if it failed."""
    try:
        return await end(held, Ended.IDLE, asking=asking, records=records)
    except Stale:
        return False
    except Exception as fault:  # noqa: BLE001 - the run fails at its end
        kind = type(fault).__name__
        log.error("close_idle_sessions: session=%s failed: %s", held.record.session, kind)  # noqa: TRY400 - no SDK text in logs
        return None
