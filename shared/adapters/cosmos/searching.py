"""What a search asks of the clips, a page at a time or counted; and the counts of what waits.

A count asks with the clauses of the list that it counts. It is `VALUE COUNT(1)` and nothing else beside it: all that
the client can add up across partitions.
"""

from datetime import datetime

from shared.adapters.cosmos.queries import (
    AFTER_ASKING,
    AFTER_UPLOAD,
    AFTER_WEEDING,
    APPROVALS,
    BY_ASKING,
    BY_UPLOAD,
    BY_WEEDING,
    CLIPS,
    UNMET,
    WAITING,
    Query,
)
from shared.domain.access import Reach
from shared.domain.approve import Standing
from shared.domain.document import timestamp
from shared.domain.worklist import Worklist
from shared.ports import ClipFilter, Order, Place

COUNT_CLIPS = "SELECT VALUE COUNT(1) FROM c WHERE c.kind = 'clip'"
COUNT_APPROVALS = "SELECT VALUE COUNT(1) FROM c WHERE c.kind = 'approval'"
COUNT_GRANTS = "SELECT VALUE COUNT(1) FROM c WHERE c.kind = 'grant'"
NOT_WEEDED = " AND c.state <> 'weeded'"
OWN_OR_BOROUGH = " AND (c.officer = @own OR c.borough = @within)"
HAS_ITS_TIME = " AND c.state = 'held' AND IS_STRING(c.retention.weedAfter)"
NOTHING_KEEPS_IT = " AND c.state = 'held' AND ARRAY_LENGTH(c.holds) = 0 AND c.decision.evidential <> 'yes'"


def searching(asked: ClipFilter, after: Place | None) -> Query | None:
    """None: there can be nothing for that reach."""
    query = _asked(Query(CLIPS, {}), asked)
    if query is None:
        return None
    match asked.order:
        case Order.NEWEST:
            return query.after(after, AFTER_UPLOAD).where(BY_UPLOAD)
        case Order.SOONEST:
            return query.after(after, AFTER_WEEDING).where(BY_WEEDING)


def approvals(reach: Reach, state: Standing, after: Place | None) -> Query | None:
    """None: there can be nothing for that reach."""
    query = _within(Query(APPROVALS, {}), reach)
    return query.given(state=state).after(after, AFTER_ASKING).where(BY_ASKING) if query else None


def counting_approvals(state: Standing) -> Query:
    return Query(COUNT_APPROVALS, {}).given(state=state)


def counting(asked: ClipFilter) -> Query | None:
    """None: there can be nothing for that reach."""
    return _asked(Query(COUNT_CLIPS, {}), asked)


def counting_waiting(worklist: Worklist) -> Query:
    clause = WAITING[worklist]
    return Query(COUNT_CLIPS, {}).where(clause)


def counting_unmet(before: datetime) -> Query:
    return Query(COUNT_GRANTS, {}).where(UNMET, before=timestamp(before))


def _asked(query: Query, asked: ClipFilter) -> Query | None:
    within = _within(query, asked.reach)
    if within is None:
        return None
    query = _going(within, asked).given(
        mine=asked.mine,
        officer=asked.officer,
        camera=asked.camera,
        dock=asked.dock,
        incident=asked.incident,
        category=asked.category,
        evidential=asked.evidential,
        state=asked.state,
        recorded_since=asked.recorded_since,
        recorded_until=asked.recorded_until,
        uploaded_since=asked.uploaded_since,
        uploaded_until=asked.uploaded_until,
    )
    return query.where(NOT_WEEDED) if asked.state is None else query


def _going(query: Query, asked: ClipFilter) -> Query:
    if asked.order is Order.SOONEST:
        query = query.where(HAS_ITS_TIME)
    if asked.expiring_before is not None:
        query = query.where(NOTHING_KEEPS_IT).given(expiring_before=asked.expiring_before)
    return query


def _within(query: Query, reach: Reach) -> Query | None:
    """All that a caller may see at all; None if there can be nothing."""
    if reach.force:
        return query
    if reach.officer is None and reach.borough is None:
        return None
    if reach.officer is not None and reach.borough is not None:
        return query.where(OWN_OR_BOROUGH, own=reach.officer, within=reach.borough)
    return query.given(own=reach.officer, within=reach.borough)
