"""Where a ledger's files are read from: a folder, or an address that serves them as C2SP tlog-tiles says.

P1  Nothing is read that is longer than it can rightly be: one byte more is taken, which shows that it is.
P2  An address is asked over one connection, with patience that ends. It is not followed to anywhere else, so that what
    is verified is what was asked for, and a token goes to nobody else.
P3  What is compressed on its way is unpacked no further than P1 allows.
"""

import http.client
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from tools.verifying.report import Unreadable

PATIENCE_SECONDS = 60
OK, NOT_FOUND = 200, 404
PACKING = 4096  # bytes that what cannot be compressed may be longer when it is
GZIP = 31  # zlib's window bits for it
OF_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}


class Place(Protocol):
    def read(self, path: str, most: int) -> bytes | None:
        """The file at a path of the ledger, cut after one byte more than `most`; None if there is none."""

    def names(self, path: str) -> Iterator[str]:
        """What lies in a folder of the ledger, in no order; nothing where no folder can be looked into."""

    def close(self) -> None: ...


def place_at(where: str, token: bytes | None) -> Place:
    if where.startswith(("https://", "http://")):
        return Address(where, token)
    if not Path(where).is_dir():
        raise Unreadable(f"{where} is neither a folder nor an address")
    return Folder(Path(where))


class Folder:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, path: str, most: int) -> bytes | None:
        try:
            with (self.folder / path).open("rb", buffering=0) as file:
                return file.readall() if os.fstat(file.fileno()).st_size <= most else file.read(most + 1)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None

    def names(self, path: str) -> Iterator[str]:
        try:
            with os.scandir(self.folder / path) as found:
                yield from (each.name for each in found)
        except (FileNotFoundError, NotADirectoryError):
            return

    def close(self) -> None:
        """Nothing is kept open."""


class Address:
    def __init__(self, base: str, token: bytes | None) -> None:
        try:
            parts = urlsplit(base.encode("ascii").decode())
            kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
            self._connection = kind(parts.hostname or "", parts.port, timeout=PATIENCE_SECONDS)
        except (ValueError, http.client.InvalidURL):
            raise Unreadable(f"{base} is no address") from None
        if token and parts.scheme == "http" and parts.hostname not in OF_THIS_MACHINE:
            raise Unreadable("a token is sent over https alone")
        self._site, self._path = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
        self._headers: dict[str, str | bytes] = {"Accept-Encoding": "gzip"}
        self._headers |= {"Authorization": b"Bearer " + token} if token else {}

    def read(self, path: str, most: int) -> bytes | None:
        asked = f"{self._path}/{path}"
        try:
            answer = self._asked(asked)
            raw = answer.read(most + PACKING)
            if answer.read(1):
                self._connection.close()  # it is too long to be read to its end
            elif answer.length:
                raise http.client.IncompleteRead(b"")
        except (http.client.HTTPException, ValueError) as no:  # ValueError: a host or a header that is none
            raise OSError(f"{self._site}{asked}: there was no whole answer ({type(no).__name__})") from None
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
        self._connection.request("GET", path, headers=self._headers)
        return self._connection.getresponse()


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
