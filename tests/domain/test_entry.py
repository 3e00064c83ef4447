"""Entries, rules E1 to E5: their ids, their places in a trail, and what binds each to the one before."""

import base64
import hashlib
import uuid
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.entry import Entry, Operation, Trail, entry_id, numbered, question, stored, uuid8
from shared.domain.footage import State
from shared.domain.ledger import commitment
from tests.builders import MICROSECOND, NOW, RECORDING, a_draft, an_actor, an_asking, an_entry
from tests.domain.chance import around_now, steady, texts

parts = texts.map(lambda text: text.replace("\x00", ""))
triples = st.tuples(parts, parts, parts)


@steady
@given(one=triples, other=triples)
def test_e2_no_two_triples_share_an_id(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    assert (entry_id(*one) == entry_id(*other)) == (one == other)


@pytest.mark.parametrize("other", [("a", "bc", "d"), ("abc", "", "d"), ("ab", "cd", ""), ("", "abc", "d")])
def test_e2_moving_a_letter_across_a_border_is_another_id(other: tuple[str, str, str]) -> None:
    assert entry_id("ab", "c", "d") != entry_id(*other)


def test_e2_the_id_is_of_a_hash_of_pk_action_and_key() -> None:
    digest = hashlib.sha256(b"pk\x00action\x00key").hexdigest()
    made = entry_id("pk", "action", "key")
    assert made[:8] + made[9:13] + made[15:18] == digest[:12] + digest[13:16]


@steady
@given(digest=st.binary(min_size=16, max_size=32))
def test_e2_the_id_is_a_uuid_of_version_8_of_rfc_9562(digest: bytes) -> None:
    made = uuid8(digest)
    assert str(made)[14] == "8"
    assert made.variant == uuid.RFC_4122
    ours = ~(0xF << 76 | 0x3 << 62)
    assert made.int & ours == int.from_bytes(digest[:16]) & ours


def test_e2_rfc_9562_appendix_b_2_gives_its_example_again() -> None:
    """Its example is a SHA-256 of a namespace and www.example.com, cut to 122 bits as ours is."""
    digest = hashlib.sha256(uuid.NAMESPACE_DNS.bytes + b"www.example.com").digest()
    assert str(uuid8(digest)) == "5c146b14-3c52-8afd-938a-375d0df1fbf6"


def test_e2_a_draft_has_a_key_of_its_own_or_the_one_of_the_asking() -> None:
    asked = a_draft(action="footage.categorised", operation=Operation.ALTERATION, asking=an_asking(key="mine"))
    assert asked.id == entry_id(RECORDING, "footage.categorised", "mine")
    own = a_draft(key="its own", asking=an_asking(key="mine"))
    assert own.id == entry_id(RECORDING, own.action, "its own")


@pytest.mark.parametrize("operation", [Operation.CONSULTATION, Operation.DISCLOSURE, Operation.ACCESS])
def test_e6_a_look_under_a_used_key_is_another_entry(operation: Operation) -> None:
    first = a_draft(operation=operation, asking=an_asking(key="same", request="req-1"))
    second = a_draft(operation=operation, asking=an_asking(key="same", request="req-2"))
    assert first.id != second.id


@pytest.mark.parametrize(
    "operation", [Operation.ALTERATION, Operation.ERASURE, Operation.COLLECTION, Operation.ADMINISTRATION]
)
def test_e6_a_change_under_a_used_key_is_the_same_entry(operation: Operation) -> None:
    first = a_draft(operation=operation, asking=an_asking(key="same", request="req-1"))
    second = a_draft(operation=operation, asking=an_asking(key="same", request="req-2"))
    assert first.id == second.id


@steady
@given(keys=st.lists(parts, min_size=1, max_size=8))
def test_e3_numbers_run_without_gap_and_each_entry_names_the_one_before(keys: list[str]) -> None:
    trail: Trail | None = None
    chain: list[Entry] = []
    for key in keys:
        entry, trail = numbered(a_draft(key=key), trail)
        chain.append(entry)
    assert [entry.number for entry in chain] == list(range(1, len(keys) + 1))
    assert chain[0].previous is None
    assert all(later.previous == commitment(stored(earlier)) for earlier, later in pairwise(chain))
    assert trail == Trail(pk=RECORDING, count=len(keys), last=commitment(stored(chain[-1])), at=NOW)


def test_e1_a_new_entry_waits_to_be_sealed() -> None:
    entry, _ = an_entry()
    assert (entry.pending, entry.leaf) == (True, None)


def test_e3_sealing_an_entry_does_not_break_the_link_to_it() -> None:
    entry, trail = an_entry()
    sealed = {**stored(entry), "pending": False, "leaf": "any"}
    assert commitment(sealed) == trail.last


def test_e4_who_and_when_and_from_where_are_copied_into_the_entry() -> None:
    actor = an_actor(name="PC Ada Byron", role="officer")
    entry, _ = an_entry(asking=an_asking(actor=actor, address="192.0.2.1", session="s", request="r"))
    assert (entry.actor, entry.occurred_at, entry.address) == (actor, NOW, "192.0.2.1")
    assert (entry.session, entry.request) == ("s", "r")


@steady
@given(clocks=st.lists(around_now, min_size=1, max_size=8))
def test_e4_the_time_of_an_entry_never_goes_back_whatever_our_clocks_say(clocks: list[datetime]) -> None:
    trail: Trail | None = None
    times: list[datetime] = []
    for number, clock in enumerate(clocks):
        at = clock.replace(tzinfo=UTC)
        entry, trail = numbered(a_draft(asking=an_asking(key=f"key-{number}", request=f"r-{number}", at=at)), trail)
        times.append(entry.occurred_at)
        assert trail.at == entry.occurred_at >= at
    assert times == sorted(times)
    assert set(times) <= {clock.replace(tzinfo=UTC) for clock in clocks}


def test_e4_a_clock_that_lags_gives_the_time_of_the_entry_before() -> None:
    first, trail = an_entry()
    lagging = an_asking(key="later", request="later", at=NOW - timedelta(seconds=3))
    second, after = an_entry(trail, asking=lagging)
    assert (second.occurred_at, after.at) == (first.occurred_at, NOW)
    third, _ = an_entry(after, asking=an_asking(key="on", request="on", at=NOW + MICROSECOND))
    assert third.occurred_at == NOW + MICROSECOND


@pytest.mark.parametrize(
    "of_the_draft, of_the_caller, told",
    [("Hackney", "Camden", "Hackney"), (None, "Camden", "Camden"), ("Hackney", None, "Hackney"), (None, None, None)],
)
def test_an_entry_is_of_the_borough_it_is_about_or_else_of_the_caller_s(
    of_the_draft: str | None, of_the_caller: str | None, told: str | None
) -> None:
    entry, _ = an_entry(borough=of_the_draft, asking=an_asking(borough=of_the_caller))
    assert entry.borough == told


def test_what_was_asked_is_told_by_name_as_far_as_it_was_given() -> None:
    told = question(since=NOW, officer=None, state=State.HELD, size=0, shown="")
    assert [(change.field, change.before, change.after) for change in told] == [
        ("since", None, "2026-11-25T20:52:56.123456Z"),
        ("state", None, "held"),
        ("size", None, "0"),
        ("shown", None, ""),
    ]


def test_e5_the_operations_are_those_of_section_62_and_access_and_administration() -> None:
    section_62 = {"collection", "alteration", "consultation", "disclosure", "combination", "erasure"}
    assert {str(operation) for operation in Operation} == section_62 | {"access", "administration"}


def test_the_salt_is_32_bytes_grown_from_the_seed_for_each_entry() -> None:
    one, _ = an_entry(asking=an_asking(seed=b"a" * 32))
    other, _ = an_entry(asking=an_asking(seed=b"b" * 32))
    sibling, _ = an_entry(asking=an_asking(seed=b"a" * 32), action="footage.played")
    assert len({one.salt, other.salt, sibling.salt}) == 3
    assert {len(base64.b64decode(entry.salt)) for entry in (one, other, sibling)} == {32}


def test_neither_salt_nor_seed_is_shown_where_an_object_is_printed() -> None:
    asking = an_asking(seed=b"S" * 32)
    entry, _ = an_entry(asking=asking)
    assert entry.salt not in repr(entry)
    assert "SSSS" not in repr(asking)
