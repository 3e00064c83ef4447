"""The checkpoints that a ledger's folder keeps, by size, with what lies beside each: every signature is checked.

Beside a checkpoint are its cosignatures, and under `next/<size>` the text of the one that was to follow the one of that
size, which the force wrote before it was signed: it must be the next that is here. They are read one after another
while the entries go by (follow.py); in memory are their sizes, eight bytes for each.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from shared.domain.ledger import LARGEST, Unproven
from shared.domain.note import Checkpoint, Note, VerifierKey, parsed_checkpoint, parsed_note, signers
from tools.verifying.follow import Claim
from tools.verifying.places import Place
from tools.verifying.signed import Keys, Signed, ed25519, signed_checkpoint

CHECKPOINT, COSIGNATURE, NEXT = "checkpoint", "cosignature", "next"
MOST = 65_536  # bytes of a checkpoint, which is three lines and at most a hundred signatures
DIGITS = 20  # of a size in a file's name


@dataclass(slots=True)
class Seen:
    """What witnesses saw: of each the largest size and when, and how many signatures were of keys not given."""

    last: dict[VerifierKey, tuple[int, int]] = field(default_factory=dict)
    unknown: int = 0

    def add(self, found: Signed) -> None:
        self.last |= {witness: (found.checkpoint.size, at) for witness, at in found.witnesses.items()}
        self.unknown += len(found.unknown)


class Stored:
    """`sizes`: of the checkpoints there are, in order; none where `checkpoint` is the newest one itself.

    `unfollowed`: how many were read of which it was not written down that they were to follow the one before.
    """

    def __init__(self, place: Place, keys: Keys) -> None:
        self._place, self._keys = place, keys
        self._witnesses = {key.id.hex(): key for key in keys}
        self.unfollowed = 0
        self.sizes: Sequence[int] = array("Q", sorted(_size(name) for name in place.names(CHECKPOINT)))

    def newest(self) -> Signed:
        if self.sizes:
            return self._at(self.sizes[-1])
        raw = self._place.read(CHECKPOINT, MOST)
        if raw is None:
            raise Unproven(f"{CHECKPOINT}: it is not there")
        return signed_checkpoint(raw, self._keys)

    def claims(self, seen: Seen) -> Iterator[Claim]:
        before = 0
        for size in self.sizes:
            found = self._at(size)
            seen.add(found)
            self._check_next(before, found.checkpoint)
            yield Claim(name=_path(size), size=size, root=found.checkpoint.root)
            before = size

    def check_later(self, before: int, newest: Checkpoint) -> None:
        """What follows the newest one, or one that is not here yet: the text of a larger one of this ledger."""
        path = _path(before, NEXT)
        raw = self._place.read(path, MOST) or b""
        try:
            later = parsed_checkpoint(raw.decode())
        except ValueError:  # Unproven is one
            raise Unproven(f"{path}: it is not the text of a checkpoint") from None
        if later.origin != newest.origin or later.size <= max(before, newest.size):
            raise Unproven(f"{path}: it is not the text of a later checkpoint of this ledger")

    def _check_next(self, before: int, checkpoint: Checkpoint) -> None:
        path = _path(before, NEXT)
        raw = self._place.read(path, MOST) if checkpoint.size else b""
        if raw is None:
            self.unfollowed += 1
        elif checkpoint.size and raw != str(checkpoint).encode():
            raise Unproven(f"{path}: it is not the text of {_path(checkpoint.size)}, the next that is here")

    def _at(self, size: int) -> Signed:
        path = _path(size)
        raw = self._place.read(path, MOST) or b""
        try:
            found = signed_checkpoint(raw, self._keys)
        except Unproven as no:
            raise Unproven(f"{path}: {no}") from None
        if found.checkpoint.size != size:
            raise Unproven(f"{path}: it is not of the size that it is called by")
        folder = f"{COSIGNATURE}/{size:0{DIGITS}}"
        for name in sorted(self._place.names(folder)):
            found = self._cosigned(found, f"{folder}/{name}", name)
        return found

    def _cosigned(self, found: Signed, path: str, name: str) -> Signed:
        """With the cosignature that lies there, called by its key's id."""
        ((by, key_id, signature),) = _lines(path, self._place.read(path, MOST) or b"")
        if key_id.hex() != name:
            raise Unproven(f"{path}: it is not the line of the key that it is called by")
        if name not in self._witnesses:
            return replace(found, unknown=[*found.unknown, by])
        try:
            one = Note(text=str(found.checkpoint), signatures=((by, key_id, signature),))
            seen = signers(one, [self._witnesses[name]], ed25519)
        except Unproven as no:
            raise Unproven(f"{path}: {no}") from None
        return replace(found, witnesses={**found.witnesses, **{key: at for key, at in seen.items() if at is not None}})


def _path(size: int, folder: str = CHECKPOINT) -> str:
    return f"{folder}/{size:0{DIGITS}}"


def _size(name: str) -> int:
    if len(name) != DIGITS or not (name.isascii() and name.isdecimal()) or int(name) > LARGEST:
        raise Unproven(f"{CHECKPOINT}/{name}: it is not called by a size")
    return int(name)


def _lines(path: str, raw: bytes) -> Sequence[tuple[str, bytes, bytes]]:
    """The one signature line that a file is."""
    try:
        found = parsed_note(b"\n\n" + raw).signatures
    except Unproven:
        found = ()
    if len(found) != 1:
        raise Unproven(f"{path}: it is not a signature line")
    return found
