"""NCRONTAB: the schedules of timer triggers, read as the Functions host reads them.

Six fields, `second minute hour day month weekday`; with five, the second is 0. A field is a comma list of
`*`, `5`, `5-10`, each with an optional `/step`; `5/10` runs from 5 to the end of the field. A reversed range is
swapped, not wrapped. Months and weekdays may be any beginning of the English name in any case, the first that
fits. Sunday is 0 and 7 is an error. Day and weekday must *both* match. There is no `?`, `L`, `W` or `#`.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
GREGORIAN_CYCLE = timedelta(days=146_097)  # 400 years: what does not occur within it never occurs


class ScheduleError(ValueError):
    """The text is not an NCRONTAB expression."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    name: str
    low: int
    high: int
    words: tuple[str, ...] = ()

    def values(self, text: str) -> frozenset[int]:
        return frozenset(value for part in text.split(",") for value in self._part(part))

    def _part(self, text: str) -> range:
        span, slash, step_text = text.partition("/")
        step = self._step(step_text) if slash else 1
        if span == "*":
            return range(self.low, self.high + 1, step)
        first_text, dash, last_text = span.partition("-")
        first = self._value(first_text)
        if not dash:
            return range(first, self.high + 1 if slash else first + 1, step)
        first, last = sorted((first, self._value(last_text)))
        return range(first, last + 1, step)

    def _step(self, text: str) -> int:
        if not _is_number(text) or int(text) == 0:
            raise ScheduleError(f"{self.name}: the step must be a whole number above 0, not {text!r}")
        return int(text)

    def _value(self, text: str) -> int:
        value = int(text) if _is_number(text) else self._word(text)
        if not self.low <= value <= self.high:
            raise ScheduleError(f"{self.name}: {value} is not within {self.low}-{self.high}")
        return value

    def _word(self, text: str) -> int:
        for number, word in enumerate(self.words, start=self.low):
            if text and word.lower().startswith(text.lower()):
                return number
        raise ScheduleError(f"{self.name}: {text!r} is not a value")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


FIELDS = (
    _Field(name="second", low=0, high=59),
    _Field(name="minute", low=0, high=59),
    _Field(name="hour", low=0, high=23),
    _Field(name="day", low=1, high=31),
    _Field(name="month", low=1, high=12, words=MONTHS),
    _Field(name="weekday", low=0, high=6, words=WEEKDAYS),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The moments an expression names, all in UTC."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    def next_after(self, moment: datetime) -> datetime | None:
        """The first occurrence strictly after `moment`, on a whole second; None when there never is one."""
        if moment.tzinfo is None:
            raise ValueError("a schedule is asked with an aware datetime")
        start = moment.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
        day, earliest = start.date(), start.time()
        while day - start.date() <= GREGORIAN_CYCLE:
            found = self._first_time(earliest) if self._is_on(day) else None
            if found is not None:
                return datetime.combine(day, found, UTC)
            day, earliest = self._following(day), time.min
        return None

    def _is_on(self, day: date) -> bool:
        return day.month in self.months and day.day in self.days and day.isoweekday() % 7 in self.weekdays

    def _following(self, day: date) -> date:
        if day.month in self.months:
            return day + timedelta(days=1)
        return (day.replace(day=28) + timedelta(days=4)).replace(day=1)  # no day of this month can match

    def _first_time(self, earliest: time) -> time | None:
        for hour in (hour for hour in self.hours if hour >= earliest.hour):
            same_hour = hour == earliest.hour
            for minute in (m for m in self.minutes if not same_hour or m >= earliest.minute):
                floor = earliest.second if same_hour and minute == earliest.minute else 0
                for second in (s for s in self.seconds if s >= floor):
                    return time(hour, minute, second)
        return None


def parse(expression: str) -> Schedule:
    """Read an expression; ScheduleError says which field was wrong and why."""
    parts = expression.split()
    if len(parts) == len(FIELDS) - 1:
        parts.insert(0, "0")
    if len(parts) != len(FIELDS):
        raise ScheduleError(f"a schedule has 5 or 6 fields, {expression!r} has {len(parts)}")
    values = [field.values(part) for field, part in zip(FIELDS, parts, strict=True)]
    seconds, minutes, hours = (tuple(sorted(value)) for value in values[:3])
    days, months, weekdays = values[3:]
    return Schedule(seconds=seconds, minutes=minutes, hours=hours, days=days, months=months, weekdays=weekdays)
