"""The ledger's mathematics and texts, for the service that writes it and for whoever verifies it.

Standard library only, and nothing of ours: an auditor reads this file beside the verifier, then note.py (what is
signed) and tiles.py (how the tree lies in files), which need nothing but it. Every function cites its clause. What does
not verify raises Unproven and nothing else. Texts are read strictly: what would be written otherwise is refused.

    canonical JSON   RFC 8785. Entries hold strings, integers, booleans, null, lists and objects, never floats,
                     so that the number rules of the RFC (section 3.2.2.3) come down to plain integers.
    commitment       base64 of SHA-256(salt, canonical JSON of what the entry binds). It reveals nothing without
                     the salt, so it can be handed to anyone, and the entry can be erased without breaking it.
    tree, proofs     RFC 6962 section 2.1, over the lines `v1 <entry id> <commitment>`; proofs are verified as RFC 9162
                     says, with no more work than the tree is high.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

UNBOUND = frozenset({"pk", "salt", "leaf", "pending"})
SAFE_INTEGER = 2**53 - 1  # RFC 8785 section 3.2.2.3: beyond it, readers of JSON disagree
LARGEST = 2**63 - 1  # of sizes and of seconds, so that no reader's integers overflow
EMPTY_ROOT = hashlib.sha256(b"").digest()  # RFC 6962 section 2.1
LEAF_LINE = re.compile(r"v1 ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) ([^ ]+)")

LITERALS = {None: "null", True: "true", False: "false"}
_quoted = json.JSONEncoder(ensure_ascii=False).encode  # RFC 8785 section 3.2.2.2; json.dumps would make one each time

HashAt = Callable[[int, int], bytes]  # (height, index): the index-th complete subtree of 2^height leaves


class Unproven(ValueError):
    """Which check failed, in one line."""


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of `value`. Raises TypeError for what has no canonical form here."""
    try:
        return _text(value).encode("utf-8")
    except UnicodeEncodeError:
        raise TypeError("half a surrogate pair has no canonical form") from None


