"""A ledger's files at an address, from a server that may send anything, and at any pace.

A1  A file has a time in which it must have come and a number of bytes in which it must have come, whatever is said of
    its length or sent before it; waiting begins anew with the next file only.
A2  One connection is kept. Where the other side had closed it, the same is asked once more.
A3  Nothing but the file itself is an answer: no other address is asked, and 404 alone says that there is none.
"""

import http.client
import io
import socket
import time
import zlib
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from tools.verifying.report import Unreadable

PATIENCE_SECONDS = 60
OK, NOT_FOUND = 200, 404
PACKING = 4096  # bytes that what cannot be compressed may be longer when it is
AROUND = 65_536  # bytes of an answer's head, and of how it is cut in pieces
GZIP = 31  # zlib's window bits for it
OF_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}


class Address:
    """`patience`: seconds for a file."""

    def __init__(self, base: str, token: bytes | None, patience: float = PATIENCE_SECONDS) -> None:
        try:
            parts = urlsplit(base.encode("ascii").decode())
            kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
            self._connection = kind(parts.hostname or "", parts.port, timeout=patience)
        except (ValueError, http.client.InvalidURL):
            raise Unreadable(f"{base} is no address") from None
        if token and parts.scheme == "http" and parts.hostname not in OF_THIS_MACHINE:
            raise Unreadable("a token is sent over https alone")
        self._connection.response_class = self._answering  # type: ignore[assignment] # it makes what the class makes
        self._patience, self._until, self._most = patience, 0.0, 0
        self._site, self._path = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
        self._headers: dict[str, str | bytes] = {"Accept-Encoding": "gzip"}
        self._headers |= {"Authorization": b"Bearer " + token} if token else {}

    def read(self, path: str, most: int) -> bytes | None:
        asked = f"{self._path}/{path}"
        self._until, self._most = time.monotonic() + self._patience, most + PACKING + AROUND
        try:
            answer, raw = self._answered(asked, most + PACKING)
        except (http.client.HTTPException, ValueError) as no:  # ValueError: a host or a header that is none
            raise OSError(f"{self._site}{asked}: there was no whole answer ({type(no).__name__})") from None
        except TimeoutError:
            raise OSError(f"{self._site}{asked}: it was not all there in {self._patience} seconds") from None
        except OSError as no:
            raise OSError(f"{self._site}{asked}: {no}") from None
        if answer.status == NOT_FOUND:
            return None
        if answer.status != OK:
            raise OSError(f"{self._site}{asked} answered {answer.status}")
        packed = answer.getheader("Content-Encoding", "identity") != "identity"
        return _unpacked(asked, raw, most) if packed else raw[: most + 1]

    def names(self, path: str) -> Iterator[str]:
        del path  # the standard has no lists
        return iter(())

    def close(self) -> None:
        self._connection.close()

    def _answered(self, path: str, most: int) -> tuple[http.client.HTTPResponse, bytes]:
        answer = self._asked(path)
        raw = answer.read(most)
        if answer.read(1):
            self._connection.close()  # it is too long to be read to its end
        elif answer.length:
            raise http.client.IncompleteRead(b"")
        return answer, raw

    def _asked(self, path: str) -> http.client.HTTPResponse:
        """Once more where the other side had closed the connection that was kept."""
        kept = self._connection.sock is not None
        try:
            return self._ask(path)
        except (http.client.RemoteDisconnected, ConnectionError):
            self._connection.close()
            if not kept:
                raise
        return self._ask(path)

    def _ask(self, path: str) -> http.client.HTTPResponse:
        if self._connection.sock is not None:
            self._connection.sock.settimeout(self._patience)
        self._connection.request("GET", path, headers=self._headers)
        return self._connection.getresponse()

    def _answering(self, sock: socket.socket, debug: int = 0, method: str | None = None) -> http.client.HTTPResponse:
        """An answer that is read no longer, and no further, than the file allows (rule A1)."""
        answer = http.client.HTTPResponse(sock, debug, method)
        raw = answer.fp.detach()
        answer.fp = io.BufferedReader(Within(raw, sock.settimeout, self._until, self._most))
        return answer


class Within(io.RawIOBase):
    """What is read from a connection until a moment, and up to so many bytes. Raises TimeoutError and OSError."""

    def __init__(self, raw: io.RawIOBase, wait: Callable[[float], None], until: float, most: int) -> None:
        super().__init__()
        self._raw, self._wait, self._until, self._left = raw, wait, until, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int | None:  # type: ignore[override] # a BufferedReader gives no other
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._wait(left)
        came = self._raw.readinto(buffer)
        self._left -= came or 0
        if self._left < 0:
            raise OSError("more was sent than the file can have")
        return came

    def close(self) -> None:
        self._raw.close()
        super().close()


def _unpacked(path: str, raw: bytes, most: int) -> bytes:
    """What is longer than it can be, packed or unpacked, comes out cut, and is found to be wrong."""
    unpacking = zlib.decompressobj(GZIP)
    try:
        whole = unpacking.decompress(raw, most + 1)
    except zlib.error:
        raise OSError(f"{path}: what should be gzip is not") from None
    if not unpacking.eof and len(whole) <= most:
        raise OSError(f"{path}: the answer broke off")
    return whole
