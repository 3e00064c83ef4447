"""The parent's side: starts a confined child for each recording, reads for it, and believes little of it.

Promises:
1. Footage never raises, whatever it is: `problems` says what is wrong with it. Only faults raise: a read that
   failed or came short, a child that could not begin, or too long a wait for a place, the child or the storage.
2. No child outlives its inspection, and at most `places` run at a time.
3. The budget is kept here: a range beyond it is not read, whatever the child is made to ask for.
4. An inspection ends within `waiting_seconds` and `child_seconds` of its beginning, 20 in all: well inside the 30
   that Event Grid waits. Each second is counted to one of the two. Using up the first is a fault, and only using up
   the second is the footage's doing: a queue or slow storage condemns no recording.
Native code and Pillow are never imported on this side.
"""

import asyncio
import logging
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from signal import SIGKILL, SIGXCPU
from typing import cast

from shared.adapters.media import wire
from shared.adapters.media.account import BadAccount, read_account
from shared.domain.media import Inspection, Problem

CHILD = (sys.executable, "-P", "-s", "-B", "-m", "shared.adapters.media.child")
ROOT = Path(__file__).resolve().parents[3]

log = logging.getLogger(__name__)

Read = Callable[[int, int], Awaitable[bytes]]


class InspectorFault(Exception):
    """Not the footage's doing: try again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one recording may cost. A gigabyte takes 3 to 6 reads and at most 2.4 MB (bench/media.py)."""

    reads: int = 64
    bytes: int = 32 << 20
    cpu_seconds: int = 10
    memory: int = 384 << 20  # address space: four such children fit a 2 GB instance
    child_seconds: float = 12  # of work; the kernel counts those of the processor
    waiting_seconds: float = 8  # for a place, for the child to begin, and for storage, together


class Seconds:
    """What is left of so many seconds. Raises TimeoutError where they run out."""

    def __init__(self, left: float) -> None:
        self._left = left

    @asynccontextmanager
    async def spending(self) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            async with asyncio.timeout(self._left):
                yield
        finally:
            self._left -= loop.time() - begun


class ChildInspector:
    """Keeps the port Inspector."""

    def __init__(self, limits: Limits | None = None, *, places: int = 4, command: Sequence[str] = CHILD) -> None:
        self._limits = limits or Limits()
        self._places = asyncio.Semaphore(places)
        self._command = tuple(command)
        self._told = False

    async def inspect(self, size: int, read: Read) -> Inspection:
        if size == 0:
            return Inspection(media=None, poster=None, problems=(Problem.EMPTY,))
        waiting = Seconds(self._limits.waiting_seconds)
        await self._place(waiting)
        try:
            child = await self._start(size)
            try:
                return await self._hold(_Conversation(child, size, read, self._limits, waiting))
            finally:
                await _end(child)
        finally:
            self._places.release()

    async def _place(self, waiting: Seconds) -> None:
        try:
            async with waiting.spending():
                await self._places.acquire()
        except TimeoutError as e:
            raise InspectorFault("waiting for a place to inspect footage took too long") from e

    async def _hold(self, conversation: "_Conversation") -> Inspection:
        found = await conversation.hold()
        if conversation.unfiltered and not self._told:
            self._told = True
            log.warning("media: no filter of system calls here; limits alone confine the child")
        return found

    async def _start(self, size: int) -> Process:
        numbers = (size, self._limits.cpu_seconds, self._limits.memory)
        try:
            return await asyncio.create_subprocess_exec(
                *self._command,
                *map(str, numbers),
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                cwd=ROOT,
                env=_environment(),
            )
        except OSError as e:
            raise InspectorFault(f"the media child could not be started: {e.strerror}") from e


def _environment() -> dict[str, str]:
    """Written anew, so that no secret, token or proxy of ours is in it."""
    # the path is passed on: in the cloud packages lie where only the host's worker has been told
    path = [str(ROOT), *(place for place in sys.path if Path(place).is_absolute())]
    return {"PYTHONPATH": os.pathsep.join(dict.fromkeys(path)), "LC_ALL": "C.UTF-8"}


async def _end(child: Process) -> None:
    """Closes the pipes and ends the child, without waiting for the pipes to run dry: who knows who else holds them."""
    # asyncio has no other way to close a pipe that is not at its end
    child._transport.close()  # type: ignore[attr-defined] # noqa: SLF001 - said above
    await child.wait()


class _Gone(Exception):
    """The child has ended before it was done."""


