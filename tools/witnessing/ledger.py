"""The ledger as a witness asks for it: its checkpoint, a consistency proof, and the door for cosignatures.

The proof is asked for, not made of tiles: either is worth what it proves between two roots, whoever made it up, so no
trust is saved by fetching more, and this is one short answer whatever the size.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol

from shared.domain.ledger import EMPTY_ROOT, Unproven, from_base64
from tools.witnessing.exchange import Answered, Place, ask
from tools.witnessing.trouble import Trouble

LONGEST_DETAIL = 160
Token = Callable[[], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is shown as a checkpoint, as it came, and when, by the server's clock: None if it does not say."""

    raw: bytes
    seconds: int | None


class Ledger(Protocol):
    def checkpoint(self, size: int | None = None) -> Shown:
        """The newest, or the one that was published at that size."""

    def consistency(self, old: int, new: int) -> list[bytes]:
        """What is said to prove that the ledger of `new` entries begins with that of `old`."""

    def hand_in(self, note: str) -> bool:
        """Whether they took it (True), or say that they published another checkpoint of that size."""


class LedgerDoors:
    """All three raise Trouble for any other answer."""

    def __init__(self, place: Place, token: Token) -> None:
        self._place, self._token = place, token

    def checkpoint(self, size: int | None = None) -> Shown:
        answered = self._get("/checkpoint" if size is None else f"/checkpoint?size={size}")
        return Shown(raw=answered.raw, seconds=answered.seconds)

    def consistency(self, old: int, new: int) -> list[bytes]:
        answer = _json(self._get(f"/consistency?old={old}&new={new}").raw)
        proof = answer.get("proof") if isinstance(answer, dict) else None
        if not isinstance(proof, list) or not all(isinstance(each, str) for each in proof):
            raise Trouble("what is shown as a consistency proof is none")
        try:
            hashes = [from_base64("proof", each) for each in proof]
        except Unproven as no:
            raise Trouble(f"what is shown as a consistency proof is none: {no}") from None
        if any(len(each) != len(EMPTY_ROOT) for each in hashes):
            raise Trouble("what is shown as a consistency proof is none: a hash is not 32 bytes")
        return hashes

    def hand_in(self, note: str) -> bool:
        headers, body = {"Content-Type": "application/json"}, json.dumps({"checkpoint": note}).encode()
        answered = ask(self._place, "POST", "/cosignatures", headers, body)
        if answered.status not in (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.CONFLICT):
            raise Trouble(f"the cosignature was not taken: {_said(answered)}")
        return answered.status != HTTPStatus.CONFLICT

    def _get(self, path: str) -> Answered:
        token = self._token()
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        answered = ask(self._place, "GET", path, headers)
        if answered.status != HTTPStatus.OK:
            raise Trouble(f"GET {self._place.path}{path.partition('?')[0]}: {_said(answered)}")
        return answered


def token_in(file: Path | None) -> Token:
    """Read anew each time, since tokens expire; what is in the file is never told."""

    def token() -> str | None:
        if file is None:
            return None
        try:
            found = file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            raise Trouble(f"there is no token to be read in {file}") from None
        if not found or not all("!" <= c <= "~" for c in found):
            raise Trouble(f"what is in {file} is no token")
        return found

    return token


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _said(answered: Answered) -> str:
    """The status and, of what was said to it, a few characters that do nothing to a terminal."""
    problem = _json(answered.raw)
    detail = problem.get("detail") if isinstance(problem, dict) else None
    shown = "".join(c if c.isprintable() else "?" for c in detail[:LONGEST_DETAIL]) if isinstance(detail, str) else ""
    return f"{answered.status} {shown}".rstrip()
