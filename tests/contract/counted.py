"""Whether the counts of days in a container are those of the entries that lie there, read as plain documents."""

from collections import Counter
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from azure.cosmos.aio import ContainerProxy

LONDON = ZoneInfo("Europe/London")
ENTRIES = "SELECT * FROM c WHERE c.kind = 'entry'"
COUNTS = "SELECT * FROM c WHERE c.kind = 'daily-count'"


async def must_be_counted(container: ContainerProxy) -> int:
    """Each entry is sealed and counted once. How many counts there are."""
    entries: list[Any] = [row async for row in container.query_items(ENTRIES)]
    counts: list[Any] = [row async for row in container.query_items(COUNTS)]
    assert [row["id"] for row in entries if row["pending"]] == []
    expected = Counter((_day(row["occurredAt"]), row["borough"], row["action"], row["outcome"]) for row in entries)
    assert {(row["day"], row["borough"], row["action"], row["outcome"]): row["n"] for row in counts} == expected
    assert len({row["id"] for row in counts}) == len(counts)
    return len(counts)


def _day(at: str) -> str:
    return datetime.fromisoformat(at).astimezone(LONDON).date().isoformat()
