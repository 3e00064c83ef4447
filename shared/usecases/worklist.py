"""Worklist: what waits for an evidence manager, a page at a time; each page shown is a consultation."""

from collections.abc import Sequence

from shared.domain.entry import Asking, Draft, Operation, question
from shared.domain.footage import Clip, Grant
from shared.domain.worklist import UNMET_AFTER, DeadLetter, Worklist
from shared.ports import DeadLetters, Held, Place, Records
from shared.usecases.commit import commit

Row = Held[Clip] | Grant | DeadLetter


async def worklist(
    name: Worklist,
    *,
    after: Place | None,
    limit: int,
    asking: Asking,
    records: Records,
    dead_letters: DeadLetters,
) -> tuple[Sequence[Row], Place | None]:
    """A page, the oldest first, and where the next begins (None: there is none). Entered before it is shown."""
    found: Sequence[Row]
    match name:
        case Worklist.DEAD_LETTERS:
            found = await dead_letters.letters(after=after, limit=limit + 1)
        case Worklist.UNMET_GRANTS:
            found = await records.unmet(asking.at - UNMET_AFTER, after=after, limit=limit + 1)
        case Worklist.QUARANTINE | Worklist.MISMATCH | Worklist.POISON:
            found = await records.waiting(name, after=after, limit=limit + 1)
    page = found[:limit]
    shown = " ".join(place_of(row).id for row in page)
    draft = Draft(
        asking=asking,
        pk=f"actor:{asking.actor.id}",
        action="worklist.read",
        operation=Operation.CONSULTATION,
        subject=name,
        changes=question(shown=shown),
    )
    await commit(records, draft)
    return page, place_of(page[-1]) if len(found) > limit else None


def place_of(row: Row) -> Place:
    """Where the row stands in its list."""
    match row:
        case Held(record=clip):
            return Place(clip.uploaded_at, clip.id)
        case Grant():
            return Place(row.granted_at, row.recording)
        case DeadLetter():
            return Place(row.at, row.id)
