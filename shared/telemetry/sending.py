"""The numbers on their way to Application Insights: one thread, one request a minute, and nobody waits for it."""

import atexit
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from opencensus.ext.azure.common.protocol import DataPoint
from opencensus.ext.azure.metrics_exporter import MetricsExporter
from opencensus.trace import execution_context

from shared.metrics import DECLARED, Unit, declared
from shared.telemetry.limits import ENDS_WITHIN, Credential, exporter_options
from shared.telemetry.sums import Sum, Sums


class SentMetrics:
    """Closes the credential when it ends. Raises ValueError for a connection string that is none."""

    def __init__(
        self, connection_string: str, credential: Credential, *, now: Callable[[], datetime], every: float
    ) -> None:
        self._sums, self._now, self._every, self._credential = Sums(), now, every, credential
        self._exporter = _Exporter(**exporter_options(connection_string, credential, every))
        self._ending = threading.Event()
        self._closes: list[Callable[[], None]] = []
        self._thread = threading.Thread(target=self._send_until_the_end, name="telemetry", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def count(self, name: str, number: int = 1, *, of: str | None = None) -> None:
        if declared(name, Unit.COUNT, of):
            self._sums.add(name, number, of)

    def measure(self, name: str, seconds: float, *, of: str | None = None) -> None:
        if declared(name, Unit.SECONDS, of):
            self._sums.add(name, seconds, of)

    def also_close(self, close: Callable[[], None]) -> None:
        """What must end when this does."""
        self._closes.append(close)

    def close(self) -> None:
        """Send what was told, and end; give up after a few seconds, whatever the other side does."""
        atexit.unregister(self.close)
        self._ending.set()
        for close in self._closes:
            close()
        self._thread.join(ENDS_WITHIN)
        self._credential.close()

    def _send_until_the_end(self) -> None:
        execution_context.set_is_exporter(True)  # its own requests are nobody's to trace
        while not self._ending.wait(self._every):
            self._send()
        self._send()

    def _send(self) -> None:
        self._exporter.send([self._exporter.envelope(each, self._now()) for each in self._sums.take()])


class _Exporter(MetricsExporter):  # type: ignore[misc] # opencensus has no types
    """Told as sums with their number, least and most, which the library's own gauges cannot say."""

    def _check_stats_collection(self) -> bool:
        return False  # whatever the environment says: statsbeat would leave the UK

    def envelope(self, each: Sum, now: datetime) -> Any:
        point = DataPoint(name=each.name, value=each.total, count=each.times, min=each.least, max=each.most)
        by = DECLARED[each.name].by
        return self._create_envelope(point, now, {by: each.of} if by else {})

    def send(self, envelopes: list[Any]) -> None:
        for start in range(0, len(envelopes), self.max_batch_size):
            self._transmit(envelopes[start : start + self.max_batch_size])
