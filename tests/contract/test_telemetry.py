"""Metrics: a counter arrives where it should and nowhere else, or nothing is said at all."""

import gzip
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from shared.telemetry import SentMetrics, SilentMetrics, metrics
from tests.fakes import MemoryMetrics

# What the exporter's libraries still call, on 3.11 and on 3.12.
pytestmark = [
    pytest.mark.filterwarnings("ignore:'locale.getdefaultlocale' is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning"),
]
KEY = "00000000-0000-4000-8000-000000000001"
DEADLINE_SECONDS = 20.0
SOON = 0.05

# In a process of its own: what the libraries start and whom they call is then seen whole. Every address that is
# looked up or connected to is told, whoever does it.
COUNTS = """
import socket, sys
seen = set()
look_up, connect = socket.getaddrinfo, socket.socket.connect
def looked_up(host, *more, **named):
    seen.add(str(host)); return look_up(host, *more, **named)
def connected(self, address):
    seen.add(str(address[0])); return connect(self, address)
socket.getaddrinfo, socket.socket.connect = looked_up, connected
from shared.telemetry import metrics
counters = metrics(on=sys.argv[1] == "on", connection_string=sys.argv[2], every=3600.0)
for _ in range(3):
    counters.count("weed.weeded")
counters.count("token.refused", 4)
getattr(counters, "close", lambda: None)()
print(",".join(sorted(seen)), "opencensus" in sys.modules)
"""


class Ingestion:
    """What Application Insights would have received."""

    def __init__(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.metrics: list[tuple[str, int]] = []
        self.paths: set[str] = set()
        self.arrived = threading.Condition()
        self.connection = f"InstrumentationKey={KEY};IngestionEndpoint=http://127.0.0.1:{self.server.server_port}/"

    def take(self, path: str, envelopes: list[dict[str, Any]]) -> None:
        with self.arrived:
            self.paths.add(path)
            data = [envelope["data"]["baseData"]["metrics"][0] for envelope in envelopes]
            self.metrics += [(each["name"], each["value"]) for each in data]
            self.arrived.notify_all()

    def total(self, name: str) -> int:
        return sum(value for metric, value in self.metrics if metric == name)

    def wait_for(self, name: str, total: int) -> bool:
        with self.arrived:
            return self.arrived.wait_for(lambda: self.total(name) >= total, timeout=DEADLINE_SECONDS)

    def _handler(ingestion: "Ingestion") -> type[BaseHTTPRequestHandler]:  # noqa: N805 - `self` is the request's
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None: ...

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["content-length"]))
                raw = gzip.decompress(raw) if self.headers.get("content-encoding") == "gzip" else raw
                envelopes = json.loads(raw)
                ingestion.take(self.path, envelopes)
                answer = {"itemsReceived": len(envelopes), "itemsAccepted": len(envelopes), "errors": []}
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

        return Handler


@pytest.fixture
def ingestion() -> Iterator[Ingestion]:
    received = Ingestion()
    thread = threading.Thread(target=received.server.serve_forever, kwargs={"poll_interval": SOON})
    thread.start()
    yield received
    received.server.shutdown()
    received.server.server_close()
    thread.join()


def run(*arguments: str) -> str:
    environment = {"APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "true", "PATH": "", "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-c", COUNTS, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_counters_arrive_and_no_other_host_is_called(ingestion: Ingestion) -> None:
    assert run("on", ingestion.connection) == "127.0.0.1 True"

    assert sorted(ingestion.metrics) == [("token.refused", 4), ("weed.weeded", 3)]
    assert ingestion.paths == {"/v2.1/track"}


@pytest.mark.parametrize("on,connected", [("off", True), ("on", False), ("off", False)])
def test_when_it_is_off_or_has_nowhere_to_send_nothing_is_even_imported(
    ingestion: Ingestion, on: str, connected: bool
) -> None:
    assert run(on, ingestion.connection if connected else "") == "False"
    assert ingestion.metrics == []


def test_what_is_sent_is_what_was_added_since_the_last_time(ingestion: Ingestion) -> None:
    counters = metrics(on=True, connection_string=ingestion.connection, every=SOON)
    assert isinstance(counters, SentMetrics)
    counters.count("ingest.taken-in", 2)
    assert ingestion.wait_for("ingest.taken-in", 2)
    counters.count("ingest.taken-in", 5)
    assert ingestion.wait_for("ingest.taken-in", 7)
    counters.close()

    assert ingestion.total("ingest.taken-in") == 7


def test_counting_from_many_threads_loses_nothing(ingestion: Ingestion) -> None:
    counters = metrics(on=True, connection_string=ingestion.connection, every=SOON)
    assert isinstance(counters, SentMetrics)

    def count() -> None:
        for number in range(500):
            counters.count(f"counter-{number % 5}")

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counters.close()

    assert [ingestion.total(f"counter-{number}") for number in range(5)] == [400] * 5


def test_an_endpoint_that_is_gone_is_nobodys_trouble(ingestion: Ingestion) -> None:
    counters = metrics(on=True, connection_string=f"InstrumentationKey={KEY};IngestionEndpoint=http://127.0.0.1:1/")
    assert isinstance(counters, SentMetrics)
    counters.count("weed.failed")
    counters.close()
    counters.count("weed.failed")


def test_the_fake_and_the_silent_one_keep_the_promise_too() -> None:
    counted = MemoryMetrics()
    for counters in (counted, SilentMetrics()):
        counters.count("weed.weeded")
        counters.count("weed.weeded", 2)
    assert counted.counts == {"weed.weeded": 3}