class _Conversation:
    """One recording, one child."""

    def __init__(self, child: Process, size: int, read: Read, limits: Limits, waiting: Seconds) -> None:
        self._child, self._size, self._read = child, size, read
        self._to = cast("asyncio.StreamWriter", child.stdin)
        self._from = cast("asyncio.StreamReader", child.stdout)
        self._reads, self._bytes = limits.reads, limits.bytes
        self._working, self._waiting = Seconds(limits.child_seconds), waiting
        self._begun = False
        self.unfiltered = False
        self._refused = False
        self._found = Inspection(media=None, poster=None)

    async def hold(self) -> Inspection:
        try:
            await self._begin()
            await self._listen()
        except TimeoutError:
            return self._given_up(Problem.TOO_COMPLEX, "took too long")
        except BadAccount as e:
            return self._given_up(Problem.UNREADABLE, str(e))
        except _Gone:
            return await self._ended_early()
        return self._found

    async def _begin(self) -> None:
        """Until HELLO. No byte of the footage has been seen by then, so the time is not the footage's doing."""
        try:
            async with self._waiting.spending():
                kind, payload = await self._frame()
        except TimeoutError as e:
            raise InspectorFault("waiting for the media child to begin took too long") from e
        except BadAccount:
            kind, payload = b"", b""
        if kind != wire.HELLO:
            raise InspectorFault("the media child does not begin as agreed")
        self._begun, self.unfiltered = True, payload == wire.UNFILTERED

    async def _listen(self) -> None:
        """Until the child says END, raising TimeoutError, BadAccount or _Gone where it does not."""
        account: bytes = b""
        while True:
            async with self._working.spending():
                kind, payload = await self._frame()
            if kind == wire.END and account:
                return
            if kind == wire.ASK:
                await self._answer(*wire.RANGE.unpack(payload))
            elif kind == wire.ACCOUNT:
                account = payload
                self._found = self._checked(account, self._found.poster)
            elif kind == wire.POSTER and account:
                self._found = self._checked(account, payload)
            else:
                raise BadAccount("a child that speaks out of turn")

    def _checked(self, account: bytes, poster: bytes | None) -> Inspection:
        found = read_account(account, poster)
        return _with(found, Problem.TOO_COMPLEX) if self._refused else found

    async def _frame(self) -> tuple[bytes, bytes]:
        try:
            kind, length = wire.HEAD.unpack(await self._from.readexactly(wire.HEAD.size))
            if length > wire.LONGEST.get(kind, -1) or (kind == wire.ASK and length != wire.RANGE.size):
                raise BadAccount("a child that says what it may not")
            return kind, await self._from.readexactly(length)
        except asyncio.IncompleteReadError as e:
            raise _Gone from e

    async def _answer(self, offset: int, length: int) -> None:
        if length == 0 or offset + length > self._size:
            raise BadAccount("a child that asks for what is not there")
        if self._reads < 1 or length > self._bytes:
            self._refused = True
            await self._say(wire.REFUSED, b"")
            return
        self._reads -= 1
        self._bytes -= length
        await self._say(wire.DATA, await self._range(offset, length))

    async def _range(self, offset: int, length: int) -> bytes:
        try:
            async with self._waiting.spending():
                data = await self._read(offset, length)
        except TimeoutError as e:
            raise InspectorFault(f"reading {length} bytes at {offset} took too long") from e
        if len(data) != length:
            raise InspectorFault(f"a read of {length} bytes at {offset} gave {len(data)}")
        return data

    async def _say(self, kind: bytes, payload: bytes) -> None:
        try:
            async with self._working.spending():
                self._to.write(wire.frame(kind, payload))
                await self._to.drain()
        except ConnectionError as e:
            raise _Gone from e

    async def _ended_early(self) -> Inspection:
        status = await self._child.wait()
        if not self._begun:
            raise InspectorFault(f"the media child ended with status {status} before it began")
        killed = status in (-SIGKILL, -SIGXCPU)
        return self._given_up(Problem.TOO_COMPLEX if killed else Problem.UNREADABLE, f"ended with status {status}")

    def _given_up(self, problem: Problem, why: str) -> Inspection:
        log.warning("media: a child was given up: %s", why)
        return _with(self._found, problem)


def _with(inspection: Inspection, problem: Problem) -> Inspection:
    return replace(inspection, problems=tuple(dict.fromkeys((*inspection.problems, problem))))
