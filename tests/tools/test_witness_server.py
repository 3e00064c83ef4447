"""What a hostile server can do to a witness, over real http: be called trouble, soon, and have nothing signed."""

import itertools
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tools.witness_ledgers import KEYS, WITNESS, Answering, Asked, History, MadeUp, Reply, honest, served
from tools.witnessing.exchange import MOST, Place, place_at
from tools.witnessing.ledger import LedgerDoors, token_in
from tools.witnessing.round import Witness
from tools.witnessing.state import StateFile
from tools.witnessing.trouble import AnotherHistory, NoProof, Trouble, Unusable

TEN = History.of(10)
SOON = 0.2  # seconds that a whole exchange may take here


def a_round(url: str, state: Path, *, within: float = 5.0, token_file: Path | None = None) -> str:
    doors = LedgerDoors(replace(place_at(url), within=within), token_in(token_file))
    return Witness(
        key=WITNESS, log_keys=KEYS, ledger=doors, memory=StateFile(state), now=lambda: int(time.time())
    ).round()


def instead(ledger: MadeUp, path: str, reply: Callable[[], Reply]) -> Answering:
    """Honest but at one address."""

    def answer(asked: Asked) -> Reply:
        return reply() if asked.path == f"/api/ledger/{path}" else honest(ledger)(asked)

    return answer


def test_an_honest_ledger_is_followed(tmp_path: Path) -> None:
    ledger, state = MadeUp(TEN), tmp_path / "state"
    with served(honest(ledger)) as url:
        assert a_round(url, state).startswith("cosigned: size=10 ")
        ledger.history = TEN.goes_on(7)
        assert a_round(f"{url}/", state).startswith("cosigned: size=17 ")
        assert a_round(url, state).startswith("nothing new: size=17 ")
    assert len(ledger.taken) == 2


def test_a_cosignature_that_lay_there_already_has_arrived(tmp_path: Path) -> None:
    with served(instead(MadeUp(TEN), "cosignatures", lambda: Reply(status=200))) as url:
        assert a_round(url, tmp_path / "state").startswith("cosigned: ")
        assert a_round(url, tmp_path / "state").startswith("nothing new: ")


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503, 302])
def test_a_cosignature_that_was_not_taken_is_handed_in_again_the_next_time(status: int, tmp_path: Path) -> None:
    ledger = MadeUp(TEN)
    problem = json.dumps({"detail": "for a \x1b[31mreason"}).encode()
    with (
        served(instead(ledger, "cosignatures", lambda: Reply(status=status, parts=[problem]))) as url,
        pytest.raises(Trouble, match=rf"not taken: {status} for a \?\[31mreason"),
    ):
        a_round(url, tmp_path / "state")
    with served(honest(ledger)) as url:
        assert a_round(url, tmp_path / "state").startswith("cosigned: ")


def test_a_refusal_as_of_another_history_is_one_once_that_one_is_shown(tmp_path: Path) -> None:
    with served(honest(MadeUp(TEN, takes=False))) as url, pytest.raises(NoProof, match="show none"):
        a_round(url, tmp_path / "state")
    other = MadeUp(TEN, takes=False, whole=History.of(10, word="other"), published=[10])
    with served(honest(other)) as url, pytest.raises(AnotherHistory):
        a_round(url, tmp_path / "state")


def gigabyte() -> Iterator[bytes]:
    return (bytes(65_536) for _ in range(16_384))


