"""What a witness remembers: one file, for one ledger, one key and one process at a time.

S1  What `keep` returned from is on the disk whole, whatever happens after it; until then the file is as it was before.
S2  A file that cannot be read is never taken for none: to forget is to be open to another history.
S3  Evidence goes into a folder beside it, once, and nothing here ever deletes or changes it. It is kept of twenty
    things shown against one checkpoint: a disk that a log can fill is one on which it can keep a witness from writing.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from shared.domain.ledger import Unproven
from tools.witnessing.seen import Seen, parsed
from tools.witnessing.trouble import Unusable

FORMAT = "continuity-witness/v1"
MOST_ALIKE = 20
NAMES = {"format": str, "checkpoint": str, "seconds": int, "handedIn": bool}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The last checkpoint seen, the time that is put to it, and whether the cosignature has arrived."""

    seen: Seen
    seconds: int
    handed_in: bool


class Disk(Protocol):
    def write(self, file: Path, text: str) -> None:
        """All of it is on the disk."""

    def rename(self, file: Path, to: Path) -> None:
        """`to` is the one file or the other at any time."""

    def settle(self, folder: Path) -> None:
        """The names in the folder are on the disk."""


class LocalDisk:
    """The file system's own promises (POSIX), asked for at each step."""

    def write(self, file: Path, text: str) -> None:
        with file.open("w", encoding="utf-8") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())

    def rename(self, file: Path, to: Path) -> None:
        file.replace(to)

    def settle(self, folder: Path) -> None:
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


class StateFile:
    def __init__(self, file: Path, disk: Disk | None = None) -> None:
        self._file, self._disk = file.resolve(), disk or LocalDisk()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Two on one file could each sign what the other never saw. The lock goes with the process, however it ends."""
        try:
            lock = os.open(f"{self._file}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as no:
            raise Unusable(f"there can be no state in {self._file}: {no.strerror}") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise Unusable(f"another witness is at work with {self._file}") from None
        finally:
            os.close(lock)

    def read(self) -> Kept | None:
        """None only if there never was one."""
        try:
            value = json.loads(self._file.read_text(encoding="utf-8"))
            if value["format"] != FORMAT or {name: type(kept) for name, kept in value.items()} != NAMES:
                raise ValueError(FORMAT)
            seen = parsed(value["checkpoint"].encode())
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, RecursionError, Unproven):
            raise Unusable(
                f"what is in {self._file} is no state of a witness: do not delete it, find out why"
            ) from None
        return Kept(seen=seen, seconds=value["seconds"], handed_in=value["handedIn"])

    def keep(self, kept: Kept) -> None:
        value = {
            "format": FORMAT,
            "checkpoint": kept.seen.note,
            "seconds": kept.seconds,
            "handedIn": kept.handed_in,
        }
        fresh = self._file.with_name(f"{self._file.name}.new")
        try:
            self._disk.write(fresh, json.dumps(value, ensure_ascii=False, indent=1) + "\n")
            self._disk.rename(fresh, self._file)
            self._disk.settle(self._file.parent)
        except OSError as no:
            raise Unusable(f"the state could not be written to {self._file}: {no.strerror}") from None

    def keep_evidence(self, kind: str, notes: dict[str, str]) -> Path | None:
        """The folder in which they are, whether from now on or from before; None if there are enough like it."""
        begins = f"{self._file.name}.{kind}-{_mark(next(iter(notes.values())))}"
        folder = self._file.with_name(f"{begins}-{_mark(*notes.values())}")
        try:
            alike = [each for each in folder.parent.iterdir() if each.name.startswith(begins)]
            if folder not in alike and len(alike) >= MOST_ALIKE:
                return None
            folder.mkdir(exist_ok=True)
            for name, text in notes.items():
                self._disk.write(folder / name, text)
            self._disk.settle(folder)
            self._disk.settle(folder.parent)
        except OSError as no:
            raise Unusable(f"the evidence could not be written to {folder}: {no.strerror}") from None
        return folder


def _mark(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]
