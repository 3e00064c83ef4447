"""What proves to a witness that a force has two histories, and what proves nothing, whoever answers."""

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.ledger import Unproven, check_consistency
from shared.domain.note import parsed_checkpoint, parsed_note
from tests.domain.chance import steady
from tests.tools.witness_ledgers import History, MadeUp, seen
from tests.tools.witness_rounds import Remembered, kept, witness
from tools.witnessing.history import roots_of
from tools.witnessing.ledger import Shown
from tools.witnessing.trouble import AnotherHistory, NoProof, Trouble

TEN = History.of(10)


@pytest.mark.parametrize(
    "ledger, why",
    [
        (MadeUp(History.of(10, word="other")), "is of one size with"),
        (MadeUp(History.of(9).goes_on(5, word="other")), "is proven to begin with size=10 "),
        (MadeUp(History.of(9, word="other"), whole=TEN), "is proven to begin with size=9 "),
        (
            MadeUp(History.of(9, word="other"), whole=History.of(12, word="other"), published=[10]),
            "what is published, size=10 .* is of one size with size=10 ",
        ),
        (
            MadeUp(History.of(12, word="other"), whole=History.of(10, word="other"), published=[10]),
            "what is published, size=10 .* is of one size with size=10 ",
        ),
    ],
    ids=[
        "one size",
        "larger, by its own proof",
        "smaller, by the proof of what was kept",
        "by what is published",
        "and no proof",
    ],
)
def test_what_proves_two_histories_is_called_another_history_and_all_of_it_is_kept(ledger: MadeUp, why: str) -> None:
    with pytest.raises(AnotherHistory, match=why) as found:
        witness(ledger, Remembered(kept(TEN))).round()
    notes = found.value.notes
    assert (notes["kept.note"].encode(), notes["shown.note"].encode()) == (TEN.note(), ledger.history.note())
    if published := notes.get("published.note"):
        assert parsed_checkpoint(parsed_note(published.encode()).text) == History.of(10, word="other").checkpoint
    assert "published.note" in notes or "proof.json" in notes or ledger.history.size == TEN.size


def test_the_larger_one_s_own_proof_convicts_whoever_looks_at_it_again() -> None:
    """What is in the folder is the answer of the log itself, and leads to the root that it signed."""
    fork = History.of(9).goes_on(5, word="other")
    with pytest.raises(AnotherHistory) as found:
        witness(MadeUp(fork), Remembered(kept(TEN))).round()
    answer = json.loads(found.value.notes["proof.json"])
    proof = [base64.b64decode(each) for each in answer["proof"]]
    check_consistency(10, fork.up_to(10).checkpoint.root, 14, fork.checkpoint.root, proof)
    assert (answer["old"], answer["new"], fork.up_to(10).checkpoint.root != TEN.checkpoint.root) == (10, 14, True)


def test_an_answer_of_another_size_than_was_asked_for_says_nothing_about_that_size() -> None:
    """A door or a cache that does not look at the question."""

    class Deaf(MadeUp):
        def checkpoint(self, size: int | None = None) -> Shown:
            return super().checkpoint()

    with pytest.raises(NoProof):
        witness(Deaf(TEN.goes_on(5), whole=TEN), Remembered(kept(TEN))).round()


class Proving(MadeUp):
    """Sends this for a proof, whatever is asked."""

    sends: list[bytes] | None = None

    def consistency(self, old: int, new: int) -> list[bytes]:
        if self.sends is None:
            raise Trouble("GET /consistency: 503")
        return self.sends


@pytest.mark.parametrize(
    "sent",
    [None, [], [bytes(32)], [bytes(32)] * 4, [bytes(32)] * 70],
    ids=["none", "empty", "too short", "of the right length", "too long"],
)
@pytest.mark.parametrize("size", [9, 14], ids=["smaller", "larger"])
def test_a_proof_that_proves_nothing_is_no_evidence_and_is_asked_for_again(sent: list[bytes] | None, size: int) -> None:
    """Nobody signs a proof: whoever stands between can send a wrong one for two checkpoints that are genuine."""
    whole = TEN.goes_on(9)
    ledger, memory = Proving(whole.up_to(size), whole=whole, published=[10]), Remembered(kept(TEN))
    ledger.sends = sent
    with pytest.raises(NoProof, match=f"size={max(size, 10)} .* begins with size={min(size, 10)} ") as found:
        witness(ledger, memory).round()
    assert (ledger.taken, memory.kept) == ([], kept(TEN))
    assert found.value.notes["shown.note"].encode() == whole.up_to(size).note()
    assert found.value.notes["kept.note"].encode() == TEN.note()
    assert ("proof.json" in found.value.notes) == (sent is not None)
    goes_on = MadeUp(whole)
    assert witness(goes_on, memory).round().startswith("cosigned: size=19 ")


@settings(steady, max_examples=100)
@given(st.integers(1, 70), st.integers(1, 70), st.data())
def test_a_proof_leads_to_the_two_roots_that_it_is_checked_against(one: int, more: int, data: st.DataObject) -> None:
    whole = History.of(one + more)
    proof, roots = whole.proof(one, one + more), (whole.up_to(one).checkpoint.root, whole.checkpoint.root)
    assert roots_of(one, one + more, proof) == (None if one & (one - 1) == 0 else roots)
    spoiled = data.draw(st.sampled_from([proof[1:], proof[:-1], [*proof, bytes(32)], []]))
    assert roots_of(one, one + more, spoiled) is None or len(spoiled) == len(proof)


def test_a_force_that_refuses_what_it_showed_and_shows_the_other_has_two_histories() -> None:
    ledger = MadeUp(TEN, takes=False, whole=History.of(10, word="other"), published=[10])
    with pytest.raises(AnotherHistory, match="is not what was published") as found:
        witness(ledger, Remembered(), first=seen(TEN.up_to(0))).round()
    assert {name: text.encode() for name, text in found.value.notes.items()} == {
        "kept.note": TEN.up_to(0).note(),
        "shown.note": TEN.note(),
        "published.note": History.of(10, word="other").note(),
    }


@pytest.mark.parametrize("published, why", [([], "and show none"), ([10], "and show the same")])
def test_a_refusal_alone_proves_nothing_and_it_is_handed_in_again(published: list[int], why: str) -> None:
    """Anybody in between can answer 409."""
    ledger, memory = MadeUp(TEN, takes=False, published=published), Remembered(kept(TEN.up_to(4)))
    with pytest.raises(NoProof, match=why) as found:
        witness(ledger, memory).round()
    assert memory.kept == kept(TEN, handed_in=False)
    assert found.value.notes["kept.note"].encode() == TEN.up_to(4).note()
    ledger.takes = True
    assert witness(ledger, memory).round().startswith("cosigned: size=10 ")


def test_a_proof_cannot_be_made_up_from_the_other_history() -> None:
    """The mathematics that all of this rests on, at this size: no proof of either leads from one to the other."""
    one, other = History.of(10, word="one"), History.of(14, word="other")
    for old in range(1, 10):
        for proof in (one.proof(old, 10), other.proof(old, 14)):
            with pytest.raises(Unproven):
                check_consistency(10, one.checkpoint.root, 14, other.checkpoint.root, proof)
