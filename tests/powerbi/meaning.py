"""Every measure of the model again, in plain Python: what it is to mean, read from its words and not from its formula.

Nothing here can run DAX. The second telling is a second pair of eyes: tests/powerbi/test_measures.py tries its edges by
hand-counted rows, so that whoever changes a formula has its meaning beside it, and must change both.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from statistics import median
from types import MappingProxyType
from typing import Any

Row = Mapping[str, Any]
VIEWS = {"footage.played", "footage.poster-shown"}
TYPING_ERRORS = {"malformed", "unsupported"}
NIGHT = (22, 6)
USUAL_OVER = 28
SPIKE_FROM, SPIKE_TIMES = 20, 3
DECIDE_WITHIN = timedelta(days=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was read from the feed, and what of it is looked at: days in London, a borough, one person."""

    read_at: datetime
    entries: tuple[Row, ...] = ()
    footage: tuple[Row, ...] = ()
    sessions: tuple[Row, ...] = ()
    disclosures: tuple[Row, ...] = ()
    runs: tuple[Row, ...] = ()
    counts: tuple[Row, ...] = ()
    first: date | None = None
    last: date | None = None
    borough: str | None = None
    person: str | None = None

    def chosen(self, rows: Iterable[Row], *, day: str = "localDate", any_day: bool = False) -> list[Row]:
        return [
            row
            for row in rows
            if (any_day or self.first is None or row[day] >= self.first)
            and (any_day or self.last is None or row[day] <= self.last)
            and (self.borough is None or row.get("borough", self.borough) == self.borough)
            and (self.person is None or row.get("actorId", self.person) == self.person)
        ]


def _views(told: Told) -> list[Row]:
    of_people = [row for row in told.chosen(told.entries) if row["actorKind"] == "person"]
    return [row for row in of_people if row["action"] in VIEWS and row["outcome"] == "granted"]


def _shown(told: Told, count: int) -> int | None:
    """Of one person nothing rather than zero."""
    return count or (None if told.person else 0)


def _part(some: float | None, of: float | None) -> float | None:
    return (some or 0) / of if of else None


def views_without_an_incident(told: Told) -> int | None:
    none = {row["id"] for row in told.footage if row["incident"] is None and row["state"] != "weeded"}
    return _shown(told, sum(row["subject"] in none for row in _views(told)))


def views_after_hours(told: Told) -> int | None:
    begins, ends = NIGHT
    return _shown(told, sum(row["London hour"] >= begins or row["London hour"] < ends for row in _views(told)))


def usual_views_a_day(told: Told) -> float:
    assert told.first is not None
    before = replace(told, first=told.first - timedelta(days=USUAL_OVER), last=told.first - timedelta(days=1))
    return len(_views(before)) / USUAL_OVER


def _spikes(told: Told) -> list[tuple[int, float]]:
    """How many views each person had on each day of a spike, and their usual then."""
    found = []
    for person, day in sorted({(row["actorId"], row["localDate"]) for row in _views(told)}):
        one = replace(told, person=person, first=day, last=day)
        views, usual = len(_views(one)), usual_views_a_day(one)
        if views >= SPIKE_FROM and views >= SPIKE_TIMES * usual:
            found.append((views, usual))
    return found


def times_the_usual(told: Told) -> float | None:
    spikes = _spikes(told) if told.person and told.first is not None and told.first == told.last else []
    return _part(*spikes[0]) if spikes else None


def refusals_of_people(told: Told) -> int | None:
    of_people = [row for row in told.chosen(told.entries) if row["actorKind"] == "person"]
    refused = [row for row in of_people if row["action"].startswith("refused.")]
    return _shown(told, sum(row["reasonCode"] not in TYPING_ERRORS for row in refused))


def _decided(told: Told, *answers: str) -> int:
    return sum(row["evidential"] in answers for row in told.chosen(told.footage))


def median_hours_to_categorise(told: Told) -> float | None:
    waited = [row["decidedAt"] - row["uploadedAt"] for row in told.chosen(told.footage) if row["decidedAt"]]
    return median(each.total_seconds() / 3600 for each in waited) if waited else None


def undecided_at_day_20(told: Told) -> int:
    held = [row for row in told.chosen(told.footage, any_day=True) if row["state"] == "held"]
    waiting = [row for row in held if row["evidential"] == "undecided"]
    return sum(told.read_at - row["uploadedAt"] >= DECIDE_WITHIN for row in waiting)


def clips_in_quarantine(told: Told) -> int:
    return sum(row["state"] == "quarantined" for row in told.chosen(told.footage, any_day=True))


def median_session_minutes(told: Told) -> float | None:
    ended = [row["minutes"] for row in told.chosen(told.sessions) if row["endedAt"] is not None]
    return median(ended) if ended else None


def open_sessions(told: Told) -> int:
    return sum(row["endedAt"] is None for row in told.chosen(told.sessions, any_day=True))


def none_counted(told: Told) -> int | None:
    """Nothing, rather than zero, of days after the last that was counted, whatever borough is chosen."""
    last = max((row["day"] for row in told.counts), default=None)
    return None if last and told.first and told.first > last else 0


def _counted(told: Told, is_meant: Callable[[Row], bool]) -> int | None:
    return sum(row["n"] for row in told.chosen(told.counts, day="day") if is_meant(row)) or none_counted(told)


MEANING: Mapping[str, Callable[[Told], Any]] = MappingProxyType(
    {
        "Views by people": lambda told: _shown(told, len(_views(told))),
        "Views without an incident": views_without_an_incident,
        "Views after hours": views_after_hours,
        "Share of views after hours": lambda told: _part(views_after_hours(told), len(_views(told))),
        "Usual views a day": usual_views_a_day,
        "Views in spikes": lambda told: _shown(told, sum(views for views, _ in _spikes(told))),
        "Times the usual": times_the_usual,
        "Refusals of people": refusals_of_people,
        "Clips": lambda told: len(told.chosen(told.footage)),
        "Clips decided": lambda told: _decided(told, "yes", "no"),
        "Clips of evidence": lambda told: _decided(told, "yes"),
        "Share evidential": lambda told: _part(_decided(told, "yes"), _decided(told, "yes", "no")),
        "Median hours to categorise": median_hours_to_categorise,
        "Undecided at day 20": undecided_at_day_20,
        "Clips in quarantine": clips_in_quarantine,
        "Sessions begun": lambda told: len(told.chosen(told.sessions)),
        "Session minutes": lambda told: sum(row["minutes"] for row in told.chosen(told.sessions)),
        "Median session minutes": median_session_minutes,
        "People on the system": lambda told: len({row["officer"] for row in told.chosen(told.sessions)}),
        "Open sessions": open_sessions,
        "Sessions revoked": lambda told: sum(row["endedWhy"] == "revoked" for row in told.chosen(told.sessions)),
        "Trails exported": lambda told: sum(row["outcome"] == "granted" for row in told.chosen(told.disclosures)),
        "Erasures failed": lambda told: sum(row["failed"] for row in told.chosen(told.runs)),
        "None counted": none_counted,
        "Entries": lambda told: _counted(told, lambda row: True),
        "Views": lambda told: _counted(told, lambda row: row["action"] in VIEWS and row["outcome"] == "granted"),
        "Refusals": lambda told: _counted(told, lambda row: row["action"].startswith("refused.")),
        "Recordings taken in": lambda told: _counted(told, lambda row: row["action"] == "footage.ingested"),
        "Clips weeded": lambda told: _counted(
            told, lambda row: row["action"] == "footage.weeded" and row["outcome"] == "granted"
        ),
        "Data as of": lambda told: told.read_at,
    }
)
