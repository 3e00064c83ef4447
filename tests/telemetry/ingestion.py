"""What Application Insights would have received, at an address of this machine."""

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "00000000-0000-4000-8000-000000000001"
DEADLINE_SECONDS = 20.0
CALLED = "/called"  # an SDK's call of something else
Envelope = dict[str, Any]


class Ingestion:
    """`keeps_waiting`: requests get no answer until this is over. `status`: what they are answered."""

    def __init__(self, *, keeps_waiting: bool = False, status: int = 200) -> None:
        self.status = status
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.envelopes: list[Envelope] = []
        self.paths: set[str] = set()
        self.authorizations: set[str] = set()
        self.arrived = threading.Condition()
        self.answering = threading.Event()
        self.connection = f"InstrumentationKey={KEY};IngestionEndpoint=http://127.0.0.1:{self.server.server_port}/"
        if not keeps_waiting:
            self.answering.set()

    def take(self, path: str, authorization: str, envelopes: list[Envelope]) -> None:
        with self.arrived:
            self.paths.add(path)
            self.authorizations.add(authorization)
            self.envelopes += envelopes
            self.arrived.notify_all()

    def wait_until(self, met: Callable[[], bool]) -> bool:
        with self.arrived:
            return self.arrived.wait_for(met, timeout=DEADLINE_SECONDS)

    @property
    def metrics(self) -> list[tuple[dict[str, Any], dict[str, str]]]:
        """Each data point with what it is told apart by."""
        data = [each["data"]["baseData"] for each in self.envelopes if each["data"]["baseType"] == "MetricData"]
        return [(base["metrics"][0], base["properties"]) for base in data]

    @property
    def calls(self) -> list[dict[str, Any]]:
        """Each call of an SDK, and each request it made."""
        return [
            each["data"]["baseData"] for each in self.envelopes if each["data"]["baseType"] == "RemoteDependencyData"
        ]

    def total(self, name: str, of: str | None = None) -> float:
        return sum(
            float(point["value"])
            for point, properties in self.metrics
            if point["name"] == name and of in (None, *properties.values())
        )

    def _handler(ingestion: "Ingestion") -> type[BaseHTTPRequestHandler]:  # noqa: N805 - `self` is the request's
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None: ...

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["content-length"]))
                raw = gzip.decompress(raw) if self.headers.get("content-encoding") == "gzip" else raw
                envelopes = json.loads(raw)
                if self.path == CALLED:
                    self._answer({})
                    return
                ingestion.take(self.path, self.headers.get("authorization", ""), envelopes)
                if ingestion.answering.wait(DEADLINE_SECONDS * 2):
                    self._answer({"itemsReceived": len(envelopes), "itemsAccepted": len(envelopes), "errors": []})

            def _answer(self, answer: dict[str, Any]) -> None:
                self.send_response(ingestion.status)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

        return Handler


@contextmanager
def receiving(*, keeps_waiting: bool = False, status: int = 200) -> Iterator[Ingestion]:
    received = Ingestion(keeps_waiting=keeps_waiting, status=status)
    thread = threading.Thread(target=received.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield received
    finally:
        received.answering.set()
        received.server.shutdown()
        received.server.server_close()
        thread.join()
