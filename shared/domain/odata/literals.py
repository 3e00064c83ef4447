"""Values as OData writes them: numbers, dates, times, true, false and null. (Strings are the lexer's.)"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

from shared.domain.odata.columns import Edm
from shared.domain.odata.lexer import Token, malformed, unsupported
from shared.domain.odata.syntax import Literal, Moment
from shared.errors import Malformed, Refusal

NUMBER = re.compile(r"[+-]?[0-9]{1,19}")
FRACTION = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?|-?INF|NaN")
DATE = re.compile(r"-?[0-9]{4,}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(
    r"(-?[0-9]{4,}-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]|60)(?:\.([0-9]{1,12}))?)?"
    r"(?:Z|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))",
    re.IGNORECASE,
)
TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?")
GUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
WORDS = {
    "true": Literal(Edm.BOOLEAN, True),
    "false": Literal(Edm.BOOLEAN, False),
    "null": Literal(None, None),
}
MICROSECONDS = 6
LEAP_SECOND = "60"


def literal(token: Token) -> Literal | None:
    """The value that a word is, or None if it is a name. Refuses what can be neither."""
    word, at = token.text, token.at
    if word in WORDS:
        return WORDS[word]
    if not (word[0].isascii() and word[0].isdigit()) and word[0] not in "+-":
        return None
    if NUMBER.fullmatch(word):
        return Literal(Edm.NUMBER, int(word))
    if DATE.fullmatch(word):
        return Literal(Edm.DATE, _date(word, at))
    if written := MOMENT.fullmatch(word):
        return Literal(Edm.MOMENT, _moment(written, at))
    raise _other(word, at)


def _other(word: str, at: int) -> Refusal:
    if GUID.fullmatch(word):
        return malformed(at, "an id stands in single quotes here")
    if TIME.fullmatch(word):
        return unsupported(at, "a time of day")
    if FRACTION.fullmatch(word):
        return unsupported(at, "a number that is no whole one of at most 19 digits")
    if word[0] == "-" and word[1:2].isalpha():
        return unsupported(at, "arithmetic")
    if "T" in word and ":" in word:
        return malformed(at, "a time is written 2026-11-25T20:52:56Z or with an offset, its + as %2B")
    return malformed(at, "expected a value, with a blank after it")


def _date(text: str, at: int) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _no_date(at) from None


def _moment(written: re.Match[str], at: int) -> Moment:
    """To the microsecond; what was written beyond that is kept as `later`. So is a leap second, which we never have."""
    day, hour, minute, second, fraction, sign, *offset = written.groups()
    if second == LEAP_SECOND:
        second, fraction = "59", "9999999"
    digits = (fraction or "").ljust(MICROSECONDS, "0")
    ahead = timedelta(hours=int(offset[0]), minutes=int(offset[1])) if sign else timedelta(0)
    try:
        clock = time(int(hour), int(minute), int(second or 0), int(digits[:MICROSECONDS]))
        local = datetime.combine(date.fromisoformat(day), clock, timezone(-ahead if sign == "-" else ahead))
        return Moment(local.astimezone(UTC), later=bool(int(digits[MICROSECONDS:] or 0)))
    except (ValueError, OverflowError):
        raise _no_date(at) from None


def _no_date(at: int) -> Malformed:
    return malformed(at, "there is no such date between the years 1 and 9999")
