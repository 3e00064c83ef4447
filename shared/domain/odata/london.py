"""Days in London: which day a moment falls on there, and when a day begins."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def local_day(at: datetime) -> date:
    """The date in London at that moment."""
    return at.astimezone(LONDON).date()


def begins(day: date) -> datetime:
    """When the day begins in London. Clocks change there after midnight, so that every day has one."""
    return datetime.combine(day, time(), LONDON).astimezone(UTC)
