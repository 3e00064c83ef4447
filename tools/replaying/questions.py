"""Questions for fixity that were given up: which clips they are about, and asking again."""

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from http import HTTPStatus
from typing import Any

import aiohttp
from azure.core.exceptions import AzureError

from shared.domain.footage import ClipId
from shared.ports import FixityQueue
from tools.replaying.outcome import Outcome, Trouble

CLIP = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def ask_again(clips: Sequence[str], queue: FixityQueue, *, limit: int | None, dry_run: bool) -> Outcome:
    wanted = clips[:limit]
    stayed = []
    for clip in () if dry_run else wanted:
        try:
            await queue.ask(ClipId(clip))
        except AzureError as fault:
            stayed.append(f"stayed: {clip}: the queue answered {type(fault).__name__}")
    return Outcome(
        put_back=len(wanted) - len(stayed), stayed=tuple(stayed), dry_run=dry_run, more=len(wanted) < len(clips)
    )


def ids_of(lines: Iterable[str]) -> list[str]:
    """The ids, each once. Raises Trouble at the first that is none: better nothing asked than half."""
    found = [line.strip() for line in lines if line.strip()]
    for number, each in enumerate(found, 1):
        if not CLIP.fullmatch(each):
            raise Trouble(f"number {number} of what was given is no clip id")
    return list(dict.fromkeys(found))


async def listed(http: aiohttp.ClientSession, service: str, token: str) -> AsyncIterator[str]:
    """The clips of the worklist `poison`, page after page."""
    page: str | None = ""
    while page is not None:
        said = await _page(http, f"{service}/api/worklists/poison", token, {"page": page} if page else {})
        for clip in said.get("items", ()):
            yield str(clip["id"])
        page = said.get("next")


async def _page(http: aiohttp.ClientSession, url: str, token: str, query: dict[str, str]) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"}
    try:
        async with http.get(url, params=query, headers=headers, allow_redirects=False) as answer:
            if answer.status != HTTPStatus.OK:
                raise Trouble(f"the worklist answered {answer.status}")
            said: dict[str, Any] = await answer.json()
            return said
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise Trouble(f"the worklist could not be read: {type(error).__name__}") from None
