"""Page tokens: where the next page begins, unforgeable, good for one caller, one question and one hour."""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.domain.document import moment, timestamp
from shared.errors import Malformed
from shared.ports import Keys, Place

GOOD_FOR = timedelta(hours=1)
TOKEN = re.compile(r"[A-Za-z0-9_-]+")
MAC = hashlib.sha256().digest_size
REFUSED = "this page token is not ours, not yours, for another question, or too old"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """The page tokens of one question by one caller at one time."""

    keys: Keys
    question: str
    now: datetime

    async def begin(self, token: str | None) -> Place | None:
        """Where the page begins that `token` names; None for the first."""
        if token is None:
            return None
        return place_of(token, question=self.question, key=await self.keys.page_key(), now=self.now)

    async def following(self, place: Place | None) -> str | None:
        """The token of the page that begins after `place`; None where there is none."""
        if place is None:
            return None
        return page_token(place, question=self.question, key=await self.keys.page_key(), now=self.now)


def page_token(place: Place, *, question: str, key: bytes, now: datetime) -> str:
    """`question` is whatever the token must not be used for another of: the caller and the filter."""
    return signed([timestamp(place.at), place.id], question=question, key=key, until=now + GOOD_FOR)


def place_of(token: str, *, question: str, key: bytes, now: datetime) -> Place:
    """Where the page begins. Raises Malformed for any token that was not given for just this."""
    at, row = verified(token, question=question, key=key, now=now, field="page")
    return Place(moment(at), row)


def signed(said: Sequence[Any], *, question: str, key: bytes, until: datetime) -> str:
    """A token that says this, about that question, and is good until then."""
    payload = json.dumps([*said, timestamp(until)], separators=(",", ":")).encode()
    return _text(_mac(payload, question, key) + payload)


def verified(token: str, *, question: str, key: bytes, now: datetime, field: str) -> list[Any]:
    """What `signed` was given. Raises Malformed, naming `field`, for any token that was not made of just this."""
    if not TOKEN.fullmatch(token):  # the decoder would pass over what is not base64
        raise Malformed(REFUSED, field=field)
    try:
        raw = base64.urlsafe_b64decode(token + "==")
    except (binascii.Error, ValueError):
        raise Malformed(REFUSED, field=field) from None
    if _text(raw) != token:  # the last character has bits that the decoder does not look at
        raise Malformed(REFUSED, field=field)
    mac, payload = raw[:MAC], raw[MAC:]
    if not hmac.compare_digest(mac, _mac(payload, question, key)):
        raise Malformed(REFUSED, field=field)
    said: list[Any]
    *said, until = json.loads(payload)
    if now > moment(until):
        raise Malformed(REFUSED, field=field)
    return said


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _mac(payload: bytes, question: str, key: bytes) -> bytes:
    return hmac.digest(key, question.encode() + b"\x00" + payload, "sha256")
