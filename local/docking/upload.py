"""One recording on its way into its blob, in blocks under fixed ids.

    U1  A block is 8 MiB at most, its id is its number: sent twice it is the same block, and any of them can
        be sent again by whoever goes on.
    U2  At most four blocks of it are in memory and on their way; bandwidth is waited for before one is read.
    U3  Each block carries its MD5, and storage refuses one that was damaged on the way; it is sent again.
    U4  A block that storage acknowledged is noted before the next is taken, and one noted before is not sent.
    U5  A grant that ran out is renewed once for all the blocks; those staged stay staged.
    U6  The commit asks that nothing be there (If-None-Match: *). If something is, the receipt tells whose.

The SDK's own retries are off: they know nothing of the grant, nor of the deadline.
"""

import asyncio
import base64
import hashlib
import io
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
from azure.core import MatchConditions
from azure.core.exceptions import AzureError, HttpResponseError
from azure.core.pipeline.transport import AioHttpTransport
from azure.storage.blob import BlobBlock, ContentSettings
from azure.storage.blob.aio import BlobClient

from local.docking.bandwidth import Bandwidth
from local.docking.door import BUSY, CONFLICT, FAULTS, AlreadyCommitted, Grant, lost_connection
from local.docking.faults import DockFailure, Refused, Unfit, Untrusted
from local.docking.journal import Journal
from local.docking.patience import Patience, Transient, seconds_asked

BLOCK = 8 * 1024 * 1024
MOST_BLOCKS = 50_000
IN_FLIGHT = 4
ONE_TRY = 180.0  # a block that takes longer has stalled
FORBIDDEN = 403
NO_SUCH_BLOCK = "InvalidBlockList"
DAMAGED = {"Md5Mismatch", "InvalidMd5"}
THERE_ALREADY = {"BlobAlreadyExists", "BlobImmutableDueToLegalHold", "BlobImmutableDueToPolicy"}

Call = Callable[[BlobClient], Awaitable[object]]


class GrantOver(Exception):
    """Storage does not accept the grant: most likely its time has run out."""