def bound(document: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a stored entry that its commitment covers: all of it but the store's own and the sealing marks."""
    return {name: v for name, v in document.items() if name not in UNBOUND and not name.startswith("_")}


def commitment(document: Mapping[str, Any]) -> str:
    """The commitment of a stored entry; its `salt` is base64 of 32 bytes."""
    salt = base64.b64decode(document["salt"], validate=True)
    return to_base64(hashlib.sha256(salt + canonical(bound(document))).digest())


def _text(value: Any) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if value is None or isinstance(value, bool):
        return LITERALS[value]
    if isinstance(value, int):
        if abs(value) > SAFE_INTEGER:
            raise TypeError("an integer beyond 2^53 has no canonical form")
        return str(value)
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    if isinstance(value, Mapping):
        return "{" + ",".join([f"{_quoted(k)}:{_text(value[k])}" for k in sorted(value, key=_utf16)]) + "}"
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _utf16(name: Any) -> bytes:
    """RFC 8785 section 3.2.3: names are sorted by their UTF-16 code units."""
    if not isinstance(name, str):
        raise TypeError("a name that is no text has no canonical form")
    return name.encode("utf-16-be")


def to_base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def from_base64(what: str, text: str) -> bytes:
    """RFC 4648 sections 4 and 3.5: the bytes that this text, and no other, is written for."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise Unproven(f"{what}: what should be base64 is not") from None
    if to_base64(raw) != text:
        raise Unproven(f"{what}: its base64 is written in another way")
    return raw


def leaf_line(entry_id: str, committed: str) -> bytes:
    """The line that stands for an entry in the ledger."""
    line = f"v1 {entry_id} {committed}".encode()
    parsed_leaf_line(line)
    return line


def parsed_leaf_line(line: bytes) -> tuple[str, str]:
    """The entry id and the commitment in a line of the ledger."""
    parts = LEAF_LINE.fullmatch(line.decode("ascii", "replace"))
    if parts is None or len(from_base64("leaf", parts[2])) != len(EMPTY_ROOT):
        raise Unproven("leaf: the line is not `v1 <entry id> <commitment>`")
    return parts[1], parts[2]


def leaf_hash(line: bytes) -> bytes:
    """RFC 6962 section 2.1: the hash of one entry."""
    return hashlib.sha256(b"\x00" + line).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962 section 2.1: the hash of two subtrees side by side."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A tree as its complete subtrees, the largest first: one hash for every 1 in the binary size."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size <= LARGEST or len(self.peaks) != self.size.bit_count():
            raise Unproven("tree: there are not as many hashes as its size has")


def grown(tree: Tree, leaf_hashes: Iterable[bytes]) -> Tree:
    """RFC 6962 section 2.1: the tree with these leaves after its own, in memory that does not grow."""
    size, peaks = tree.size, list(tree.peaks)
    for leaf in leaf_hashes:
        subtree, beside = leaf, size
        while beside & 1:
            subtree = node_hash(peaks.pop(), subtree)
            beside >>= 1
        peaks.append(subtree)
        size += 1
    return Tree(size=size, peaks=tuple(peaks))


def root_of(tree: Tree) -> bytes:
    """RFC 6962 section 2.1: the Merkle Tree Hash."""
    root = tree.peaks[-1] if tree.peaks else EMPTY_ROOT
    for peak in reversed(tree.peaks[:-1]):
        root = node_hash(peak, root)
    return root


def tree_at(size: int, hash_at: HashAt, start: int = 0) -> Tree:
    """RFC 6962 section 2.1: `size` leaves from `start` on; where the tree splits, they are one of its subtrees."""
    peaks, left = [], size
    while left > 0:
        height = left.bit_length() - 1
        peaks.append(hash_at(height, (start + size - left) >> height))
        left -= 1 << height
    return Tree(size=size, peaks=tuple(peaks))


def prove_inclusion(index: int, size: int, hash_at: HashAt) -> list[bytes]:
    """RFC 6962 section 2.1.1: PATH(index, D[size])."""
    if not 0 <= index < size:
        raise Unproven("inclusion: the tree has no such leaf")
    return _beside(index, size, hash_at, whole=False)


def prove_consistency(old: int, new: int, hash_at: HashAt) -> list[bytes]:
    """RFC 6962 section 2.1.2: PROOF(old, D[new]); of an empty tree nothing is to be proven."""
    if not 0 <= old <= new:
        raise Unproven("consistency: the newer tree is the smaller one")
    return _beside(old - 1, new, hash_at, whole=True) if old else []


def _beside(leaf: int, size: int, hash_at: HashAt, *, whole: bool) -> list[bytes]:
    """What stands beside the way down to `leaf`, or to the subtree that ends with it, and then that one as well."""
    start, end, proof = 0, size, list[bytes]()
    while end - start > 1 and not (whole and end == leaf + 1):
        split = start + (1 << (end - start - 1).bit_length() - 1)
        left = leaf < split
        proof.append(_span(split, end, hash_at) if left else _span(start, split, hash_at))
        start, end = (start, split) if left else (split, end)
    if whole and start:
        proof.append(_span(start, end, hash_at))
    return proof[::-1]


def _span(start: int, end: int, hash_at: HashAt) -> bytes:
    height = (end - start).bit_length() - 1
    if end - start == 1 << height:
        return hash_at(height, start >> height)
    return root_of(tree_at(end - start, hash_at, start))


def check_inclusion(leaf: bytes, index: int, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    """RFC 9162 section 2.1.3.2: `leaf` is the hash of the leaf at `index` in the tree of `size` with this root."""
    _check_form("inclusion", (index, size), (leaf, root), proof)
    if index >= size:
        raise Unproven("inclusion: the tree has no such leaf")
    found = leaf
    for beside, is_left in zip(proof, _sides("inclusion", index, size - 1, len(proof)), strict=True):
        found = node_hash(beside, found) if is_left else node_hash(found, beside)
    if found != root:
        raise Unproven("inclusion: the proof leads to another root")


def check_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """RFC 9162 section 2.1.4.2: the tree of `new` leaves begins with the tree of `old` leaves."""
    _check_form("consistency", (old, new), (old_root, new_root), proof)
    if old > new:
        raise Unproven("consistency: the newer tree is the smaller one")
    if any(size == 0 and root != EMPTY_ROOT for size, root in ((old, old_root), (new, new_root))):
        raise Unproven("consistency: an empty tree has another root")
    if old in (0, new):
        if proof or (old and old_root != new_root):
            raise Unproven("consistency: two trees of one size differ, or a proof is too long")
        return
    nodes = proof if old & (old - 1) else (old_root, *proof)
    height = (old & -old).bit_length() - 1
    sides = _sides("consistency", (old - 1) >> height, (new - 1) >> height, len(nodes) - 1)
    older = newer = nodes[0]
    for beside, is_left in zip(nodes[1:], sides, strict=True):
        older = node_hash(beside, older) if is_left else older
        newer = node_hash(beside, newer) if is_left else node_hash(newer, beside)
    if (older, newer) != (old_root, new_root):
        raise Unproven("consistency: the proof leads to other roots")


def _sides(what: str, node: int, last: int, count: int) -> list[bool]:
    """RFC 9162 sections 2.1.3.2 and 2.1.4.2, steps 4 to 6: of each hash of a proof, does it stand to the left.

    Up to where the ways to `node` and to the last one meet, the bits of `node` say so. From there on it is the right
    edge that is followed: there is nothing to the right of it, and something to the left for every 1.
    """
    meeting = (node ^ last).bit_length()
    sides = [bool(node >> height & 1) for height in range(meeting)] + [True] * (node >> meeting).bit_count()
    if len(sides) != count:
        raise Unproven(f"{what}: the proof is too {'short' if count < len(sides) else 'long'}")
    return sides


def _check_form(what: str, numbers: Sequence[int], hashes: Sequence[bytes], proof: Sequence[bytes]) -> None:
    """Before any hashing: sizes and hashes are such, and the proof is no longer than that of the largest tree."""
    if any(type(number) is not int or not 0 <= number <= LARGEST for number in numbers):
        raise Unproven(f"{what}: a size or an index is none")
    if len(proof) > LARGEST.bit_length() + 1:
        raise Unproven(f"{what}: the proof is too long")
    if any(type(raw) is not bytes or len(raw) != len(EMPTY_ROOT) for raw in (*hashes, *proof)):
        raise Unproven(f"{what}: a hash is not 32 bytes")
