"""Telemetry is sent in the app's own identity; where there is none, nothing is sent, and nobody notices but the log."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.telemetry.identity import FOR_TELEMETRY, HEADER, TOKEN, Answers, Given, Identity, identifying
from tests.telemetry.ingestion import DEADLINE_SECONDS, KEY, Ingestion, receiving

if TYPE_CHECKING:
    from shared.telemetry.sending import SentMetrics

# What the exporter's libraries still call, on 3.11 and on 3.12.
pytestmark = [
    pytest.mark.filterwarnings("ignore:'locale.getdefaultlocale' is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning"),
]
ENDS_WITHIN = 60

# As an app: everything is logged, an SDK call is traced, a number is told, and the process ends by itself.
APP = """
import logging, sys
from datetime import UTC, datetime
logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
from azure.core import PipelineClient
from azure.core.pipeline.policies import DistributedTracingPolicy
from azure.core.rest import HttpRequest
from shared.telemetry import quieten, sent
quieten()
told = sent(sys.argv[1], now=lambda: datetime.now(UTC), every=0.1, sampled=1.0)
with PipelineClient(sys.argv[2], policies=[DistributedTracingPolicy()]) as client:
    client.send_request(HttpRequest("POST", sys.argv[2] + "called", content=b"[]"))
told.count("weed.weeded")
print("told")
sys.stdin.readline()
"""


def app(ingestion: Ingestion, identity: Identity, *, goes_on_until: Callable[[], bool] = lambda: True) -> str:
    """What it logged."""
    service = ingestion.connection.rpartition("=")[2]
    environment = {"PATH": "", "PYTHONWARNINGS": "ignore", "PYTHONPATH": os.pathsep.join(sys.path)}
    started = subprocess.Popen(
        [sys.executable, "-c", APP, ingestion.connection, service],
        env=environment | identity.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with started:
        went_on = ingestion.wait_until(goes_on_until)
        said, logged = started.communicate("end\n", timeout=ENDS_WITHIN)
    assert (started.returncode, said, went_on) == (0, "told\n", True), logged
    return logged


def sending(ingestion: Ingestion, credential: Given, *, every: float = 0.05) -> "SentMetrics":
    from shared.telemetry.sending import SentMetrics

    return SentMetrics(ingestion.connection, credential, now=lambda: datetime.now(UTC), every=every)


def test_numbers_and_calls_are_sent_with_the_apps_own_token(ingestion: Ingestion) -> None:
    with identifying() as identity:
        logged = app(ingestion, identity)
    assert ingestion.total("weed.weeded") == 1
    assert len(ingestion.calls) == 1
    assert ingestion.authorizations == {f"Bearer {TOKEN}"}
    assert set(identity.asked) == {FOR_TELEMETRY}
    assert "QUAGGA" not in logged


def test_asking_for_the_token_is_not_told_of_as_a_call(ingestion: Ingestion) -> None:
    """Each sending of calls would make another to send."""
    with identifying() as identity:
        app(ingestion, identity, goes_on_until=lambda: ingestion.calls != [])
    assert [call["name"] for call in ingestion.calls] == ["POST /"]


def test_an_app_that_is_refused_a_token_sends_nothing_and_says_why_without_a_secret(ingestion: Ingestion) -> None:
    with identifying(Answers.NOT_THIS_ONE) as identity:
        logged = app(ingestion, identity)
    assert ingestion.envelopes == []
    assert identity.asked != []
    assert "ManagedIdentityCredential" in logged
    assert [secret for secret in (HEADER, TOKEN, KEY, "Bearer") if secret in logged] == []


@pytest.mark.slow
def test_an_app_whose_identity_never_answers_goes_on_and_ends(ingestion: Ingestion) -> None:
    with identifying(Answers.NOTHING) as identity:
        app(ingestion, identity)
        assert identity.arrived.is_set()
        assert not identity.over.is_set()
    assert ingestion.envelopes == []


def test_telling_a_number_does_not_wait_for_the_token(ingestion: Ingestion) -> None:
    asked, answered = threading.Event(), threading.Event()

    def slowly() -> str:
        asked.set()
        answered.wait(DEADLINE_SECONDS)
        return TOKEN

    told = sending(ingestion, Given(slowly))
    told.count("weed.weeded")
    assert asked.wait(DEADLINE_SECONDS)
    told.count("weed.weeded", 2)
    assert ingestion.envelopes == []
    answered.set()
    told.close()
    assert ingestion.total("weed.weeded") == 3


def test_what_could_not_be_sent_for_want_of_a_token_is_dropped_and_the_next_is_sent(ingestion: Ingestion) -> None:
    failed = threading.Event()

    def first_not() -> str:
        if not failed.is_set():
            failed.set()
            raise OSError("no token today")
        return TOKEN

    told = sending(ingestion, Given(first_not))
    told.count("weed.weeded", 5)
    assert failed.wait(DEADLINE_SECONDS)
    told.count("weed.kept")
    assert ingestion.wait_until(lambda: ingestion.total("weed.kept") == 1)
    told.close()
    assert ingestion.total("weed.weeded") == 0


def test_the_credential_is_closed_after_what_was_told_last_is_sent(ingestion: Ingestion) -> None:
    credential = Given()
    told = sending(ingestion, credential, every=3600.0)
    told.count("weed.weeded")
    told.close()
    assert ingestion.total("weed.weeded") == 1
    assert credential.closed


def test_an_endpoint_that_turns_the_token_down_is_nobodys_trouble() -> None:
    with receiving(status=401) as ingestion:
        told = sending(ingestion, Given())
        told.count("weed.weeded")
        assert ingestion.wait_until(lambda: ingestion.authorizations != set())
        told.close()
