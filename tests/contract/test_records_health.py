"""Records, for those who run the service: the run of weeding that was started last, and the oldest entry not sealed.

The real store is shared with every other suite, so each scene is set beyond what is there.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.domain.weeding_run import WeedingRun
from shared.ports import Clash, Create, Records
from tests.builders import MICROSECOND, NOW, an_asking, an_entry, fresh_id


def a_run(started_at: datetime, **changes: object) -> WeedingRun:
    run = WeedingRun(
        run=fresh_id(),
        started_at=started_at,
        ended_at=started_at + timedelta(minutes=3),
        weeded=7,
        kept=2,
        failed=1,
        late=True,
    )
    return replace(run, **changes)  # type: ignore[arg-type]


async def keep(records: Records, run: WeedingRun) -> WeedingRun:
    await records.write(run.pk, [Create(run)])
    return run


async def newest(records: Records) -> datetime:
    last = await records.last_weeding()
    return last.started_at if last else NOW


async def test_the_last_run_is_the_one_started_last_whenever_it_ended_or_was_written(records: Records) -> None:
    at = await newest(records) + timedelta(hours=1)
    last = await keep(records, a_run(at))
    await keep(records, a_run(at - MICROSECOND, ended_at=at + timedelta(hours=2)))
    assert await records.last_weeding() == last

    later = await keep(records, a_run(at + MICROSECOND))
    assert await records.last_weeding() == later


async def test_a_run_is_written_once(records: Records) -> None:
    run = await keep(records, a_run(await newest(records) + timedelta(hours=1)))
    with pytest.raises(Clash):
        await keep(records, replace(run, weeded=0))
    assert await records.last_weeding() == run


async def before_all(records: Records) -> datetime:
    return (await records.oldest_pending() or NOW) - timedelta(hours=1)


async def enter(records: Records, at: datetime, *, pending: bool) -> None:
    pk = fresh_id()
    entry, trail = an_entry(pk=pk, asking=an_asking(at=at))
    sealed = replace(entry, pending=False, leaf="v1 leaf")
    await records.write(pk, [Create(entry if pending else sealed), Create(trail)])


async def test_the_oldest_pending_is_when_the_first_that_is_not_sealed_was_made(records: Records) -> None:
    at = await before_all(records)
    await enter(records, at, pending=True)
    assert await records.oldest_pending() == at

    await enter(records, at + MICROSECOND, pending=True)
    assert await records.oldest_pending() == at
    await enter(records, at - MICROSECOND, pending=True)
    assert await records.oldest_pending() == at - MICROSECOND


async def test_a_sealed_entry_is_not_pending_however_old(records: Records) -> None:
    at = await before_all(records)
    await enter(records, at - MICROSECOND, pending=False)
    await enter(records, at, pending=True)
    assert await records.oldest_pending() == at
