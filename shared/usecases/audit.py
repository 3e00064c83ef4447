"""Audit: the entries of everybody, for those who watch the watchers. The asking is entered once, not once a page."""

from collections.abc import Sequence
from dataclasses import replace

from shared.domain.access import Reach
from shared.domain.entry import Asking, Draft, Entry, Operation, question
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
    return Draft(
        asking=asking,
        pk=asking.own_trail,
        action="audit.read",
        operation=Operation.CONSULTATION,
        subject="audit",
        borough=asked.borough,
        changes=question(
            borough=asked.borough,
            subject=asked.subject,
            actor=asked.actor,
            action=asked.action,
            since=asked.since,
            until=asked.until,
        ),
    )
