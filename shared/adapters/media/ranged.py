"""A distant file read a few blocks at a time, as if it lay here.

Promises:
1. Nothing outside the file is ever asked for, and no block twice while it is kept.
2. Adjacent missing blocks come in one range, of at most LONGEST bytes.
3. A view has no name: a native reader that knows a name opens other addresses because of it (video.md 0.5).
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator

BLOCK = 256 * 1024
KEPT = 120
LONGEST = 4 * 1024 * 1024

Fetch = Callable[[int, int], bytes]


class Refused(Exception):
    """The other side reads no more of this file: its budget is spent."""


class Outside(Exception):
    """Bytes beyond the end of the file were asked for."""


class Ranged:
    """`fetch(offset, length)` gets exactly that range, or raises."""

    def __init__(self, size: int, fetch: Fetch, *, block: int = BLOCK, kept: int = KEPT) -> None:
        self.size = size
        self._fetch, self._block, self._kept = fetch, block, kept
        self._blocks: OrderedDict[int, bytes] = OrderedDict()

    def at(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise Outside(f"{length} bytes at {offset} of a file of {self.size}")
        if length == 0:
            return b""
        first, last = offset // self._block, (offset + length - 1) // self._block
        for start, end in self._missing(first, last):
            self._load(start, end)
        data = b"".join(self._blocks[number] for number in range(first, last + 1))
        self._forget(first, last)
        skipped = offset - first * self._block
        return data if len(data) == length else data[skipped : skipped + length]

    def _missing(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Runs of blocks not kept, none longer than one range may be."""
        longest = max(1, LONGEST // self._block)
        run: list[int] = []
        for number in range(first, last + 1):
            if number in self._blocks:
                continue
            if run and (number != run[-1] + 1 or len(run) == longest):
                yield run[0], run[-1]
                run = []
            run.append(number)
        if run:
            yield run[0], run[-1]

    def _load(self, first: int, last: int) -> None:
        start = first * self._block
        data = self._fetch(start, min((last + 1) * self._block, self.size) - start)
        for number in range(first, last + 1):
            offset = (number - first) * self._block
            self._blocks[number] = data[offset : offset + self._block]

    def _forget(self, first: int, last: int) -> None:
        for number in range(first, last + 1):
            self._blocks.move_to_end(number)
        while len(self._blocks) > self._kept:
            self._blocks.popitem(last=False)


class View:
    """The first `end` bytes of a file, to be read and sought in as native code expects it."""

    def __init__(self, source: Ranged, end: int) -> None:
        self._source, self._end, self._at = source, end, 0

    def read(self, length: int = -1) -> bytes:
        left = max(0, self._end - self._at)
        data = self._source.at(self._at, left if length < 0 else min(length, left)) if left else b""
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = max(0, offset + (0, self._at, self._end)[whence])
        return self._at

    def tell(self) -> int:
        return self._at

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True
