"""What this host does not serve is refused by name instead of silently left out."""

import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local.host import routes_of
from local.hosting.connections import AzureConnections
from local.hosting.errors import HostError
from local.hosting.invocation import HTTP, QUEUE, TIMER, Function
from local.hosting.timers import timer_options
from local.hosting.worker import function_of, index

HTTP_TRIGGER = {"type": HTTP, "name": "req", "direction": "IN"}
HTTP_ANSWER = {"type": "http", "name": "$return", "direction": "OUT"}
TIMER_TRIGGER = {"type": TIMER, "name": "timer", "direction": "IN"}
QUEUE_TRIGGER = {"type": QUEUE, "name": "message", "direction": "IN"}
QUEUE_OUTPUT = {"type": "queue", "name": "sent", "direction": "OUT"}
BLOB_INPUT = {"type": "blob", "name": "page", "direction": "IN"}
BLOB_TRIGGER = {"type": "blobTrigger", "name": "blob", "direction": "IN"}


def indexed(*bindings: dict[str, Any], retry: object = None) -> Function:
    """As the worker library describes a function."""
    raw = [json.dumps(binding) for binding in bindings]
    return function_of(SimpleNamespace(name="f", function_id="1", raw_bindings=raw, retry_options=retry))


def test_the_four_triggers_are_served() -> None:
    assert indexed(HTTP_TRIGGER, HTTP_ANSWER).kind == HTTP
    assert indexed(HTTP_ANSWER, HTTP_TRIGGER).kind == HTTP
    assert indexed(TIMER_TRIGGER).kind == TIMER
    assert indexed(QUEUE_TRIGGER, retry=object()).kind == QUEUE  # the real host has none for queues either
    assert indexed({**QUEUE_TRIGGER, "type": "eventGridTrigger"}).kind == "eventGridTrigger"


@pytest.mark.parametrize(
    ("bindings", "says"),
    [
        ([QUEUE_TRIGGER, QUEUE_OUTPUT], "function 'f' has the queue binding 'sent'"),
        ([HTTP_TRIGGER, HTTP_ANSWER, BLOB_INPUT], "function 'f' has the blob binding 'page'"),
        ([QUEUE_TRIGGER, {**QUEUE_OUTPUT, "name": "$return"}], "function 'f' has the queue binding '$return'"),
        ([BLOB_TRIGGER], "function 'f' has blobTrigger"),
        ([QUEUE_OUTPUT], "function 'f' has no trigger"),
    ],
)
def test_other_triggers_and_bindings_are_refused(bindings: list[dict[str, Any]], says: str) -> None:
    with pytest.raises(HostError, match="this host serves") as refused:
        indexed(*bindings)
    assert says in str(refused.value)


def test_a_timers_retry_policy_is_refused() -> None:
    with pytest.raises(HostError, match="'f' has a retry policy"):
        indexed(TIMER_TRIGGER, retry=object())


@pytest.mark.parametrize(
    ("expression", "says"),
    [("* * * * * 7", "weekday: 7 is not within 0-6"), ("0 0 0 30 2 *", "never occurs"), ("00:05:00", "5 or 6")],
)
def test_a_schedule_that_cannot_be_kept_is_refused(expression: str, says: str) -> None:
    with pytest.raises(HostError) as refused:
        timer_options(indexed(TIMER_TRIGGER), expression, datetime(2026, 11, 25, tzinfo=UTC))
    assert says in str(refused.value)
    assert f"function 'f': schedule {expression!r}" in str(refused.value)


async def test_a_queue_whose_connection_has_no_setting_is_refused() -> None:
    with pytest.raises(HostError, match="queue 'work': the setting 'NOWHERE__queueServiceUri'"):
        AzureConnections({"WORK__queueServiceUri": "https://127.0.0.1"}).work_queue("NOWHERE", "work")


def test_a_route_that_would_double_the_separator_is_refused() -> None:
    function = indexed({**HTTP_TRIGGER, "route": "/a"}, HTTP_ANSWER)
    with pytest.raises(HostError, match=r"'f'.*cannot appear consecutively"):
        routes_of([function], "api")
    (route,), errors = routes_of([function], "")
    assert (route.template, errors) == ("a", [])


def test_a_route_of_the_hosts_own_is_an_error_of_that_function_alone() -> None:
    own = indexed({**HTTP_TRIGGER, "route": "runtime/x"}, HTTP_ANSWER)
    fine = indexed(HTTP_TRIGGER, HTTP_ANSWER)
    (route,), (error,) = routes_of([own, fine], "api")
    assert route.template == "f"
    assert "The 'f' function is in error: route 'runtime/x' conflicts" in error


async def test_a_folder_without_an_app_is_refused_before_anything_is_imported(tmp_path: Path) -> None:
    with pytest.raises(HostError, match=r"no function_app\.py in"):
        await index(tmp_path)
