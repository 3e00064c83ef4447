"""Rows of the feed: days are London's to the microsecond, and what a document does not have is null."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.document import timestamp
from shared.domain.odata.columns import Column, Edm
from shared.domain.odata.rows import cell, row, rows
from shared.domain.odata.sets import AUDIT_ENTRIES
from tests import plenty
from tests.builders import MICROSECOND, NOW
from tests.domain.chance import around_now, steady
from tests.domain.odata_filters import EDGES

LONDON = ZoneInfo("Europe/London")
HOLES = ("borough", "reason", "recipient", "session", "address")
SHOWN = ("borough", "reasonCode", "reasonText", "recipient", "session", "clientAddress")
near_an_edge = st.builds(lambda edge, n: edge + n * MICROSECOND, st.sampled_from(EDGES), st.integers(-2, 2))


def at(moment: datetime) -> dict[str, str]:
    (entry,) = plenty.entries(0, 1, until=NOW)
    return entry | {"occurredAt": timestamp(moment)}


@given(moment=near_an_edge | around_now)
@steady
def test_a_local_date_is_the_day_that_a_clock_in_london_shows(moment: datetime) -> None:
    assert row(AUDIT_ENTRIES, at(moment))["localDate"] == moment.astimezone(LONDON).date().isoformat()


def test_the_hours_of_a_summer_s_night_are_of_two_days() -> None:
    evening = datetime(2026, 7, 9, 22, tzinfo=UTC)
    found = [
        row["localDate"] for row in rows(AUDIT_ENTRIES, [at(evening + timedelta(minutes=30 * n)) for n in range(4)])
    ]
    assert found == ["2026-07-09", "2026-07-09", "2026-07-10", "2026-07-10"]


@pytest.mark.parametrize("hole", ["absent", "null"])
def test_what_a_document_does_not_have_is_null_and_all_columns_are_there(hole: str) -> None:
    document = at(NOW) | dict.fromkeys(HOLES)
    if hole == "absent":
        document = {name: value for name, value in document.items() if name not in HOLES}
    found = row(AUDIT_ENTRIES, document)
    assert list(found) == [column.name for column in AUDIT_ENTRIES.columns]
    assert {name: found[name] for name in SHOWN} == dict.fromkeys(SHOWN)


def test_what_is_no_record_where_one_should_be_is_null() -> None:
    assert row(AUDIT_ENTRIES, at(NOW) | {"reason": "because"})["reasonCode"] is None


def test_a_column_that_lies_deeper_than_rows_are_read_from_is_a_fault() -> None:
    deep = Column(name="deep", edm=Edm.DATE, about="", path=("a", "b", "c"))
    with pytest.raises(ValueError, match="deeper"):
        cell(deep, {"a": {"b": {"c": date.min.isoformat()}}})
