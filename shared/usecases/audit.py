"""Audit: the entries of everybody, for those who watch the watchers. The asking is entered once, not once a page."""

from collections.abc import Sequence
from dataclasses import fields, replace

from shared.domain.access import Reach
from shared.domain.document import to_document
from shared.domain.entry import Asking, Change, Draft, Entry, Operation
from shared.ports import EntryFilter, Place, Records
from shared.usecases.commit import commit


async def audit(
    asked: EntryFilter, *, after: Place | None, limit: int, reach: Reach, asking: Asking, records: Records
) -> tuple[Sequence[Entry], Place | None]:
    """A page, and where the next begins. A borough's auditor sees that borough whatever they ask (rule A5)."""
    limited = asked if reach.force else replace(asked, borough=reach.borough)
    if after is None:
        await commit(records, _draft(limited, asking))
    found = await records.feed(limited, after=after, limit=limit + 1)
    page = found[:limit]
    last = page[-1] if len(found) > limit else None
    return page, Place(last.occurred_at, last.id) if last else None


def _draft(asked: EntryFilter, asking: Asking) -> Draft:
    given = {f.name: getattr(asked, f.name) for f in fields(asked)}
    return Draft(
        asking=asking,
        pk=f"actor:{asking.actor.id}",
        action="audit.read",
        operation=Operation.CONSULTATION,
        subject="audit",
        borough=asked.borough,
        changes=tuple(
            Change(field=name, before=None, after=str(to_document(value)))
            for name, value in given.items()
            if value is not None
        ),
    )
