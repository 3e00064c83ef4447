"""What Microsoft's own worker library makes of the app: which functions, with which bindings, and how they run.

Each question is put to a process of its own (tests/worker/child.py).
"""

import json
import os
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

from tests.builders import RECORDING
from tests.functions.opened import EXAMPLE, ROOT

PATIENCE_SECONDS = 60
OPEN_METHODS = {
    "search": ("GET", "footage"),
    "read": ("GET", "footage/{id}"),
    "poster": ("GET", "footage/{id}/poster"),
    "play": ("POST", "footage/{id}/playback"),
    "categorise": ("PUT", "footage/{id}/category"),
    "correct_officer": ("PUT", "footage/{id}/officer"),
    "correct_incident": ("PUT", "footage/{id}/incident"),
    "release": ("POST", "footage/{id}/release"),
    "undo": ("POST", "footage/{id}/undo"),
    "categorise_many": ("POST", "footage/categories"),
    "categories": ("GET", "categories"),
    "annotate": ("POST", "footage/{id}/notes"),
    "notes": ("GET", "footage/{id}/notes"),
    "ask_approval": ("POST", "approvals"),
    "decide_approval": ("PUT", "approvals/{id}"),
    "approval": ("GET", "approvals/{id}"),
    "approvals": ("GET", "approvals"),
    "worklist": ("GET", "worklists/{name}"),
    "worklists": ("GET", "worklists"),
    "trail": ("GET", "footage/{id}/trail"),
    "audit": ("GET", "audit/entries"),
    "feed": ("GET", "odata/{*resource}"),
    "log_on": ("POST", "sessions"),
    "session": ("GET", "sessions/current"),
    "log_off": ("DELETE", "sessions/current"),
    "my_sessions": ("GET", "sessions/mine"),
    "sessions": ("GET", "sessions"),
    "revoke_sessions": ("POST", "sessions/revocations"),
    "register_dock": ("PUT", "docks/{dock}"),
    "list_docks": ("GET", "docks"),
    "read_dock": ("GET", "docks/{dock}"),
    "grant": ("POST", "docks/{dock}/grants"),
    "receipt": ("GET", "docks/{dock}/receipts/{recording}"),
    "keys": ("GET", "keys"),
    "cosign": ("POST", "ledger/cosignatures"),
    "ledger_checkpoint": ("GET", "ledger/checkpoint"),
    "ledger_tile": ("GET", "ledger/tile/{*path}"),
    "ledger_consistency": ("GET", "ledger/consistency"),
    "prove_entry": ("GET", "audit/entries/{id}/proof"),
    "openapi": ("GET", "openapi.json"),
    "docs": ("GET", "docs"),
    "reconcile_now": ("POST", "reconciliations"),
    "reconciliation": ("GET", "reconciliations/{id}"),
    "health": ("GET", "health"),
    "health_details": ("GET", "health/details"),
}
HEARS = {"feed": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]}  # it says no to most by itself
HEALTH = {"health", "health_details"}
TRIGGERS = {
    "ingest": {"type": "eventGridTrigger", "name": "event"},
    "fixity": {"type": "queueTrigger", "name": "message", "queueName": "fixity", "connection": "QUEUES"},
    "fixity_poison": {
        "type": "queueTrigger",
        "name": "message",
        "queueName": "fixity-poison",
        "connection": "QUEUES",
    },
    "reconcile": {
        "type": "timerTrigger",
        "name": "timer",
        "schedule": "0 20 3 * * *",
        "useMonitor": True,
    },
    "close_idle_sessions": {
        "type": "timerTrigger",
        "name": "timer",
        "schedule": "0 */5 * * * *",
        "useMonitor": True,
    },
    "seal": {
        "type": "timerTrigger",
        "name": "timer",
        "schedule": "30 * * * * *",
        "useMonitor": True,
    },
    "weed": {
        "type": "timerTrigger",
        "name": "timer",
        "schedule": "0 7 * * * *",
        "useMonitor": True,
    },
}
ALL = {*OPEN_METHODS, *TRIGGERS}
HALVES = {"all": ALL, "core": ALL - {"weed"}, "weeder": {"weed", *HEALTH}}


