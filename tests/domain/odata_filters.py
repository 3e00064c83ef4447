"""Entries with every kind of hole in them, and filters by chance that meet them: both sides of each edge."""

import random
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from shared.domain.document import timestamp
from tests.builders import MICROSECOND

EDGES = [
    datetime(2025, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2026, 3, 28, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),  # clocks go forward
    datetime(2026, 3, 29, 23, tzinfo=UTC),  # the next day begins in London
    datetime(2026, 7, 9, 22, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 7, 9, 23, tzinfo=UTC),
    datetime(2026, 10, 24, 23, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),  # clocks go back
    datetime(2026, 10, 26, 0, 0, 0, 1, tzinfo=UTC),
    datetime(2026, 11, 25, 20, 52, 56, 123_456, tzinfo=UTC),
]
TEXTS = ["footage.read", "footage.played", "O'Brien", "", "100%_*", "☂ élan", "Footage.READ", 'c["pk"] OR 1=1 --']
ABSENT = object()
TEXT_COLUMNS = ["action", "actorName", "reasonText", "borough", "tolower(actorName)", "toupper(action)"]
TIME_COLUMNS = ["occurredAt"]
COMPARISONS = ["eq", "ne", "gt", "ge", "lt", "le"]
PARTS = {
    "year": (2024, 2027),
    "month": (-1, 14),
    "day": (0, 32),
    "hour": (-1, 24),
    "minute": (0, 60),
    "second": (0, 61),
}


def entries(count: int, pk: str, seed: int = 7) -> list[dict[str, Any]]:
    """Documents as the store may hold them: a property is there, or null, or was never written."""
    chance = random.Random(seed)  # noqa: S311 - the same entries in each run
    return [_entry(number, pk, chance) for number in range(1, count + 1)]


def _entry(number: int, pk: str, chance: random.Random) -> dict[str, Any]:
    def one_of(*values: Any) -> Any:
        return chance.choice([*TEXTS, *values])

    actor = {"id": one_of(), "kind": "person", "name": one_of(None, ABSENT), "role": one_of(None, ABSENT)}
    reason = {"code": one_of(), "text": one_of(None, ABSENT)}
    document = {
        "id": str(uuid.UUID(int=chance.getrandbits(128))),
        "pk": pk,
        "kind": "entry",
        "number": number % 50,
        "occurredAt": timestamp(chance.choice(EDGES) + chance.choice([-1, 0, 0, 1]) * MICROSECOND),
        "action": one_of(),
        "actor": _whole(actor),
        "borough": one_of(None, ABSENT),
        "reason": chance.choice([None, ABSENT, _whole(reason), _whole(reason)]),
        "pending": chance.choice([True, False]),
    }
    return _whole(document)


def _whole(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value is not ABSENT}


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _time(at: datetime, ahead: int, digits: int) -> str:
    """A time as somebody may write it: with an offset, and as many digits as they like."""
    local = (at + timedelta(hours=ahead)).replace(tzinfo=None)
    fraction = f"{local.microsecond:06}001"[:digits]
    offset = "Z" if ahead == 0 else f"{ahead:+03}:00"
    return f"{local:%Y-%m-%dT%H:%M:%S}{'.' + fraction if fraction else ''}{offset}"


texts = st.sampled_from(TEXTS).map(quoted)
times = st.builds(
    _time,
    st.sampled_from(EDGES),
    st.sampled_from([-11, 0, 0, 1, 14]),
    st.sampled_from([0, 3, 6, 6, 6, 9]),
)
dates = st.sampled_from(sorted({(at + timedelta(days=n)).date() for at in EDGES for n in (-1, 0, 1)})).map(
    date.isoformat
)
comparisons = st.sampled_from(COMPARISONS)


def compared(column: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    right = st.builds(f"{column} {{}} {{}}".format, comparisons, values | st.just("null"))
    left = st.builds(f"{{}} {{}} {column}".format, values, comparisons)
    listed = st.lists(values | st.just("null"), max_size=3).map(lambda each: f"{column} in ({','.join(each)})")
    return right | left | listed


def _parts() -> Sequence[st.SearchStrategy[str]]:
    return [compared(f"{part}(occurredAt)", st.integers(*ends).map(str)) for part, ends in PARTS.items()]


matches = st.builds(
    "{}({},{})".format,
    st.sampled_from(["contains", "startswith", "endswith"]),
    st.sampled_from(TEXT_COLUMNS),
    st.sampled_from([*TEXTS, "foot", "READ", "read", "ob"]).map(quoted),
)
simple = st.one_of(
    *(compared(column, texts) for column in TEXT_COLUMNS),
    *(compared(column, times) for column in TIME_COLUMNS),
    *_parts(),
    compared("localDate", dates),
    compared("date(occurredAt)", dates),
    compared("number", st.integers(-1, 51).map(str)),
    matches,
    st.builds("{} {} {}".format, matches, st.sampled_from(["eq", "ne"]), st.sampled_from(["true", "false", "null"])),
    st.sampled_from(["pending", "pending eq false", "not pending", "true", "false", "pending ne null"]),
)


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(
        several.map(lambda each: " and ".join(f"({one})" for one in each)),
        several.map(lambda each: " or ".join(f"({one})" for one in each)),
        several.map(lambda each: each[0] + " and " + each[1]),
        several.map(lambda each: each[0] + " or " + each[1]),
        inner.map("not ({})".format),
        inner.map("not({})".format),
    )


filters = st.recursive(simple, joined, max_leaves=6)
