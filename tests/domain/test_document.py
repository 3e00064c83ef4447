"""Documents: what a record becomes in the store, and that it comes back as it was."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.annotate import Note
from shared.domain.approve import Approval
from shared.domain.document import NewerDocument, camel, from_document, moment, timestamp, to_document
from shared.domain.entry import Entry, Trail
from shared.domain.footage import ClaimedTime, Clip, Dock, Grant
from tests.builders import NOW, a_clip, a_dock, a_hold
from tests.domain.chance import any_of, moments, steady

RECORDS = (Clip, Grant, Dock, Trail, Entry, Note, Approval)


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
def test_every_record_comes_back_from_its_document_as_it_was(kind: type[Any]) -> None:
    @steady
    @given(record=any_of(kind))
    def comes_back(record: Any) -> None:
        assert from_document(kind, json.loads(json.dumps(to_document(record)))) == record

    comes_back()


def test_every_name_is_in_camel_case() -> None:
    document = to_document(a_clip())
    assert document["uploadedAt"] == "2026-11-25T18:52:56.123456Z"
    assert document["retention"]["weedAfter"] == "2026-12-26T18:52:56.123456Z"
    assert document["media"]["video"]["durationMs"] == 12_000
    assert [camel(name) for name in ("id", "uploaded_at", "sha256", "a_b_c")] == ["id", "uploadedAt", "sha256", "aBC"]


@steady
@given(one=moments, other=moments)
def test_the_order_of_texts_is_the_order_of_times(one: datetime, other: datetime) -> None:
    assert (timestamp(one) < timestamp(other)) == (one < other)
    assert (timestamp(one) == timestamp(other)) == (one == other)


@steady
@given(at=moments)
def test_a_time_keeps_its_microsecond_and_its_width(at: datetime) -> None:
    assert moment(timestamp(at)) == at
    assert len(timestamp(at)) == 27


def test_a_time_of_another_zone_is_the_same_moment_in_utc() -> None:
    summer = timezone(timedelta(hours=1))
    assert timestamp(datetime(2026, 6, 1, 12, tzinfo=summer)) == "2026-06-01T11:00:00.000000Z"


def test_a_camera_that_thinks_it_is_the_year_one_has_a_fixed_width_too() -> None:
    assert timestamp(datetime(1, 1, 1, tzinfo=UTC)) == "0001-01-01T00:00:00.000000Z"
    assert moment("0001-01-01T00:00:00.000000Z") == datetime(1, 1, 1, tzinfo=UTC)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        timestamp(NOW.replace(tzinfo=None))


@pytest.mark.parametrize("value", [1.0, b"bytes", {1, 2}, object(), Clip])
def test_what_has_no_place_in_a_document_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="no place in a document"):
        to_document(value)


def test_a_day_is_a_day_and_not_a_moment() -> None:
    assert to_document(date(2032, 11, 23)) == "2032-11-23"


def test_a_name_an_older_release_did_not_write_takes_the_default() -> None:
    document = to_document(a_dock())
    del document["enabled"], document["addresses"]
    assert from_document(Dock, document) == a_dock(enabled=True, addresses=())


def test_a_name_only_a_newer_release_knows_is_passed_over() -> None:
    assert from_document(Dock, {**to_document(a_dock()), "tomorrow": {"a": 1}, "_etag": "x"}) == a_dock()


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
def test_whole_a_record_of_this_release_comes_back_with_all_the_store_keeps_beside_it(kind: type[Any]) -> None:
    @steady
    @given(record=any_of(kind))
    def comes_back(record: Any) -> None:
        envelope = {"id": record.id, "pk": record.pk, "kind": record.kind}
        kept = {**envelope, "_etag": "x", "_ts": 1, "_rid": "r", "_self": "s", "_attachments": "a"}
        assert from_document(kind, {**kept, **to_document(record)}, whole=True) == record

    comes_back()


def _newer(*path: str) -> dict[str, Any]:
    """The document of a clip with a name that only a newer release knows, at that place."""
    document: dict[str, Any] = to_document(a_clip(holds=(a_hold(),), times=(ClaimedTime(source="camera", at=NOW),)))
    place: Any = document
    for step in path:
        place = place[int(step) if step.isdigit() else step]
    place["tomorrow"] = None
    return document


NESTED = [(), ("media",), ("media", "video"), ("retention",), ("blob",), ("holds", "0"), ("times", "0")]


@pytest.mark.parametrize("path", NESTED, ids=lambda path: ".".join(path) or "the record itself")
def test_whole_a_name_only_a_newer_release_knows_is_a_fault_wherever_it_stands(path: tuple[str, ...]) -> None:
    """Whoever writes the record back would drop what it says."""
    document = _newer(*path)
    with pytest.raises(NewerDocument, match="does not know tomorrow"):
        from_document(Clip, document, whole=True)
    assert isinstance(from_document(Clip, document), Clip)


def test_a_newer_document_is_told_by_its_names_and_not_by_what_they_hold() -> None:
    with pytest.raises(NewerDocument) as fault:
        from_document(Dock, {**to_document(a_dock()), "zeta": "Mrs Doe", "alpha": 1}, whole=True)
    assert str(fault.value) == "this release does not know alpha, zeta"


def test_whole_an_older_document_still_takes_the_defaults() -> None:
    document = to_document(a_dock())
    del document["enabled"]
    assert from_document(Dock, document, whole=True) == a_dock(enabled=True)


def test_a_document_without_what_has_no_default_is_no_record() -> None:
    document = to_document(a_dock())
    del document["client"]
    with pytest.raises(TypeError, match="client"):
        from_document(Dock, document)


def test_a_state_we_do_not_know_is_no_record() -> None:
    with pytest.raises(ValueError, match="lost"):
        from_document(Clip, {**to_document(a_clip()), "state": "lost"})


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nested:
    colours: tuple[Colour, ...] = ()
    by_name: dict[str, Colour] | None = None


@steady
@given(nested=st.builds(Nested, by_name=st.none() | st.dictionaries(st.text("ab"), st.just(Colour.RED))))
def test_names_that_are_data_are_left_as_they_are(nested: Nested) -> None:
    assert from_document(Nested, to_document(nested)) == nested
