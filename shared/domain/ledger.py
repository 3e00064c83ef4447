"""The bytes an audit entry is bound by: canonical JSON and the commitment over it.

Standard library only, and nothing of ours: an auditor reads this file beside the verifier.

    canonical JSON   RFC 8785. Entries hold strings, integers, booleans, null, lists and objects, never floats,
                     so that the number rules of the RFC (section 3.2.2.3) come down to plain integers.
    commitment       base64 of SHA-256(salt, canonical JSON of what the entry binds). It reveals nothing without
                     the salt, so it can be handed to anyone, and the entry can be erased without breaking it.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

UNBOUND = frozenset({"pk", "salt", "leaf", "pending"})
SAFE_INTEGER = 2**53 - 1  # RFC 8785 section 3.2.2.3: beyond it, readers of JSON disagree


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
    return base64.b64encode(hashlib.sha256(salt + canonical(bound(document))).digest()).decode("ascii")


def _text(value: Any) -> str:
    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        if abs(value) > SAFE_INTEGER:
            raise TypeError("an integer beyond 2^53 has no canonical form")
        return str(value)
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_text(k)}:{_text(value[k])}" for k in sorted(value, key=_utf16)) + "}"
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _utf16(name: Any) -> bytes:
    """RFC 8785 section 3.2.3: names are sorted by their UTF-16 code units."""
    if not isinstance(name, str):
        raise TypeError("a name that is no text has no canonical form")
    return name.encode("utf-16-be")
