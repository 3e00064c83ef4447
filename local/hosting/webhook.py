"""The Event Grid webhook of the Functions host, `/runtime/webhooks/EventGrid?functionName=NAME`.

One invocation for each event, in parallel; 202 only when all succeeded, else 500, and Event Grid sends the whole
delivery again. Handshakes of both schemas are answered. NAME is case-sensitive.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from local.hosting.invocation import EVENT_GRID, Function, JsonInput, TraceContext
from local.hosting.running import Invocations, trace_context

PATH = "/runtime/webhooks/eventgrid"
ORIGINS = ("eventgrid.azure.net", "eventgrid.azure.us", "eventgrid.azure.cn")


class EventGridWebhook:
    """Answers Event Grid for every Event Grid function of the app."""

    def __init__(self, functions: Mapping[str, Function], invocations: Invocations) -> None:
        self._functions = {name: f for name, f in functions.items() if f.kind == EVENT_GRID}
        self._invocations = invocations

    async def answer(self, request: web.Request, body: bytes) -> web.Response:
        name = request.query.get("functionName", "")
        function = self._functions.get(name)
        if function is None:
            return web.Response(status=404, text=f"cannot find function: '{name}'")
        if request.method == "OPTIONS":
            return _allowed(request)
        kind = request.headers.get("aeg-event-type", "").lower()
        if kind == "unsubscribe":
            return web.Response(status=202)
        if kind == "subscriptionvalidation":
            code = validation_code(body)
            return web.Response(status=400) if code is None else web.json_response({"validationResponse": code})
        events = events_of(body) if kind == "notification" else None
        if events is None:
            return web.Response(status=400)
        trace = trace_context(request.headers.get("traceparent", ""), request.headers.get("tracestate", ""))
        return await self._notify(function, events, trace)

    async def _notify(self, function: Function, events: list[dict[str, Any]], trace: TraceContext) -> web.Response:
        outcomes = await asyncio.gather(
            *(self._invocations.run(function, event_input(event), trace) for event in events)
        )
        if all(outcome.succeeded for outcome in outcomes):
            return web.Response(status=202)
        return web.Response(status=500, text=f"Exception while executing function: Functions.{function.name}")


def _allowed(request: web.Request) -> web.Response:
    asked = request.headers.get("WebHook-Request-Origin", "")
    return web.Response(headers={"Webhook-Allowed-Origin": asked if asked in ORIGINS else ORIGINS[0]})


def validation_code(body: bytes) -> str | None:
    """Event Grid schema: an array of one. CloudEvents schema: an object whose data is JSON within a string."""
    events = events_of(body) or [{}]
    data = events[0].get("data")
    try:
        details = json.loads(data) if isinstance(data, str) else data
    except ValueError:
        return None
    code = details.get("validationCode") if isinstance(details, dict) else None
    return code if isinstance(code, str) else None


def events_of(body: bytes) -> list[dict[str, Any]] | None:
    """An array of events or a single one; None when the body is neither."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    events = content if isinstance(content, list) else [content]
    return events if all(isinstance(event, dict) for event in events) else None


def event_input(event: dict[str, Any]) -> JsonInput:
    return JsonInput(text=json.dumps(event), metadata={"data": event.get("data")})
