"""Tokens under attack over the wire: refused by the host or by the desk, told nowhere, and the host stays up."""

from collections.abc import Mapping

import aiohttp
import pytest

from local.stack import Stack
from local.tokens import mint
from tests.silence import HEARD

pytestmark = pytest.mark.stack
PATIENCE = aiohttp.ClientTimeout(total=30)
TOO_MUCH = {400, 401, 413, 431}  # the host's own limit of a header comes before ours


async def status(running: Stack, headers: Mapping[str, str], *, path: str = "/api/footage") -> int:
    """A connection of its own each time: a host that is shocked by one request must take the next."""
    async with (
        aiohttp.ClientSession(running.settings["PUBLIC_BASE_URL"], timeout=PATIENCE) as client,
        client.get(path, headers=headers) as answer,
    ):
        raw = await answer.read()
        if "X-Request-Id" in answer.headers:  # the rest a stand-in said, for Azure's front end, which has its own words
            HEARD.answer("the running service", answer.status, raw)
        return answer.status


def told_in_logs(running: Stack, text: str) -> list[str]:
    return [log.name for log in running.logs.glob("*.log") if text in log.read_text(errors="replace")]


async def test_a_token_that_is_none_is_refused_and_told_in_no_log(running: Stack) -> None:
    good = mint(running.settings, role="officer", officer="4021", borough="Southwark", name="Doe")
    first, second, third = good.split(".")
    assert await status(running, {"Authorization": f"Bearer {good}"}) == 200

    tried = [f"{first}.{second}.", f"{first}.{second}", f"{first}.{second}.{third[:-20]}{third[:20]}"]
    for token in (*tried, f"{good}, Bearer {good}", f"Bearer {good}", good.swapcase()):
        assert await status(running, {"Authorization": f"Bearer {token}"}) == 401
    assert await status(running, {"X-MS-CLIENT-PRINCIPAL": second}) == 401
    assert await status(running, {}, path=f"/api/footage?access_token={good}") == 401
    assert [told_in_logs(running, part) for part in (second, third)] == [[], []]


@pytest.mark.parametrize("size", [20_000, 100_000, 1_000_000])
async def test_a_header_without_end_is_refused_and_the_host_stays_up(running: Stack, size: int) -> None:
    assert await status(running, {"Authorization": f"Bearer {'A' * size}"}) in TOO_MUCH
    assert await status(running, {}, path="/api/health") == 200
