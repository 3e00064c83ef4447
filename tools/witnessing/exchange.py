"""One question to one server that may be hostile, and its answer: bounded in bytes and in time, going nowhere else.

E1  `most` bytes of answer, its header among them, and `within` seconds for all of it, from the connection on: a server
    that sends for ever, or a byte a minute, is left. What it announces is given no memory before it has come.
E2  A redirection is an answer like any other, and not followed.
E3  https with the machine's authorities; http to this machine alone. No proxy: nobody shall stand between.
"""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from tools.witnessing.trouble import Trouble, Unusable

WITHIN = 20.0  # seconds
MOST = 131_072  # bytes; a checkpoint with a hundred signatures has 30,000
PIECE = 16_384
HTTP_DATE = "%a, %d %b %Y %H:%M:%S GMT"  # RFC 9110 section 5.6.7
THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """`seconds` is when it was answered, by the server's clock; None if it does not say."""

    status: int
    raw: bytes
    seconds: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a ledger is served."""

    secure: bool
    host: str
    port: int
    path: str
    within: float = WITHIN
    most: int = MOST


def place_at(url: str) -> Place:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Unusable("--url is no address") from None
    host = parts.hostname or ""
    if parts.scheme not in PORTS or not host or parts.username is not None or parts.query or parts.fragment:
        raise Unusable("--url is to be an address such as https://host/api/ledger")
    if parts.scheme == "http" and host not in THIS_MACHINE:
        raise Unusable("--url is to be https: http is for this machine alone")
    return Place(
        secure=parts.scheme == "https",
        host=host,
        port=PORTS[parts.scheme] if port is None else port,
        path=parts.path.rstrip("/"),
    )


def ask(place: Place, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Answered:
    """Raises Trouble when there is no whole answer within the bounds."""
    ends = time.monotonic() + place.within
    try:
        with _connected(place) as connected:
            connection = http.client.HTTPConnection(place.host, place.port)
            connection.sock = _Bounded(connected, ends, place.most)
            connection.request(method, place.path + path, body, {"Accept-Encoding": "identity", **headers})
            with connection.getresponse() as answer:
                raw = _body(answer, place.most)
                return Answered(status=answer.status, raw=raw, seconds=_date(answer.getheader("Date")))
    except (OSError, http.client.HTTPException, ValueError) as fault:
        raise Trouble(f"no answer from {place.host}: {type(fault).__name__}: {first_words(fault)}") from None


def _body(answer: http.client.HTTPResponse, most: int) -> bytes:
    if answer.length is not None and answer.length > most:
        raise OSError("the answer is too long")
    parts = []
    while part := answer.read(PIECE):
        parts.append(part)
    if answer.length:
        raise http.client.IncompleteRead(b"", answer.length)
    return b"".join(parts)


def _date(said: str | None) -> int | None:
    try:
        return int(datetime.strptime(said or "", HTTP_DATE).replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None


def _connected(place: Place) -> socket.socket:
    raw = socket.create_connection((place.host, place.port), timeout=place.within)
    if not place.secure:
        return raw
    try:
        return ssl.create_default_context().wrap_socket(raw, server_hostname=place.host)
    except BaseException:
        raw.close()
        raise


def first_words(fault: BaseException) -> str:
    return "".join(c if " " <= c <= "~" else "?" for c in str(fault))[:120]


class _Bounded:
    """What http.client asks of a socket."""

    def __init__(self, connected: socket.socket, ends: float, most: int) -> None:
        self._connected, self._ends, self._most = connected, ends, most

    def sendall(self, data: Any) -> None:
        self._connected.settimeout(_left(self._ends))
        self._connected.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Source(self._connected, self._ends, self._most))

    def close(self) -> None:
        """Not yet: http.client lets go of a connection before it has read what came over it."""


class _Source(io.RawIOBase):
    def __init__(self, connected: socket.socket, ends: float, most: int) -> None:
        self._connected, self._ends, self._left = connected, ends, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connected.settimeout(_left(self._ends))
        came = self._connected.recv_into(buffer)
        self._left -= came
        if self._left < 0:
            raise OSError("the answer is too long")
        return came


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("the answer takes too long")
    return left
