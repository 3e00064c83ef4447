"""What MemoryRecords keeps, and how it is written: a transaction whole or not at all, and nothing the store would lose.

It refuses a record that does not come back from its document as it was, a record of another pk, an id the store
cannot address, an empty transaction and one of more than 100 writes.
"""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from shared.domain.document import from_document, to_document
from shared.ports import Clash, Create, Delete, Held, Record, Replace, Write
from tests.fakes.faults import Faults

K = TypeVar("K", bound=Record)
Kept = dict[tuple[str, str], Held[Record]]
MOST_WRITES = 100
UNADDRESSABLE = frozenset("/\\?#\t\r\n")


class MemoryKept:
    def __init__(self, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self._records: Kept = {}
        self._version = 0

    async def write(self, pk: str, writes: Sequence[Write]) -> None:
        async with self.faults.call("records.write"):
            if not 0 < len(writes) <= MOST_WRITES:
                raise ValueError(f"a transaction has 1 to {MOST_WRITES} writes, not {len(writes)}")
            staged = dict(self._records)
            for index, write in enumerate(writes):
                self._stage(staged, pk, index, write)
            self._records = staged

    def everything(self) -> list[Record]:
        """All records as they stand, in no call's account: for a test that checks the whole."""
        return [held.record for held in self._records.values()]

    def put(self, *records: Record) -> None:
        """Set a scene: records as if written long ago, in no call's account."""
        for record in records:
            self._records[_address(record)] = Held(_as_stored(record), self._next_version())

    def _stage(self, staged: Kept, pk: str, index: int, write: Write) -> None:
        address = _address(write.record)
        if address[0] != pk:
            raise ValueError(f"a {write.record.kind} of {address[0]!r} is written in a transaction of {pk!r}")
        found = staged.get(address)
        match write:
            case Create():
                clash = found is not None
            case Replace(version=version) | Delete(version=version):
                clash = found is None or found.version != version
        if clash:
            raise Clash(index)
        if isinstance(write, Delete):
            del staged[address]
        else:
            staged[address] = Held(_as_stored(write.record), self._next_version())

    def _next_version(self) -> str:
        self._version += 1
        return f'"{self._version:08x}"'

    def _read(self, kind: type[K], pk: str, name: str) -> Held[K] | None:
        found = self._records.get((pk, name))
        return Held(found.record, found.version) if found and isinstance(found.record, kind) else None

    def _all(self, kind: type[K]) -> Iterator[Held[K]]:
        for held in self._records.values():
            if isinstance(held.record, kind):
                yield Held(held.record, held.version)


def _address(record: Record) -> tuple[str, str]:
    if not record.id or UNADDRESSABLE & set(record.id):
        raise ValueError(f"the store cannot address a {record.kind} by {record.id!r}")
    return record.pk, record.id


def _as_stored(record: K) -> K:
    """The record as it comes back. What JSON would change is a fault of the test or the verb."""
    back = from_document(type(record), to_document(record))
    if back != record:
        raise ValueError(f"a {record.kind} does not come back from its document as it was")
    return back
