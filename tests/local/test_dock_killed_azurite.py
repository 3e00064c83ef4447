"""A dock that is killed, with a real Azurite behind the doors: what it staged before is still there to be committed."""

import hashlib
import io
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import aiohttp
import pytest
from aiohttp import web
from azure.storage.blob import generate_blob_sas
from azure.storage.blob.aio import BlobClient, ContainerClient
from yarl import URL

from local.docking.upload import IN_FLIGHT
from tests.local.dock_azurite import ACCOUNT, KEY, azurite_in
from tests.local.dock_killed import Killable, until
from tests.local.dock_stand_in import Blob, Service, serving

pytestmark = [pytest.mark.stack, pytest.mark.slow]
BLOCKS = 10
CREATED = 201


class BeforeAzurite(Service):
    """The doors; what goes to storage is passed on to Azurite, and the blocks it acknowledged are counted."""

    def storing_in(self, azurite: str, session: aiohttp.ClientSession) -> None:
        self._azurite, self._session = azurite, session
        self.acknowledged = Counter[str]()

    async def give(self, request: web.Request) -> web.StreamResponse:
        wish = await request.json()
        self.grants.append(wish)
        name = wish.get("recording") or f"rec-{len(self.grants)}"
        until_then = datetime.now(UTC) + timedelta(hours=1)
        sas = generate_blob_sas(ACCOUNT, "footage", name, account_key=KEY, permission="cw", expiry=until_then)
        url = f"{self.url}/{ACCOUNT}/footage/{name}?{sas}"
        return web.json_response({"recording": name, "url": url, "expires": ""}, status=201)

    async def put(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        if request.query["comp"] == "block" and self.answers == 0:
            return await self._hangs(request)
        if request.query["comp"] == "block" and self.answers:
            self.answers -= 1
        url = f"{self._azurite}{request.raw_path.removeprefix(f'/{ACCOUNT}')}"
        headers = {name: value for name, value in request.headers.items() if name.lower() not in ("host", "connection")}
        async with self._session.put(URL(url, encoded=True), data=io.BytesIO(body), headers=headers) as answer:
            content, code = await answer.read(), answer.headers.get("x-ms-error-code", "")
        if request.query["comp"] == "block" and answer.status == CREATED:
            self.acknowledged[unquote(request.query["blockid"])] += 1
        if request.query["comp"] == "blocklist" and answer.status == CREATED:
            await self._keep(request.path.rpartition("/")[2])
        return web.Response(status=answer.status, body=content, headers={"x-ms-error-code": code} if code else {})

    async def _keep(self, name: str) -> None:
        async with BlobClient.from_blob_url(f"{self._azurite}/footage/{name}", credential=KEY) as blob:
            content = await (await blob.download_blob()).readall()
        self.blobs[name] = Blob(blocks=[content], metadata={}, content_type="", if_none_match=None)


@asynccontextmanager
async def before_azurite(folder: Path) -> AsyncIterator[BeforeAzurite]:
    service = BeforeAzurite()
    async with (
        azurite_in(folder) as azurite,
        aiohttp.ClientSession() as session,
        ContainerClient.from_container_url(f"{azurite}/footage", credential=KEY) as container,
        serving(service=service, account=ACCOUNT),
    ):
        await container.create_container()
        service.storing_in(azurite, session)
        yield service


async def test_killed_several_times_it_commits_what_azurite_acknowledged_and_sends_none_of_it_twice(
    tmp_path: Path,
) -> None:
    (tmp_path / "azurite").mkdir()
    async with before_azurite(tmp_path / "azurite") as service:
        killable = Killable(service.url, tmp_path, blocks=BLOCKS)
        for count in (3, 0, 2):
            service.answer_blocks(count)
            expected = len(killable.noted()) + count
            async with killable.docking():
                await until(lambda: len(killable.noted()) == expected, "blocks noted")  # noqa: B023
                await until(lambda: service.hanging == IN_FLIGHT, "the next hang")
        service.answer_blocks(None)
        code, _ = await killable.to_the_end()
        (blob,) = service.blobs.values()
        with killable.path.open("rb") as file:
            assert blob.sha256 == hashlib.file_digest(file, "sha256").hexdigest()
    assert code == 0
    assert (len(service.acknowledged), set(service.acknowledged.values())) == (BLOCKS, {1})
