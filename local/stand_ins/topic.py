"""The custom topic's publishing endpoint, POST /api/events: accepted events are appended to `published.ndjson`.

A caller needs a token for https://eventgrid.azure.net that the local issuer signed. Events come in either schema,
one or many; a batch with one unfit event is refused whole. An event is in the file before it is accepted.
"""

import asyncio
import json
from pathlib import Path
from typing import Any

import jwt
from aiohttp import web

AUDIENCE = "https://eventgrid.azure.net"
LARGEST_REQUEST = 1024 * 1024
CLOUD_EVENT = ("id", "source", "type", "specversion")
EVENT_GRID_EVENT = ("id", "subject", "eventType", "eventTime", "dataVersion")


class Topic:
    def __init__(self, published: Path, keys_url: str) -> None:
        self._published = published
        self._keys = jwt.PyJWKClient(keys_url)

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/api/events", self.publish)]

    async def publish(self, request: web.Request) -> web.Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            await asyncio.to_thread(self._verify, token)
        except jwt.PyJWTError:
            return _refused(401, "Unauthorized", "The request authorization token is missing or not valid.")
        try:
            events = _events(await request.json(), request.content_type)
        except ValueError as error:
            return _refused(400, "BadRequest", str(error))
        with self._published.open("a") as file:
            file.writelines(f"{json.dumps(event)}\n" for event in events)
        return web.Response()

    def _verify(self, token: str) -> None:
        key = self._keys.get_signing_key_from_jwt(token)
        jwt.decode(token, key, algorithms=["RS256"], audience=AUDIENCE, options={"require": ["exp", "nbf"]})


def _events(body: Any, media_type: str) -> list[dict[str, Any]]:
    events = body if isinstance(body, list) else [body]
    needed = CLOUD_EVENT if "cloudevents" in media_type else EVENT_GRID_EVENT
    for event in events:
        missing = [name for name in needed if not isinstance(event, dict) or name not in event]
        if missing:
            raise ValueError(f"the event has no {', '.join(missing)}")
    return events


def _refused(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message}}, status=status)
