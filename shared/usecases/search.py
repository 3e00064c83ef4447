"""Search: the clips a caller may see, a page at a time; each page shown is a consultation."""

from collections.abc import Sequence
from dataclasses import fields

from shared.domain.document import to_document
from shared.domain.entry import Asking, Change, Draft, Operation
from shared.domain.footage import Clip
from shared.ports import ClipFilter, Held, Place, Records
from shared.usecases.commit import commit


async def search(
    asked: ClipFilter, *, after: Place | None, limit: int, asking: Asking, records: Records
) -> tuple[Sequence[Held[Clip]], Place | None]:
    """A page, and where the next one begins (None: there is none). What is shown is entered before it is shown."""
    found = await records.search(asked, after=after, limit=limit + 1)
    page = found[:limit]
    draft = Draft(
        asking=asking,
        pk=f"actor:{asking.actor.id}",
        action="footage.searched",
        operation=Operation.CONSULTATION,
        subject="footage",
        changes=(*_asked(asked), Change(field="shown", before=None, after=" ".join(h.record.id for h in page))),
    )
    await commit(records, draft)
    last = page[-1].record if len(found) > limit else None
    return page, Place(last.uploaded_at, last.id) if last else None


def _asked(asked: ClipFilter) -> Sequence[Change]:
    given = {f.name: getattr(asked, f.name) for f in fields(asked) if f.name != "reach"}
    return [Change(field=name, before=None, after=str(to_document(v))) for name, v in given.items() if v is not None]
