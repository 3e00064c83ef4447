"""Activity, rules D1 to D3: days by UTC, and what went wrong by its own name."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from shared.domain.activity import Activity, Day, Handed, Number, activity, begins
from shared.domain.entry import Outcome, Reason
from shared.domain.footage import Fixity, Integrity
from tests.builders import MICROSECOND, NOW, RECORDING, a_blob, a_grant, an_entry

FIRST = datetime(2026, 11, 19, tzinfo=UTC)


def a_handed(**changes: object) -> Handed:
    handed = Handed(id=RECORDING, uploaded_at=NOW, blob=a_blob(size=1000), integrity=Integrity())
    return replace(handed, **changes)  # type: ignore[arg-type] # a test names a field and its value


def found(*handed: Handed) -> Activity:
    return activity(handed, [], [], now=NOW)


@pytest.mark.parametrize(
    "now", [NOW, datetime(2026, 11, 25, tzinfo=UTC), datetime(2026, 11, 26, tzinfo=UTC) - MICROSECOND]
)
def test_d2_seven_days_are_today_and_the_six_before_it(now: datetime) -> None:
    assert begins(now) == FIRST
    assert begins(now.astimezone(timezone(timedelta(hours=14)))) == FIRST
    assert [day.date for day in activity([], [], [], now=now).days] == [date(2026, 11, n) for n in range(19, 26)]


@pytest.mark.parametrize("at, day", [(FIRST, 19), (FIRST + timedelta(days=1) - MICROSECOND, 19), (NOW, 25)])
def test_d2_a_clip_counts_on_the_utc_day_of_its_upload(at: datetime, day: int) -> None:
    days = found(a_handed(uploaded_at=at)).days
    assert [each for each in days if each.clips] == [Day(date=date(2026, 11, day), clips=1, bytes=1000)]


def test_clips_and_bytes_of_a_day_add_up() -> None:
    assert found(a_handed(), a_handed(blob=a_blob(size=24))).days[-1] == Day(date=NOW.date(), clips=2, bytes=1024)


def test_what_went_wrong_is_told_by_its_reason() -> None:
    mismatch = Integrity(state=Fixity.MISMATCH)
    refusals = [
        an_entry(outcome=Outcome.REFUSED, reason=Reason(code=code))[0]
        for code in ("conflict", "not-allowed", "conflict")
    ]
    told = activity(
        [a_handed(quarantine=("truncated", "no-officer")), a_handed(quarantine=("truncated",), integrity=mismatch)],
        [a_grant(), a_grant()],
        refusals,
        now=NOW,
    )
    assert told.quarantined == (Number(of="no-officer", number=1), Number(of="truncated", number=2))
    assert (told.mismatches, told.unmet_grants) == (1, 2)
    assert told.refused == (Number(of="conflict", number=2), Number(of="not-allowed", number=1))
