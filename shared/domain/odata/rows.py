"""Rows of an entity set, from stored documents.

A page has thousands of rows of some thirty columns each: how a column is read is worked out once for all of them.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache

from shared.domain.document import moment
from shared.domain.odata.columns import Cell, Column, Document, EntitySet
from shared.domain.odata.london import local_day

Read = Callable[[Document], Cell]
TO_THE_HOUR = len("2026-11-25T20")


def rows(
    entities: EntitySet, documents: Iterable[Document], columns: Iterable[Column] | None = None
) -> list[dict[str, Cell]]:
    """A row each: the columns asked for, in their order, else all. What a document does not have is None."""
    reads = [(column.name, _reading(column)) for column in columns or entities.columns]
    return [{name: read(document) for name, read in reads} for document in documents]


def row(entities: EntitySet, document: Document, columns: Iterable[Column] | None = None) -> dict[str, Cell]:
    return rows(entities, (document,), columns)[0]


def cell(column: Column, document: Document) -> Cell:
    return _reading(column)(document)


def _reading(column: Column) -> Read:
    if column.made is not None:
        return column.made
    match column.path:
        case (name,) if column.local_day:
            return lambda document: _day(document.get(name))
        case (name,):
            return lambda document: document.get(name)
        case (outer, name):
            return lambda document: found.get(name) if isinstance(found := document.get(outer), dict) else None
    raise ValueError(f"{column.name} lies deeper in a document than rows are read from")


def _day(at: str | None) -> str | None:
    return None if at is None else _day_of_hour(at[:TO_THE_HOUR])


@lru_cache(maxsize=4096)
def _day_of_hour(at: str) -> str:
    """Days in London begin at whole hours of UTC, and rows that stand together are mostly of the same one."""
    return local_day(moment(f"{at}:00:00.000000Z")).isoformat()
