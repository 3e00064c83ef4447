"""A server that means no good: what it sends without end, or a byte at a time, is waited for no longer than a file."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest

from tools.verifying.address import AROUND, PACKING, Address

OK = b"HTTP/1.1 200 OK\r\n"
LATE, TOO_MUCH = "it was not all there in 0.2 seconds", "more was sent than the file can have"

Sending = Callable[[], Iterator[bytes]]


@contextmanager
def sending(pieces: Sending, pause: float) -> Iterator[str]:
    """At an address, whatever is asked for, so long as somebody takes it; what is sent has ended when this ends."""
    gone = threading.Event()

    def serve() -> None:
        peer, _ = listening.accept()
        with closing(peer):
            try:
                peer.recv(4096)
                for piece in pieces():
                    peer.sendall(piece)
                    gone.wait(pause)
                while peer.recv(4096):
                    pass
            except OSError:
                gone.set()

    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        thread.join(20)
        assert not thread.is_alive(), "the connection was not closed"


def ever(head: bytes, piece: bytes) -> Sending:
    def pieces() -> Iterator[bytes]:
        yield head
        while True:
            yield piece

    return pieces


SLOW = {
    "continue": ever(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a head a byte at a time": ever(OK, b"a"),
    "a body a byte at a time": ever(OK + b"Content-Length: 60000\r\n\r\n", b"a"),
    "pieces of a byte": ever(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
    "a trailer without end": ever(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"a: b\r\n"),
}
FLOOD = {
    "continue": ever(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 500),
    "a piece of less than nothing": ever(OK + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n", bytes(50_000)),
    "a trailer without end": ever(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"a: b\r\n" * 5000),
}


def read(address: str, patience: float) -> bytes | None:
    with closing(Address(address, None, patience)) as place:
        return place.read("checkpoint", 100)


@pytest.mark.parametrize("how", list(SLOW))
def test_what_comes_a_little_at_a_time_for_ever_is_waited_for_no_longer_than_a_file(how: str) -> None:
    with sending(SLOW[how], pause=0.01) as address, pytest.raises(OSError, match=f"checkpoint: .*{LATE}"):
        read(address, patience=0.2)


@pytest.mark.parametrize("how", list(FLOOD))
def test_what_comes_all_at_once_for_ever_is_read_no_further_than_a_file_can_be_long(how: str) -> None:
    with sending(FLOOD[how], pause=0) as address, pytest.raises(OSError, match=f"checkpoint: .*{TOO_MUCH}"):
        read(address, patience=20)


def test_a_server_that_says_nothing_is_waited_for_no_longer_either() -> None:
    with sending(lambda: iter(()), pause=0) as address, pytest.raises(OSError, match=LATE):
        read(address, patience=0.2)


def test_a_file_that_comes_slowly_but_in_its_time_is_taken_whole() -> None:
    def pieces() -> Iterator[bytes]:
        yield OK + b"Content-Length: 100\r\n\r\n"
        yield from (bytes([number]) for number in range(100))

    with sending(pieces, pause=0) as address:
        assert read(address, patience=60) == bytes(range(100))


def test_an_answer_with_as_much_around_it_as_there_may_be_is_taken() -> None:
    head = b"".join(b"name-%d: %s\r\n" % (number, b"a" * 1000) for number in range(60))
    assert len(head) < AROUND + PACKING
    with sending(lambda: iter([OK + head + b"Content-Length: 3\r\n\r\nabc"]), pause=0) as address:
        assert read(address, patience=60) == b"abc"
