"""The feed's rows: the stored documents of one entity set, as they may be shown to somebody and up to a moment.

Documents are handed on as they are stored, so that a row does not hang on what this release makes of a record; those
of a kind that no set names are nobody's rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.domain.odata.columns import Document, EntitySet
from shared.domain.odata.options import Order
from shared.domain.odata.syntax import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Which rows of a set: those of `until` and before, of `borough` alone if one is named, that the filter keeps.

    Neither `until` nor `borough` is the caller's to say, and no filter gets round them. Of a set in the order of days,
    a row is of `until` and before if its day in London had been over for an hour. KeyError for a borough where a set
    has none.
    """

    entities: EntitySet
    until: datetime
    borough: str | None = None
    filter: Condition | None = None


@dataclass(frozen=True, slots=True)
class Last:
    """Where a page ended: what its last row has in the column of its order, and its key."""

    value: str
    key: str


class Feed(Protocol):
    async def page(self, asked: Rows, order: Order, *, after: Last | None, skip: int, limit: int) -> Sequence[Document]:
        """At most `limit` rows in that order, beginning strictly after `after` and leaving out `skip` more."""

    async def count(self, asked: Rows) -> int:
        """How many rows there are in all its pages."""

    async def one(self, asked: Rows, key: str) -> Document | None:
        """The row of that key."""
