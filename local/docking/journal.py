"""What storage has acknowledged of one recording, on disk, so that a dock that was killed goes on where it was.

    J1  A block is written down after storage acknowledged it, and is on the disk before the next is taken.
    J2  A journal counts only for the same service, dock and camera, the same bytes and the same block size.
    J3  It has the grant's recording id and no address: a fresh grant is asked for when one goes on.
    J4  A line that was not finished, and whatever follows a line that cannot be read, did not happen.
    J5  One process at a time: a second one that wants the same recording is refused.
    J6  It goes when the receipt is verified, or when what is in the store is not this recording.

One line of JSON says what it is about; then one line of eight digits for each block.
"""

import asyncio
import errno
import fcntl
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, Self

from local.docking.faults import Unfit
from local.docking.recording import Fingerprint, Recording, short_name

VERSION = 1
DIGITS = 8
SUFFIX = ".docking"
LONGEST = 1_000_000  # bytes; a blob of the most blocks there can be has half of it


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the blocks of a journal are blocks of (rule J2)."""

    service: str
    dock: str
    camera: str
    size: int
    sha256: str
    block: int

    @classmethod
    def of(cls, recording: Recording, fingerprint: Fingerprint, *, service: str, dock: str, block: int) -> "About":
        size, sha256 = fingerprint.size, fingerprint.sha256
        return cls(service=service, dock=dock, camera=recording.camera, size=size, sha256=sha256, block=block)


class Journal:
    """`recording` is the id the blocks were acknowledged for. Without a file it lasts as long as the process."""

    def __init__(self, about: About, *, told: Callable[[str], None]) -> None:
        self.recording: str | None = None
        self._about, self._told = about, told
        self._blocks: set[int] = set()
        self._path: Path | None = None
        self._file: BinaryIO | None = None
        self._writing = asyncio.Lock()

    @classmethod
    def at(cls, path: Path, about: About, *, told: Callable[[str], None]) -> "Journal":
        """The journal at `path`, as far as it counts. Where none can be kept it is said, and docking goes on."""
        journal = cls(about, told=told)
        try:
            journal._open(path)
        except OSError as error:
            journal._cannot_be_kept(error)
        return journal

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def acknowledged(self) -> frozenset[int]:
        return frozenset(self._blocks)

    async def begin(self, recording: str) -> None:
        """From here on blocks are those of `recording`; those of another one do not count."""
        if self.recording == recording:
            return
        self.recording = recording
        self._blocks.clear()
        await self._write(self._heading(), anew=True)

    async def acknowledge(self, number: int) -> None:
        self._blocks.add(number)
        await self._write(f"{number:0{DIGITS}d}\n".encode())

    async def blocks_are_gone(self) -> None:
        """Storage has thrown them away: it keeps what is not committed for a week."""
        self._blocks.clear()
        await self._write(self._heading(), anew=True)

    def forget(self) -> None:
        self.recording = None
        self._blocks.clear()
        if self._path:
            with suppress(OSError):  # one that stays is asked about next time, and the receipt is there
                self._path.unlink()
        self.close()

    def close(self) -> None:
        if self._file:
            self._file.close()
        self._file = self._path = None

    def _heading(self) -> bytes:
        about = {"journal": VERSION, "recording": self.recording, **asdict(self._about)}
        return json.dumps(about).encode() + b"\n"

    async def _write(self, line: bytes, *, anew: bool = False) -> None:
        async with self._writing:
            if self._file is None:
                return
            try:
                await asyncio.to_thread(_append, self._file, line, anew=anew)
            except OSError as error:
                self._cannot_be_kept(error)

    def _cannot_be_kept(self, error: OSError) -> None:
        self.close()
        self._told(f"no journal can be kept ({error.strerror}): if this is broken off, it begins anew")

    def _open(self, path: Path) -> None:
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)
        self._path = path
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise Unfit("another dock command is at this recording") from None
        self._read(self._file)
        _on_disk(path.parent)

    def _read(self, file: BinaryIO) -> None:
        heading, *lines = file.read(LONGEST).split(b"\n")
        self.recording = _recording_in(heading, self._about) if lines else None
        if self.recording is None:
            return
        good, most = len(heading) + 1, -(-self._about.size // self._about.block)
        for line in lines[:-1]:  # what follows the last line end is not a line
            if len(line) != DIGITS or not line.isdigit() or int(line) >= most:
                break
            self._blocks.add(int(line))
            good += DIGITS + 1
        file.truncate(good)
        file.seek(good)


def place_of_journal(recording: Recording, *, state: Path | None = None) -> Path:
    """Beside the recording, or in the folder for all of them."""
    if state is None:
        return recording.path.with_name(f".{recording.path.name}{SUFFIX}")
    return state / f"{short_name(recording.path)}{SUFFIX}"


def _recording_in(heading: bytes, about: About) -> str | None:
    """The recording a journal is of, if it is about the same as `about`."""
    try:
        said = json.loads(heading)
    except ValueError:
        return None
    if not isinstance(said, dict) or not isinstance(recording := said.pop("recording", None), str):
        return None
    return recording if said == {"journal": VERSION, **asdict(about)} else None


def _append(file: BinaryIO, line: bytes, *, anew: bool) -> None:
    if anew:
        file.seek(0)
        file.truncate()
    if file.write(line) != len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fsync(file.fileno())


def _on_disk(folder: Path) -> None:
    """A new name in a folder is on the disk once the folder is."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
