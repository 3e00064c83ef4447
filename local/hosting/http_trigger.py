"""HTTP functions: what the Functions host makes of a request, and of the function's answer.

Header names arrive lower-cased and repeated ones joined by commas; so are query values, empty ones left out of the
map (the URL keeps them). There is a body only where Content-Length says so. Nothing is added: no forwarded
addresses, no identity. A failed invocation is a 500 without a body.
"""

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl

from aiohttp import web

from local.hosting.invocation import Function, HttpAnswer, HttpRequest
from local.hosting.routes import RouteTable, decoded_path, without_dots
from local.hosting.running import Invocations, trace_context

FRAMING = frozenset({"content-length", "transfer-encoding", "connection", "keep-alive"})


class HttpFunctions:
    """Finds and runs the function of a request."""

    def __init__(self, table: RouteTable, functions: Mapping[str, Function], invocations: Invocations) -> None:
        self._table = table
        self._functions = functions
        self._invocations = invocations

    async def answer(self, request: web.Request, body: bytes) -> web.Response | None:
        """None when no function is meant."""
        found = self._table.find(request.method, decoded_path(request.rel_url.raw_path))
        if found is None:
            return None
        name, parameters = found
        given = function_request(request, parameters, body)
        trace = trace_context(given.headers.get("traceparent", ""), given.headers.get("tracestate", ""))
        outcome = await self._invocations.run(self._functions[name], given, trace)
        if not outcome.succeeded:
            return web.Response(status=500)
        return web_response(request.method, outcome.answer)


def function_request(request: web.Request, parameters: Mapping[str, str], body: bytes) -> HttpRequest:
    asked = f"?{request.rel_url.raw_query_string}" if request.rel_url.raw_query_string else ""
    return HttpRequest(
        method=request.method,
        url=f"http://{request.host}{without_dots(request.rel_url.raw_path)}{asked}",
        headers=_joined((name.lower(), value) for name, value in request.headers.items()),
        query=query_map(request.rel_url.raw_query_string),
        parameters=parameters,
        body=body,
    )


def query_map(raw: str) -> dict[str, str]:
    """Names are the same in any case; the first spelling is kept."""
    spelling: dict[str, str] = {}
    pairs = parse_qsl(raw, keep_blank_values=True)
    return _joined((spelling.setdefault(name.lower(), name), value) for name, value in pairs if value)


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if joined.get(name) else value
    return joined


def web_response(method: str, answer: HttpAnswer | None) -> web.Response:
    if answer is None:
        return web.Response(status=200)
    response = web.Response(status=answer.status, body=answer.body)
    response.headers.popall("content-type", None)
    for name, value in answer.headers:
        if name.lower() not in FRAMING or (method == "HEAD" and name.lower() == "content-length"):
            response.headers.add(name, value)
    return response
