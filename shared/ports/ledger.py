"""Where the published files of the ledger lie: written once each, and never again."""

from typing import Protocol


class Differs(Exception):
    """Another content lies at that path of the ledger. An alarm: two histories were about to be published."""


class LedgerFiles(Protocol):
    async def keep(self, path: str, raw: bytes) -> None:
        """The file lies at `path` once this returns; done already with the same bytes is done. Raises Differs."""

    async def read(self, path: str) -> bytes:
        """The file at `path`, whole. Raises Gone if there is none."""