LENGTH = ("Content-Length", str(2**30))
LESS = ("Content-Length", str(MOST - 10_000))
CHUNKED = ("Transfer-Encoding", "chunked")
REPLIES: dict[str, Callable[[], Reply]] = {
    "a gigabyte": lambda: Reply(parts=gigabyte()),
    "a gigabyte, as announced": lambda: Reply(header=[LENGTH], parts=gigabyte()),
    "a gigabyte that is called a chunk of less than nothing": lambda: Reply(
        header=[CHUNKED], parts=itertools.chain([b"-1\r\n"], gigabyte())
    ),
    "a header without an end": lambda: Reply(header=[("X", "y" * 1000)] * 200),
    "a line without an end": lambda: Reply(header=[("X", "y" * MOST)]),
    "announced as a gigabyte, and little comes": lambda: Reply(header=[LENGTH], parts=[TEN.note()]),
    "announced beyond all memory": lambda: Reply(header=[("Content-Length", "9" * 15)], parts=[TEN.note()]),
    "announced beyond all numbers": lambda: Reply(header=[("Content-Length", "1" + "0" * 30)], parts=[TEN.note()]),
    "announced in too many digits": lambda: Reply(header=[("Content-Length", "1" * 5000)], parts=gigabyte()),
    "announced as a chunk beyond all memory": lambda: Reply(header=[CHUNKED], parts=[b"ffffffffffffff\r\n", b"abc"]),
    "announced as a chunk beyond all numbers": lambda: Reply(header=[CHUNKED], parts=[b"f" * 40 + b"\r\n", b"abc"]),
    "less than announced": lambda: Reply(header=[LESS], parts=[TEN.note()]),
    "garbage": lambda: Reply(parts=[bytes(range(256))]),
    "garbage for chunks": lambda: Reply(header=[CHUNKED], parts=[b"nonsense\r\n"]),
    "nothing": Reply,
    "json": lambda: Reply(parts=[b"[" * 100_000]),
    "a fault": lambda: Reply(status=500, parts=[b"<html>"]),
    "no such address": lambda: Reply(status=404),
    "a text that is no text": lambda: Reply(parts=[b'{"proof": ["' + b"A" * 42 + b'="]}']),
    "a proof of numbers": lambda: Reply(parts=[b'{"proof": [1]}']),
    "a proof that is none": lambda: Reply(parts=[b'{"proof": "AAAA"}']),
    "a proof of short hashes": lambda: Reply(parts=[b'{"proof": ["AAAA"]}']),
}


@pytest.mark.parametrize("endless", [name for name in REPLIES if name.startswith("a gigabyte")])
def test_an_endless_answer_is_left_long_before_its_end(endless: str, tmp_path: Path) -> None:
    with (
        served(instead(MadeUp(TEN), "checkpoint", REPLIES[endless])) as url,
        pytest.raises(Trouble, match="the answer is too long"),
    ):
        a_round(url, tmp_path / "state")


@pytest.mark.parametrize("length", ["9" * 15, "1" + "0" * 30])
def test_what_is_announced_beyond_the_bounds_is_left_before_it_comes(length: str, tmp_path: Path) -> None:
    reply = Reply(header=[("Content-Length", length)], parts=[TEN.note()])
    with (
        served(instead(MadeUp(TEN), "checkpoint", lambda: reply)) as url,
        pytest.raises(Trouble, match="the answer is too long"),
    ):
        a_round(url, tmp_path / "state")


@pytest.mark.parametrize("date", ["", "yesterday", "Thu, 26 Nov 2026 05:20:43 +0000", "Fri, 31 Feb 2026 00:00:00 GMT"])
def test_an_answer_with_no_date_that_can_be_read_has_nothing_signed(date: str, tmp_path: Path) -> None:
    reply = Reply(header=[("Date", date)], parts=[TEN.note()])
    with (
        served(instead(MadeUp(TEN), "checkpoint", lambda: reply)) as url,
        pytest.raises(Trouble, match="bears no date"),
    ):
        a_round(url, tmp_path / "state")


def test_an_answer_of_another_hour_has_nothing_signed(tmp_path: Path) -> None:
    reply = Reply(header=[("Date", "Thu, 26 Nov 2015 05:20:43 GMT")], parts=[TEN.note()])
    ledger = MadeUp(TEN)
    with (
        served(instead(ledger, "checkpoint", lambda: reply)) as url,
        pytest.raises(Trouble, match="seconds=1448515243 in the answer"),
    ):
        a_round(url, tmp_path / "state")
    assert (ledger.taken, (tmp_path / "state").exists()) == ([], False)


@pytest.mark.parametrize("at", ["checkpoint", "consistency"])
@pytest.mark.parametrize("reply", REPLIES.values(), ids=list(REPLIES))
def test_whatever_is_answered_instead_is_trouble_and_changes_nothing(
    reply: Callable[[], Reply], at: str, tmp_path: Path
) -> None:
    ledger, state = MadeUp(TEN), tmp_path / "state"
    with served(honest(ledger)) as url:
        a_round(url, state)
    kept, ledger.history = state.read_text(), TEN.goes_on(3)
    with served(instead(ledger, at, reply)) as url, pytest.raises(Trouble):
        a_round(url, state)
    assert (len(ledger.taken), state.read_text()) == (1, kept)


