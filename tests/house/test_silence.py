"""Nothing that was said aloud in this run tells what must not be told. It runs last (tests/conftest.py).

Heard were the doors and the loggers of this process, and the hosts in processes of their own, by their log files. It
says of a run what that run did: alone, it hears nobody. Of a run of several processes it is said again when all of
them have ended (tests/together.py).
"""

import logging

import pytest

from tests.silence import HEARD, Ear, Heard, hosts, told, without_triggers

LEAKS = {
    "a stack trace": 'Traceback (most recent call last):\n  File "/app/functions/door.py", line 7, in opened',
    "an SDK's words": "azure.cosmos.exceptions.CosmosHttpResponseError: (NotFound)",
    "a shared access signature": "https://account/footage/x.mp4?sv=2025-01-05&sig=AbC123",
    "a token": "refused eyJhbGciOiJSUzI1NiJ9.eyJvaWQiOiIx",
    "a key": "AccountName=x;AccountKey=y==",
    "somebody's name": "door read: PC Ada Byron was refused",
    "somebody's words": "door play: to prepare my statement is no reason",
}


@pytest.mark.parametrize("what", list(LEAKS))
def test_what_must_not_be_said_would_be_heard(what: str) -> None:
    heard = Heard()
    heard.request({"name": "PC Ada Byron"}, {"clips": [{"reason": "to prepare my statement"}]})
    Ear(heard).handle(logging.LogRecord("functions.door", logging.INFO, "", 0, LEAKS[what], None, None))
    heard.answer("read", 200, LEAKS[what].encode())
    assert [(leak.what, leak.said.by) for leak in heard.leaks()] == [(what, "log functions.door")]
    heard.answer("read", 404, LEAKS[what].encode())
    assert [leak.said.by for leak in heard.leaks()] == ["log functions.door", "read"]


def test_a_fault_that_is_logged_with_its_trace_would_be_heard() -> None:
    heard = Heard()
    try:
        raise LookupError("nobody")
    except LookupError as fault:
        trace = (LookupError, fault, fault.__traceback__)
        Ear(heard).handle(logging.LogRecord("shared.usecases.weed", logging.ERROR, "", 0, "weed: failed", None, trace))
    assert [leak.what for leak in heard.leaks()] == ["a stack trace"]


def test_only_the_trace_of_a_trigger_that_failed_in_our_own_words_is_passed_over() -> None:
    ours = 'Traceback (most recent call last):\n  File "/app/functions/ingest.py", line 43, in ingest_footage\n'
    told = f"{ours}functions.watched.Failed: ingest: ServiceRequestError <- OSError at cosmos/records.py:215 _read"
    theirs = f"{ours}azure.core.exceptions.ServiceRequestError: Cannot connect to host"
    assert without_triggers(f"one\n{told}\ntwo\n") == "one\n\ntwo\n"
    assert without_triggers(f"{theirs}\n{told}\n") == f"{theirs}\n\n"
    assert without_triggers(f"{told} https://account/x?sig=AbC123\n").startswith("Traceback")


def test_what_one_process_said_and_another_was_told_is_heard_when_they_are_put_together() -> None:
    told_it, said_it, joined = Heard(), Heard(), Heard()
    told_it.request(None, {"reason": "to prepare my statement"})
    said_it.hear("log functions.door", LEAKS["somebody's words"])
    said_it.hear("log functions.door", "half a pair: \ud800")
    for each in (told_it, said_it):
        assert each.leaks() == []
        joined.join(each.handed_over().encode("ascii").decode("ascii"))
    assert [leak.what for leak in joined.leaks()] == ["somebody's words"]


def test_a_test_marked_indiscreet_is_not_heard_and_every_other_is(request: pytest.FixtureRequest) -> None:
    assert (HEARD.deaf, HEARD.test) == (False, request.node.nodeid)
    heard = Heard(deaf=True)
    heard.hear("log functions.door", LEAKS["a key"])
    assert heard.leaks() == []


@pytest.mark.parametrize("lane", ["quick", pytest.param("long", marks=pytest.mark.slow)])
def test_nothing_was_said_that_must_not_be(lane: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    leaks = told(HEARD.leaks(hosts(tmp_path_factory.getbasetemp())))
    assert not leaks, leaks
