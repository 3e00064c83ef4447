"""The Metrics port: numbers and traces of SDK calls, to Application Insights once a minute, or nowhere.

T1  Silent if TELEMETRY is off, or there is no connection string, or it is none, or it names no ingestion endpoint of
    its own: the library's default endpoint is outside the UK.
T2  Nothing waits for it and nothing fails by it. What cannot be sent is dropped; nothing is written to disk.
T3  No host but the ingestion endpoint is called: no statsbeat, no live metrics, no standard metrics.
T4  What goes out names no person, no footage and no path, and carries no right: metrics are a closed set
    (shared/metrics.py), and of a call its method, host, status and operation are kept (tracing.py), nothing else.
T5  It is sent in the app's own identity, for the connection string alone is worth nothing (infra/monitor.bicep). Its
    token is asked for where it is sent, so nothing waits for that either; without one, what was to be sent is dropped.

Only this package knows opencensus, and it is imported when there is something to send and somewhere to send it.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from shared.ports import Metrics

if TYPE_CHECKING:
    from shared.telemetry.sending import SentMetrics

log = logging.getLogger(__name__)

SENT_EVERY_SECONDS = 60.0
SAMPLED = 0.05  # of all traces; a day's intake is half a million SDK calls
TALKATIVE = ("azure", "aiohttp", "msal", "urllib3")


class SilentMetrics:
    def count(self, name: str, number: int = 1, *, of: str | None = None) -> None:
        """Say nothing."""

    def measure(self, name: str, seconds: float, *, of: str | None = None) -> None:
        """Say nothing."""


def quieten() -> None:
    """The Azure libraries log every request's address at INFO, and the Functions worker listens at INFO: paths of
    footage, and addresses with a right in them, would stand in the logs of whoever operates this.
    """
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def metrics(
    *, on: bool, connection_string: str, now: Callable[[], datetime], every: float = SENT_EVERY_SECONDS
) -> Metrics:
    """Whatever these settings come to: rule T1."""
    if not on or not connection_string:
        return SilentMetrics()
    try:
        return sent(connection_string, now=now, every=every, sampled=SAMPLED)
    except ValueError:  # its text may repeat the connection string, and that has a key in it
        log.error("telemetry: APPLICATIONINSIGHTS_CONNECTION_STRING needs a key and its own IngestionEndpoint: silent")  # noqa: TRY400 - no trace
        return SilentMetrics()


def sent(connection_string: str, *, now: Callable[[], datetime], every: float, sampled: float) -> "SentMetrics":
    """Metrics, and traces of that part of all SDK calls. Raises ValueError for a connection string that is none."""
    from azure.identity import DefaultAzureCredential

    from shared.telemetry.sending import SentMetrics
    from shared.telemetry.tracing import trace

    credential = DefaultAzureCredential()  # not wiring's: what sends are threads, which have no event loop
    sending = SentMetrics(connection_string, credential, now=now, every=every)
    sending.also_close(trace(connection_string, credential, every=every, sampled=sampled))
    return sending
