"""Everything outside but the record store: bytes, addresses, queues, keys, tokens, numbers."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from shared.domain.footage import Blob, Clip, ClipId
from shared.domain.health import Backlog
from shared.domain.intake import Landed
from shared.domain.media import Inspection
from shared.domain.note import VerifierKey
from shared.domain.reconcile import Folder, Shelved
from shared.domain.transcript_print import Printed
from shared.domain.worklist import DeadLetter
from shared.ports.records import Place


class Gone(Exception):
    """The blob, or that version of it, is not there."""


class Footage(Protocol):
    """The bytes: footage, and the posters and renditions made of it. A `Blob` is read at exactly its version."""

    async def landed(self, path: str) -> Landed | None:
        """The current version at `path`, or None if there is none."""

    async def read(self, blob: Blob, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`, all within the blob, else ValueError. Raises Gone."""

    def stream(self, blob: Blob) -> AsyncIterator[bytes]:
        """All bytes in order, a few megabytes at a time. Raises Gone, also in the middle."""

    async def must_be_erasable(self, clip: ClipId, path: str, *, now: datetime) -> None:
        """Raises HeldByStorage if a hold, policy or lease lies on any version at `path` or on what was made of it."""

    async def erase(self, blob: Blob) -> None:
        """Delete exactly that version; done already is done. Raises HeldByStorage if a hold or policy forbids it."""

    async def erase_other_versions(self, path: str) -> None:
        """Delete whatever else lies at `path`: later and earlier versions. Raises HeldByStorage."""

    async def keep_poster(self, clip: ClipId, jpeg: bytes) -> None:
        """Store the poster of the clip, replacing one of an earlier attempt."""

    async def poster(self, clip: ClipId) -> bytes:
        """The poster of the clip. Raises Gone."""

    async def erase_derived(self, clip: ClipId) -> None:
        """Delete poster and renditions of the clip; done already is done."""

    def shelved(self, prefix: str) -> AsyncIterator[Sequence[Shelved]]:
        """All that lies at paths that begin with `prefix`, earlier versions too, by path; some thousands a page."""

    async def folder(self, path: str) -> Folder:
        """What lies directly in the folder: "" or a path that ends in `/`. Nothing lies in one that is not there."""

    async def rehydrate(self, blob: Blob) -> None:
        """Begin to bring that version back from the archive tier; begun already is begun. Raises Gone."""


class DeadLetters(Protocol):
    """The events that Event Grid gave up delivering."""

    async def letters(self, *, after: Place | None, limit: int) -> Sequence[DeadLetter]:
        """At most `limit` of them, oldest first, then by id. One that cannot be read is there, with what is known."""

    async def waiting(self, *, most: int) -> Backlog:
        """How many there are and since when the oldest; where there are more than `most`, of the first by name."""


class Printer(Protocol):
    """Paper: what is to be read in court, by eye or aloud."""

    async def printed(self, page: Printed) -> bytes:
        """A PDF that says every text of it, in their order, and shows its code. The same again for the same again."""


class Links(Protocol):
    """Addresses that carry a right of their own, for a while (user-delegation SAS, HTTPS only)."""

    async def to_write(self, path: str, *, now: datetime, until: datetime) -> str:
        """Create and write this one blob; neither list, read nor delete, nor reach another path."""

    async def to_read(self, blob: Blob, *, now: datetime, until: datetime, address: str | None) -> str:
        """Read exactly that version; from `address` only, where one is given (an IPv4 address, else ValueError)."""


class Inspector(Protocol):
    async def inspect(self, size: int, read: Callable[[int, int], Awaitable[bytes]]) -> Inspection:
        """What the bytes say. Bad footage is an answer (problems); only a failed read or a lost child raises."""


class FixityQueue(Protocol):
    async def ask(self, clip: ClipId) -> None:
        """Once this returns, the clip's bytes will be read back and hashed at least once."""

    async def waiting(self) -> Backlog:
        """About how many questions there are, and since when the oldest that nobody works on just now lies there."""


class Announcer(Protocol):
    async def footage_indexed(self, clip: Clip, *, now: datetime) -> None:
        """Once this returns, the topic has the event. It may have it more than once."""


class Tokens(Protocol):
    async def claims(self, token: str) -> Mapping[str, Any]:
        """The claims of a token signed by a key of the directory (RS256). Raises Unauthenticated.

        Only the signature is judged here; domain/claims.py judges what is claimed.
        """


class Signer(Protocol):
    @property
    def key(self) -> VerifierKey: ...

    def sign(self, text: bytes) -> bytes:
        """The Ed25519 signature, 64 bytes; the same text has the same signature."""


class Keys(Protocol):
    """The service's own keys, kept in the vault."""

    async def receipt_signer(self) -> Signer: ...

    async def ledger_signer(self) -> Signer: ...

    async def verifiers(self, *, anew: bool = False) -> Sequence[VerifierKey]:
        """Every key that receipts were signed with, the current one first; then those of checkpoints likewise.

        `anew`: as the vault has them now, a key as well that was made a moment ago.
        """

    async def page_key(self) -> bytes:
        """32 bytes with which page tokens are made unforgeable."""


class Probe(Protocol):
    async def ready(self) -> Mapping[str, bool]:
        """Each thing the service rests on, by name, and whether it answered just now. Never raises."""

    async def backlogs(self) -> Mapping[str, Backlog | None]:
        """What waits in each place outside the record store, by name; None if that did not answer. Never raises."""


class Metrics(Protocol):
    """Numbers by the names of shared/metrics.py. Never raises, never waits; what is not declared there is not told."""

    def count(self, name: str, number: int = 1, *, of: str | None = None) -> None:
        """Add to a counter; `of` is the verb or the code it is told apart by, if it is."""

    def measure(self, name: str, seconds: float, *, of: str | None = None) -> None:
        """So long it took, this once."""
