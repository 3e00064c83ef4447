"""Bodies under attack over the wire: refused by the host or by the desk, whatever their size, and the host stays up."""

import io
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest

from local.stack import Stack
from local.tokens import mint
from tests.functions.proper import body, route
from tests.silence import HEARD

pytestmark = pytest.mark.stack
PATIENCE = aiohttp.ClientTimeout(total=30)
MARK = "Mrs Doe"
LARGE = 10_000_000


async def sent(running: Stack, content: object, **headers: str) -> tuple[int, str]:
    """The status and the text of the answer to somebody who may, for a reason that reads so."""
    token = mint(running.settings, role="evidence-manager", officer="9001")
    path = f"/api/footage/{route('play')['id']}/playback"
    async with (
        aiohttp.ClientSession(running.settings["PUBLIC_BASE_URL"], timeout=PATIENCE) as client,
        client.post(path, data=content, headers={"Authorization": f"Bearer {token}", **headers}) as answer,
    ):
        raw = await answer.read()
        HEARD.answer("the running service", answer.status, raw)
        return answer.status, raw.decode()


async def in_pieces(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 100_000):
        yield b"x" * 100_000


@pytest.mark.parametrize(
    "content",
    [
        b'{"reason": "' + MARK.encode() + b" " * LARGE + b'"}',
        b'{"reason": "' + MARK.encode() + b' \xff\xfe"}',
        json.dumps({"reason": MARK}).encode("utf-16"),
        b"\xef\xbb\xbf" + json.dumps({"reason": MARK}).encode(),
        b"[" * 60_000,
        b"",
    ],
    ids=["10 MB", "bad UTF-8", "UTF-16", "a byte order mark", "brackets", "empty"],
)
async def test_a_body_that_is_none_is_a_problem_of_the_body(running: Stack, content: bytes) -> None:
    status, text = await sent(running, io.BytesIO(content))
    assert (status, json.loads(text)["field"]) == (400, "body")
    assert MARK not in text


async def test_a_body_that_is_sent_in_pieces_is_not_read(running: Stack) -> None:
    """The host takes a body only where its length is said (local/hosting/http_trigger.py): to the desk it is empty."""
    status, text = await sent(running, in_pieces(LARGE))
    assert (status, json.loads(text)["field"]) == (400, "body")


@pytest.mark.parametrize("kind", ["text/plain", "application/json; charset=utf-16", "application/xml", "nonsense"])
async def test_a_body_is_json_in_utf_8_whatever_is_said_of_it(running: Stack, kind: str) -> None:
    """The clip is not there, which is said of a good question alone."""
    status, _ = await sent(running, json.dumps(body("play")).encode(), **{"Content-Type": kind})
    assert status == 404
