"""Search: the clips a caller may see, a page at a time; each page shown is a consultation."""

from collections.abc import Sequence
from dataclasses import fields

from shared.domain.entry import Asking, Change, Draft, Operation, question
from shared.domain.footage import Clip
from shared.ports import ClipFilter, Held, Place, Records, place_in
from shared.usecases.commit import commit


async def search(
    wanted: ClipFilter, *, after: Place | None, limit: int, asking: Asking, records: Records
) -> tuple[Sequence[Held[Clip]], Place | None]:
    """A page, and where the next one begins (None: there is none). What is shown is entered before it is shown."""
    found = await records.search(wanted, after=after, limit=limit + 1)
    page = found[:limit]
    draft = Draft(
        asking=asking,
        pk=asking.own_trail,
        action="footage.searched",
        operation=Operation.CONSULTATION,
        subject="footage",
        changes=_told(wanted, page),
    )
    await commit(records, draft)
    return page, place_in(wanted.order, page[-1].record) if len(found) > limit else None


def _told(wanted: ClipFilter, page: Sequence[Held[Clip]]) -> tuple[Change, ...]:
    """All of the filter, whatever it comes to hold, and what is shown. The reach is nobody's to ask for."""
    asked = {field.name: getattr(wanted, field.name) for field in fields(wanted) if field.name != "reach"}
    return question(**asked, shown=" ".join(held.record.id for held in page))