class BlocksGone(Exception):
    """The commit named a block that storage does not have (any more): they have to be sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What is to be in the blob when it is committed."""

    path: Path
    size: int
    content_type: str
    metadata: Mapping[str, str]

    def __post_init__(self) -> None:
        if self.blocks > MOST_BLOCKS:
            raise Unfit(f"{self.path.name}: {self.size} bytes are more than one blob takes in blocks of {BLOCK}")

    @property
    def blocks(self) -> int:
        return -(-self.size // BLOCK)

    def length(self, number: int) -> int:
        return min(BLOCK, self.size - number * BLOCK)

    def read(self, number: int) -> bytes:
        wanted = self.length(number)
        try:
            with self.path.open("rb") as file:
                file.seek(number * BLOCK)
                block = file.read(wanted)
        except OSError as error:
            raise Unfit(f"{self.path.name}: cannot be read: {error.strerror}") from error
        if len(block) != wanted:
            raise Unfit(f"{self.path.name}: became shorter while it was docked")
        return block


class Upload:
    """Stages and commits one parcel: the blocks the journal does not have; `sent` is told the bytes of each."""

    def __init__(
        self,
        parcel: Parcel,
        grant: Grant,
        *,
        journal: Journal,
        bandwidth: Bandwidth,
        renew: Callable[[], Awaitable[Grant]],
        session: aiohttp.ClientSession,
        patience: Patience,
        told: Callable[[str], None],
        sent: Callable[[int], None],
    ) -> None:
        self._parcel, self._grant, self._renew_grant = parcel, grant, renew
        self._journal, self._bandwidth = journal, bandwidth
        self._session, self._patience, self._told, self._sent = session, patience, told, sent
        self._client = self._open(grant)
        self._renewing = asyncio.Lock()

    async def run(self) -> None:
        """Returns once the blob is committed; AlreadyCommitted when one is there that may well be ours."""
        acknowledged = self._journal.acknowledged
        missing = [number for number in range(self._parcel.blocks) if number not in acknowledged]
        numbers = iter(missing)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(IN_FLIGHT, len(missing))):
                    group.create_task(self._stage_from(numbers))
        except ExceptionGroup as several:
            raise _weightiest(several) from None
        await self._under_grant("commit", self._commit)

    async def _stage_from(self, numbers: Iterator[int]) -> None:
        for number in numbers:  # one iterator for all: each takes the next block when it is free
            await self._bandwidth.take(self._parcel.length(number))
            block = await asyncio.to_thread(self._parcel.read, number)
            await self._stage(number, block)
            await self._journal.acknowledge(number)
            self._sent(len(block))

    async def _stage(self, number: int, block: bytes) -> None:
        tries = 0
        # The SDK would do the same sum on the event loop, where it holds up the other blocks.
        digest = await asyncio.to_thread(_md5, block)

        async def call(client: BlobClient) -> None:
            nonlocal tries
            if tries:
                self._bandwidth.charge(len(block))
            tries += 1
            # a fresh BytesIO each time: aiohttp closes what it has sent, and warns of large plain bytes
            await client.stage_block(
                _block_id(number), io.BytesIO(block), length=len(block), headers={"Content-MD5": digest}
            )

        await self._under_grant(f"block {number + 1} of {self._parcel.blocks}", call)

    async def _commit(self, client: BlobClient) -> None:
        await client.commit_block_list(
            [BlobBlock(block_id=_block_id(number)) for number in range(self._parcel.blocks)],
            content_settings=ContentSettings(content_type=self._parcel.content_type),
            metadata=dict(self._parcel.metadata),
            match_condition=MatchConditions.IfMissing,
        )

    async def _under_grant(self, what: str, call: Call) -> None:
        """Two grants in a row refused for one call is not about time: it is final."""
        for fresh in (False, True):
            used = self._grant
            try:
                await self._patience.until_done(what, lambda: _once(call, self._client), self._told)
                return
            except GrantOver:
                if fresh:
                    raise Refused(f"{what}: storage refuses even a fresh grant", status=FORBIDDEN) from None
                await self._renew(used)

    async def _renew(self, used: Grant) -> None:
        async with self._renewing:
            if self._grant is not used:
                return
            fresh = await self._renew_grant()
            if urlsplit(fresh.url)[:3] != urlsplit(used.url)[:3]:
                raise Untrusted("the fresh grant is for another blob: what is staged would be lost")
            self._grant, self._client = fresh, self._open(fresh)

    def _open(self, grant: Grant) -> BlobClient:
        try:
            transport = AioHttpTransport(session=self._session, session_owner=False)
            return BlobClient.from_blob_url(grant.url, transport=transport, retry_total=0)
        except ValueError:
            raise Untrusted("the grant's URL is not that of a blob") from None


def _block_id(number: int) -> str:
    return f"{number:08d}"  # storage wants all ids of a blob equally long


async def _once(call: Call, client: BlobClient) -> None:
    """One attempt, its outcome in this dock's words. The SDK's text goes no further: it may quote the URL."""
    try:
        async with asyncio.timeout(ONE_TRY):
            await call(client)
    except HttpResponseError as error:
        raise _refusal(error) from None
    except AzureError as error:
        raise lost_connection(error.inner_exception or error) from None
    except (aiohttp.ClientError, TimeoutError) as error:
        raise lost_connection(error) from None


def _refusal(error: HttpResponseError) -> Exception:
    status, code = error.status_code or 0, _code(error)
    if status == CONFLICT and code in THERE_ALREADY:
        return AlreadyCommitted()
    if status == FORBIDDEN:
        return GrantOver()
    if code == NO_SUCH_BLOCK:
        return BlocksGone()
    if status in (0, BUSY) or status >= FAULTS or code in DAMAGED:
        headers = getattr(error.response, "headers", {})
        return Transient(f"storage answered {status} {code}", after=seconds_asked(headers.get("Retry-After")))
    return Refused(f"storage refused ({status} {code})", status=status)


def _code(error: HttpResponseError) -> str:
    """Storage's own word for it; the SDK makes an enum of those it knows."""
    code = getattr(error, "error_code", None)
    return str(getattr(code, "value", code) or "no code")


def _weightiest(several: ExceptionGroup) -> Exception:
    """Blocks fail together; a reason to stop outweighs the news that the blob is there."""
    return next((e for e in several.exceptions if isinstance(e, DockFailure)), several.exceptions[0])


def _md5(block: bytes) -> str:
    """What storage checks the block by on its way; the recording itself is known by its SHA-256."""
    return base64.b64encode(hashlib.md5(block, usedforsecurity=False).digest()).decode("ascii")
