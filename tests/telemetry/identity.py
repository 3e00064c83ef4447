"""The platform's identity endpoint as an app meets it, and a credential that needs none."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from azure.core.credentials import AccessToken

TOKEN, HEADER = "eyJ.the-apps-own-token.QUAGGA", "header-QUAGGA"
FOR_TELEMETRY = "https://monitor.azure.com/"
DEADLINE_SECONDS = 40.0


class Answers(StrEnum):
    TOKEN = "token"
    NOT_THIS_ONE = "not-this-one"
    NOTHING = "nothing"


class Identity:
    """`asked`: for which resource each time, once the endpoint had the header that the platform gave the app."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.asked: list[str] = []
        self.arrived = threading.Event()
        self.over = threading.Event()
        self.environment = {
            "IDENTITY_ENDPOINT": f"http://127.0.0.1:{self.server.server_port}/msi/token",
            "IDENTITY_HEADER": HEADER,
            "AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential",
        }

    def _handler(identity: "Identity") -> type[BaseHTTPRequestHandler]:  # noqa: N805 - `self` is the request's
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None: ...

            def do_GET(self) -> None:
                assert self.headers["X-IDENTITY-HEADER"] == HEADER
                (resource,) = parse_qs(urlsplit(self.path).query)["resource"]
                identity.asked.append(resource)
                identity.arrived.set()
                match identity.answers:
                    case Answers.TOKEN:
                        lasts = {"expires_on": str(int(time.time()) + 3600), "token_type": "Bearer"}
                        self._answer(200, {"access_token": TOKEN, "resource": resource, **lasts})
                    case Answers.NOT_THIS_ONE:
                        self._answer(400, {"statusCode": 400, "message": "no such identity", "correlationId": "1"})
                    case _:
                        identity.over.wait(DEADLINE_SECONDS)

            def _answer(self, status: int, answer: dict[str, Any]) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

        return Handler


@contextmanager
def identifying(answers: Answers = Answers.TOKEN) -> Iterator[Identity]:
    identity = Identity(answers)
    thread = threading.Thread(target=identity.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield identity
    finally:
        identity.over.set()
        identity.server.shutdown()
        identity.server.server_close()
        thread.join()


class Given:
    """A credential that says what it is told to, or whatever `ask` does instead."""

    def __init__(self, ask: Callable[[], str] = lambda: TOKEN) -> None:
        self.ask = ask
        self.closed = False

    def get_token(self, *_scopes: str, **_: Any) -> AccessToken:
        assert not self.closed, "closed before its last use"
        return AccessToken(self.ask(), 2**31)

    def close(self) -> None:
        self.closed = True
