"""What MemoryRecords answers to whoever holds the lines of the ledger against it."""

from collections.abc import Sequence

from shared.domain.account import Accounting, Kept, kept
from shared.domain.entry import Entry, stored
from shared.domain.seal import LEDGER
from shared.ports import Held
from tests.fakes.kept import MemoryKept

MOST_IDS = 256


class MemoryLines(MemoryKept):
    async def entries_among(self, ids: Sequence[str]) -> Sequence[Kept]:
        async with self.faults.call("records.entries_among"):
            if len(ids) > MOST_IDS:
                raise ValueError(f"at most {MOST_IDS} entries are asked for at once, not {len(ids)}")
            wanted = set(ids)
            return [kept(stored(held.record)) for held in self._all(Entry) if held.record.id in wanted]

    async def accounting(self) -> Held[Accounting] | None:
        async with self.faults.call("records.accounting"):
            return self._read(Accounting, LEDGER, Accounting.id)
