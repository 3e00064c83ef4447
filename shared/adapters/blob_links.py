"""BlobLinks keeps the promises of Links with user-delegation SAS: signed with a key that the service's identity got.

L1  A link names one blob; https only; `cw` to write, `r` to read, and then exactly the pinned version.
L2  The key is asked for at most once an hour, and no link outlives the key it was signed with.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from urllib.parse import quote

from azure.storage.blob import UserDelegationKey, generate_blob_sas
from azure.storage.blob.aio import BlobClient, BlobServiceClient

from shared.domain.footage import Blob
from shared.domain.naming import CONTAINER

RENEWED_AFTER = timedelta(hours=1)
KEY_LASTS = timedelta(hours=6)
CLOCK_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Key:
    signs: UserDelegationKey
    got: datetime
    ends: datetime

    def serves(self, now: datetime, until: datetime) -> bool:
        return now < self.got + RENEWED_AFTER and until <= self.ends


class BlobLinks:
    def __init__(self, service: BlobServiceClient) -> None:
        self._service = service
        self._key: _Key | None = None
        self._asking = asyncio.Lock()

    async def to_write(self, path: str, *, now: datetime, until: datetime) -> str:
        client = self._service.get_blob_client(CONTAINER, path)
        return await self._signed(client, "cw", now=now, until=until)

    async def to_read(self, blob: Blob, *, now: datetime, until: datetime, address: str | None) -> str:
        if address is not None:
            IPv4Address(address)  # a SAS cannot be bound to any other, and an unbound one would break the promise
        client = self._service.get_blob_client(CONTAINER, blob.path, version_id=blob.version)
        return await self._signed(client, "r", now=now, until=until, version=blob.version, address=address)

    async def ready(self, *, now: datetime) -> None:
        """Raises if there is no key to sign links with and none is to be had."""
        await self._signing_key(now, now)

    async def _signed(
        self,
        client: BlobClient,
        permission: str,
        *,
        now: datetime,
        until: datetime,
        version: str | None = None,
        address: str | None = None,
    ) -> str:
        if until <= now:
            raise ValueError("a link must end after it begins")
        signature = generate_blob_sas(
            account_name=str(client.account_name),
            container_name=client.container_name,
            blob_name=client.blob_name,
            user_delegation_key=await self._signing_key(now, until),
            permission=permission,
            expiry=until,
            protocol="https",
            ip=address,
            version_id=version,
        )
        pinned = f"versionid={quote(version)}&" if version else ""  # the client's own address leaves it out
        return f"{client.url}?{pinned}{signature}"

    async def _signing_key(self, now: datetime, until: datetime) -> UserDelegationKey:
        async with self._asking:
            if self._key is None or not self._key.serves(now, until):
                ends = max(until, now + KEY_LASTS)
                signs = await self._service.get_user_delegation_key(now - CLOCK_SKEW, ends)
                self._key = _Key(signs=signs, got=now, ends=ends)
            return self._key.signs
