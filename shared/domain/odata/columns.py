"""What an entity set of the feed is made of: columns, their types, and where in a stored document each is found.

C1  A column is read from one place in the document, or worked out from the document. What is worked out cannot be
    filtered by, but for a day of London, which stands for a stretch of the time it is read from.
C2  What can be sorted by has its composite index in infra/cosmos.json and is never null, so that a page can go on
    after the last row of the one before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Document = Mapping[str, Any]
Cell = str | int | bool | None


class Edm(StrEnum):
    """The types of the feed, as OData calls them."""

    STRING = "Edm.String"
    MOMENT = "Edm.DateTimeOffset"
    DATE = "Edm.Date"
    BOOLEAN = "Edm.Boolean"
    NUMBER = "Edm.Int32"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`path`: where its value is; of a day in London (`local_day`), where the time is that it is the day of.

    `made`: how it is worked out. `length` is given where what writes the document keeps to it.
    """

    name: str
    edm: Edm
    about: str
    path: tuple[str, ...] = ()
    nullable: bool = True
    length: int | None = None
    sortable: bool = False
    local_day: bool = False
    made: Callable[[Document], Cell] | None = None

    @property
    def filterable(self) -> bool:
        return self.made is None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitySet:
    """`within`: the constant clause that says which documents are its rows. `key` and `moment` name columns.

    `moment` is the time that rows are in the order of, newest first unless asked otherwise. `borough` names the column
    that an auditor of one borough is confined by; None: the set tells of nobody's borough.
    """

    name: str
    entity: str
    about: str
    within: str
    key: str
    moment: str
    borough: str | None
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)
