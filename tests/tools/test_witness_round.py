"""What a witness signs and what it never does, whatever fork a force shows it."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.chance import steady
from tests.fakes.signing import MemorySigner
from tests.tools.witness_ledgers import NOW, History, MadeUp, seen
from tests.tools.witness_rounds import Remembered, cosigned, kept, witness
from tools.witnessing.seen import Seen
from tools.witnessing.state import Kept
from tools.witnessing.trouble import AnotherHistory, NoProof, Trouble

TEN = History.of(10)


def test_the_first_checkpoint_is_cosigned_and_it_is_said_that_it_is_trusted_as_it_came() -> None:
    ledger, memory = MadeUp(TEN), Remembered()
    told = witness(ledger, memory).round()
    assert "the first one seen" in told
    assert f"{seen(TEN)} seconds={NOW}" in told
    assert [cosigned(note) for note in ledger.taken] == [(TEN.checkpoint, NOW)]
    assert memory.kept == kept(TEN)


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
        History.of(9, word="other"),
        History(lines=()),
    ],
    ids=["split view", "smaller", "larger", "last line changed", "smaller and another", "nothing"],
)
@pytest.mark.parametrize("handed_in", [True, False])
def test_what_does_not_go_on_from_what_was_kept_is_never_signed_nor_remembered(shown: History, handed_in: bool) -> None:
    before = kept(TEN, handed_in=handed_in)
    ledger, memory = MadeUp(shown), Remembered(before)
    with pytest.raises((AnotherHistory, Trouble)):
        witness(ledger, memory).round()
    assert (ledger.taken, memory.kept) == ([], before)


@pytest.mark.parametrize("size", [0, 1, 4, 9])
def test_an_older_checkpoint_of_the_same_history_is_said_to_be_one(size: int) -> None:
    """A cache's, or that of an instance which lags behind."""
    ledger, memory = MadeUp(TEN.up_to(size), whole=TEN.goes_on(5)), Remembered(kept(TEN))
    with pytest.raises(Trouble, match=f"an older checkpoint was shown, size={size} ") as told:
        witness(ledger, memory).round()
    assert not isinstance(told.value, NoProof)
    assert (ledger.taken, memory.kept) == ([], kept(TEN))


@settings(steady, max_examples=100)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_of_any_two_histories_a_witness_signs_both_only_if_one_begins_with_the_other(
    common: int, one: int, other: int
) -> None:
    first, second = (History.of(common).goes_on(more, word=word) for more, word in ((one, "a"), (other, "b")))
    begins = first.lines == second.lines[: first.size]
    memory = Remembered(Kept(seen=seen(first), seconds=NOW, handed_in=True))
    ledger = MadeUp(second)
    with suppress(AnotherHistory, Trouble):
        witness(ledger, memory).round()
    assert bool(ledger.taken) == (begins and first.size != second.size)


@pytest.mark.parametrize(
    "raw, why",
    [
        (b"", "a text, a blank line"),
        (str(TEN.checkpoint).encode(), "a text, a blank line"),
        (TEN.note(signer=MemorySigner("continuity.test/ledger", bytes([7]) * 32)), "no signature of a known key"),
        (TEN.note().replace(b"\n10\n", b"\n11\n"), "is not over this text"),
        (TEN.note(text=str(replace(TEN.checkpoint, origin="elsewhere.test/ledger"))), "of another ledger"),
        (TEN.note(text=str(replace(TEN.checkpoint, extension=("more",)))), "more lines than"),
        (TEN.note(text=str(replace(TEN.checkpoint, size=0))), "of no entries with a root"),
        (TEN.note(text="continuity.test/ledger\nten\n"), "three or more lines"),
        (b"\xff" * 100, "not UTF-8"),
    ],
    ids=["nothing", "unsigned", "another key", "changed", "another origin", "extended", "not empty",
         "no checkpoint", "garbage"],
)  # fmt: skip
def test_what_the_log_did_not_sign_as_its_checkpoint_is_not_signed_here(raw: bytes, why: str) -> None:
    class Showing(MadeUp):
        def newest(self) -> bytes:
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
    ledger, memory = MadeUp(TEN.goes_on(1)), Remembered(kept(TEN))
    with pytest.raises(Trouble, match="clock"):
        witness(ledger, memory, now=NOW - 1).round()
    assert ledger.taken == []
    witness(ledger, memory, now=NOW).round()
    assert len(ledger.taken) == 1


@pytest.mark.parametrize("clock, off", [(None, 0), (NOW, 301), (NOW, -301), (NOW, 10**9), (NOW, -(10**9))])
def test_what_a_clock_says_that_is_wrong_is_never_signed_and_leaves_no_trace(clock: int | None, off: int) -> None:
    """Once signed it could not be taken back, and all that is signed until then would contradict it."""
    ledger, memory = MadeUp(TEN, clock=clock), Remembered()
    with pytest.raises(Trouble, match="date to hold the clock" if clock is None else "a clock is wrong"):
        witness(ledger, memory, now=NOW + off).round()
    assert (ledger.taken, memory.kept) == ([], None)
    ledger.clock, ledger.history = NOW, TEN.goes_on(1)
    assert witness(ledger, memory, now=NOW).round().startswith("cosigned: size=11 ")


@pytest.mark.parametrize("off", [300, -300])
def test_a_clock_that_is_five_minutes_off_is_right(off: int) -> None:
    assert witness(MadeUp(TEN), Remembered(), now=NOW + off).round().startswith("cosigned: ")


@settings(steady, max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 400), st.one_of(st.integers(-400, 400), st.just(10**9)), st.booleans())))
def test_whatever_a_clock_does_times_go_forward_as_sizes_do_and_it_signs_again_once_it_is_right(
    rounds: list[tuple[int, int, bool]],
) -> None:
    """The log's clock is right here; its door takes what comes, or refuses it."""
    whole, memory, signed, time = History.of(len(rounds) + 1), Remembered(), list[tuple[int, int | None]](), NOW
    for at, (passes, off, takes) in enumerate([*rounds, (601, 0, True)]):
        time += passes
        ledger = MadeUp(whole.up_to(at + 1), takes=takes, clock=time)
        with suppress(Trouble):
            witness(ledger, memory, now=time + off).round()
        signed += [(checkpoint.size, seconds) for checkpoint, seconds in map(cosigned, ledger.taken)]
    assert signed == sorted(signed)
    assert [seconds for _, seconds in signed] == sorted(seconds or 0 for _, seconds in signed)
    assert signed[-1] == (whole.size, time)
