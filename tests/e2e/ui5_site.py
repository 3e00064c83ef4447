"""A site for OpenUI5's model in a browser: its page, its modules, and the feed behind the same address.

A browser that comes from another address would be let nowhere near the feed, so the site hands its questions on, with
an auditor's token: of the headers those alone that tell what is asked. It listens on this machine alone.
"""

import mimetypes
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request

from local.calls import NO_PROXY, PATIENCE
from tests.e2e.feed_clients import CLIENTS, Fed

PAGE = CLIENTS / "ui5.html"
MODULES = CLIENTS / "node_modules" / "@openui5" / "sap.ui.core" / "src"
ASKED = ("Accept", "OData-Version", "OData-MaxVersion", "Prefer")
ANSWERED = ("Content-Type", "OData-Version", "Preference-Applied")


class Site(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, feed: Fed) -> None:
        super().__init__(("127.0.0.1", 0), _Visit)
        self.feed = feed
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def serving(feed: Fed) -> Iterator[Site]:
    with Site(feed) as site:
        thread = threading.Thread(target=site.serve_forever, name="ui5-site")
        thread.start()
        try:
            yield site
        finally:
            site.shutdown()
            thread.join()


class _Visit(BaseHTTPRequestHandler):
    server: Site
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/":
            self._answer(200, PAGE.read_bytes(), {"Content-Type": "text/html"})
        elif path.startswith("/odata/"):
            self._hand_on()
        else:
            self._module(MODULES / path.removeprefix("/resources/"))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that http.server gives it
        """Nothing is said of a visit."""

    def _hand_on(self) -> None:
        below = self.path.removeprefix("/odata")
        self.server.asked.append(below)
        sent = {name: self.headers[name] for name in ASKED if name in self.headers}
        sent["Authorization"] = f"Bearer {self.server.feed.token}"
        request = Request(f"{self.server.feed.address}{below}", headers=sent)  # noqa: S310 - ours
        try:
            answer = NO_PROXY.open(request, timeout=PATIENCE)
        except HTTPError as refused:
            answer = refused
        with answer:
            said = {name: answer.headers[name] for name in ANSWERED if name in answer.headers}
            self._answer(answer.status, answer.read(), said)

    def _module(self, path: Path) -> None:
        if not path.resolve().is_relative_to(MODULES) or not path.is_file():
            self._answer(404, b"", {})
            return
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        self._answer(200, path.read_bytes(), {"Content-Type": kind})

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
