"""A million entries wait, as after a long outage of sealing: `python -m bench.backlog`.

The verb is the service's; the record store is in memory and makes each entry when it is asked for, so that what memory
there is, is sealing's own; the files lie in a folder. A run takes so many batches and ends, as its time would end it;
the next goes on. Then verify.py checks the whole ledger. Each row is a process of its own:
  a tenth   100,000 entries, which shows whether the memory is the backlog's or a batch's
  whole     a million
Bars: less than 100 MB, and at most 10 MB more than for a tenth.
"""

import asyncio
import contextlib
import io
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from bench import child
from bench.table import keep, show
from shared.adapters.ed25519 import verifies
from shared.domain.entry import Entry, Trail, numbered
from shared.domain.seal import Sealing
from shared.ports import Differs, Gone, Held, Rows, Write
from shared.usecases.seal import MOST, SealReport, seal
from tests.builders import NOW, a_draft, an_asking
from tests.fakes import MemoryFeed, MemoryKeys, MemoryRecords
from tests.fakes.signing import LEDGER_KEY
from tests.usecases.scenes import by_the_service
from tools.verify import main as verify

SIZES = {"a tenth": 100_000, "whole": 1_000_000}
A_TRAIL, BATCHES_A_RUN, AT_ONCE = 50, 40, 16
MOST_MB, MOST_MORE_MB = 100, 10
AFTER = timedelta(days=1)


def backlog(size: int) -> Iterator[Held[Entry]]:
    """So many entries, oldest first, in trails of some."""
    for number in range(size // A_TRAIL):
        trail: Trail | None = None
        for each in range(A_TRAIL):
            asking = an_asking(request=f"{number} {each}", at=NOW + timedelta(milliseconds=number))
            entry, trail = numbered(a_draft(pk=f"clip-{number}", subject=f"clip-{number}", asking=asking), trail)
            yield Held(entry, "1")


class Waiting(MemoryRecords):
    """A record store of which only what sealing has in hand is in memory; of its batches, the two newest."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._made, self.left, self._in_hand = backlog(size), size, dict[str, Held[Entry]]()

    async def pending(self, before: datetime, *, limit: int) -> Sequence[Held[Entry]]:  # noqa: ARG002 - all did settle
        for held in islice(self._made, limit - len(self._in_hand)):
            self._in_hand[held.record.id] = held
        return list(self._in_hand.values())

    async def pending_of(self, pk: str, ids: Sequence[str]) -> Sequence[Held[Entry]]:  # noqa: ARG002 - ids are enough
        return [self._in_hand[each] for each in ids if each in self._in_hand]

    async def oldest_pending(self) -> datetime | None:
        return NOW if self.left else None

    async def write(self, pk: str, writes: Sequence[Write]) -> None:
        self.faults.calls.clear()
        if not isinstance(writes[0].record, Entry):
            await super().write(pk, writes)
            self._forget_all_batches_but_two()
            return
        for write in writes:
            if self._in_hand.pop(write.record.id, None):
                self.left -= 1

    def _forget_all_batches_but_two(self) -> None:
        batches = [held.record.batch for held in self._all(Sealing) if held.record.part == 0]
        for each in list(self._all(Sealing)):
            if each.record.batch not in batches[-2:]:
                del self._records[each.record.pk, each.record.id]


class WaitingFeed(MemoryFeed):
    def __init__(self, records: Waiting) -> None:
        super().__init__(records)
        self._waiting = records

    async def count(self, asked: Rows) -> int:  # noqa: ARG002 - sealing asks for nothing else
        return self._waiting.left


class Folder:
    """The files of the ledger, on disk, as verify.py takes them."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def keep(self, path: str, raw: bytes) -> None:
        file = self._root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.exists() and file.read_bytes() != raw:
            raise Differs(f"another content lies at {path}")
        file.write_bytes(raw)

    async def read(self, path: str) -> bytes:
        try:
            return (self._root / path).read_bytes()
        except FileNotFoundError:
            raise Gone(f"nothing lies at {path}") from None


async def a_run(records: Waiting, files: Folder, keys: MemoryKeys, number: int) -> SealReport:
    looks = iter(range(BATCHES_A_RUN))
    return await seal(
        asking=by_the_service(at=NOW + AFTER, key=f"run-{number}"),
        now=lambda: NOW + AFTER,
        origin=LEDGER_KEY,
        records=records,
        feed=WaitingFeed(records),
        files=files,
        keys=keys,
        check=verifies,
        out_of_time=lambda: next(looks, None) is None,
        at_once=AT_ONCE,
    )


async def drained(size: int, folder: Path) -> dict[str, object]:
    records, files, keys = Waiting(size), Folder(folder), MemoryKeys()
    began, worked, runs = time.perf_counter(), time.process_time(), list[SealReport]()
    while not runs or runs[-1].late:
        runs.append(await a_run(records, files, keys, len(runs)))
        keys.faults.calls.clear()
    assert (runs[-1].size, runs[-1].pending, records.left) == (size, 0, 0)
    seconds, cpu = time.perf_counter() - began, time.process_time() - worked
    return {
        "entries": size,
        "batches": -(-size // MOST),
        "runs": len(runs),
        "seconds": round(seconds, 1),
        "cpu_s": round(cpu, 1),
        "entries_per_s": round(size / seconds),
        "peak_mb": round(child.kilobytes("VmHWM") / 1024, 1),
        "key": str((await keys.ledger_signer()).key),
    }


def measured(what: str, size: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="continuity-backlog-") as folder:
        told = child.measured("bench.backlog", str(size), folder)
        report = io.StringIO()
        with contextlib.redirect_stdout(report):
            code = verify(["ledger", folder, "--key", told.pop("key")])
        assert code == 0, report.getvalue()
    return {"what": what, **told, "fsck": "verified"}


def main() -> int:
    rows = [measured(what, size) for what, size in SIZES.items()]
    keep("backlog", rows)
    show("a backlog sealed over several runs, each entry made when it is asked for", rows)
    tenth, whole = (float(str(row["peak_mb"])) for row in rows)
    kept = whole < MOST_MB and whole - tenth <= MOST_MORE_MB
    print(f"less than {MOST_MB} MB, at most {MOST_MORE_MB} MB more than a tenth: {'kept' if kept else 'MISSED'}")
    return 0 if kept else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(asyncio.run(drained(int(sys.argv[1]), Path(sys.argv[2])))))
    else:
        sys.exit(main())
