"""Where a recording began, if its `moov` says: an ISO 6709 text in user data (`©xyz`) or QuickTime's metadata.

Rules:
1. A position is decoration: whatever is wrong with one, there is none, and the recording is judged without it.
2. Numbers are whole millionths of a degree from the text itself; no float ever holds one.
3. Exactly nought north, nought east is what a camera writes without a fix: no position.
"""

import re
from collections.abc import Iterator
from fractions import Fraction

from shared.adapters.media.boxes import HEADER, Box, Fields, NotABox, TooManyBoxes, children, within
from shared.domain.media import Position, PositionSource

MILLION = 1_000_000
MOST_KEYS = 256
LONGEST_TEXT = 256
LOCATION = b"com.apple.quicktime.location.ISO6709"
# degrees; or degrees and minutes; or degrees, minutes and seconds: told apart by the count of digits
ISO_6709 = re.compile(
    r"([+-])(\d{2}|\d{4}|\d{6})(\.\d{1,12})?([+-])(\d{3}|\d{5}|\d{7})(\.\d{1,12})?(?![\d.])", re.ASCII
)


def read_position(data: bytes, box: Box) -> Position | None:
    """`box` is the `udta` or the `meta` of a moov."""
    try:
        text, source = _user_text(data, box) if box.kind == b"udta" else _metadata_text(data, box)
    except (NotABox, TooManyBoxes):
        return None
    match = ISO_6709.match(text)
    if match is None:
        return None
    north, east = _microdegrees(*match.groups()[:3]), _microdegrees(*match.groups()[3:])
    return position(north, east, source)


def position(latitude: int, longitude: int, source: PositionSource) -> Position | None:
    """A position in whole microdegrees, if it is one and somewhere on the globe."""
    if not (latitude or longitude) or abs(latitude) > 90 * MILLION or abs(longitude) > 180 * MILLION:
        return None
    return Position(latitude_microdegrees=latitude, longitude_microdegrees=longitude, source=source)


def _microdegrees(sign: str, digits: str, fraction: str | None) -> int:
    """DD or DDD with up to two pairs of digits more: minutes, seconds. The fraction is of the last of them."""
    pairs = (len(digits) - 2) // 2  # latitude has two digits of degrees, longitude three
    first = len(digits) - 2 * pairs
    parts = [digits[:first], *(digits[at : at + 2] for at in range(first, len(digits), 2))]
    last = len(parts) - 1
    degrees: Fraction = sum((Fraction(int(part), 60**n) for n, part in enumerate(parts)), Fraction())
    degrees += Fraction(fraction or 0) / 60**last
    whole = round(degrees * MILLION)
    return -whole if sign == "-" else whole


def _user_text(data: bytes, udta: Box) -> tuple[str, PositionSource]:
    """A length, a language, that much text (QuickTime File Format, user data text)."""
    for box in within(data, udta):
        if box.kind == b"\xa9xyz" and box.end - box.body > 4:  # noqa: PLR2004 - the length and the language
            length = int.from_bytes(data[box.body : box.body + 2], "big")
            return _text(data[box.body + 4 : min(box.body + 4 + length, box.end)]), PositionSource.USER_DATA
    return "", PositionSource.USER_DATA


def _metadata_text(data: bytes, meta: Box) -> tuple[str, PositionSource]:
    """Names in `keys`, values in `ilst` under the number of their name."""
    parts = {box.kind: box for box in _parts(data, meta)}
    if b"keys" in parts and b"ilst" in parts:
        names = list(_names(data, parts[b"keys"]))
        if LOCATION in names:
            return _value(data, parts[b"ilst"], names.index(LOCATION) + 1), PositionSource.QUICKTIME
    return "", PositionSource.QUICKTIME


def _parts(data: bytes, meta: Box) -> Iterator[Box]:
    """QuickTime's `meta` holds boxes at once, the standard's has a version before them."""
    versioned = data[meta.body + 4 : meta.body + 8] != b"hdlr"
    return children(data, meta.body + (4 if versioned else 0), meta.end)


def _names(data: bytes, keys: Box) -> Iterator[bytes]:
    fields = Fields(data, keys)
    for _ in range(min(fields.number(4), MOST_KEYS)):
        size = fields.number(4)
        fields.skip(4)  # the namespace
        yield fields.take(max(0, size - HEADER))


def _value(data: bytes, ilst: Box, wanted: int) -> str:
    """The items' types are numbers and no letters, so that they are no boxes to the rest of the walk."""
    at = ilst.body
    for _ in range(MOST_KEYS):
        size, number = (int.from_bytes(data[at + n : at + n + 4], "big") for n in (0, 4))
        if size < HEADER or at + size > ilst.end:
            return ""
        if number == wanted:
            return _text(data[at + 3 * HEADER : at + size])  # behind the headers of item and data, type and locale
        at += size
    return ""


def _text(raw: bytes) -> str:
    return raw[:LONGEST_TEXT].decode("ascii", errors="replace").strip("\0 ")
