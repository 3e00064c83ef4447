"""Metrics: what is told arrives where it should and nowhere else, or nothing is said at all."""

import subprocess
import sys
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from shared.metrics import DECLARED, Unit, declared
from shared.telemetry import SilentMetrics, metrics
from tests.fakes import MemoryMetrics
from tests.telemetry.identity import Given, identifying
from tests.telemetry.ingestion import KEY, Ingestion, receiving

if TYPE_CHECKING:
    from shared.telemetry.sending import SentMetrics

# What the exporter's libraries still call, on 3.11 and on 3.12.
pytestmark = [
    pytest.mark.filterwarnings("ignore:'locale.getdefaultlocale' is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning"),
]
SOON, NEVER = 0.05, 3600.0
ENDS_WITHIN = 60

# In a process of its own: what the libraries start and whom they call is then seen whole. Every address that is
# looked up or connected to is told, whoever does it.
TELLS = """
import socket, sys
from datetime import UTC, datetime
seen = set()
look_up, connect = socket.getaddrinfo, socket.socket.connect
def looked_up(host, *more, **named):
    seen.add(str(host)); return look_up(host, *more, **named)
def connected(self, address):
    seen.add(str(address[0])); return connect(self, address)
socket.getaddrinfo, socket.socket.connect = looked_up, connected
from shared.telemetry import metrics
told = metrics(on=sys.argv[1] == "on", connection_string=sys.argv[2], now=lambda: datetime.now(UTC), every=3600.0)
for _ in range(3):
    told.count("weed.weeded")
told.count("refused", 4, of="expired")
for seconds in (0.5, 2.5, 1.0):
    told.measure("verb.took", seconds, of="weed")
if len(sys.argv) > 3:
    getattr(told, "close", lambda: None)()
print(",".join(sorted(seen)), "opencensus" in sys.modules)
"""


def now() -> datetime:
    return datetime.now(UTC)


def sending(ingestion: Ingestion) -> "SentMetrics":
    """Numbers alone: traces would be of this whole process."""
    from shared.telemetry.sending import SentMetrics

    return SentMetrics(ingestion.connection, Given(), now=now, every=SOON)


