"""Feed: what auditors ask of an entity set, for tools that make tables and pictures of it (OData).

F1  A question is entered once, on the asker's own trail, before its first page is shown; the pages after it are the
    same question. A number and a single row are questions of their own.
F2  An auditor of one borough sees that borough whatever they ask (access rule A5). What tells of no borough's is the
    whole force's, and refused them: to show it empty would tell them that nothing was done.
F3  All pages of a question show what was there at one moment (domain/odata/bounds.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.domain.access import Reach
from shared.domain.entry import Asking, Change, Draft, Operation
from shared.domain.odata.bounds import watermark
from shared.domain.odata.columns import Document, EntitySet
from shared.domain.odata.options import Options
from shared.domain.odata.rows import cell
from shared.domain.odata.syntax import Condition
from shared.domain.odata.told import told, told_number, told_row
from shared.errors import NotAllowed, NotFound
from shared.ports import Feed, Last, Records, Rows
from shared.usecases.commit import commit


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """Where a question goes on: up to what moment it is read, after which row, and how many rows are `left` of $top.

    `count` is what the first page said, so that every page says the same.
    """

    until: datetime
    after: Last
    left: int | None
    count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`onward`: where the next page begins; None: there is none."""

    documents: Sequence[Document]
    count: int | None
    onward: Onward | None


async def query(
    entities: EntitySet,
    options: Options,
    *,
    onward: Onward | None,
    size: int,
    reach: Reach,
    asking: Asking,
    records: Records,
    feed: Feed,
) -> Page:
    """A page of at most `size` rows. Raises NotAllowed (rule F2)."""
    until = onward.until if onward else watermark(asking.at)
    rows = _rows(entities, options.filter, until=until, reach=reach)
    if onward is None:
        await commit(records, _draft(told(entities, options), rows, asking))
    left = onward.left if onward else options.top
    limit = size if left is None else min(size, left)
    further = left is None or left > limit
    found = await _found(rows, options, onward, limit=limit + further, feed=feed) if limit else []
    page = found[:limit]
    count = onward.count if onward else await feed.count(rows) if options.count else None
    going_on = Onward(
        until=until,
        after=_last(page[-1], options),
        left=None if left is None else left - limit,
        count=count,
    ) if len(found) > limit else None  # fmt: skip
    return Page(documents=page, count=count, onward=going_on)


async def count(
    entities: EntitySet, options: Options, *, reach: Reach, asking: Asking, records: Records, feed: Feed
) -> int:
    """How many rows the filter keeps. Raises NotAllowed (rule F2)."""
    rows = _rows(entities, options.filter, until=watermark(asking.at), reach=reach)
    await commit(records, _draft(told_number(entities, options), rows, asking))
    return await feed.count(rows)


async def look_up(
    entities: EntitySet, key: str, *, reach: Reach, asking: Asking, records: Records, feed: Feed
) -> Document:
    """The row of that key. Raises NotFound if there is none within reach, NotAllowed (rule F2)."""
    rows = _rows(entities, None, until=watermark(asking.at), reach=reach)
    found = await feed.one(rows, key)
    if found is None:
        raise NotFound("there is no such row")
    await commit(records, _draft(told_row(entities, key), rows, asking))
    return found


def _rows(entities: EntitySet, asked: Condition | None, *, until: datetime, reach: Reach) -> Rows:
    if reach.force:
        return Rows(entities=entities, until=until, filter=asked)
    if reach.borough is None or entities.borough is None:
        raise NotAllowed(f"{entities.name} tells of the whole force, and you are one borough's auditor")
    return Rows(entities=entities, until=until, borough=reach.borough, filter=asked)


async def _found(rows: Rows, options: Options, onward: Onward | None, *, limit: int, feed: Feed) -> Sequence[Document]:
    after, skip = (onward.after, 0) if onward else (None, options.skip)
    return await feed.page(rows, options.order, after=after, skip=skip, limit=limit)


def _last(document: Document, options: Options) -> Last:
    by, key = cell(options.order.column, document), cell(options.order.key, document)
    return Last(str(by), str(key))


def _draft(asked: tuple[Change, ...], rows: Rows, asking: Asking) -> Draft:
    return Draft(
        asking=asking,
        pk=asking.own_trail,
        action="feed.queried",
        operation=Operation.CONSULTATION,
        subject="feed",
        borough=rows.borough,
        changes=asked,
    )
