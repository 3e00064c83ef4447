"""What a witness signs and what it never does, whatever fork a force shows it."""

import json
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.ledger import Unproven, check_consistency
from shared.domain.note import Checkpoint, Note, VerifierKey, parsed_checkpoint, parsed_note, signers
from tests.fakes.signing import MemorySigner
from tests.tools.witness_ledgers import KEYS, NOW, WITNESS, History, MadeUp, seen
from tools.witnessing.round import Memory, Witness
from tools.witnessing.seen import Seen, ed25519
from tools.witnessing.state import Kept
from tools.witnessing.trouble import AnotherHistory, Trouble

TEN = History.of(10)


class Remembered:
    """A memory that is no file."""

    def __init__(self, kept: Kept | None = None) -> None:
        self.kept = kept

    def read(self) -> Kept | None:
        return self.kept

    def keep(self, kept: Kept) -> None:
        self.kept = kept


def witness(ledger: MadeUp, memory: Memory, *, now: int = NOW, first: Seen | None = None) -> Witness:
    return Witness(key=WITNESS, log_keys=KEYS, ledger=ledger, memory=memory, now=lambda: now, first=first)


def cosigned(note: str) -> tuple[Checkpoint, int | None]:
    """What is cosigned in a note, by whoever verifies it."""
    read = parsed_note(note.encode())
    return parsed_checkpoint(read.text), _signers(read)[WITNESS.verifier]


def _signers(note: Note) -> dict[VerifierKey, int | None]:
    return signers(note, [WITNESS.verifier], ed25519)


def test_the_first_checkpoint_is_cosigned_and_it_is_said_that_it_is_trusted_as_it_came() -> None:
    ledger, memory = MadeUp(TEN), Remembered()
    told = witness(ledger, memory).round()
    assert "the first one seen" in told
    assert f"{seen(TEN)} seconds={NOW}" in told
    assert [cosigned(note) for note in ledger.taken] == [(TEN.checkpoint, NOW)]
    assert memory.kept == Kept(seen=seen(TEN), seconds=NOW, handed_in=True)


def test_a_ledger_that_goes_on_is_cosigned_again_and_one_that_stands_still_is_not() -> None:
    ledger, memory = MadeUp(TEN), Remembered()
    witness(ledger, memory).round()
    assert witness(ledger, memory, now=NOW + 1).round().startswith("nothing new: size=10")
    ledger.history = TEN.goes_on(300)
    assert "the first one seen" not in witness(ledger, memory, now=NOW + 2).round()
    assert [(at.size, when) for at, when in map(cosigned, ledger.taken)] == [(10, NOW), (310, NOW + 2)]


@pytest.mark.parametrize(
    "shown",
    [
        History.of(10, word="other"),
        History.of(9),
        History.of(11, word="other"),
        History.of(9).goes_on(5, word="other"),
        History.of(1),
        History(lines=()),
    ],
    ids=["split view", "smaller", "larger", "last line changed", "almost nothing", "nothing"],
)
@pytest.mark.parametrize("handed_in", [True, False])
def test_another_history_is_never_signed_nor_remembered(shown: History, handed_in: bool) -> None:
    before = Kept(seen=seen(TEN), seconds=NOW, handed_in=handed_in)
    ledger, memory = MadeUp(shown), Remembered(before)
    with pytest.raises(
        AnotherHistory, match=f"^what is shown, size={shown.size} .* does not begin with size=10 "
    ) as found:
        witness(ledger, memory).round()
    assert (ledger.taken, memory.kept) == ([], before)
    assert (found.value.notes["kept.note"], found.value.notes["shown.note"]) == (
        TEN.note().decode(),
        shown.note().decode(),
    )


def test_a_proof_that_does_not_hold_is_kept_with_the_notes() -> None:
    class Lying(MadeUp):
        def consistency(self, old: int, new: int) -> list[bytes]:
            return [bytes(32)]

    with pytest.raises(AnotherHistory) as found:
        witness(Lying(TEN.goes_on(1)), Remembered(Kept(seen=seen(TEN), seconds=NOW, handed_in=True))).round()
    assert json.loads(found.value.notes["proof.json"]) == ["A" * 43 + "="]


