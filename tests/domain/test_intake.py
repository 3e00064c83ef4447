"""Intake, rules I1 to I5: what becomes of a blob that has landed, whatever is said beside it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.domain.document import from_document, to_document
from shared.domain.footage import Clip, Evidential, Fixity, Grant, State
from shared.domain.intake import SAID, recording_of, taken_in
from shared.domain.media import Problem
from shared.domain.naming import id_of_path
from tests.builders import (
    BOROUGH,
    CAMERA,
    DOCK,
    NOW,
    OFFICER,
    OTHER_OFFICER,
    RECORDED,
    RECORDING,
    SHA256,
    SIZE,
    UPLOADED,
    a_blob,
    a_grant,
    a_landed,
    a_media,
    a_metadata,
    a_path,
    an_inspection,
)
from tests.domain.chance import steady

STRAY = "somebody/elses/file.mp4"


def take(grant: Grant | None = None, *, said: dict[str, str] | None = None, **changes: Any) -> Clip:
    """Under `a_grant()` unless another is given, with what a dock says unless `said` says otherwise."""
    metadata = a_metadata() if said is None else said
    return taken_in(a_landed(metadata=metadata, **changes), grant or a_grant(), an_inspection())


def without_grant(**said: str) -> Clip:
    return taken_in(a_landed(metadata=said), None, an_inspection())


def test_i1_good_footage_is_held_with_all_that_is_known_of_it() -> None:
    clip = take()
    assert (clip.state, clip.quarantine) == (State.HELD, ())
    assert (clip.id, clip.blob, clip.uploaded_at) == (RECORDING, a_blob(), UPLOADED)
    assert (clip.borough, clip.officer, clip.camera, clip.dock) == (BOROUGH, OFFICER, CAMERA, DOCK)
    assert (clip.integrity.state, clip.integrity.claimed, clip.media) == (Fixity.PENDING, SHA256, a_media())
    assert clip.poster


def test_i1_a_dock_that_says_nothing_agrees_with_its_grant() -> None:
    clip = take(said={})
    assert clip.quarantine == ()
    assert (clip.borough, clip.officer, clip.camera, clip.dock) == (BOROUGH, OFFICER, CAMERA, DOCK)


@pytest.mark.parametrize("name", ["dock", "borough", "camera", "sha256"])
@pytest.mark.parametrize("value", ["another", "%20", "x" * 201, "%00", "%C3%28"])
def test_i2_each_difference_from_the_grant_is_a_reason(name: str, value: str) -> None:
    assert take(said=a_metadata(**{name: value})).quarantine == (f"{name}-differs",)


def test_i2_another_officer_is_a_reason_and_one_nobody_can_read_is_none() -> None:
    assert take(said=a_metadata(officer="another")).quarantine == ("officer-differs",)
    for unreadable in ("%20", "x" * 201, "%00", "%C3%28"):
        clip = take(said=a_metadata(officer=unreadable))
        assert (clip.quarantine, clip.officer) == ((), OFFICER)


@pytest.mark.parametrize("size", [SIZE - 1, SIZE + 1, 0])
def test_i2_another_size_is_a_reason(size: int) -> None:
    assert take(blob=a_blob(size=size)).quarantine == ("size-differs",)


def test_i2_no_grant_is_a_reason() -> None:
    clip = without_grant(**a_metadata())
    assert (clip.state, clip.quarantine) == (State.QUARANTINED, ("no-grant",))


def test_i2_no_officer_is_a_reason_and_one_of_the_two_is_enough() -> None:
    nobody = {name: value for name, value in a_metadata().items() if name != "officer"}
    assert take(a_grant(officer=None), said=nobody).quarantine == ("no-officer",)
    assert take(a_grant(officer=None)).quarantine == ()
    assert take(said=nobody).quarantine == ()


@pytest.mark.parametrize("problem", Problem)
def test_i2_each_problem_of_the_bytes_is_a_reason(problem: Problem) -> None:
    clip = taken_in(a_landed(), a_grant(), an_inspection(media=None, poster=None, problems=(problem,)))
    assert (clip.state, clip.quarantine, clip.media, clip.poster) == (State.QUARANTINED, (problem.value,), None, False)


def test_i2_every_reason_is_kept_and_not_only_the_first() -> None:
    said = a_metadata(dock="d", borough="b", camera="c", sha256="s", officer=OTHER_OFFICER)
    landed = a_landed(metadata=said, blob=a_blob(size=1))
    clip = taken_in(landed, a_grant(), an_inspection(problems=(Problem.TRUNCATED, Problem.NO_INDEX)))
    differences = ("dock-differs", "borough-differs", "camera-differs", "sha256-differs", "size-differs")
    assert clip.quarantine == (*differences, "officer-differs", "truncated", "no-index")


def test_i3_the_grant_is_believed_before_the_metadata() -> None:
    said = a_metadata(
        dock="d", borough="b", camera="c", sha256="0" * 64, officer=OTHER_OFFICER, recorded_at="2001-01-01T00:00:00Z"
    )
    clip = take(said=said)
    assert (clip.dock, clip.borough, clip.camera) == (DOCK, BOROUGH, CAMERA)
    assert (clip.integrity.claimed, clip.recorded_at) == (SHA256, RECORDED)
    assert clip.officer == OFFICER


def test_i3_without_a_grant_what_was_said_is_all_there_is() -> None:
    clip = without_grant(**a_metadata(officer="P%204711", borough="Hammersmith%20%26%20Fulham", incident="CAD%2F1234"))
    assert (clip.officer, clip.borough, clip.incident) == ("P 4711", "Hammersmith & Fulham", "CAD/1234")
    assert clip.recorded_at == RECORDED
    assert clip.integrity.claimed == SHA256


@pytest.mark.parametrize("wrong", ["2099-01-01T00:00:00Z", "1980-01-01T00:00:00Z"])
def test_i4_the_clock_that_counts_is_the_servers(wrong: str) -> None:
    clip = without_grant(recorded_at=wrong)
    assert clip.uploaded_at == UPLOADED
    assert clip.retention.weed_after == UPLOADED + timedelta(days=31)


def test_i4_all_other_times_are_claims_with_their_source() -> None:
    made = RECORDED + timedelta(seconds=2)
    clip = taken_in(a_landed(), a_grant(), an_inspection(media=a_media(created_at=made)))
    assert [(time.source, time.at) for time in clip.times] == [("camera", RECORDED), ("container", made)]
    assert without_grant().times[0].source == "container"


def test_i5_a_category_we_know_is_taken_and_another_is_not() -> None:
    assert take(said=a_metadata(category="arrest")).decision.category == "arrest"
    assert take(said=a_metadata(category="holiday")).decision.category is None


NUMBERS = ["7", "CAD 4711", "CAD 4711/26NOV", "01-2345_6.7", "C" * 40]
NO_NUMBERS = [
    "C" * 41,
    "-1",
    "/1",
    "CAD 4711: Mrs Doe, 7 Elm Row",
    "CAD\t1",
    "CAD 4711\n",
    "Café 1",
    "CAD ٤٧",
    "a@b",
    "#1",
]


@pytest.mark.parametrize("number", NUMBERS)
def test_i5_an_incident_that_is_a_number_is_taken(number: str) -> None:
    assert take(said=a_metadata(incident=quote(number))).incident == number


@pytest.mark.parametrize("text", [text for text in NO_NUMBERS if text.strip() == text])
def test_i5_what_is_no_number_of_an_incident_is_left_out_and_keeps_no_footage_out(text: str) -> None:
    clip = take(said=a_metadata(incident=quote(text)))
    assert (clip.incident, clip.state, clip.quarantine) == (None, State.HELD, ())


@pytest.mark.parametrize("evidential", ["yes", "no", "true"])
def test_i5_whether_it_is_evidence_only_a_person_says(evidential: str) -> None:
    clip = take(said=a_metadata(category="arrest", evidential=evidential))
    assert clip.decision.evidential is Evidential.UNDECIDED
    assert (clip.decision.by, clip.decision.at) == (None, None)


def test_the_id_is_the_recording_only_for_the_path_that_was_granted() -> None:
    assert recording_of(a_path(), a_grant()) == RECORDING
    assert recording_of(a_path(), None) == id_of_path(a_path())
    assert recording_of(STRAY, a_grant(path=STRAY)) == id_of_path(STRAY)
    elsewhere = a_path(now=NOW + timedelta(days=1))
    assert recording_of(elsewhere, a_grant()) == id_of_path(elsewhere)


NOT_TIMES = [
    "",
    "yesterday",
    "2026-11-25",
    "2026-11-25T14:52:56",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-13-01T00:00:00Z",
    "%00",
    "\u0662\u0660\u0662\u0666-11-25T14:52:56Z",
]


@pytest.mark.parametrize("text", NOT_TIMES)
def test_a_time_that_is_none_or_has_no_zone_or_no_place_in_utc_is_no_claim(text: str) -> None:
    assert without_grant(recorded_at=text).recorded_at is None


def test_a_time_of_another_zone_is_kept_in_utc() -> None:
    at = without_grant(recorded_at=quote("2026-06-01T12:00:00+01:00")).recorded_at
    assert at == datetime(2026, 6, 1, 11, tzinfo=UTC)
    assert at.tzinfo is UTC


@pytest.mark.parametrize("text", [SHA256.upper(), SHA256[:-1], SHA256 + "0", "g" * 64, "\u0660" * 64])
def test_a_hash_that_is_none_is_no_claim(text: str) -> None:
    assert without_grant(sha256=text).integrity.claimed is None


@pytest.mark.parametrize("text", ["x" * 201, "a%0Ab", "%00", "%E2%80%AE", "%7F", "%20%20", "%", "%%%", "\ud800", "%FF"])
@pytest.mark.parametrize("name", ["officer", "borough", "camera", "dock", "incident"])
def test_a_value_nobody_could_mean_is_not_taken(name: str, text: str) -> None:
    if text in ("%", "%%%") and name != "incident":
        assert getattr(without_grant(**{name: text}), name) == text
    else:
        assert getattr(without_grant(**{name: text}), name) is None


hostile = st.one_of(
    st.text(max_size=30),
    st.text("%0123456789abcdefABCDEF+ ", max_size=40),
    st.binary(max_size=30).map(quote),
    st.integers(200, 10_000).map(lambda length: "%41" * length),
    st.datetimes().map(lambda at: at.isoformat() + "+14:00"),
)


@steady
@given(
    said=st.dictionaries(st.sampled_from([*SAID, "firmware", "evidential", ""]), hostile),
    grant=st.sampled_from([None, a_grant(), a_grant(officer=None)]),
)
@example(said={"recorded_at": "0001-01-01T00:00:00+14:00"}, grant=None)
@example(said=dict.fromkeys(SAID, "%" * 10_000), grant=None)
def test_no_metadata_however_hostile_keeps_footage_out(said: dict[str, str], grant: Grant | None) -> None:
    clip = taken_in(a_landed(metadata=said), grant, an_inspection())
    assert clip.blob == a_blob()
    assert from_document(Clip, to_document(clip)) == clip
    texts = (clip.officer, clip.borough, clip.camera, clip.dock, clip.incident)
    assert all(text is None or (0 < len(text) <= 200 and text.isprintable()) for text in texts)
