"""Worklists: how much waits for the caller, for all within their reach and, if they manage evidence, for that.

The numbers are of one look after another, not of one moment: what is decided meanwhile may be in one and not in the
next. They are entered as they are shown.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from shared.domain.access import Reach
from shared.domain.entry import Asking, Draft, Operation, question
from shared.domain.footage import OfficerId, State
from shared.domain.worklist import UNMET_AFTER, Worklist
from shared.ports import ClipFilter, Records
from shared.usecases.commit import commit
from shared.usecases.worklist import to_decide


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDecide:
    """How many clips are held, and of these how many are on the lists of rules W6 and W7."""

    held: int
    undecided: int
    expiring: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How much is on the lists of rules W1 to W4. What nobody could deliver lies in no index that could count it."""

    quarantine: int
    mismatch: int
    poison: int
    unmet_grants: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """`mine` is None for a caller who is no officer, `waiting` for one who does not manage evidence."""

    mine: ToDecide | None
    within: ToDecide
    waiting: Waiting | None


async def worklists(*, mine: OfficerId | None, manages: bool, reach: Reach, asking: Asking, records: Records) -> Counts:
    """The counts, entered before they are shown. Who reaches their own clips alone has the same numbers twice."""
    own = await _to_decide(records, reach, mine, now=asking.at) if mine is not None else None
    only_own = own is not None and reach == Reach(officer=mine)
    within = own if own is not None and only_own else await _to_decide(records, reach, None, now=asking.at)
    counts = Counts(mine=own, within=within, waiting=await _waiting(records, asking.at) if manages else None)
    draft = Draft(
        asking=asking,
        pk=f"actor:{asking.actor.id}",
        action="worklist.counted",
        operation=Operation.CONSULTATION,
        subject="worklists",
        changes=question(**dict(_told(asdict(counts)))),
    )
    await commit(records, draft)
    return counts


async def _to_decide(records: Records, reach: Reach, mine: OfficerId | None, *, now: datetime) -> ToDecide:
    undecided = to_decide(Worklist.UNDECIDED, reach=reach, mine=mine, now=now)
    expiring = to_decide(Worklist.EXPIRING, reach=reach, mine=mine, now=now)
    return ToDecide(
        held=await records.count(ClipFilter(reach=reach, mine=mine, state=State.HELD)),
        undecided=await records.count(undecided),
        expiring=await records.count(expiring),
    )


async def _waiting(records: Records, now: datetime) -> Waiting:
    return Waiting(
        quarantine=await records.count_waiting(Worklist.QUARANTINE),
        mismatch=await records.count_waiting(Worklist.MISMATCH),
        poison=await records.count_waiting(Worklist.POISON),
        unmet_grants=await records.count_unmet(now - UNMET_AFTER),
    )


def _told(counts: Mapping[str, Mapping[str, int] | None]) -> Iterator[tuple[str, int]]:
    for whose, numbers in counts.items():
        yield from ((f"{whose}_{what}", number) for what, number in (numbers or {}).items())
