"""The host's http server on 127.0.0.1: sends each request to an admin door, the webhook, a function or the home page.

Admin doors and webhook come before functions, the home page after them. A body above 100 MB is a 413; a request
beyond host.json's limits is a 429, admin doors excepted. While stopping, new requests get a 503.
"""

import logging
import socket

from aiohttp import web
from aiohttp.http import HttpProcessingError

from local.hosting import webhook
from local.hosting.admin import AdminDoors
from local.hosting.http_trigger import HttpFunctions
from local.hosting.routes import decoded_path
from local.hosting.throttle import Throttle, TooManyRequests
from local.hosting.webhook import EventGridWebhook

LARGEST_BODY = 104_857_600
LARGEST_HEADER = 32_768
SECONDS_TO_ANSWER = 2.0  # for answers of invocations that have ended; those that run are awaited before
HOME_PAGE = "<!DOCTYPE html><html><body><h1>Your Functions 4.0 app is up and running</h1></body></html>"


class _NotWhatWasSent(logging.Filter):
    """aiohttp logs the beginning of what it could not read, and that may be a token."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], HttpProcessingError):
            record.exc_info = None
        return True


class HostServer:
    def __init__(
        self,
        *,
        functions: HttpFunctions,
        events: EventGridWebhook,
        admin: AdminDoors,
        throttle: Throttle,
        home_page: bool,
    ) -> None:
        self._functions = functions
        self._events = events
        self._admin = admin
        self._throttle = throttle
        self._home_page = home_page
        self._stopping = False
        self._runner = self._new_runner()

    def _new_runner(self) -> web.AppRunner:
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_route("*", "/{path:.*}", self._answer)
        app.on_response_prepare.append(_name_the_server)
        log = logging.getLogger(__name__)
        log.addFilter(_NotWhatWasSent())
        return web.AppRunner(
            app,
            logger=log,
            access_log=None,
            auto_decompress=False,  # the function gets the bytes that were sent
            max_line_size=LARGEST_HEADER,
            max_field_size=LARGEST_HEADER,
            shutdown_timeout=SECONDS_TO_ANSWER,
        )

    async def start(self, listening: socket.socket) -> None:
        await self._runner.setup()
        await web.SockSite(self._runner, listening).start()

    def refuse(self) -> None:
        """Answer 503 from now on to those who still ask."""
        self._stopping = True

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        if self._stopping:
            response = web.Response(status=503)
            response.force_close()
            return response
        if (request.content_length or 0) > LARGEST_BODY:
            return web.Response(status=413)
        path = decoded_path(request.rel_url.raw_path)
        if path.lower().startswith("/admin/"):
            return self._admin.answer(request.method, path, await request.read())
        try:
            async with self._throttle.turn():
                return await self._throttled(request, path)
        except TooManyRequests:
            return web.Response(status=429)

    async def _throttled(self, request: web.Request, path: str) -> web.Response:
        if path.lower().rstrip("/") == webhook.PATH:
            return await self._events.answer(request, await request.read())
        body = await request.read() if request.content_length else b""
        answer = await self._functions.answer(request, body)
        if answer is not None:
            return answer
        return self._home() if path == "/" else web.Response(status=404)

    def _home(self) -> web.Response:
        if not self._home_page:
            return web.Response(status=204)
        return web.Response(text=HOME_PAGE, content_type="text/html")


async def _name_the_server(_: web.Request, response: web.StreamResponse) -> None:
    response.headers["Server"] = "Kestrel"
