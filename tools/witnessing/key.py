"""The key of a witness: one line in a file that only its owner may read, `PRIVATE+KEY+<verifier's name, id, seed>`."""

import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.domain.ledger import Unproven, from_base64, to_base64
from shared.domain.note import (
    COSIGNATURE,
    KEY_LENGTH,
    Checkpoint,
    VerifierKey,
    cosignature,
    cosigned_text,
    parsed_key,
    signed,
)
from tools.witnessing.trouble import Unusable

PRIVATE = "PRIVATE+KEY+"
OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessKey:
    """Signs checkpoints and nothing else."""

    name: str
    seed: bytes = field(repr=False)

    @property
    def verifier(self) -> VerifierKey:
        return VerifierKey(name=self.name, public=self._private().public_key().public_bytes_raw(), kind=COSIGNATURE)

    def cosigned(self, checkpoint: Checkpoint, seconds: int) -> str:
        """tlog-cosignature: the checkpoint as a note with this witness's signature alone."""
        text = str(checkpoint)
        signature = self._private().sign(cosigned_text(text, seconds).encode())
        return signed(text, self.verifier, cosignature(seconds, signature))

    def written(self) -> str:
        verifier = self.verifier
        return f"{PRIVATE}{self.name}+{verifier.id.hex()}+{to_base64(COSIGNATURE + self.seed)}\n"

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def create(file: Path, name: str) -> VerifierKey:
    """A new key in a new file. What is there is never written over: with it would go the witness's name."""
    key = WitnessKey(name=name, seed=secrets.token_bytes(KEY_LENGTH))
    try:
        parsed_key(str(key.verifier))
    except Unproven:
        raise Unusable(f"a key's name is one word without a plus, not {name!r}") from None
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as handle:
            handle.write(key.written())
            handle.flush()
            os.fsync(handle.fileno())
    except OSError as no:
        raise Unusable(f"no key was made in {file}: {no.strerror}") from None
    return key.verifier


def read(file: Path) -> WitnessKey:
    try:
        text, mode = file.read_text(encoding="utf-8"), file.stat().st_mode
    except (OSError, UnicodeDecodeError):
        raise Unusable(f"there is no key to be read in {file}: make one with `create`") from None
    if mode & OTHERS:
        raise Unusable(f"others may read the key in {file}: chmod 600 it, or make another if they have")
    name, _, rest = text.removeprefix(PRIVATE).partition("+")
    try:
        raw = from_base64("key", rest.removesuffix("\n").partition("+")[2])
    except Unproven:
        raw = b""
    key = WitnessKey(name=name, seed=raw[1:].ljust(KEY_LENGTH, b"\0")[:KEY_LENGTH])
    if key.written() != text:
        raise Unusable(f"what is in {file} is no key of a witness")
    return key
