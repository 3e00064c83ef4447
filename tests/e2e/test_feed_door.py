"""The feed's door over the wire: what the host makes of its paths, methods and headers. Clients read it elsewhere."""

import gzip
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from yarl import URL

from local.stack import Stack
from local.tokens import mint
from tests.functions.feed_asked import POWER_QUERY, ROWS_TYPE
from tests.silence import HEARD

pytestmark = pytest.mark.stack
PATIENCE = aiohttp.ClientTimeout(total=30)


@pytest.fixture
async def auditor(running: Stack) -> AsyncIterator[aiohttp.ClientSession]:
    """Somebody who gets what is sent as it is sent: packed, and not followed."""
    headers = {"Authorization": f"Bearer {mint(running.settings, role='auditor', officer='A1')}"}
    base = running.settings["PUBLIC_BASE_URL"]
    async with aiohttp.ClientSession(base, headers=headers, timeout=PATIENCE, auto_decompress=False) as session:
        yield session


async def heard(answer: aiohttp.ClientResponse) -> bytes:
    raw = await answer.read()
    HEARD.answer("the running service", answer.status, raw)
    assert answer.headers.getall("OData-Version") == ["4.0"]
    return raw


@pytest.mark.parametrize("path", ["/api/odata/$metadata", "/api/odata/%24metadata", "/API/odata/%24metadata/"])
async def test_the_metadata_is_found_however_its_dollar_is_written(auditor: aiohttp.ClientSession, path: str) -> None:
    async with auditor.get(URL(path, encoded=True)) as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/xml;charset=utf-8")
        assert answer.headers["Content-Encoding"] == "gzip"
        assert b"<edmx:Edmx" in gzip.decompress(await heard(answer))


@pytest.mark.parametrize("path", ["/api/odata", "/api/odata/"])
async def test_the_root_is_there_with_and_without_its_slash_on_the_public_address(
    running: Stack, auditor: aiohttp.ClientSession, path: str
) -> None:
    async with auditor.get(path, headers={**POWER_QUERY, "Host": "elsewhere.example"}) as answer:
        assert (answer.headers["Content-Type"], answer.headers["Content-Encoding"]) == (ROWS_TYPE, "gzip")
        found = json.loads(gzip.decompress(await heard(answer)))
        assert found["@odata.context"] == f"{running.settings['PUBLIC_BASE_URL']}/api/odata/$metadata"


async def test_head_has_the_headers_of_get_and_no_body(auditor: aiohttp.ClientSession) -> None:
    async with auditor.get("/api/odata/$metadata") as got, auditor.head("/api/odata/$metadata") as looked:
        assert await heard(looked) == b""
        assert looked.status == 200
        same = ("Content-Type", "Content-Length")
        assert [looked.headers[name] for name in same] == [got.headers[name] for name in same]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_nothing_can_be_changed(auditor: aiohttp.ClientSession, method: str) -> None:
    async with auditor.request(method, "/api/odata/AuditEntries", json={"id": "x"}) as answer:
        error = json.loads(await heard(answer))["error"]
        assert (answer.status, answer.headers["Allow"], error["code"]) == (405, "GET, HEAD", "MethodNotAllowed")


async def test_a_key_is_decoded_once(auditor: aiohttp.ClientSession) -> None:
    for key, status in (("%27no%20such%27", 404), ("%27it%27%27s%27", 404), ("%27it%27s%27", 400)):
        async with auditor.get(URL(f"/api/odata/AuditEntries({key})", encoded=True)) as answer:
            await heard(answer)
            assert answer.status == status, key


async def test_an_empty_token_is_told_where_to_sign_in(running: Stack) -> None:
    """As Power Query begins (reference/odata.md section 1.4): the tenant is that of the issuer."""
    tenant = running.settings["TOKEN_ISSUERS"].removesuffix("/v2.0")
    async with aiohttp.ClientSession(running.settings["PUBLIC_BASE_URL"], timeout=PATIENCE) as nobody:
        for headers, challenge in (
            ({}, f"Bearer realm={tenant}"),
            ({"Authorization": "Bearer"}, f"Bearer authorization_uri={tenant}/oauth2/authorize"),
            ({"Authorization": "Bearer "}, f"Bearer authorization_uri={tenant}/oauth2/authorize"),
        ):
            async with nobody.get("/api/odata", headers={**POWER_QUERY, **headers}) as answer:
                await heard(answer)
                assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, challenge)
