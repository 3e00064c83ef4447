"""Notes, rules B1 to B5: how long, how many, on what, and what of them is entered."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.annotate import LONGEST_NOTE, MOST_NOTES, must_take_a_note, noted
from shared.domain.footage import State
from shared.errors import Condemned, Conflict, Malformed, Weeded
from tests.builders import NOW, OFFICER, RECORDING, a_clip, a_note, an_actor, an_asking
from tests.domain.chance import steady

ENTRY = "0b8a1f0e-52d3-8b07-9b1c-1f2c5d1f9a55"


@pytest.mark.parametrize("length", [1, LONGEST_NOTE])
def test_b1_a_note_has_up_to_two_thousand_characters_of_any_width(length: int) -> None:
    assert noted(RECORDING, "警" * length, entry=ENTRY, asking=an_asking()).text == "警" * length


@pytest.mark.parametrize("length", [0, LONGEST_NOTE + 1])
def test_b1_no_text_and_one_that_is_too_long_are_refused(length: int) -> None:
    with pytest.raises(Malformed, match="2000 characters") as refused:
        noted(RECORDING, "x" * length, entry=ENTRY, asking=an_asking())
    assert refused.value.field == "text"


def test_a_note_says_who_wrote_it_as_they_were_called_then() -> None:
    asking = an_asking(actor=an_actor(name="PC Ada Byron", role="officer, supervisor"))
    note = noted(RECORDING, "seen", entry=ENTRY, asking=asking)
    assert (note.by, note.name, note.role, note.at) == (OFFICER, "PC Ada Byron", "officer, supervisor", NOW)
    assert (note.pk, note.id) == (RECORDING, f"note-{ENTRY}")


@pytest.mark.parametrize("there", [0, MOST_NOTES - 1])
def test_b3_there_is_room_up_to_the_ninetieth_note(there: int) -> None:
    must_take_a_note(a_clip(), range(there))


def test_b3_there_is_none_for_the_next_so_that_one_transaction_can_erase_them_all() -> None:
    with pytest.raises(Conflict, match="90 notes"):
        must_take_a_note(a_clip(), range(MOST_NOTES))
    entry_trail_tombstone_and_approval = 4
    assert MOST_NOTES + entry_trail_tombstone_and_approval <= 100


@steady
@given(text=st.text(min_size=1, max_size=50), seed=st.binary(min_size=32, max_size=32))
def test_b4_the_hash_is_of_salt_and_text_and_can_be_worked_out_from_the_note_alone(text: str, seed: bytes) -> None:
    text = text.encode("utf-8", "replace").decode()
    note = noted(RECORDING, text, entry=ENTRY, asking=an_asking(seed=seed))
    assert note.sha256 == hashlib.sha256(base64.b64decode(note.salt) + text.encode()).hexdigest()


def test_b4_the_same_text_has_another_hash_each_time() -> None:
    seeds, entries = (bytes(32), b"\x01" * 32), (ENTRY, ENTRY.replace("0b8a", "1b8a"))
    made = {noted(RECORDING, "seen", entry=e, asking=an_asking(seed=seed)).sha256 for seed in seeds for e in entries}
    assert len(made) == 4


def test_b4_neither_text_nor_salt_is_in_what_a_note_prints_as() -> None:
    note = a_note(text="the suspect")
    assert "suspect" not in repr(note)
    assert note.salt not in repr(note)


@pytest.mark.parametrize("state, refusal", [(State.CONDEMNED, Condemned), (State.WEEDED, Weeded)])
def test_b5_what_is_going_or_gone_takes_no_note(state: State, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        must_take_a_note(a_clip(state=state), ())


@pytest.mark.parametrize("state", [State.HELD, State.QUARANTINED])
def test_b5_what_is_there_takes_one(state: State) -> None:
    must_take_a_note(a_clip(state=state), ())
