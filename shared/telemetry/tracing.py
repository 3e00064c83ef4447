"""Traces of the Azure SDKs' calls: which operation, to which host, with which answer, how long. Nothing else of it.

One trace for each invocation that makes calls; whether it is sampled is decided once for all its calls. Paths carry
boroughs and recordings, queries carry signatures, and an error's text may carry either, so what is kept of a span is a
list, and all that is not on it is dropped before it is part of the span.
"""

import atexit
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from azure.core.settings import settings
from opencensus.ext.azure.trace_exporter import AzureExporter
from opencensus.trace import config_integration, execution_context, samplers
from opencensus.trace.tracer import Tracer

from shared.telemetry.limits import ENDS_WITHIN, Credential, exporter_options

URL = "http.url"
KEPT = frozenset({"component", "error.type", "http.method", "http.status_code", "az.service_request_id"})


def trace(connection_string: str, credential: Credential, *, every: float, sampled: float) -> Callable[[], None]:
    """From now on SDK calls are traced. Returns what ends it."""
    exporter = _Exporter(**exporter_options(connection_string, credential, every))
    atexit.unregister(exporter._worker.stop)  # noqa: SLF001 - both would wait for as long as closing does
    atexit.unregister(exporter._stop)  # noqa: SLF001
    spans = _spans(exporter, samplers.ProbabilitySampler(sampled))
    settings.tracing_implementation = spans

    def close() -> None:
        if settings.tracing_implementation() is spans:
            settings.tracing_implementation = None
        exporter._worker.stop(ENDS_WITHIN)  # noqa: SLF001 - the only way to flush it

    return close


def kept(key: str, value: Any) -> Any:
    """What of this attribute may be told; None if nothing."""
    if key == URL:
        parts = urlsplit(str(value))
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/"
    return value if key in KEPT else None


def _spans(exporter: AzureExporter, sampler: samplers.ProbabilitySampler) -> type:
    """A class of spans for azure-core, whose traces begin by themselves and end at this exporter."""

    class Span(_plugin()):  # type: ignore[misc] # opencensus has no types
        @classmethod
        def get_current_tracer(cls) -> Tracer:
            if execution_context.is_exporter():  # asking for its own token, once for each trace that is sent
                return Tracer(sampler=samplers.AlwaysOffSampler())
            tracer = execution_context.get_opencensus_tracer()
            return tracer if isinstance(tracer, Tracer) else Tracer(sampler=sampler, exporter=exporter)

        @classmethod
        @contextmanager
        def change_context(cls, span: Any) -> Iterator[None]:
            """The plugin's own is no context manager since Python 3.11, and azure-core then drops the span."""
            before = cls.get_current_span()
            execution_context.set_current_span(span)
            try:
                yield
            finally:
                execution_context.set_current_span(before)

        def add_attribute(self, key: str, value: Any) -> None:
            told = kept(key, value)
            if told is not None:
                super().add_attribute(key, told)

    return Span


def _plugin() -> Any:
    """Importing it would wrap every thread and thread pool of the process, which then print spans: not here."""
    integrate = config_integration.trace_integrations
    config_integration.trace_integrations = lambda *_: []
    try:
        from azure.core.tracing.ext.opencensus_span import OpenCensusSpan
    finally:
        config_integration.trace_integrations = integrate
    return OpenCensusSpan


class _Exporter(AzureExporter):  # type: ignore[misc] # opencensus has no types
    def _check_stats_collection(self) -> bool:
        return False  # whatever the environment says: statsbeat would leave the UK
