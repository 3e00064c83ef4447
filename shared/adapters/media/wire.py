"""What parent and child say to each other over the child's two pipes: a kind, a length, that many bytes.

Child to parent: HELLO once confined (UNFILTERED where by limits alone), ASK for a range, ACCOUNT and POSTER (the
last of each counts), END.
Parent to child: DATA for a range asked for, or REFUSED.
"""

import struct
from typing import BinaryIO

HEAD = struct.Struct(">cI")
RANGE = struct.Struct(">QQ")

HELLO, ASK, ACCOUNT, POSTER, END = b"h", b"r", b"a", b"p", b"e"
DATA, REFUSED = b"d", b"n"
UNFILTERED = b"u"

# what a child may send; anything longer is not ours
LONGEST = {HELLO: len(UNFILTERED), ASK: RANGE.size, ACCOUNT: 16 * 1024, POSTER: 1024 * 1024, END: 0}


def frame(kind: bytes, payload: bytes = b"") -> bytes:
    return HEAD.pack(kind, len(payload)) + payload


def send(pipe: BinaryIO, kind: bytes, payload: bytes = b"") -> None:
    pipe.write(frame(kind, payload))
    pipe.flush()


def receive(pipe: BinaryIO) -> tuple[bytes, bytes]:
    """The next frame. Raises EOFError where the other side has gone."""
    kind, length = HEAD.unpack(_exactly(pipe, HEAD.size))
    return kind, _exactly(pipe, length)


def _exactly(pipe: BinaryIO, length: int) -> bytes:
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError("the other side has gone")
    return data
