"""A row of an entity set, from a stored document."""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.domain.document import moment
from shared.domain.odata.columns import Cell, Column, Document, EntitySet
from shared.domain.odata.london import local_day


def row(entities: EntitySet, document: Document, columns: Iterable[Column] | None = None) -> dict[str, Cell]:
    """The columns asked for, in their order, else all. What the document does not have is None."""
    return {column.name: cell(column, document) for column in columns or entities.columns}


def cell(column: Column, document: Document) -> Cell:
    if column.made is not None:
        return column.made(document)
    found: Any = document
    for name in column.path:
        found = found.get(name) if isinstance(found, Mapping) else None
    if column.local_day and found is not None:
        return local_day(moment(found)).isoformat()
    plain: Cell = found
    return plain
