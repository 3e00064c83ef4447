"""Search: the clips a caller may see, a page at a time; each page shown is a consultation."""

from collections.abc import Sequence

from shared.domain.entry import Asking, Draft, Operation, question
from shared.domain.footage import Clip
from shared.ports import ClipFilter, Held, Place, Records
from shared.usecases.commit import commit


async def search(
    wanted: ClipFilter, *, after: Place | None, limit: int, asking: Asking, records: Records
) -> tuple[Sequence[Held[Clip]], Place | None]:
    """A page, and where the next one begins (None: there is none). What is shown is entered before it is shown."""
    found = await records.search(wanted, after=after, limit=limit + 1)
    page = found[:limit]
    draft = Draft(
        asking=asking,
        pk=f"actor:{asking.actor.id}",
        action="footage.searched",
        operation=Operation.CONSULTATION,
        subject="footage",
        changes=question(
            officer=wanted.officer,
            camera=wanted.camera,
            incident=wanted.incident,
            category=wanted.category,
            evidential=wanted.evidential,
            state=wanted.state,
            shown=" ".join(held.record.id for held in page),
        ),
    )
    await commit(records, draft)
    last = page[-1].record if len(found) > limit else None
    return page, Place(last.uploaded_at, last.id) if last else None
