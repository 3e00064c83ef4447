"""What bounds a question whatever its filter says: whose rows it may see, and up to when.

B1  The bounds stand beside the filter as a whole of its own: it is one more condition under an `and`, so that nothing
    in it reaches past it.
B2  A feed is read up to a moment that its first page fixes, two minutes back: entries made by then are all there, for
    a commit takes less and our clocks differ by less, and what comes while the pages are turned is in the next
    reading. What is dated by another's clock than the commit's, a clip by its upload and a run by its beginning, may
    come later into its place, and is then in this reading or in the next.
B3  Days are shown once their counts have settled by that moment (daily_counts.py, rule K3): of one that goes on, two
    pages would say two things.
"""

from datetime import datetime, timedelta

from shared.domain.daily_counts import SETTLES as DAY_SETTLES
from shared.domain.odata.columns import Column, Edm, EntitySet
from shared.domain.odata.london import local_day
from shared.domain.odata.syntax import All, Compared, Comparison, Condition, Moment, Operand, Value

SETTLES = timedelta(minutes=2)


def watermark(now: datetime) -> datetime:
    """Rule B2."""
    return now - SETTLES


def bounded(entities: EntitySet, *, until: datetime, borough: str | None, within: Condition | None) -> Condition:
    """`within` (the caller's filter) and the bounds. Raises KeyError for a borough where the set has none."""
    bounds = [_until(entities, until)]
    if borough is not None:
        bounds.append(equal(entities, entities.borough, borough))
    return All((*bounds, *([within] if within is not None else [])))


def keyed(entities: EntitySet, key: str) -> Condition:
    """That it is the row of that key."""
    return equal(entities, entities.key, key)


def equal(entities: EntitySet, name: str | None, value: Value) -> Condition:
    """That the column of that name has this value. Raises KeyError for a name of none."""
    return Compared(Operand(_column(entities, name)), Comparison.EQ, value)


def _until(entities: EntitySet, until: datetime) -> Condition:
    column = _column(entities, entities.moment)
    if column.edm is Edm.DATE:
        return Compared(Operand(column), Comparison.LT, local_day(until - DAY_SETTLES))
    return Compared(Operand(column), Comparison.LE, Moment(until))


def _column(entities: EntitySet, name: str | None) -> Column:
    found = entities.column(name) if name else None
    if found is None:
        raise KeyError(f"{entities.name} has no column {name}")
    return found
