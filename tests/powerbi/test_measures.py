"""What each measure means, by rows counted by hand: both sides of every edge, nothing there, and what is chosen."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shared.domain.odata.sets import BY_NAME
from tests.powerbi.meaning import DECIDE_WITHIN, MEANING, NIGHT, SPIKE_FROM, SPIKE_TIMES, USUAL_OVER, Row, Told
from tests.powerbi.model import measures

READ_AT = datetime(2026, 11, 26, 3, tzinfo=UTC)
DAY = date(2026, 11, 25)
NOTHING = Told(read_at=READ_AT)
ZERO_OF_NOTHING = 0


def row(entity_set: str, **values: Any) -> Row:
    """A row of the feed: a column it does not have cannot be given, and what is not given is null."""
    columns = {column.name for column in BY_NAME[entity_set].columns} | {"London hour"}
    assert set(values) <= columns, set(values) - columns
    return dict.fromkeys(columns) | values


def view(**values: Any) -> Row:
    usual = {"action": "footage.played", "outcome": "granted", "actorKind": "person", "actorId": "4021"}
    return row("AuditEntries", **({"localDate": DAY, "London hour": 12, "subject": "clip"} | usual | values))


def clip(**values: Any) -> Row:
    usual = {"id": "clip", "state": "held", "evidential": "undecided", "uploadedAt": READ_AT, "localDate": DAY}
    return row("Footage", **(usual | values))


def session(**values: Any) -> Row:
    usual = {"localDate": DAY, "endedAt": READ_AT, "endedWhy": "idle", "minutes": 10, "officer": "4021"}
    return row("Sessions", **(usual | values))


def count(action: str, n: int = 1, **values: Any) -> Row:
    return row("DailyCounts", **({"day": DAY, "action": action, "outcome": "granted", "n": n} | values))


def told(**rows: list[Row]) -> Told:
    found: dict[str, Any] = {name: tuple(each) for name, each in rows.items()}
    return replace(NOTHING, **found)


def test_every_measure_of_the_model_is_told_again_and_nothing_else_is() -> None:
    assert set(MEANING) == set(measures())


@pytest.mark.parametrize(
    "name, said",
    [
        ("Views after hours", f"[London hour] >= {NIGHT[0]} || AuditEntries[London hour] < {NIGHT[1]})"),
        ("Views in spikes", f"IF(views >= {SPIKE_FROM} && views >= {SPIKE_TIMES} * usual, views)"),
        ("Views in spikes", "NOT ISBLANK('Date'[Date])"),
        ("Usual views a day", f"theDay - {USUAL_OVER}, theDay - 1)), {USUAL_OVER} )"),
        ("Undecided at day 20", f"Footage[uploadedAt] <= asOf - {DECIDE_WITHIN.days})"),
        ("Median hours to categorise", "DATEDIFF(Footage[uploadedAt], Footage[decidedAt], SECOND) / 3600"),
    ],
)
def test_a_formula_draws_its_line_where_its_meaning_does(name: str, said: str) -> None:
    assert said in " ".join(measures()[name].split())


@pytest.mark.parametrize("name", sorted(set(MEANING) - {"Usual views a day", "Data as of"}))
def test_of_nothing_a_count_is_zero_and_a_share_or_a_median_is_nothing(name: str) -> None:
    is_of_something = "Median" in name or "Share" in name or name == "Times the usual"
    assert MEANING[name](NOTHING) == (None if is_of_something else ZERO_OF_NOTHING)
    formula = measures()[name]
    answers_nothing = formula.startswith(("DIVIDE(", "MEDIANX(", "IF(\n\tHASONEVALUE"))
    rests_on_one_that_counts = formula.startswith("CALCULATE(\n\t[Views by people]") or "CALCULATE([Views" in formula
    assert answers_nothing == is_of_something
    assert is_of_something or rests_on_one_that_counts or "COALESCE(" in formula


@pytest.mark.parametrize(
    "changed, counted",
    [
        ({}, 1),
        ({"action": "footage.poster-shown"}, 1),
        ({"action": "footage.read"}, 0),
        ({"outcome": "refused"}, 0),
        ({"actorKind": "service"}, 0),
    ],
)
def test_a_view_is_an_address_given_or_a_picture_shown_to_a_person(changed: dict[str, Any], counted: int) -> None:
    assert MEANING["Views by people"](told(entries=[view(**changed)])) == counted


def test_of_one_person_nothing_stands_where_of_all_a_zero_does() -> None:
    data = told(entries=[view(action="footage.read")])
    assert MEANING["Views by people"](data) == 0
    assert MEANING["Views by people"](replace(data, person="4021")) is None
    for name in ("Views by people", "Views in spikes", "Refusals of people"):
        assert "IF(ISINSCOPE(AuditEntries[actorId]), " in measures()[name]


@pytest.mark.parametrize(
    "footage, counted",
    [
        ([clip()], 1),
        ([clip(incident="CAD 17")], 0),
        ([clip(state="weeded")], 0),
        ([], 0),
        ([clip(localDate=DAY - timedelta(days=30), borough="Camden")], 1),
    ],
    ids=["none", "one", "weeded", "not read", "arrived on another day elsewhere"],
)
def test_a_view_is_without_an_incident_if_its_clip_is_there_and_has_none(footage: list[Row], counted: int) -> None:
    data = replace(told(entries=[view(borough="Southwark")], footage=footage), first=DAY, last=DAY, borough="Southwark")
    assert MEANING["Views without an incident"](data) == counted


@pytest.mark.parametrize("hour, counted", [(21, 0), (22, 1), (23, 1), (0, 1), (5, 1), (6, 0), (12, 0)])
def test_after_hours_is_from_ten_in_the_evening_to_six_in_the_morning(hour: int, counted: int) -> None:
    data = told(entries=[view(**{"London hour": hour}), view()])
    assert MEANING["Views after hours"](data) == counted
    assert MEANING["Share of views after hours"](data) == counted / 2


def before(days: int, times: int, **values: Any) -> list[Row]:
    return [view(localDate=DAY - timedelta(days=days), **values)] * times


@pytest.mark.parametrize(
    "entries, in_spikes, usual_times",
    [
        ([view()] * 19, None, None),
        ([view()] * 20, 20, None),
        ([*[view()] * 21, *before(1, 196)], 21, 3.0),
        ([*[view()] * 20, *before(1, 196)], None, None),
        ([*[view()] * 20, *before(28, 14)], 20, 40.0),
        ([*[view()] * 20, *before(29, 196)], 20, None),
        ([*[view()] * 10, *[view(actorId="77")] * 10], None, None),
    ],
    ids=["19", "20, new", "three times", "under three times", "28 days ago", "29 days ago", "of two people"],
)
def test_a_spike_is_twenty_views_in_a_day_and_three_times_the_usual(
    entries: list[Row], in_spikes: int | None, usual_times: float | None
) -> None:
    data = replace(told(entries=entries), first=DAY, last=DAY, person="4021")
    assert MEANING["Views in spikes"](data) == in_spikes
    assert MEANING["Times the usual"](data) == usual_times


def test_spikes_are_added_up_over_people_and_days() -> None:
    other = [view(actorId="77", localDate=DAY - timedelta(days=40))] * 25
    assert MEANING["Views in spikes"](told(entries=[*[view()] * 20, *other, view(actorId="5")])) == 45


def test_refusals_are_of_people_at_doors_and_not_of_the_service() -> None:
    refused = {"action": "refused.play-footage", "outcome": "refused"}
    others = [view(**refused, actorKind="nobody"), view(action="footage.reprieved", outcome="refused")]
    others += [view(action="refused.feed", outcome="refused", reasonCode=each) for each in ("malformed", "unsupported")]
    assert MEANING["Refusals of people"](told(entries=[view(**refused), *others])) == 1
    counts = [count("refused.nobody", 3, outcome="refused"), count("footage.reprieved", outcome="refused")]
    assert MEANING["Refusals"](told(counts=counts)) == 3


def test_the_share_of_evidence_is_of_the_clips_that_were_decided_on() -> None:
    answers = ["yes", "no", "no", "no", "undecided"]
    data = told(footage=[*(clip(evidential=each) for each in answers), clip(evidential="no", state="weeded")])
    assert [MEANING[name](data) for name in ("Clips", "Clips decided", "Clips of evidence")] == [6, 5, 1]
    assert MEANING["Share evidential"](data) == 0.2


def test_the_median_wait_is_of_the_clips_that_were_categorised_whatever_they_are() -> None:
    hours = [1, 3, 50]
    waited = [clip(decidedAt=READ_AT + timedelta(hours=each)) for each in hours]
    assert MEANING["Median hours to categorise"](told(footage=[*waited, clip()])) == 3
    assert MEANING["Median hours to categorise"](told(footage=[*waited[:2], clip()])) == 2


@pytest.mark.parametrize("short_by, counted", [(timedelta(0), 1), (timedelta(microseconds=1), 0)])
def test_a_clip_is_at_day_twenty_when_twenty_times_24_hours_are_over(short_by: timedelta, counted: int) -> None:
    arrived = READ_AT - timedelta(days=20) + short_by
    others = [clip(uploadedAt=arrived, evidential="no"), clip(uploadedAt=arrived, state="quarantined")]
    data = told(footage=[clip(uploadedAt=arrived), *others])
    assert MEANING["Undecided at day 20"](data) == counted


def test_what_tells_of_now_does_so_whatever_days_are_chosen() -> None:
    long_ago = {"localDate": DAY - timedelta(days=25), "uploadedAt": READ_AT - timedelta(days=25)}
    footage = [clip(**long_ago), clip(**long_ago, state="quarantined")]
    data = told(footage=footage, sessions=[session(localDate=DAY - timedelta(days=2), endedAt=None)])
    chosen = replace(data, first=DAY, last=DAY)
    of_now = ["Undecided at day 20", "Clips in quarantine", "Open sessions"]
    assert [MEANING[name](chosen) for name in of_now] == [1, 1, 1]
    assert (MEANING["Clips"](chosen), MEANING["Sessions begun"](chosen)) == (0, 0)
    lifted = {name for name, formula in measures().items() if "REMOVEFILTERS('Date')" in formula}
    assert lifted == {*of_now, "Views without an incident"}


def test_sessions_count_people_once_and_open_ones_only_in_minutes() -> None:
    sessions = [session(), session(minutes=30, endedWhy="revoked"), session(officer="77", endedAt=None, minutes=500)]
    names = ["Sessions begun", "Session minutes", "Median session minutes", "People on the system", "Sessions revoked"]
    assert [MEANING[name](told(sessions=sessions)) for name in names] == [3, 540, 20, 2, 1]


def test_counts_of_days_are_added_up_by_what_they_are_of_and_where() -> None:
    actions = ["footage.played", "footage.poster-shown", "footage.ingested", "footage.weeded", "footage.read"]
    counts = [count(action, n, borough="Southwark") for n, action in enumerate(actions, start=1)]
    counts += [count("footage.played", 7, outcome="failed"), count("footage.weeded", 9, day=DAY - timedelta(days=1))]
    data = replace(told(counts=counts), first=DAY)
    names = ["Entries", "Views", "Recordings taken in", "Clips weeded"]
    assert [MEANING[name](data) for name in names] == [22, 3, 3, 4]
    assert MEANING["Entries"](replace(data, borough="Southwark")) == 15


def test_a_day_that_is_not_counted_yet_has_no_zero_and_one_that_is_has() -> None:
    data = told(counts=[count("footage.read", borough="Southwark")])
    names = ["Entries", "Views", "Refusals", "Recordings taken in", "Clips weeded"]
    for first, nothing in ((DAY - timedelta(days=1), 0), (DAY, 0), (DAY + timedelta(days=1), None)):
        looked_at = replace(data, first=first, last=first, borough="Camden")
        assert [MEANING[name](looked_at) for name in names] == [nothing] * 5
    assert {name for name, formula in measures().items() if "[None counted]" in formula} == {*names}


def test_exports_and_failed_erasures_are_added_up_and_the_data_is_as_of_its_reading() -> None:
    disclosed = [row("Disclosures", outcome=each, localDate=DAY) for each in ("granted", "granted", "refused")]
    runs = [row("WeedingRuns", failed=each, localDate=DAY) for each in (0, 2, 1)]
    data = told(disclosures=disclosed, runs=runs)
    names = ["Trails exported", "Erasures failed", "Data as of"]
    assert [MEANING[name](data) for name in names] == [2, 3, READ_AT]
    assert MEANING["Erasures failed"](replace(data, borough="Southwark")) == 3
