"""The confined child: `python -m shared.adapters.media.child <size> <cpu seconds> <bytes of memory>`.

Promises, before a byte of footage is seen:
1. It can use that much CPU and memory and no more, write no file, and leave no core.
2. It can open nothing: no file, no socket, whatever it closes before. What it needs is loaded by then; it has its
   two pipes.
3. It starts no process or thread. Where the kernel knows filters it also signals, traces and looks into no other
   process, and cannot lift a limit though it be root; where not, HELLO says so.
4. It learns no name, address or secret: its arguments are numbers and its environment is the parent's choice.
"""

import resource
import sys
from typing import BinaryIO

from shared.adapters.media import system_calls, wire
from shared.adapters.media.account import write_account
from shared.adapters.media.ranged import Ranged, Refused
from shared.domain.media import Inspection


def main(size: int, cpu_seconds: int, memory: int) -> None:
    limit(cpu_seconds, memory)
    from shared.adapters.media.examine import examine

    filtered = shut()
    asked, told = sys.stdin.buffer, sys.stdout.buffer
    wire.send(told, wire.HELLO, b"" if filtered else wire.UNFILTERED)
    source = Ranged(size, lambda offset, length: _ask(asked, told, offset, length))
    examine(source, lambda found: _tell(told, found))
    wire.send(told, wire.END)


def limit(cpu_seconds: int, memory: int) -> None:
    # one second more until the signal that cannot be caught
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    if sys.platform != "darwin":  # which knows the limit and refuses to set it
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def shut() -> bool:
    """From here on nothing can be opened or started, whatever native code is made to do. Whether filtered as well."""
    # nought, and not what is open now: one of those closed would make room for another
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    return system_calls.forbid()


def _ask(asked: BinaryIO, told: BinaryIO, offset: int, length: int) -> bytes:
    wire.send(told, wire.ASK, wire.RANGE.pack(offset, length))
    kind, data = wire.receive(asked)
    if kind != wire.DATA:
        raise Refused("the budget for this recording is spent")
    return data


def _tell(told: BinaryIO, found: Inspection) -> None:
    wire.send(told, wire.ACCOUNT, write_account(found))
    if found.poster:
        wire.send(told, wire.POSTER, found.poster)


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:]))
