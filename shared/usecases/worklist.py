"""Worklist: what waits for a decision, a page at a time; each page shown is a consultation."""

from collections.abc import Sequence
from datetime import datetime

from shared.domain.access import Reach
from shared.domain.entry import Asking, Draft, Operation, question
from shared.domain.footage import Clip, Evidential, Grant, OfficerId, State
from shared.domain.worklist import EXPIRING_WITHIN, TO_DECIDE, UNMET_AFTER, DeadLetter, Worklist
from shared.ports import ClipFilter, DeadLetters, Held, Order, Place, Records, place_in
from shared.usecases.commit import commit

Row = Held[Clip] | Grant | DeadLetter


async def worklist(
    name: Worklist,
    *,
    after: Place | None,
    limit: int,
    reach: Reach,
    mine: OfficerId | None,
    asking: Asking,
    records: Records,
    dead_letters: DeadLetters,
) -> tuple[Sequence[Row], Place | None]:
    """A page, and where the next one begins (None: there is none). Entered before it is shown.

    `reach` and `mine` narrow the lists of clips to decide on; the others are whole, for those who may have them.
    """
    found: Sequence[Row]
    match name:
        case Worklist.DEAD_LETTERS:
            found = await dead_letters.letters(after=after, limit=limit + 1)
        case Worklist.UNMET_GRANTS:
            found = await records.unmet(asking.at - UNMET_AFTER, after=after, limit=limit + 1)
        case Worklist.QUARANTINE | Worklist.MISMATCH | Worklist.POISON:
            found = await records.waiting(name, after=after, limit=limit + 1)
        case Worklist.UNDECIDED | Worklist.EXPIRING:
            asked = to_decide(name, reach=reach, mine=mine, now=asking.at)
            found = await records.search(asked, after=after, limit=limit + 1)
    page = found[:limit]
    await commit(records, _draft(name, page, mine, asking))
    return page, place_of(name, page[-1]) if len(found) > limit else None


def to_decide(name: Worklist, *, reach: Reach, mine: OfficerId | None, now: datetime) -> ClipFilter:
    """Rules W6 and W7, as a question to the records."""
    return ClipFilter(
        reach=reach,
        mine=mine,
        state=State.HELD,
        evidential=Evidential.UNDECIDED,
        expiring_before=now + EXPIRING_WITHIN if name is Worklist.EXPIRING else None,
        order=Order.SOONEST,
    )


def place_of(name: Worklist, row: Row) -> Place:
    """Where the row stands in that list."""
    match row:
        case Held(record=clip):
            return place_in(Order.SOONEST, clip) if name in TO_DECIDE else Place(clip.uploaded_at, clip.id)
        case Grant():
            return Place(row.granted_at, row.recording)
        case DeadLetter():
            return Place(row.at, row.id)


def _draft(name: Worklist, page: Sequence[Row], mine: OfficerId | None, asking: Asking) -> Draft:
    shown = " ".join(place_of(name, row).id for row in page)
    return Draft(
        asking=asking,
        pk=asking.own_trail,
        action="worklist.read",
        operation=Operation.CONSULTATION,
        subject=name,
        changes=question(mine=mine, shown=shown),
    )
