"""Which places a night's run of reconcile looks at, in which order, and where the next one goes on.

D1  A day of a borough that is at most 35 days ago is looked at every night. An older one is looked at once in any 30
    nights, its night being settled by a hash of its prefix.
D2  Days are those of the calendar from the first year anybody has, not those whose folders are there: a day all of
    whose blobs are gone has no folder. Boroughs are those of the folders and those of the docks.
D3  What lies anywhere else was written by no dock, and is looked at every night; beside the days of a month, when the
    month has its turn as a day has.
D4  A run goes on after the place where the one before it stopped, and does first what nights before this one still
    owe, at most 30 of them.
"""

import calendar
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

RECENT = timedelta(days=35)
ROUND = 30  # nights
LAST_MONTH = 12
FIRST_YEAR = 2000  # a folder before it is no year of ours
_YEAR, _TWO = re.compile(r"[0-9]{4}/"), re.compile(r"[0-9]{2}/")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Turn:
    """All paths that begin with `prefix`, owed since `night`."""

    night: date
    prefix: str


def is_recent(day: date, night: date) -> bool:
    return night - RECENT <= day <= night


def has_its_turn(prefix: str, night: date) -> bool:
    """Rule D1, of what is not recent."""
    slot = int.from_bytes(hashlib.sha256(prefix.encode()).digest()[:8], "big") % ROUND
    return night.toordinal() % ROUND == slot


def nights_owed(reached: Turn | None, night: date) -> list[date]:
    """Rule D4: from the night that was not finished to this one."""
    first = max(min(reached.night, night), night - timedelta(days=ROUND - 1)) if reached else night
    return [first + timedelta(days=days) for days in range((night - first).days + 1)]


def year_of(folder: str, night: date) -> int | None:
    """The year a folder in a borough's stands for; None if it stands for none up to this night."""
    name = _last(folder)
    year = int(name[:-1]) if _YEAR.fullmatch(name) else 0
    return year if FIRST_YEAR <= year <= night.year else None


def is_month(folder: str) -> bool:
    name = _last(folder)
    return bool(_TWO.fullmatch(name)) and 1 <= int(name[:-1]) <= LAST_MONTH


def is_day(folder: str, night: date) -> bool:
    """Whether `<borough>/<yyyy>/<mm>/<dd>/` is a day up to this night."""
    if not re.fullmatch(r"[^/]+/[0-9]{4}/[0-9]{2}/[0-9]{2}/", folder):
        return False
    try:
        return date.fromisoformat("-".join(folder.split("/")[1:4])) <= night
    except ValueError:
        return False


def month_is_due(folder: str, nights: Sequence[date]) -> bool:
    year, month = (int(part) for part in folder.split("/")[1:3])
    last = date(year, month, calendar.monthrange(year, month)[1])
    recent = any(date(year, month, 1) <= night <= last + RECENT for night in nights)
    return recent or any(has_its_turn(folder, night) for night in nights)


def days_due(boroughs: Iterable[str], first_year: int, night: date) -> Iterator[Turn]:
    """Rules D1 and D2: what one night looks at. A borough is its folder."""
    days = (night - date(first_year, 1, 1)).days + 1
    for borough in boroughs:
        for back in range(days):
            day = night - timedelta(days=back)
            prefix = f"{borough}{day.isoformat().replace('-', '/')}/"
            if is_recent(day, night) or has_its_turn(prefix, night):
                yield Turn(night=night, prefix=prefix)


def in_order(places: Iterable[Turn], reached: Turn | None) -> list[Turn]:
    """Rule D4: those not reached yet, each once, at its first turn."""
    left: dict[str, Turn] = {}
    for place in sorted(places):
        if reached is None or place > reached:
            left.setdefault(place.prefix, place)
    return list(left.values())


def _last(folder: str) -> str:
    return folder.rstrip("/").rpartition("/")[2] + "/"
