"""MemoryLedger keeps the promises of LedgerFiles: each path is written once."""

from pathlib import Path

from shared.ports import Differs, Gone
from tests.fakes.faults import Faults


class MemoryLedger:
    """`files` is what lies there, for a test to look at and to tamper with."""

    def __init__(self, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self.files: dict[str, bytes] = {}

    async def keep(self, path: str, raw: bytes) -> None:
        async with self.faults.call("ledger.keep"):
            if self.files.setdefault(path, raw) != raw:
                raise Differs(f"another content lies at {path}")

    async def read(self, path: str) -> bytes:
        async with self.faults.call("ledger.read"):
            found = self.files.get(path)
        if found is None:  # an answer too, which may be lost on its way as any may
            raise Gone(f"nothing lies at {path}")
        return found

    def laid_in(self, folder: Path) -> Path:
        """The same files in a folder, as somebody outside is handed them."""
        for path, raw in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(raw)
        return folder
