"""The whole service with every port in memory, and a way to knock at its doors.

Only the world is made up: desk, verbs, rules and the verification of tokens are the real ones.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import azure.functions as func
from azure.functions.http import HttpResponseConverter

from shared.domain.entry import Entry
from shared.domain.footage import Clip
from tests.builders import JPEG
from tests.functions.directory import Claims, token
from tests.functions.memory import MemoryPorts
from tests.functions.opened import DOORS, user_function
from tests.functions.promised import keeps_its_promise
from tests.silence import HEARD

ADDRESS = "192.0.2.17"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """What of the host's context the doors use."""

    invocation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """`content_type` is what the door said; `sent_type` the header the worker library makes of it."""

    status: int
    headers: Mapping[str, str]
    content_type: str
    sent_type: str
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def etag(self) -> str:
        return self.headers["ETag"]


class MemoryService(MemoryPorts):
    """The service as the doors find it, and the world around it as a test sets it."""

    async def ask(
        self,
        door: str,
        who: Claims | None = None,
        *,
        route: Mapping[str, str] | None = None,
        query: Mapping[str, str] | Sequence[tuple[str, str]] = (),
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        method: Any = None,
        sent: Any = None,
    ) -> Answered:
        """Knock at `door` as `who`, from ADDRESS. `body` is JSON, or bytes as they are; `query` as pairs may repeat.
        `method`: where it is not the door's own; `sent`: the query as its text, where that matters.

        The answer is one that the door's description has (tests/functions/promised.py), or this fails.
        """
        HEARD.request(who, body)
        asked = list(query.items() if isinstance(query, Mapping) else query)
        text = urlencode(asked, errors="replace") if sent is None else sent
        carried = {"X-Forwarded-For": ADDRESS}
        if who is not None:
            carried["Authorization"] = f"Bearer {token(who)}"
        request = func.HttpRequest(
            method or DOORS[door].method,
            f"https://continuity.test/api/{DOORS[door].route}?{text}",
            headers=carried | dict(headers or {}),
            params=_joined(asked),
            route_params=route or {},
            body=body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode(),
        )
        answered = _answered(await user_function(door)(request, self.invocation()))
        HEARD.answer(door, answered.status, answered.raw)
        said = (door, answered.status, answered.headers, answered.content_type, answered.raw)
        keeps_its_promise(*said, ledger_open=self.ledger_open)
        return answered

    async def trigger(self, function: str, given: Any) -> None:
        """What the host does when an event, a message or the time has come."""
        await user_function(function)(given, self.invocation())

    def invocation(self) -> Invocation:
        return Invocation(invocation_id=f"invocation-{next(self.requests)}")

    def hold(self, clip: Clip) -> Clip:
        """Put the clip into the index, and its poster into the store."""
        self.records.put(clip)
        if clip.poster:
            self.footage.posters[clip.id] = JPEG
        return clip

    def entries(self, pk: str | None = None, *, coming_on: bool = False) -> list[Entry]:
        """The entries of one trail, or all, in the order in which they were written down.

        That somebody came on, which every first request enters, is left out unless it is asked for.
        """
        found = [record for record in self.records.everything() if isinstance(record, Entry)]
        told = [entry for entry in found if coming_on or entry.action != "session.started"]
        return [entry for entry in told if pk in (None, entry.pk)]


def _joined(asked: Sequence[tuple[str, str]]) -> dict[str, str]:
    """As the host gives what was said twice."""
    joined: dict[str, str] = {}
    for name, value in asked:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _answered(response: func.HttpResponse) -> Answered:
    sent = HttpResponseConverter.encode(response, expected_type=None).value["headers"]
    return Answered(
        status=response.status_code,
        headers=response.headers,
        content_type=response.mimetype,
        sent_type=sent["content-type"].value,
        raw=response.get_body(),
    )
