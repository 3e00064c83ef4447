"""What lies in the storage held against the index: each finding, and the last moment at which it is none."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.footage import Clip, Fixity, Integrity, State, Weeding
from shared.domain.reconcile import (
    ARCHIVE,
    GRACE,
    HASHED_WITHIN,
    NO_GRACE,
    WEEDED_WITHIN,
    Finding,
    Shelved,
    judge,
    known_hash,
)
from tests.builders import MICROSECOND, NOW, SHA256, UPLOADED, a_blob, a_clip, a_condemned_clip

VERIFIED = Integrity(state=Fixity.VERIFIED, claimed=SHA256, sha256=SHA256, verified_at=UPLOADED)
OTHER = a_blob(etag="0xOTHER")


def test_the_waits_are_those_of_the_rules() -> None:
    assert timedelta(minutes=15) == GRACE
    assert timedelta(hours=1) == HASHED_WITHIN
    assert timedelta(days=1) == WEEDED_WITHIN


def lying(**changes: Any) -> Shelved:
    return replace(Shelved(blob=a_blob(), current=True, created_at=UPLOADED, tier="Hot"), **changes)


def a_kept_clip(**changes: Any) -> Clip:
    return a_clip(**{"integrity": VERIFIED, **changes})


@pytest.mark.parametrize("state", [State.HELD, State.QUARANTINED])
def test_a_clip_with_its_own_content_is_as_it_should_be(state: State) -> None:
    assert judge([lying()], a_kept_clip(state=state), now=NOW, grace=GRACE) == ()


def test_where_a_person_names_a_prefix_nothing_is_too_young() -> None:
    shelved = [lying(created_at=NOW - MICROSECOND)]
    assert judge(shelved, None, now=NOW, grace=NO_GRACE) == (Finding.NOT_INDEXED,)


@pytest.mark.parametrize("age, found", [(GRACE, ()), (GRACE + MICROSECOND, (Finding.NOT_INDEXED,))])
def test_a_blob_nobody_knows_is_taken_in_once_its_event_must_have_come(age: timedelta, found: Any) -> None:
    assert judge([lying(created_at=NOW - age)], None, now=NOW, grace=GRACE) == found


def test_of_a_path_where_only_an_earlier_version_is_left_nobody_need_know() -> None:
    assert judge([lying(current=False)], None, now=NOW, grace=GRACE) == ()


@pytest.mark.parametrize("state", [State.HELD, State.QUARANTINED])
def test_a_clip_without_its_content_is_missing_it(state: State) -> None:
    assert judge([], a_kept_clip(state=state), now=NOW, grace=GRACE) == (Finding.MISSING,)


def test_with_versions_another_content_leaves_the_pinned_one() -> None:
    blob = a_blob(version="v1")
    shelved = [lying(blob=blob, current=False), lying(blob=replace(OTHER, version="v2"))]
    assert judge(shelved, a_kept_clip(blob=blob), now=NOW, grace=GRACE) == (Finding.OVERWRITTEN,)


def test_without_versions_another_content_has_taken_the_place_of_the_pinned_one() -> None:
    assert judge([lying(blob=OTHER)], a_kept_clip(), now=NOW, grace=GRACE) == (Finding.OVERWRITTEN, Finding.MISSING)


def test_the_version_says_which_content_it_is_and_not_the_etag() -> None:
    shelved = [lying(blob=a_blob(version="v2"))]
    assert Finding.MISSING in judge(shelved, a_kept_clip(blob=a_blob(version="v1")), now=NOW, grace=GRACE)


@pytest.mark.parametrize("tier, rehydrating", [(ARCHIVE, False), (ARCHIVE, True), ("Hot", True)])
def test_what_is_in_the_archive_or_on_its_way_back_is_said(tier: str, rehydrating: bool) -> None:
    assert judge([lying(tier=tier, rehydrating=rehydrating)], a_kept_clip(), now=NOW, grace=GRACE) == (
        Finding.ARCHIVED,
    )


@pytest.mark.parametrize("tier", ["Hot", "Cool", "Cold", None])
def test_a_tier_that_can_be_read_is_no_finding(tier: str | None) -> None:
    assert judge([lying(tier=tier)], a_kept_clip(), now=NOW, grace=GRACE) == ()


def test_a_lease_is_said() -> None:
    assert judge([lying(leased=True)], a_kept_clip(), now=NOW, grace=GRACE) == (Finding.LEASED,)


@pytest.mark.parametrize("age, found", [(HASHED_WITHIN, ()), (HASHED_WITHIN + MICROSECOND, (Finding.HASH_OVERDUE,))])
def test_a_hash_is_overdue_after_an_hour(age: timedelta, found: Any) -> None:
    assert judge([lying()], a_clip(uploaded_at=NOW - age), now=NOW, grace=GRACE) == found


def test_nobody_asks_for_the_hash_of_what_is_not_there() -> None:
    assert judge([], a_clip(), now=NOW, grace=GRACE) == (Finding.MISSING,)


@pytest.mark.parametrize(
    "age, found", [(WEEDED_WITHIN, ()), (WEEDED_WITHIN + MICROSECOND, (Finding.CONDEMNED_OVERDUE,))]
)
@pytest.mark.parametrize("there", [True, False])
def test_what_is_being_weeded_is_compared_with_nothing_and_overdue_after_a_day(
    age: timedelta, found: Any, there: bool
) -> None:
    clip = a_condemned_clip(weeding=Weeding(rule="R5", condemned_at=NOW - age))
    assert judge([lying()] if there else [], clip, now=NOW, grace=GRACE) == found


@pytest.mark.parametrize("shelved, found", [([], ()), ([lying(blob=OTHER)], (Finding.RESURFACED,))])
def test_anything_at_the_path_of_a_weeded_clip_is_said(shelved: list[Shelved], found: Any) -> None:
    assert judge(shelved, a_kept_clip(state=State.WEEDED), now=NOW, grace=GRACE) == found


def test_until_the_bytes_are_read_the_dock_s_word_for_their_hash_stands() -> None:
    assert known_hash(a_clip(integrity=Integrity(claimed=SHA256))) == SHA256
    assert known_hash(a_clip(integrity=Integrity())) is None
