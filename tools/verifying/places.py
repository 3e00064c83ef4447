"""Where a ledger's files are read from: a folder, or an address that serves them as C2SP tlog-tiles says.

P1  Nothing is read that is longer than it can rightly be: one byte more is taken, which shows that it is.
P2  An address is asked over one connection, with patience that ends (address.py). It is not followed to anywhere else,
    so that what is verified is what was asked for, and a token goes to nobody else.
P3  What is compressed on its way is unpacked no further than P1 allows.
P4  In a folder, files are files: what is a link, a pipe or a device is not opened further, and is no part of a ledger.
"""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from shared.domain.ledger import Unproven
from tools.verifying.address import Address
from tools.verifying.report import Unreadable

# Where a system has no such flags it has no such pipes either; a link is then found by the pass over the folder.
AS_IT_IS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
DEEPEST = 9  # folders above a file of a ledger: tile, level, six of an index, .p


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
            with open(self.folder / path, "rb", opener=_opened) as file:
                found = os.fstat(file.fileno())
                if not stat.S_ISREG(found.st_mode):
                    raise _foreign(path)
                return file.read(min(found.st_size, most) + 1)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None
        except OSError as no:
            if no.errno in (errno.ELOOP, errno.ENXIO):  # a link, or a socket
                raise _foreign(path) from None
            raise

    def names(self, path: str) -> Iterator[str]:
        try:
            with os.scandir(self.folder / path) as found:
                yield from (each.name for each in found)
        except (FileNotFoundError, NotADirectoryError):
            return

    def under(self, path: str) -> Iterator[str]:
        """Every file there by its path, in order; of one folder at a time is more than the name in memory."""
        try:
            with os.scandir(self.folder / path) as found:
                inside = sorted((each.name, _is_folder(f"{path}/{each.name}", each)) for each in found)
        except FileNotFoundError:
            return
        except NotADirectoryError:
            raise Unproven(f"{path}: it is no folder") from None
        for name, is_folder in inside:
            if not is_folder:
                yield f"{path}/{name}"
            elif path.count("/") + 2 > DEEPEST:
                raise Unproven(f"{path}/{name}: it is a folder deeper than any of a ledger")
            else:
                yield from self.under(f"{path}/{name}")

    def close(self) -> None:
        """Nothing is kept open."""


def _opened(path: str, flags: int) -> int:
    return os.open(path, flags | AS_IT_IS)


def _is_folder(path: str, found: os.DirEntry[str]) -> bool:
    if found.is_dir(follow_symlinks=False):
        return True
    if not found.is_file(follow_symlinks=False):
        raise _foreign(path)
    return False


def _foreign(path: str) -> Unproven:
    return Unproven(f"{path}: it is a link, a pipe or a device, and no file of a ledger")
