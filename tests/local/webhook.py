"""A webhook to deliver events to: agrees to both handshakes, keeps what it was sent, answers as it is told."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web

PATH = "/runtime/webhooks/EventGrid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    headers: dict[str, str]
    body: Any


class Webhook:
    def __init__(self) -> None:
        self.requests: list[Received] = []
        self.handshakes = 0
        self.agrees = True
        self._answers: list[int] = []
        self._then = 202

    def answer_with(self, *statuses: int) -> None:
        """One status per delivery; the last one for all that follow."""
        *self._answers, self._then = statuses

    @property
    def subjects(self) -> list[str]:
        bodies = [request.body for request in self.requests]
        return [(body[0] if isinstance(body, list) else body)["subject"] for body in bodies]

    async def handle(self, request: web.Request) -> web.Response:
        if request.method == "OPTIONS":
            return self._agree({"WebHook-Allowed-Origin": request.headers["WebHook-Request-Origin"]}, {})
        body = json.loads(await request.text())
        if request.headers["aeg-event-type"] == "SubscriptionValidation":
            return self._agree({}, {"validationResponse": body[0]["data"]["validationCode"]})
        self.requests.append(
            Received(headers={name.lower(): text for name, text in request.headers.items()}, body=body)
        )
        return web.Response(status=self._answers.pop(0) if self._answers else self._then)

    def _agree(self, headers: dict[str, str], body: dict[str, str]) -> web.Response:
        self.handshakes += 1
        return web.json_response(body, headers=headers) if self.agrees else web.Response(status=404)


@asynccontextmanager
async def receiving(port: int) -> AsyncIterator[Webhook]:
    webhook = Webhook()
    application = web.Application()
    application.router.add_route("*", PATH, webhook.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield webhook
    finally:
        await runner.cleanup()
