"""Worklists: how much waits for the caller, for all within their reach and, if they manage evidence, for that.

They are counted side by side, and not of one moment: what is decided meanwhile may be in one and not in the next. They
are entered as they are shown.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from shared.domain.access import Reach
from shared.domain.approve import Standing
from shared.domain.entry import Asking, Draft, Operation, question
from shared.domain.footage import OfficerId, State
from shared.domain.worklist import UNMET_AFTER, Worklist
from shared.ports import ClipFilter, Records
from shared.usecases.commit import commit
from shared.usecases.worklist import to_decide


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDecide:
    """How many clips are on the lists of rules W6 and W7."""

    undecided: int
    expiring: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine(ToDecide):
    """And how many of the caller's own are held at all: of everybody's that would be the dearest count, for nobody."""

    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How much is on the lists of rules W1 to W4, and how many approvals are open.

    What nobody could deliver lies in no index that could count it.
    """

    quarantine: int
    mismatch: int
    poison: int
    unmet_grants: int
    approvals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """`mine` is None for a caller who is no officer, `waiting` for one who does not manage evidence."""

    mine: Mine | None
    within: ToDecide
    waiting: Waiting | None


async def worklists(*, mine: OfficerId | None, manages: bool, reach: Reach, asking: Asking, records: Records) -> Counts:
    """The counts, entered before they are shown. Who reaches their own clips alone has the same numbers twice."""
    (own, within), waiting = await asyncio.gather(
        _clips(records, reach, mine, now=asking.at), _waiting(records, manages=manages, now=asking.at)
    )
    counts = Counts(mine=own, within=within, waiting=waiting)
    draft = Draft(
        asking=asking,
        pk=asking.own_trail,
        action="worklist.counted",
        operation=Operation.CONSULTATION,
        subject="worklists",
        changes=question(**dict(_told(asdict(counts)))),
    )
    await commit(records, draft)
    return counts


async def _clips(
    records: Records, reach: Reach, mine: OfficerId | None, *, now: datetime
) -> tuple[Mine | None, ToDecide]:
    if mine is None:
        return None, await _to_decide(records, reach, None, now=now)
    if reach == Reach(officer=mine):
        own = await _mine(records, reach, mine, now=now)
        return own, ToDecide(undecided=own.undecided, expiring=own.expiring)
    return await asyncio.gather(
        _mine(records, reach, mine, now=now),
        _to_decide(records, reach, None, now=now),
    )


async def _mine(records: Records, reach: Reach, mine: OfficerId, *, now: datetime) -> Mine:
    held, own = await asyncio.gather(
        records.count(ClipFilter(reach=reach, mine=mine, state=State.HELD)),
        _to_decide(records, reach, mine, now=now),
    )
    return Mine(held=held, undecided=own.undecided, expiring=own.expiring)


async def _to_decide(records: Records, reach: Reach, mine: OfficerId | None, *, now: datetime) -> ToDecide:
    undecided, expiring = await asyncio.gather(
        records.count(to_decide(Worklist.UNDECIDED, reach=reach, mine=mine, now=now)),
        records.count(to_decide(Worklist.EXPIRING, reach=reach, mine=mine, now=now)),
    )
    return ToDecide(undecided=undecided, expiring=expiring)


async def _waiting(records: Records, *, manages: bool, now: datetime) -> Waiting | None:
    if not manages:
        return None
    quarantine, mismatch, poison, unmet, approvals = await asyncio.gather(
        records.count_waiting(Worklist.QUARANTINE),
        records.count_waiting(Worklist.MISMATCH),
        records.count_waiting(Worklist.POISON),
        records.count_unmet(now - UNMET_AFTER),
        records.count_approvals(Standing.OPEN),
    )
    return Waiting(quarantine=quarantine, mismatch=mismatch, poison=poison, unmet_grants=unmet, approvals=approvals)


def _told(counts: Mapping[str, Mapping[str, int] | None]) -> Iterator[tuple[str, int]]:
    for whose, numbers in counts.items():
        yield from ((f"{whose}_{what}", number) for what, number in (numbers or {}).items())
