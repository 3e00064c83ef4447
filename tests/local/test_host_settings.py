"""host.json, local.settings.json and `%SETTING%` are read as the real host and `func start` read them."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from local.hosting.errors import HostError
from local.hosting.settings import (
    apply_local_settings,
    is_disabled,
    read_host_file,
    resolved,
    timespan,
)


def host_file(folder: Path, **extensions: Any) -> Path:
    (folder / "host.json").write_text(json.dumps({"version": "2.0", "extensions": extensions}))
    return folder


def test_an_empty_host_json_has_the_hosts_own_defaults(tmp_path: Path) -> None:
    read = read_host_file(host_file(tmp_path))
    assert read.http.route_prefix == "api"
    assert (read.http.max_outstanding_requests, read.http.max_concurrent_requests) == (-1, -1)
    assert (read.queues.batch_size, read.queues.new_batch_size, read.queues.max_dequeue_count) == (16, 8, 5)
    assert (read.queues.visibility_timeout, read.queues.max_polling_interval) == (timedelta(0), None)
    assert read.queues.base64


def test_host_json_overrides_them(tmp_path: Path) -> None:
    queues = {"batchSize": 2, "visibilityTimeout": "00:00:30", "maxPollingInterval": "00:00:02"}
    read = read_host_file(
        host_file(tmp_path, http={"routePrefix": "/v1/"}, queues=queues | {"messageEncoding": "none"})
    )
    assert read.http.route_prefix == "v1"
    assert (read.queues.batch_size, read.queues.new_batch_size) == (2, 1)
    assert read.queues.visibility_timeout == timedelta(seconds=30)
    assert read.queues.max_polling_interval == timedelta(seconds=2)
    assert not read.queues.base64


def test_settings_named_by_their_path_go_over_host_json(tmp_path: Path) -> None:
    job_host = "AzureFunctionsJobHost__extensions__"
    over = {f"{job_host}queues__batchSize": "3", f"{job_host}queues__visibilityTimeout": "00:00:02"}
    read = read_host_file(host_file(tmp_path, queues={"batchSize": 2, "newBatchSize": 0}), over)
    assert (read.queues.batch_size, read.queues.new_batch_size) == (3, 0)
    assert read.queues.visibility_timeout == timedelta(seconds=2)


@pytest.mark.parametrize(
    "queues",
    [
        {"batchSize": 0},
        {"batchSize": 33},
        {"batchSize": "2"},
        {"batchSize": True},
        {"maxDequeueCount": 0},
        {"visibilityTimeout": 30},
        {"maxPollingInterval": "soon"},
        {"messageEncoding": "hex"},
    ],
)
def test_a_setting_that_cannot_be_is_named(tmp_path: Path, queues: dict[str, Any]) -> None:
    with pytest.raises(HostError) as refused:
        read_host_file(host_file(tmp_path, queues=queues))
    assert repr(next(iter(queues.values()))) in str(refused.value)
    assert "host.json" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "host.json is not JSON"),
        ("[]", "host.json is not a JSON object"),
        ("{}", '"version" must be "2.0"'),
        ('{"version": "2.0", "extensions": [1]}', "host.json"),
        ('{"version": "2.0", "extensions": {"http": 3}}', "host.json"),
    ],
)
def test_a_host_json_that_cannot_be_read_is_named(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "host.json").write_text(text)
    with pytest.raises(HostError) as refused:
        read_host_file(tmp_path)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("00:00:30", 30), ("01:02:03", 3723), ("1.00:00:00", 86400), ("00:05", 300), ("00:00:00.25", 0.25)],
)
def test_a_time_span_is_dotnets(text: str, seconds: float) -> None:
    assert timespan(text) == timedelta(seconds=seconds)


def test_local_settings_fill_what_is_not_set_and_even_an_empty_value_is_set(tmp_path: Path) -> None:
    values = {"NEW": "n", "SET": "file", "EMPTY": "file", "NULL": None, "NUMBER": 1, "YES": True}
    (tmp_path / "local.settings.json").write_text("\ufeff" + json.dumps({"Values": values}))
    environment = {"SET": "before", "EMPTY": ""}
    apply_local_settings(tmp_path, environment)
    assert environment == {"NEW": "n", "SET": "before", "EMPTY": "", "NUMBER": "1", "YES": "true"}


def test_local_settings_may_be_missing_but_not_encrypted(tmp_path: Path) -> None:
    environment: dict[str, str] = {}
    apply_local_settings(tmp_path, environment)
    assert environment == {}
    (tmp_path / "local.settings.json").write_text('{"IsEncrypted": true, "Values": {"A": "b"}}')
    with pytest.raises(HostError, match="encrypted"):
        apply_local_settings(tmp_path, environment)


def test_a_name_between_percent_signs_is_replaced_by_its_setting() -> None:
    assert resolved("0 %A% * %B%", {"A": "1", "B": "2"}, "here") == "0 1 * 2"
    with pytest.raises(HostError, match="here: the setting 'C' named by %C% is missing"):
        resolved("%C%", {}, "here")


@pytest.mark.parametrize("name", ["AzureWebJobs.weed.Disabled", "AzureWebJobs_weed_Disabled"])
def test_a_function_can_be_disabled_by_a_setting(name: str) -> None:
    assert is_disabled("weed", {name: "True"})
    assert is_disabled("weed", {name: "1"})
    assert not is_disabled("weed", {name: "false"})
    assert not is_disabled("seal", {name: "true"})
