"""Erasures: which lines of the ledger an entry tells to be erased that is to be believed (domain/account.py, A4).

What lies in the records may have been written by anybody who can write there: it is asked for as documents, whatever
they are made of, and nothing that is in one ends the run. Of what tells of an erasure the newest hundred are looked at,
for nothing of the service writes any; a line that only an older one tells of counts as gone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.domain.account import Erasure, Kept, erasure, judged, kept, leaf_said
from shared.domain.export import ERASED
from shared.domain.ledger import Unproven, parsed_leaf_line
from shared.domain.odata.bounds import equal
from shared.domain.odata.columns import Document
from shared.domain.odata.options import newest_first
from shared.domain.odata.sets import AUDIT_ENTRIES
from shared.domain.odata.syntax import All, Value
from shared.domain.tiles import FULL
from shared.ports import Feed, Gone, LedgerFiles, Rows
from shared.usecases.prove import Tiles

MOST = 100
SAME_NUMBER = 10  # entries of one trail that have one number: more than one were written by somebody


@dataclass(slots=True)
class Told:
    """`erased`: id and leaf of what was erased. `untrue`: the ids of what tells of an erasure and is not believed."""

    erased: set[tuple[str, int]] = field(default_factory=set)
    untrue: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasures:
    """Of a ledger of that `size`, up to that moment."""

    feed: Feed
    files: LedgerFiles
    size: int
    until: datetime

    async def told(self) -> Told:
        """One that is whole and still waits to be sealed is neither believed nor held against anybody yet."""
        found = Told()
        for document in await self._entries(("action", ERASED), limit=MOST):
            said = erasure(document)
            if said and document.get("pending") is True:
                continue
            if said and await self._is_true(kept(document), said):
                found.erased.add((said.entry, said.leaf))
            else:
                found.untrue.append(str(document["id"]))
        return found

    async def _is_true(self, telling: Kept, said: Erasure) -> bool:
        try:
            line, committed = await self._line(said.leaf)
            if line != said.entry or not await self._is_accounted_for(telling):
                return False
            following = await self._entries(("trail", said.trail), ("number", said.number + 1), limit=SAME_NUMBER)
            named = [kept(each) for each in following if each.get("previous") == committed]
            return any([await self._is_accounted_for(each) for each in named])
        except (Unproven, Gone):  # of a file that is not what was published, or a leaf that is not there
            return False

    async def _is_accounted_for(self, entry: Kept) -> bool:
        leaf = leaf_said(entry)
        if leaf is None:
            return False
        line, committed = await self._line(leaf)
        return judged(leaf, line, committed, [entry]) is None

    async def _line(self, leaf: int) -> tuple[str, str]:
        if leaf >= self.size:
            raise Unproven("account: the ledger is not so large")
        lines = await Tiles(self.files).lines(leaf // FULL, self.size)
        return parsed_leaf_line(lines[leaf % FULL])

    async def _entries(self, *wanted: tuple[str, Value], limit: int) -> Sequence[Document]:
        """The newest of those in which each of these columns has that value."""
        within = All(tuple(equal(AUDIT_ENTRIES, name, value) for name, value in wanted))
        rows = Rows(entities=AUDIT_ENTRIES, until=self.until, filter=within)
        return await self.feed.page(rows, newest_first(AUDIT_ENTRIES), after=None, skip=0, limit=limit)
