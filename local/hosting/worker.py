"""Microsoft's own worker library, driven without gRPC: finds an app's functions and runs them.

This is the only file that knows `azure_functions_runtime`. The library keeps its state in its modules, so one
process can hold ONE app; everything async runs on the caller's event loop, as the app's cached clients need.
"""

import json
import logging
import os
import sys
from collections.abc import Iterable, Mapping
from http.cookies import SimpleCookie
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from local.hosting.errors import HostError
from local.hosting.invocation import (
    TIMER,
    TRIGGERS,
    Function,
    HttpAnswer,
    HttpRequest,
    Input,
    JsonInput,
    MessageInput,
    Outcome,
    TraceContext,
)


class _Message:
    """Stands for every protobuf message: the library only builds them and reads them back."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)


def _message(name: str, **constants: int) -> type[_Message]:
    return type(name, (_Message,), dict(constants))


_PROTOCOL = SimpleNamespace(
    WorkerInitResponse=_message("WorkerInitResponse"),
    WorkerMetadata=_message("WorkerMetadata"),
    RpcException=_message("RpcException"),
    RpcFunctionMetadata=_message("RpcFunctionMetadata"),
    RpcRetryOptions=_message("RpcRetryOptions"),
    FunctionMetadataResponse=_message("FunctionMetadataResponse"),
    StatusResult=_message("StatusResult", Failure=0, Success=1),
    BindingInfo=_message("BindingInfo", **{"in": 0, "out": 1, "inout": 2, "undefined": 0}),
)


def _request(kind: str, **fields: Any) -> SimpleNamespace:
    return SimpleNamespace(
        name=kind,
        request=SimpleNamespace(**{kind: SimpleNamespace(**fields)}),
        properties={"host": "127.0.0.1", "protos": _PROTOCOL},
    )


class _ReportedElsewhere(logging.Filter):
    """The library logs each traceback that it also returns; the host prints the returned one, once."""

    def __init__(self) -> None:
        super().__init__()
        self.is_indexing = True

    def filter(self, record: logging.LogRecord) -> bool:
        return not self.is_indexing and record.msg != "Native invocation failed"


class Worker:
    """The functions of one app, ready to run."""

    def __init__(self, functions: Mapping[str, Function]) -> None:
        self.functions = functions

    async def run(self, function: Function, invocation: str, given: Input, trace: TraceContext) -> Outcome:
        """Run one invocation to its end; an exception of the app is an Outcome, never raised."""
        from azure_functions_runtime import native_invocation

        metadata = {} if isinstance(given, HttpRequest) else _metadata(given.metadata)
        succeeded, returned, _, error, traceback = await native_invocation.invocation_request_native(
            invocation,
            function.identity,
            [(function.trigger["name"], _datum(given))],
            metadata,
            trace_parent=trace.parent,
            trace_state=trace.state,
        )
        if not succeeded:
            return Outcome(error=error or "failed without a word", traceback=traceback or "")
        return Outcome(answer=_answer(returned))

    def close(self) -> None:
        """Let the threads of synchronous functions end; does not wait for them."""
        import azure_functions_runtime as runtime

        threads = runtime.get_threadpool_executor()
        if threads is not None:
            threads.shutdown(wait=False, cancel_futures=True)


async def index(folder: Path) -> Worker:
    """Import the app in `folder` and find its functions; HostError carries the worker's own message."""
    script = os.environ.get("PYTHON_SCRIPT_FILE_NAME") or "function_app.py"
    if not (folder / script).is_file():
        raise HostError(f"no {script} in {folder}: only apps of the Python v2 model can be served")
    import azure_functions_runtime as runtime

    sys.path.insert(0, str(folder))
    reported_elsewhere = _ReportedElsewhere()
    logging.getLogger("azure.functions").addFilter(reported_elsewhere)
    runtime.start_threadpool_executor()
    started = await runtime.worker_init_request(
        _request("worker_init_request", capabilities={}, function_app_directory=str(folder))
    )
    if started.result.status != _PROTOCOL.StatusResult.Success:
        problem = started.result.exception
        raise HostError(f"{folder / script} could not be indexed\n{problem.message}\n{_cause(problem.stack_trace)}")
    reported_elsewhere.is_indexing = False
    found = await runtime.functions_metadata_request(_request("functions_metadata_request"))
    functions = [function_of(entry) for entry in found.function_metadata_results or ()]
    return Worker({function.name: function for function in functions})


def _cause(stack_trace: str) -> str:
    """The library raises a failed import again with its advice; the app's own lines are in the first traceback."""
    first, again, _ = stack_trace.partition("\nDuring handling of the above exception")
    return first.strip() if again and "ModuleNotFoundError: " in first else stack_trace.strip()


def function_of(entry: Any) -> Function:
    """Refuses what would silently not work here: other triggers, output and input bindings, retry policies."""
    bindings = tuple(json.loads(text) for text in entry.raw_bindings)
    triggers = [binding for binding in bindings if binding["type"].lower().endswith("trigger")]
    if len(triggers) != 1 or triggers[0]["type"] not in TRIGGERS:
        kinds = ", ".join(binding["type"] for binding in triggers) or "no trigger"
        raise HostError(f"function {entry.name!r} has {kinds}; this host serves {', '.join(TRIGGERS)}")
    for binding in bindings:
        if binding is not triggers[0] and not (binding["type"] == "http" and binding["name"] == "$return"):
            raise HostError(
                f"function {entry.name!r} has the {binding['type']} binding {binding['name']!r}; "
                "this host serves triggers only, write to the service in code"
            )
    if entry.retry_options is not None and triggers[0]["type"] == TIMER:
        raise HostError(f"function {entry.name!r} has a retry policy, which this host does not keep")
    return Function(name=entry.name, identity=entry.function_id, trigger=triggers[0], bindings=bindings)


def _datum(given: Input) -> Any:
    from azure_functions_runtime.bindings.datumdef import Datum

    if isinstance(given, JsonInput):
        return Datum(given.text, "json")
    if isinstance(given, MessageInput):
        return Datum(given.body, "string" if isinstance(given.body, str) else "bytes")

    def texts(values: Mapping[str, str]) -> dict[str, Any]:
        return {name: Datum(value, "string") for name, value in values.items()}

    parts = {
        "method": Datum(given.method, "string"),
        "url": Datum(given.url, "string"),
        "headers": texts(given.headers),
        "query": texts(given.query),
        "params": texts(given.parameters),
        "body": Datum(given.body, "bytes"),
    }
    return Datum(parts, "http")


def _metadata(values: Mapping[str, Any]) -> dict[str, Any]:
    from azure_functions_runtime.bindings.datumdef import Datum

    return {
        name: Datum(value, "string") if isinstance(value, str) else Datum(json.dumps(value), "json")
        for name, value in values.items()
    }


def _answer(returned: Any) -> HttpAnswer | None:
    if returned is None or returned.value is None:
        return None
    if returned.type != "http":
        plain = (("content-type", "text/plain; charset=utf-8"),)
        return HttpAnswer(status=200, headers=plain, body=str(returned.value).encode())
    parts = returned.value
    headers = [(name, datum.value) for name, datum in parts["headers"].items()]
    headers += [("set-cookie", text) for text in _cookies(parts["cookies"] or ())]
    return HttpAnswer(status=int(parts["status_code"].value), headers=tuple(headers), body=parts["body"].value)


def _cookies(jars: Iterable[SimpleCookie]) -> list[str]:
    return [morsel.OutputString() for jar in jars for morsel in jar.values()]