def ask(command: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """Run the child with the example settings; a change to None takes one away."""
    chosen = {name: value for name, value in {**EXAMPLE, **changes}.items() if value is not None}
    mine = {name: value for name, value in os.environ.items() if name not in EXAMPLE}
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.worker.child", command],
        cwd=ROOT,
        env=mine | chosen,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


@cache
def answer(command: str, doors: str) -> Any:
    """The child's answer, asked for once."""
    done = ask(command, DOORS=doors)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("doors", list(HALVES))
def test_each_half_has_its_doors_and_no_other(doors: str) -> None:
    assert set(answer("index", doors)) == HALVES[doors]


def test_only_the_weeder_erases_and_it_answers_for_its_health_alone() -> None:
    assert "weed" not in answer("index", "core")
    http = {name for name, found in answer("index", "weeder").items() if found[0]["type"] == "httpTrigger"}
    assert http == HEALTH


@pytest.mark.parametrize("name", list(OPEN_METHODS))
def test_the_worker_sees_every_http_door_as_it_is_meant(name: str) -> None:
    method, route = OPEN_METHODS[name]
    trigger, output = sorted(answer("index", "all")[name], key=lambda binding: str(binding["direction"]))
    assert (trigger["type"], trigger["name"], trigger["route"]) == ("httpTrigger", "req", route)
    assert (trigger["methods"], str(trigger["authLevel"]).lower()) == (HEARS.get(name, [method]), "anonymous")
    assert (output["type"], output["name"]) == ("http", "$return")


@pytest.mark.parametrize("name", list(TRIGGERS))
def test_the_worker_sees_every_other_trigger_as_it_is_meant(name: str) -> None:
    (binding,) = answer("index", "all")[name]
    told = {key: value for key, value in binding.items() if key not in ("direction", "dataType", "properties")}
    assert told == TRIGGERS[name]


def test_an_app_that_does_not_know_which_half_it_is_says_so_in_one_line() -> None:
    done = ask("index", DOORS=None)
    assert done.returncode == 1
    assert "these settings are missing or wrong: DOORS: Field required" in done.stderr


def test_an_app_that_is_to_be_a_half_there_is_not_says_so_and_not_what_was_set() -> None:
    done = ask("index", DOORS="front")
    assert done.returncode == 1
    assert "missing or wrong: DOORS: Input should be 'core', 'weeder' or 'all'" in done.stderr
    assert "front" not in done.stderr.partition("missing or wrong")[2].partition("\n")[0]


@pytest.mark.parametrize("trigger", ["cloud event", "event grid event", "queue", "http", "nobody", "timer"])
def test_each_kind_of_trigger_runs(trigger: str) -> None:
    ran = answer("run", "all")[trigger]
    assert (ran["succeeded"], ran["error"]) == (True, None)


def test_what_ran_did_what_it_is_for() -> None:
    assert answer("run", "all")["counted"] == {
        "ingest.taken-in": 1,
        "ingest.repeated": 1,
        "fixity.verified": 1,
        "session.started": 1,
        "refused.missing": 1,
        "weed.weeded": 1,
        "weed.kept": 0,
        "weed.failed": 0,
        "fault.weed": 1,
    }


def test_an_http_answer_arrives_whole() -> None:
    ran = answer("run", "all")
    read, nobody = ran["http"], ran["nobody"]
    assert (read["status"], json.loads(read["body"])["id"]) == (200, RECORDING)
    assert (read["headers"]["cache-control"], read["headers"]["x-request-id"]) == ("no-store", "read-1")
    assert read["headers"]["etag"].startswith('"')
    assert nobody["status"] == 401
    assert nobody["headers"]["content-type"] == "application/problem+json"
    assert nobody["headers"]["www-authenticate"].startswith("Bearer ")


def test_a_fault_of_a_timer_is_a_failed_run_for_the_host() -> None:
    broken = answer("run", "all")["broken timer"]
    assert broken["succeeded"] is False
    assert "Outage" in broken["error"]


@pytest.mark.parametrize("doors", ["all", "weeder"])
def test_importing_the_app_loads_no_sdk(doors: str) -> None:
    """The host gives an import ten seconds, and a cold start is paid for by whoever waits."""
    assert answer("loaded", doors) == {"app": "FunctionApp", "loaded": []}


def test_weeding_builds_only_the_records_and_the_footage() -> None:
    run = answer("weeding", "weeder")
    assert set(run["asked"]) == {"records", "footage", "metrics", "now", "seed"}
    built = {
        name for name in run["loaded"] if name.startswith("azure.") and name not in ("azure.core", "azure.storage")
    }
    assert built == {"azure.cosmos", "azure.storage.blob", "azure.identity"}
    assert not {"av", "PIL", "opencensus", "numpy"} & set(run["loaded"])


@pytest.mark.parametrize("doors", ["core", "weeder"])
def test_all_is_asked_how_it_is_and_by_the_weeder_neither_queue_nor_dead_letters_nor_vault_nor_for_links(
    doors: str,
) -> None:
    """Its identity may not touch them: it would be told ill for ever."""
    probing = answer("probing", doors)
    assert "azure.cosmos" in probing["loaded"]
    others = {"azure.storage.queue", "azure.storage.blob", "azure.keyvault"}
    assert others & set(probing["loaded"]) == (set() if doors == "weeder" else others)
    assert probing["backlogs"] == ([] if doors == "weeder" else ["dead-letters", "fixity", "fixity-poison"])
    both = {"records", "footage", "directory"}
    assert set(probing["checks"]) == (both if doors == "weeder" else both | {"queue", "keys", "links"})
