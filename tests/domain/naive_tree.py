"""RFC 6962 section 2.1 word for word: recursive, slow, and nothing shared with the code under test."""

import hashlib
from collections.abc import Callable, Sequence

import pytest

from shared.domain.ledger import Unproven


def refused(what: str) -> pytest.RaisesExc[Unproven]:
    """The one error, of exactly its type, saying what was checked."""
    return pytest.RaisesExc(Unproven, match=what, check=lambda raised: type(raised) is Unproven)


def sha256(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()


def leaves_of(size: int, *, word: str = "leaf") -> list[bytes]:
    return [f"{word} {number}".encode() for number in range(size)]


def split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power


class Naive:
    """The definition over some leaves. Ranges are kept once hashed, since every tree of the tests shares them."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._leaves = leaves
        self._known: dict[tuple[int, int], bytes] = {}

    def mth(self, start: int, end: int) -> bytes:
        if (start, end) not in self._known:
            self._known[start, end] = self._hashed(start, end)
        return self._known[start, end]

    def _hashed(self, start: int, end: int) -> bytes:
        if start == end:
            return sha256(b"")
        if end - start == 1:
            return sha256(b"\x00" + self._leaves[start])
        middle = start + split(end - start)
        return sha256(b"\x01" + self.mth(start, middle) + self.mth(middle, end))

    def root(self, size: int) -> bytes:
        return self.mth(0, size)

    def hash_at(self, height: int, index: int) -> bytes:
        return self.mth(index << height, (index + 1) << height)

    def path(self, leaf: int, start: int, end: int) -> list[bytes]:
        """Section 2.1.1: PATH(m, D[n])."""
        if end - start == 1:
            return []
        middle = start + split(end - start)
        if leaf < middle - start:
            return [*self.path(leaf, start, middle), self.mth(middle, end)]
        return [*self.path(leaf - (middle - start), middle, end), self.mth(start, middle)]

    def proof(self, old: int, new: int) -> list[bytes]:
        """Section 2.1.2: PROOF(m, D[n])."""
        return self._subproof(old, 0, new, whole=True)

    def _subproof(self, old: int, start: int, end: int, *, whole: bool) -> list[bytes]:
        if old == end - start:
            return [] if whole else [self.mth(start, end)]
        middle = start + split(end - start)
        if old <= middle - start:
            return [*self._subproof(old, start, middle, whole=whole), self.mth(middle, end)]
        return [*self._subproof(old - (middle - start), middle, end, whole=False), self.mth(start, middle)]


def alike(word: bytes = b"the same") -> Callable[[int, int], bytes]:
    """hash_at of a tree whose leaves are all the same: trees of any size, without hashing them."""
    known = [sha256(b"\x00" + word)]

    def hash_at(height: int, index: int) -> bytes:
        while len(known) <= height:
            known.append(sha256(b"\x01" + known[-1] + known[-1]))
        return known[height]

    return hash_at
