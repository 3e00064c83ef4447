"""A recording's whole life with telemetry on: what arrives, and that nothing in it, or in the log, tells of anybody."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.stack import Stack
from shared.telemetry.sums import Sum, Sums
from tests.telemetry.ingestion import Ingestion, receiving

pytestmark = pytest.mark.stack
ROOT = Path(__file__).parents[2]
WITHIN = 120
ADDRESS = re.compile(r"https?://|sig=|\bsv=|\?|/footage/|Bearer|eyJ", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    ingestion: Ingestion
    log: list[str]
    secrets: list[str]
    threads: str


@pytest.fixture(scope="module")
def told(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    log = tmp_path_factory.mktemp("telemetry") / "log"
    with receiving() as ingestion:
        on = {"TELEMETRY": "on", "APPLICATIONINSIGHTS_CONNECTION_STRING": ingestion.connection}
        command = [sys.executable, "-m", "tests.telemetry.flow", str(log)]
        environment = os.environ | stack.environment | on
        ran = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=WITHIN
        )
        assert ran.returncode == 0, ran.stderr
        said: dict[str, Any] = json.loads(ran.stdout)
        yield Told(ingestion=ingestion, log=log.read_text().splitlines(), **said)


def test_what_happened_is_told_in_numbers(told: Told) -> None:
    total = told.ingestion.total
    assert (total("ingest.taken-in"), total("fixity.verified")) == (1, 1)
    assert (total("refused", "not-found"), total("refused", "missing"), total("refused")) == (1, 1, 2)
    assert total("fault") == 0
    names = {point["name"] for point, _ in told.ingestion.metrics}
    assert {"ingest.after-upload", "fixity.after-upload", "fixity.queued", "verb.took"} <= names
    verbs = {properties["verb"] for point, properties in told.ingestion.metrics if point["name"] == "verb.took"}
    assert verbs == {"register_dock", "grant", "ingest", "fixity", "read", "play", "categorise"}


def test_calls_of_each_sdk_are_traced_by_operation_method_host_and_status(told: Told) -> None:
    operations = {call["name"] for call in told.ingestion.calls}
    assert {"BlobClient.get_blob_properties", "ContainerProxy.read_item", "QueueClient.send_message"} <= operations
    requests = [call for call in told.ingestion.calls if "target" in call]
    assert {(call["name"], call["type"]) for call in requests} <= {
        (f"{method} /", "http") for method in ("GET", "PUT", "POST", "HEAD")
    }
    assert {call["resultCode"] for call in requests} >= {"200", "201"}
    assert {call["target"].partition(":")[0] for call in requests} == {"127.0.0.1"}
    about = {name for call in told.ingestion.calls for name in call["properties"]}
    assert about <= {"component", "error.type", "az.service_request_id"}


def test_the_calls_of_one_invocation_are_one_trace_and_those_of_others_are_others(told: Told) -> None:
    traces: dict[str, set[str]] = {}
    for envelope in told.ingestion.envelopes:
        data = envelope["data"]["baseData"]
        if envelope["data"]["baseType"] == "RemoteDependencyData":
            traces.setdefault(envelope["tags"]["ai.operation.id"], set()).add(data["name"])
    assert len(traces) >= 8
    (ingested,) = [names for names in traces.values() if "QueueClient.send_message" in names]
    assert {"BlobClient.get_blob_properties", "EventGridPublisherClient.send"} <= ingested


def test_no_envelope_tells_of_a_person_a_recording_a_reason_or_a_right(told: Told) -> None:
    texts = [json.dumps(envelope) for envelope in told.ingestion.envelopes]
    assert len(texts) > 20
    assert [(secret, text) for text in texts for secret in told.secrets if secret in text] == []
    assert [text for text in texts if re.search(r"sig=|\?|[Qq]uagga|python/|azsdk", text)] == []


def test_no_envelope_names_the_machine(told: Told) -> None:
    tags = {tag for envelope in told.ingestion.envelopes for tag in envelope["tags"]}
    assert not {"ai.device.id", "ai.device.locale"} & tags
    assert {envelope["tags"]["ai.cloud.role"] for envelope in told.ingestion.envelopes} == {"continuity"}
    assert [one for one in told.ingestion.envelopes if os.uname().nodename in json.dumps(one)] == []


def test_no_line_of_the_log_at_info_has_an_address_or_a_path_in_it(told: Told) -> None:
    assert [line for line in told.log if "ingest: event=event-1 outcome=taken-in" in line] != []
    assert [line for line in told.log if ADDRESS.search(line)] == []
    ids_are_logged = [secret for secret in told.secrets if not re.fullmatch(r"[0-9a-f-]{36}", secret)]
    assert [(secret, line) for line in told.log for secret in ids_are_logged if secret in line] == []


def test_the_threads_of_the_process_are_left_alone(told: Told) -> None:
    """The plugin would wrap them all, and its wrappers print spans."""
    assert told.threads == "as they were"


def test_sums_keep_number_total_least_and_most_and_begin_anew() -> None:
    sums = Sums()
    for value in (3.0, 1.0, 2.0):
        sums.add("verb.took", value, "read")
    assert sums.take() == [Sum(name="verb.took", of="read", times=3, total=6.0, least=1.0, most=3.0)]
    assert sums.take() == []
