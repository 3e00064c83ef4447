"""Signed notes (C2SP signed-note, Ed25519), verified with nothing of ours: the dock's own check of a receipt.

A note is its text, an empty line, and one line `— <name> <base64>` for each signature. The four bytes before
a signature are its key's id. Signatures by keys nobody listed are passed over; a listed key's must be right.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from local.docking.faults import Untrusted

ED25519 = b"\x01"
KEY_LENGTH = 1 + 32
KEY_ID_LENGTH = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    name: str
    key_id: bytes
    public_key: bytes

    @classmethod
    def parse(cls, line: str) -> "Verifier":
        """Read `<name>+<hex id>+<base64>`. A base64 text may hold `+` itself, a name may not."""
        parts = line.split("+", 2)
        if len(parts) != 3:  # noqa: PLR2004 - the three parts of a verifier key
            raise Untrusted("a verifier key is not <name>+<id>+<key>")
        name, key_id, key = parts[0], parts[1], _bytes(parts[2])
        if len(key) != KEY_LENGTH or key[:1] != ED25519:
            raise Untrusted(f"verifier key {name}: not an Ed25519 key")
        expected = hashlib.sha256(name.encode() + b"\n" + key).digest()[:KEY_ID_LENGTH]
        if key_id != expected.hex():
            raise Untrusted(f"verifier key {name}: its id is not its own")
        return cls(name=name, key_id=expected, public_key=key[1:])

    def must_have_signed(self, text: str, signature: bytes) -> None:
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, text.encode())
        except InvalidSignature:
            raise Untrusted(f"the signature of {self.name} is wrong") from None


def verified_text(note: str, verifiers: Iterable[Verifier]) -> str:
    """The text of `note`, signed by at least one of `verifiers`; Untrusted otherwise."""
    body, gap, signatures = note.rpartition("\n\n")
    if not gap or not signatures.endswith("\n"):
        raise Untrusted("not a signed note")
    text, known = body + "\n", {(v.name, v.key_id): v for v in verifiers}
    signers = 0
    for line in signatures.removesuffix("\n").split("\n"):
        name, signature = _signature(line)
        if verifier := known.get((name, signature[:KEY_ID_LENGTH])):
            verifier.must_have_signed(text, signature[KEY_ID_LENGTH:])
            signers += 1
    if not signers:
        raise Untrusted("no signature by a key the service lists")
    return text


def _signature(line: str) -> tuple[str, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if dash != "—" or not name:
        raise Untrusted("a signature line is not `— name signature`")
    return name, _bytes(encoded)


def _bytes(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise Untrusted("a key or signature is not base64") from None
