"""The ingest function's webhook, spoken to as Event Grid does."""

import json
from collections.abc import Mapping
from typing import Any

import aiohttp

ACCEPTED = range(200, 300)
GIVEN_UP = frozenset(
    {
        "deadletterproperties",
        "deadletterreason",
        "deliveryattempts",
        "lastdeliveryattempttime",
        "lastdeliveryoutcome",
        "publishtime",
    }
)


class Webhook:
    """`key`: the system key of the Event Grid extension; sent as a header, for an address is logged."""

    def __init__(self, http: aiohttp.ClientSession, url: str, *, key: str | None) -> None:
        self._http, self._url, self._key = http, url, key

    async def post(self, event: Mapping[str, Any]) -> str | None:
        """None once the function has taken the event; else why not, in a word."""
        cloud = "specversion" in event
        sent = as_published(event)
        headers = {
            "Content-Type": f"application/{'cloudevents+' if cloud else ''}json; charset=utf-8",
            "aeg-event-type": "Notification",
        }
        headers |= {"x-functions-key": self._key} if self._key else {}
        body = json.dumps(sent if cloud else [sent]).encode()
        try:
            async with self._http.post(self._url, data=body, headers=headers, allow_redirects=False) as answer:
                return None if answer.status in ACCEPTED else str(answer.status)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            return type(error).__name__


def as_published(event: Mapping[str, Any]) -> dict[str, Any]:
    """Without what Event Grid wrote beside it when it gave up."""
    return {name: value for name, value in event.items() if name.lower() not in GIVEN_UP}
