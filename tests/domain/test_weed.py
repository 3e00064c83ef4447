"""Weeding: condemned, then a tombstone, or held again; and what a tombstone must not say."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.document import to_document
from shared.domain.footage import ClaimedTime, Clip, State, Weeding
from shared.domain.weed import condemned, reprieved, tombstone
from tests.builders import NOW, a_clip, a_condemned_clip, a_decision, an_overdue_clip
from tests.domain.chance import any_of, around_now, steady

RULE = "R5 31 days over, evidential: no"
bad_states = [State.QUARANTINED, State.CONDEMNED, State.WEEDED]


def test_a_condemned_clip_says_by_which_rule_and_when() -> None:
    clip = condemned(an_overdue_clip(), RULE, now=NOW)
    assert clip.state is State.CONDEMNED
    assert clip.weeding == Weeding(rule=RULE, condemned_at=NOW)


@pytest.mark.parametrize("state", bad_states)
def test_only_a_held_clip_can_be_condemned(state: State) -> None:
    with pytest.raises(ValueError, match=f"from {state} to condemned"):
        condemned(a_clip(state=state), RULE, now=NOW)


@steady
@given(clip=any_of(Clip, state=st.just(State.CONDEMNED)), now=around_now)
def test_a_reprieve_ends_in_the_future_so_that_no_clip_blocks_the_others(clip: Clip, now: datetime) -> None:
    again = reprieved(clip, now=now)
    assert again.retention.weed_after == now + timedelta(days=1)
    assert (again.state, again.weeding) == (State.HELD, None)
    assert replace(again, state=clip.state, weeding=clip.weeding, retention=clip.retention) == clip


@steady
@given(clip=any_of(Clip, state=st.just(State.CONDEMNED), weeding=any_of(Weeding)), now=around_now)
def test_a_tombstone_keeps_ids_hashes_rule_times_and_who_and_nothing_else(clip: Clip, now: datetime) -> None:
    stone = tombstone(clip, now=now)
    assert stone.state is State.WEEDED
    assert (stone.id, stone.blob, stone.integrity, stone.uploaded_at) == (
        clip.id,
        clip.blob,
        clip.integrity,
        clip.uploaded_at,
    )
    assert stone.decision == replace(clip.decision, why=None)
    assert (stone.media, stone.poster, stone.times, stone.incident, stone.quarantine) == (None, False, (), None, ())
    assert stone.weeding == replace(clip.weeding or Weeding(rule="", condemned_at=now), weeded_at=now)
    assert (stone.retention.weed_after, stone.retention.review_on) == (None, None)


@steady
@given(mark=st.text("abcdefghijklmnop", min_size=12, max_size=12))
def test_none_of_a_clips_free_texts_is_in_its_tombstone(mark: str) -> None:
    clip = a_condemned_clip(
        incident=f"incident {mark}",
        decision=a_decision(why=f"because {mark}"),
        times=(ClaimedTime(source=f"source {mark}", at=NOW),),
        quarantine=(f"reason {mark}",),
    )
    assert mark in json.dumps(to_document(clip))
    assert mark not in json.dumps(to_document(tombstone(clip, now=NOW)))


@steady
@given(clip=any_of(Clip, state=st.just(State.CONDEMNED), weeding=any_of(Weeding)))
def test_a_tombstone_says_only_what_is_listed_here(clip: Clip) -> None:
    kept = {"id", "blob", "uploadedAt", "retention", "borough", "officer", "camera", "dock", "recordedAt"}
    kept |= {"integrity", "decision", "holds", "state", "releasedAt", "weeding"}
    said = {name for name, value in leaves(to_document(tombstone(clip, now=NOW))) if value not in (None, False, [])}
    assert {name.split(".")[0] for name in said} <= kept
    assert {name for name in said if name.startswith("decision.")} <= {
        f"decision.{name}" for name in ("category", "evidential", "by", "at", "approvedBy")
    }


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}" if path else name)
    else:
        yield path, value


def test_what_was_not_condemned_first_has_no_tombstone() -> None:
    with pytest.raises(ValueError, match="condemned before"):
        tombstone(a_clip(state=State.CONDEMNED, weeding=None), now=NOW)
    with pytest.raises(ValueError, match="from held to weeded"):
        tombstone(a_clip(weeding=Weeding(rule=RULE, condemned_at=NOW)), now=datetime(2026, 1, 1, tzinfo=UTC))
