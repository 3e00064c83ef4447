"""The host's own doors: `/admin/functions`, `/admin/functions/{name}`, `/admin/host/status`, `/admin/host/ping`.

A POST to a function answers 202 at once and runs it in the background with the string `input`; a timer ignores it.
Names are found in any case. Locally everybody is an administrator, as with `func start`.
"""

import json
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from local.hosting.invocation import EVENT_GRID, HTTP, QUEUE, Function, Input, JsonInput
from local.hosting.queues import started_by_hand
from local.hosting.running import Invocations, trace_context
from local.hosting.settings import is_disabled
from local.hosting.timers import timer_input

VERSION = "4.1037.0.0"


class AdminDoors:
    """Answers everything below `/admin/`."""

    def __init__(
        self,
        functions: Mapping[str, Function],
        invocations: Invocations,
        *,
        base_url: str,
        templates: Mapping[str, str],
        bundle: Mapping[str, str],
        errors: list[str],
        report: Callable[[str], None],
    ) -> None:
        self._functions = functions
        self._invocations = invocations
        self._base_url = base_url
        self._templates = templates
        self._bundle = bundle
        self._errors = errors
        self._report = report
        self._began = time.monotonic()

    def answer(self, method: str, path: str, body: bytes) -> web.Response:
        parts = path.lower().strip("/").split("/")[1:]
        if parts == ["host", "ping"] and method in {"GET", "POST"}:
            return web.Response(status=200)
        if parts == ["host", "status"] and method == "GET":
            return web.json_response(self._status())
        if parts == ["functions"] and method == "GET":
            return web.json_response([self._described(each) for each in self._functions.values()])
        if len(parts) == len(["functions", "name"]) and parts[0] == "functions":
            return self._function_door(method, parts[1], body)
        return web.Response(status=404)

    def _function_door(self, method: str, name: str, body: bytes) -> web.Response:
        function = next((each for each in self._functions.values() if each.name.lower() == name), None)
        if function is None or method not in {"GET", "POST"}:
            return web.Response(status=404)
        if method == "GET":
            return web.json_response(self._described(function))
        text = _input_of(body)
        if text is None:
            return web.Response(status=400)
        self._start(function, text)
        return web.Response(status=202)

    def _start(self, function: Function, text: str) -> None:
        try:
            given = manual_input(function, text)
        except ValueError as problem:
            self._report(f"{function.name} was not started: {problem}")
        else:
            self._invocations.start(function, given, trace_context())

    def _status(self) -> dict[str, Any]:
        status = {
            "id": "localhost",
            "state": "Running",
            "version": VERSION,
            "versionDetails": f"{VERSION} (stand-in)",
            "processUptime": int((time.monotonic() - self._began) * 1000),
            "extensionBundle": dict(self._bundle),
        }
        return status | ({"errors": self._errors} if self._errors else {})

    def _described(self, function: Function) -> dict[str, Any]:
        return {
            "name": function.name,
            "href": f"{self._base_url}/admin/functions/{function.name}",
            "invoke_url_template": self._templates.get(function.name),
            "language": "python",
            "isDisabled": is_disabled(function.name),
            "config": {"name": function.name, "bindings": [dict(each) for each in function.bindings]},
        }


def _input_of(body: bytes) -> str | None:
    try:
        content = json.loads(body)
    except ValueError:
        return None
    text = content.get("input") if isinstance(content, dict) else None
    return text if isinstance(text, str) else None


def manual_input(function: Function, text: str) -> Input:
    """ValueError where the host itself could not make the trigger's argument from a string."""
    if function.kind == HTTP:
        raise ValueError("an HTTP function needs a request, not an input")
    if function.kind == QUEUE:
        return started_by_hand(text, str(function.trigger["queueName"]), str(uuid.uuid4()))
    if function.kind != EVENT_GRID:
        return timer_input(None, past_due=False)
    event = json.loads(text)
    if isinstance(event, dict):
        return JsonInput(text=text, metadata={"data": event.get("data")})
    raise ValueError("the event is not a JSON object")
