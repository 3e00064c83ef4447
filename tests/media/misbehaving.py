"""Children that break the agreement, each in one way.

`python -m tests.media.misbehaving <way> <size> <cpu seconds> <memory>`; `patient` alone keeps it.
"""

import os
import sys
import time

from shared.adapters.media import child, wire
from shared.adapters.media.account import write_account
from shared.domain.media import Inspection, Media

ACCOUNT = write_account(Inspection(media=Media(container="mp4", duration_ms=1), poster=None))


def say(kind: bytes, payload: bytes = b"") -> None:
    wire.send(sys.stdout.buffer, kind, payload)


def patient() -> None:
    say(wire.ASK, wire.RANGE.pack(0, 1))
    wire.receive(sys.stdin.buffer)
    say(wire.END)


def spin() -> None:
    while True:
        pass


def sleep() -> None:
    time.sleep(600)


def hoard() -> None:
    bytearray(1 << 40)


def crash() -> None:
    os.abort()


def deaf() -> None:
    """Asks without end and never listens."""
    while True:
        say(wire.ASK, wire.RANGE.pack(0, 32))


def chatty() -> None:
    """Each word in good time, and no end of them."""
    while True:
        say(wire.ASK, wire.RANGE.pack(0, 1))
        wire.receive(sys.stdin.buffer)


def greedy() -> None:
    """Takes no for no answer, then claims that all is well."""
    for _ in range(100):
        say(wire.ASK, wire.RANGE.pack(0, 1))
        wire.receive(sys.stdin.buffer)
    say(wire.ACCOUNT, ACCOUNT)
    say(wire.END)


def outside() -> None:
    say(wire.ASK, wire.RANGE.pack(1 << 40, 1))


def nothing_at_all() -> None:
    say(wire.ASK, wire.RANGE.pack(0, 0))


def endless() -> None:
    sys.stdout.buffer.write(wire.HEAD.pack(wire.ACCOUNT, 1 << 31))
    sys.stdout.buffer.flush()
    spin()


def garbage() -> None:
    sys.stdout.buffer.write(b"Segmentation fault, or whatever native code may print\n")


def no_jpeg() -> None:
    say(wire.POSTER, b"<svg onload=alert(1)>")
    say(wire.END)


def wordless() -> None:
    say(wire.END)


def unfiltered() -> None:
    say(wire.END)


def late_riser() -> None:
    say(wire.END)


def litter() -> None:
    """Leaves another process behind that holds the pipe, and says which by how much it asks for."""
    another = os.fork()
    if another == 0:
        sleep()
    say(wire.ASK, wire.RANGE.pack(0, another))
    os.abort()


def environment() -> None:
    """Tells what it was given, one name at a time, as codecs nobody would believe."""
    say(wire.ASK, wire.RANGE.pack(len(os.environ), 1 + ("PLANTED_SECRET" in os.environ)))
    spin()


def main(way: str, size: str, cpu_seconds: str, memory: str) -> None:
    child.limit(int(cpu_seconds), int(memory))
    if way != "litter":  # which only a process could do that is not shut in
        child.shut()
    if way == "stillborn":
        return
    if way == "mute":
        sleep()
    if way == "late_riser":
        time.sleep(1)
    say(wire.HELLO if way != "rude" else wire.END, wire.UNFILTERED if way == "unfiltered" else b"")
    if way not in ("wordless", "garbage", "endless"):
        say(wire.ACCOUNT, ACCOUNT)
    ways = (patient, spin, sleep, hoard, crash, deaf, greedy, outside, nothing_at_all)
    more = (unfiltered, late_riser, litter, chatty, endless, garbage, no_jpeg, wordless, environment)
    {act.__name__: act for act in (*ways, *more)}[way]()


if __name__ == "__main__":
    main(*sys.argv[1:])