def test_a_redirection_is_not_followed(tmp_path: Path) -> None:
    elsewhere = MadeUp(TEN)
    with served(honest(elsewhere)) as other:
        moved = Reply(status=307, header=[("Location", f"{other}/checkpoint")])
        with served(lambda _: moved) as url, pytest.raises(Trouble, match="307"):
            a_round(url, tmp_path / "state")
    assert elsewhere.taken == []


@contextmanager
def talking(talk: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """Somebody who takes one connection and does with it what no server would, until the event is set."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def take() -> None:
            connected, _ = listening.accept()
            with connected:
                talk(connected, over)

        talker = threading.Thread(target=take)
        talker.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/api/ledger"
        finally:
            over.set()
            talker.join()


def _silent(_: socket.socket, over: threading.Event) -> None:
    over.wait()


def _dripping(connected: socket.socket, over: threading.Event) -> None:
    """Each byte well before anybody who waits for the next one would lose patience."""
    for byte in itertools.chain(b"HTTP/1.1 200 OK\r\n", itertools.cycle(b"X: y\r\n")):
        if over.wait(SOON / 10):
            return
        try:
            connected.sendall(bytes([byte]))
        except OSError:
            return


@pytest.mark.parametrize("talk", [_silent, _dripping], ids=["silent", "a byte now and then"])
def test_a_server_that_takes_too_long_is_left(
    talk: Callable[[socket.socket, threading.Event], None], tmp_path: Path
) -> None:
    with talking(talk) as url, pytest.raises(Trouble, match="TimeoutError"):
        a_round(url, tmp_path / "state", within=SOON)


def test_a_server_that_says_nothing_to_a_greeting_is_left_too(tmp_path: Path) -> None:
    """Before there is TLS there is no answer to wait for."""
    with talking(_silent) as url, pytest.raises(Trouble, match="TimeoutError"):
        a_round(url.replace("http:", "https:"), tmp_path / "state", within=SOON)


def test_a_server_whose_certificate_nobody_vouches_for_is_not_believed(tmp_path: Path) -> None:
    with served(honest(MadeUp(TEN))) as url, pytest.raises(Trouble, match="SSL"):
        a_round(url.replace("http:", "https:"), tmp_path / "state")


def test_nobody_there_is_trouble(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Trouble, match="no answer from"):
        a_round(f"http://127.0.0.1:{port}/api/ledger", tmp_path / "state")


def test_a_token_is_read_anew_each_round_and_goes_with_questions_only(tmp_path: Path) -> None:
    asked, ledger, file = list[Asked](), MadeUp(TEN), tmp_path / "token"

    def answer(each: Asked) -> Reply:
        asked.append(each)
        return honest(ledger)(each)

    with served(answer) as url:
        for token in ("first\n", "second"):
            file.write_text(token)
            a_round(url, tmp_path / "state", token_file=file)
            ledger.history = ledger.history.goes_on(1)
    assert [(each.method, each.token) for each in asked] == [
        ("GET", "Bearer first"), ("POST", None), ("GET", "Bearer second"), ("GET", "Bearer second"), ("POST", None),
    ]  # fmt: skip


@pytest.mark.parametrize("content", ["", "two words", "line\nline", "\x00", None])
def test_what_is_no_token_is_not_sent_nor_told(content: str | None, tmp_path: Path) -> None:
    file, asked = tmp_path / "token", list[Asked]()
    if content is not None:
        file.write_text(content)

    def answer(each: Asked) -> Reply:
        asked.append(each)
        return Reply()

    with served(answer) as url, pytest.raises(Trouble) as no:
        a_round(url, tmp_path / "state", token_file=file)
    assert asked == []
    assert str(file) in str(no.value)
    assert not content or content not in str(no.value)


@pytest.mark.parametrize(
    "url",
    ["", "ledger", "ftp://force.test/api/ledger", "http://force.test/api/ledger", "http://127.0.0.1.force.test/ledger",
     "https:///ledger", "https://force.test/ledger?x=1", "https://force.test/ledger#x", "https://u:p@force.test/ledger",
     "https://force.test:port/ledger", "https://[force/ledger", "http://10.0.0.1/ledger"],
)  # fmt: skip
def test_an_address_that_is_none_or_not_secure_is_not_taken(url: str) -> None:
    with pytest.raises(Unusable, match="--url"):
        place_at(url)


def test_an_address_is_taken_as_it_is_written() -> None:
    secure = place_at("https://force.test/api/ledger/")
    assert secure == Place(secure=True, host="force.test", port=443, path="/api/ledger")
    assert place_at("http://localhost:7071/api/ledger").port == 7071