@settings(deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_of_any_two_histories_a_witness_signs_both_only_if_one_begins_with_the_other(
    common: int, one: int, other: int
) -> None:
    first, second = (History.of(common).goes_on(more, word=word) for more, word in ((one, "a"), (other, "b")))
    begins = first.lines == second.lines[: first.size]
    memory = Remembered(Kept(seen=seen(first), seconds=NOW, handed_in=True))
    ledger = MadeUp(second)
    with suppress(AnotherHistory):
        witness(ledger, memory).round()
    assert bool(ledger.taken) == (begins and first.size != second.size)


def test_a_force_that_refuses_what_it_showed_itself_has_two_histories() -> None:
    ledger = MadeUp(TEN, takes=False)
    with pytest.raises(AnotherHistory, match="published another checkpoint"):
        witness(ledger, Remembered()).round()


@pytest.mark.parametrize(
    "raw, why",
    [
        (b"", "a text, a blank line"),
        (str(TEN.checkpoint).encode(), "a text, a blank line"),
        (TEN.note(signer=MemorySigner("continuity.test/ledger", bytes([7]) * 32)), "no signature of a known key"),
        (TEN.note().replace(b"\n10\n", b"\n11\n"), "is not over this text"),
        (TEN.note(text=str(replace(TEN.checkpoint, origin="elsewhere.test/ledger"))), "of another ledger"),
        (TEN.note(text=str(replace(TEN.checkpoint, extension=("more",)))), "more lines than"),
        (TEN.note(text="continuity.test/ledger\nten\n"), "three or more lines"),
        (b"\xff" * 100, "not UTF-8"),
    ],
    ids=["nothing", "unsigned", "another key", "changed", "another origin", "extended", "no checkpoint", "garbage"],
)  # fmt: skip
def test_what_the_log_did_not_sign_as_its_checkpoint_is_not_signed_here(raw: bytes, why: str) -> None:
    class Showing(MadeUp):
        def checkpoint(self) -> bytes:
            return raw

    ledger, memory = Showing(TEN), Remembered()
    with pytest.raises(Trouble, match=why):
        witness(ledger, memory).round()
    assert (ledger.taken, memory.kept) == ([], None)


def test_where_nothing_was_kept_the_checkpoint_that_was_given_counts_and_later_it_does_not() -> None:
    ledger, memory = MadeUp(History.of(10, word="other")), Remembered()
    with pytest.raises(AnotherHistory):
        witness(ledger, memory, first=seen(TEN)).round()
    ledger.history = TEN
    assert "the first one seen" not in witness(ledger, memory, first=seen(TEN)).round()
    ledger.history = TEN.goes_on(5)
    witness(ledger, memory, first=seen(TEN.goes_on(50))).round()
    assert [at.size for at, _ in map(cosigned, ledger.taken)] == [10, 15]


def test_a_ledger_of_another_name_in_the_state_is_told_as_such() -> None:
    other = Seen(note="", checkpoint=replace(TEN.checkpoint, origin="elsewhere.test/ledger"))
    with pytest.raises(Trouble, match=r"elsewhere\.test/ledger"):
        witness(MadeUp(TEN), Remembered(Kept(seen=other, seconds=NOW, handed_in=True))).round()


def test_a_clock_that_was_set_back_signs_nothing() -> None:
    ledger = MadeUp(TEN.goes_on(1))
    memory = Remembered(Kept(seen=seen(TEN), seconds=NOW, handed_in=True))
    with pytest.raises(Trouble, match="clock"):
        witness(ledger, memory, now=NOW - 1).round()
    assert ledger.taken == []
    witness(ledger, memory, now=NOW).round()
    assert len(ledger.taken) == 1


def test_a_proof_cannot_be_made_up_from_the_other_history() -> None:
    """The mathematics that all of this rests on, at this size: no proof of either leads from one to the other."""
    one, other = History.of(10, word="one"), History.of(14, word="other")
    for old in range(1, 10):
        for proof in (one.proof(old, 10), other.proof(old, 14)):
            with pytest.raises(Unproven):
                check_consistency(10, one.checkpoint.root, 14, other.checkpoint.root, proof)
