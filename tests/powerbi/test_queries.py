"""The queries of the model are Power Query's M, by Microsoft's own parser, and name no query that is not there.

What they do with a feed only Power BI can show: see docs/power-bi.md.
"""

import json
import re
import subprocess
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.powerbi.model import shared_queries, tables

PARSE = Path(__file__).parent / "parse.cjs"
CLIENTS = Path(__file__).parents[1] / "clients"  # where npm's packages for tests are
WITHIN = 60.0  # seconds
LIBRARY = re.compile(r"\b(?:Table|List|Date|DateTime|DateTimeZone|Time|Number|OData|Int64|Day)\.\w+")
NAME = re.compile(r"(?<![\w.#\[])[A-Z]\w*\b(?!\.)")
TEXT = re.compile(r'"[^"]*"')
RECORD = re.compile(r"\[[^\]]*\]")
BROKEN = "let Rows = Feed{[Name = in Rows"


def queries() -> dict[str, str]:
    found = {name: query.value for name, query in shared_queries().items()}
    for name, table in tables().items():
        if not table.is_calculated:
            found[f"{name}, partition"] = table.query
        if table.policy is not None:
            found[f"{name}, policy"] = table.policy.said("sourceExpression")
    return found


def test_microsoft_s_parser_reads_every_query_and_refuses_a_broken_one() -> None:
    assert (CLIENTS / "node_modules").is_dir(), "npm's parser is not installed: `make test` does that"
    asked = json.dumps(queries() | {"broken": BROKEN})
    done = subprocess.run(
        ["node", str(PARSE)], cwd=CLIENTS, input=asked, capture_output=True, text=True, check=True, timeout=WITHIN
    )
    found = json.loads(done.stdout)
    assert found.pop("broken")
    assert (found, len(found)) == (dict.fromkeys(queries(), ""), 16)


@pytest.mark.parametrize("name", queries())
def test_a_query_names_its_own_steps_the_shared_ones_and_the_library(name: str) -> None:
    text = TEXT.sub('""', queries()[name])
    own = set(re.findall(r"(\w+) = ", text)) | {"RangeStart", "RangeEnd", "BaseUrl"}
    used = set(NAME.findall(RECORD.sub("[]", LIBRARY.sub("", text))))
    assert used <= own | set(shared_queries()), used - own


def london_hour(utc: datetime) -> int:
    """What the query LondonHour says, step by step."""

    def last_sunday(month: int) -> date:
        end = date(utc.year, month, 31)
        return end - timedelta(days=end.isoweekday() % 7)

    def changes(month: int) -> datetime:
        return datetime.combine(last_sunday(month), time(1), UTC)

    summer = changes(3) <= utc < changes(10)
    return (utc.hour + (1 if summer else 0)) % 24


@given(at=st.datetimes(datetime(2000, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001 - theirs
def test_the_hour_in_london_is_the_one_of_the_time_zone_database(at: datetime) -> None:
    assert london_hour(at) == at.astimezone(ZoneInfo("Europe/London")).hour


@pytest.mark.parametrize(
    "at, hour",
    [
        (datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), 0),
        (datetime(2026, 3, 29, 1, tzinfo=UTC), 2),
        (datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC), 1),
        (datetime(2026, 10, 25, 1, tzinfo=UTC), 1),
        (datetime(2026, 7, 1, 23, tzinfo=UTC), 0),
    ],
)
def test_the_clocks_of_london_change_at_one_in_utc(at: datetime, hour: int) -> None:
    assert london_hour(at) == hour == at.astimezone(ZoneInfo("Europe/London")).hour


def test_the_query_says_what_was_just_tried() -> None:
    said = " ".join(shared_queries()["LondonHour"].value.split())
    assert "Date.StartOfWeek(#date(Date.Year(utc), month, 31), Day.Sunday)" in said
    assert "LastSunday(month) & #time(1, 0, 0)" in said
    assert "Summer = utc >= Changes(3) and utc < Changes(10)" in said
    assert said.endswith("Number.Mod(Time.Hour(utc) + (if Summer then 1 else 0), 24)")
