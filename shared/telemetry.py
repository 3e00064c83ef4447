"""The Metrics port: counters by name, sent to Application Insights once a minute, or nowhere.

This is the only file that knows how metrics travel. What is sent is how much a counter grew since it was last sent.
Nothing is written to disk, and no other host is called: configuration sets APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL.
"""

import atexit
import threading
from typing import TYPE_CHECKING

from shared.ports import Metrics

if TYPE_CHECKING:
    from opencensus.ext.azure.metrics_exporter import MetricsExporter

SENT_EVERY_SECONDS = 60.0


def metrics(on: bool, connection_string: str, *, every: float = SENT_EVERY_SECONDS) -> Metrics:  # noqa: FBT001 - the setting itself
    """Silent unless telemetry is on and there is somewhere to send to."""
    return SentMetrics(connection_string, every) if on and connection_string else SilentMetrics()


class SilentMetrics:
    def count(self, name: str, number: int = 1) -> None:
        """Say nothing."""


class SentMetrics:
    def __init__(self, connection_string: str, every: float) -> None:
        from opencensus.metrics.export.gauge import DerivedLongGauge, Registry
        from opencensus.metrics.transport import get_exporter_thread

        self._gauge, self._registry = DerivedLongGauge, Registry()
        self._counters: dict[str, _Counter] = {}
        self._lock = threading.Lock()
        self._exporter = _exporter(connection_string, every)
        self._exporter.exporter_thread = get_exporter_thread([self._registry], self._exporter, interval=every)

    def count(self, name: str, number: int = 1) -> None:
        with self._lock:
            counter = self._counters.get(name) or self._add(name)
        counter.add(number)

    def close(self) -> None:
        """Send what was counted, and stop."""
        atexit.unregister(self._exporter.shutdown)  # registered by the exporter, to send once more at the end
        self._exporter.shutdown()

    def _add(self, name: str) -> "_Counter":
        counter = self._counters[name] = _Counter()
        gauge = self._gauge(name, name, "1", [])
        gauge.create_default_time_series(counter.take)
        self._registry.add_gauge(gauge)
        return counter


class _Counter:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._number = 0

    def add(self, number: int) -> None:
        with self._lock:
            self._number += number

    def take(self) -> int:
        """What was added since the last time."""
        with self._lock:
            taken, self._number = self._number, 0
            return taken


def _exporter(connection_string: str, every: float) -> "MetricsExporter":
    from opencensus.ext.azure.metrics_exporter import MetricsExporter

    return MetricsExporter(
        connection_string=connection_string,
        export_interval=every,
        enable_local_storage=False,
    )
