"""Which of the forms an answer comes in suits the caller (RFC 9110 section 12.5.1, Accept).

A1  The most exact range that covers a form says how much it is wanted: a type before `type/*` before `*/*`.
A2  Of those wanted most, the one that the door names first. What is wanted not at all (q=0) is not given.
A3  Parameters but q say nothing here: no form of ours has any. A range that cannot be read says nothing either.
A4  Whoever names no range takes anything; whoever names some, and none that fits, is refused.
"""

import re
from collections.abc import Sequence

from shared.errors import NotAcceptable

JSON = "application/json"
WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # RFC 9110 section 5.6.2
RANGE = re.compile(rf"({WORD})/({WORD})((?:\s*;\s*{WORD}\s*=\s*(?:{WORD}|\"[^\"]*\"))*)\s*")
WEIGHT = re.compile(r";\s*[qQ]\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*(?:;|$)")
WEIGHT_AT_ALL = re.compile(r";\s*[qQ]\s*=")
MOST_RANGES = 100
GZIP = re.compile(r"(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[\d.]+\s*)?(?=,|$)", re.IGNORECASE)


def takes_gzip(accept_encoding: str) -> bool:
    """Whether they can unpack it, by their Accept-Encoding."""
    return GZIP.search(accept_encoding) is not None


def form_for(accept: str, offered: Sequence[str]) -> str:
    """Raises NotAcceptable, which names what is offered."""
    if not accept.strip():
        return offered[0]
    wanted = _wanted(accept)
    best = max(offered, key=lambda form: _weight(form, wanted))  # the first of equals: rule A2
    if _weight(best, wanted) == 0:
        raise NotAcceptable(f"it comes as {', '.join(offered)}", field="Accept")
    return best


def _wanted(accept: str) -> dict[str, float]:
    """Each range and its weight."""
    found: dict[str, float] = {}
    for said in accept.split(",")[:MOST_RANGES]:
        media = RANGE.fullmatch(said.strip())
        weight = WEIGHT.search(media[3]) if media else None
        if media and (weight or not WEIGHT_AT_ALL.search(media[3])):
            found[f"{media[1]}/{media[2]}".lower()] = float(weight[1]) if weight else 1.0
    return found


def _weight(form: str, wanted: dict[str, float]) -> float:
    """Rule A1."""
    ranges = (form, f"{form.partition('/')[0]}/*", "*/*")
    return next((wanted[each] for each in ranges if each in wanted), 0.0)
