"""Signed notes (C2SP signed-note): a text, a blank line, and one signature line per key.

    N1  The text ends in a newline and has no blank line at its end; it is UTF-8 without control characters but
        newline ("note text").
    N2  A signature line is `— <key name> <base64 of key id (4 bytes) and signature>`.
    N3  The key id of an Ed25519 key is the first 4 bytes of SHA-256(name, newline, 0x01, public key).
    N4  A verifier key is `<name>+<key id in hex>+<base64 of 0x01 and public key>`.

Signing itself is behind a port; here are only texts.
"""

import base64
import hashlib
from dataclasses import dataclass

ED25519 = b"\x01"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """The public half of a signing key, by name. `public` is 32 bytes of Ed25519."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_base64(ED25519 + self.public)}"


def signed(text: str, key: VerifierKey, signature: bytes) -> str:
    """The note: `text` and the signature line of `key` over it."""
    if not text.endswith("\n") or f"\n{text}".endswith("\n\n") or any(c < " " and c != "\n" for c in text):
        raise ValueError("a note's text is lines of text")
    return f"{text}\n\u2014 {key.name} {_base64(key.id + signature)}\n"


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