def run(*arguments: str, **environment: str) -> str:
    environment = {"PATH": "", "PYTHONWARNINGS": "ignore", **environment}
    command = [sys.executable, "-c", TELLS, *arguments]
    with identifying() as identity:
        done = subprocess.run(
            command,
            env=environment | identity.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=ENDS_WITHIN,
        )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("statsbeat", [{}, {"APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "true"}])
def test_what_was_told_arrives_and_no_other_host_is_called(ingestion: Ingestion, statsbeat: dict[str, str]) -> None:
    assert run("on", ingestion.connection, "close", **statsbeat) == "127.0.0.1 True"

    points = sorted((point["name"], point["value"], point["count"]) for point, _ in ingestion.metrics)
    assert points == [("refused", 4, 1), ("verb.took", 4.0, 3), ("weed.weeded", 3, 3)]
    told_apart = {point["name"]: properties for point, properties in ingestion.metrics}
    assert told_apart == {"refused": {"code": "expired"}, "verb.took": {"verb": "weed"}, "weed.weeded": {}}
    (took,) = [point for point, _ in ingestion.metrics if point["name"] == "verb.took"]
    assert (took["min"], took["max"]) == (0.5, 2.5)
    assert ingestion.paths == {"/v2.1/track"}


def test_what_was_told_is_sent_when_the_process_ends(ingestion: Ingestion) -> None:
    run("on", ingestion.connection)
    assert ingestion.total("weed.weeded") == 3


@pytest.mark.slow
def test_a_process_ends_though_the_endpoint_never_answers() -> None:
    with receiving(keeps_waiting=True) as ingestion:
        run("on", ingestion.connection)
        assert not ingestion.answering.is_set()
        assert ingestion.total("weed.weeded") == 3


@pytest.mark.parametrize("on,connected", [("off", True), ("on", False), ("off", False)])
def test_when_it_is_off_or_has_nowhere_to_send_nothing_is_even_imported(
    ingestion: Ingestion, on: str, connected: bool
) -> None:
    assert run(on, ingestion.connection if connected else "", "close") == "False"
    assert ingestion.envelopes == []


@pytest.mark.parametrize(
    "connection",
    ["nonsense", f"InstrumentationKey={KEY}", "InstrumentationKey=secret;IngestionEndpoint=http://127.0.0.1:1/"],
)
def test_a_connection_string_that_is_none_or_leaves_the_country_is_silence_and_one_line(
    connection: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert isinstance(metrics(on=True, connection_string=connection, now=now), SilentMetrics)
    (line,) = [record.getMessage() for record in caplog.records if record.name == "shared.telemetry"]
    assert "APPLICATIONINSIGHTS_CONNECTION_STRING" in line
    assert connection not in line


def test_what_is_sent_is_what_was_added_since_the_last_time(ingestion: Ingestion) -> None:
    told = sending(ingestion)
    told.count("ingest.taken-in", 2)
    assert ingestion.wait_until(lambda: ingestion.total("ingest.taken-in") == 2)
    told.count("ingest.taken-in", 5)
    assert ingestion.wait_until(lambda: ingestion.total("ingest.taken-in") == 7)
    told.close()

    assert ingestion.total("ingest.taken-in") == 7


def test_counting_from_many_threads_loses_nothing(ingestion: Ingestion) -> None:
    told = sending(ingestion)
    names = ["one", "two", "three", "four", "five"]

    def count() -> None:
        for number in range(500):
            told.count("fault", of=names[number % 5])

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.close()

    assert [ingestion.total("fault", of=name) for name in names] == [400] * 5


def test_an_endpoint_that_is_gone_is_nobodys_trouble() -> None:
    with receiving() as ingestion:
        pass
    told = sending(ingestion)
    told.count("weed.failed")
    told.close()
    told.count("weed.failed")


def test_what_is_not_declared_is_dropped_by_the_real_one(ingestion: Ingestion) -> None:
    told = sending(ingestion)
    told.count("weed.weeded")
    told.count("weed.officer-4021")
    told.count("refused")
    told.count("refused", of="Jane Doe")
    told.measure("weed.weeded", 1.0)
    told.close()
    assert [point["name"] for point, _ in ingestion.metrics] == ["weed.weeded"]


@pytest.mark.parametrize(
    "name,of",
    [("weed.undeclared", None), ("weed.weeded", "weed"), ("refused", None), ("refused", "PC Doe"), ("", None)],
)
def test_what_is_not_declared_fails_a_test_that_tells_it(name: str, of: str | None) -> None:
    told = MemoryMetrics()
    with pytest.raises(AssertionError, match="is no count"):
        told.count(name, of=of)
    with pytest.raises(AssertionError, match="is no seconds"):
        told.measure("weed.weeded", 1.0)


@pytest.mark.parametrize("of", ["", "4021", "Borough", "a b", "a.b", "a/b", "a" * 41, "7f1c9c0e", "a\n"])
def test_what_a_number_is_told_apart_by_is_a_name_of_ours(of: str) -> None:
    assert not declared("fault", Unit.COUNT, of)


def test_the_fake_and_the_silent_one_keep_the_promise_too() -> None:
    counted = MemoryMetrics()
    for told in (counted, SilentMetrics()):
        told.count("weed.weeded")
        told.count("weed.weeded", 2)
        told.measure("verb.took", 1.5, of="weed")
    assert (counted.counts, counted.measures) == ({"weed.weeded": 3}, {"verb.took.weed": [1.5]})


def test_a_name_is_declared_once_and_lower_case() -> None:
    assert all(name == name.lower() and " " not in name for name in DECLARED)
