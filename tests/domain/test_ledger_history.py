"""Two histories never both verify: split views, and immudb's published "linear fake" told again against our proofs.

The flaw: codenotary/immudb, docs/security/vulnerabilities/linear-fake/README.md (2022). Its proof between two states
checked the first and the last entry of the part that had meanwhile gone into the tree, and not those between them. A
server could so show a client one entry 2, prove states 2, 3 and 5 to it one from the other, and then show another
entry 2 under state 5.
"""

import itertools
from collections.abc import Callable, Sequence
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.ledger import (
    Unproven,
    check_consistency,
    check_inclusion,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
)
from tests.domain.chance import steady
from tests.domain.naive_tree import Naive, leaves_of, refused

REAL = ["first", "second, as the client saw it", "third", "fourth", "fifth"]
FAKE = ["first", "second, told afterwards", "third", "fourth", "fifth"]
histories = st.lists(st.binary(max_size=3), min_size=1, max_size=40)


def holds(check: Callable[[], None]) -> bool:
    try:
        check()
    except Unproven:
        return False
    return True


def told(words: list[str]) -> Naive:
    return Naive([word.encode() for word in words])


def subtrees(*trees: Naive) -> list[bytes]:
    """Every hash of a complete subtree among five leaves, of any of these histories."""
    places = [(height, index) for height in range(3) for index in range(5 >> height)]
    return sorted({tree.hash_at(height, index) for tree in trees for height, index in places})


def convincing(known: list[bytes], length: int, check: Callable[[Sequence[bytes]], None]) -> list[Sequence[bytes]]:
    """The proofs of this length that pass, of all that can be made of the known hashes."""
    return [proof for proof in itertools.product(known, repeat=length) if holds(lambda: check(proof))]  # noqa: B023 - called at once


def test_linear_fake_the_honest_server_convinces_the_client_at_every_step() -> None:
    real = told(REAL)
    for old, new in ((2, 3), (3, 5), (2, 5)):
        check_consistency(old, real.root(old), new, real.root(new), real.proof(old, new))
    check_inclusion(leaf_hash(REAL[1].encode()), 1, 5, real.root(5), real.path(1, 0, 5))


@pytest.mark.parametrize("old", [2, 3])
def test_linear_fake_no_proof_from_either_history_leads_the_client_from_one_to_the_other(old: int) -> None:
    """Every sequence of hashes the server knows is tried, in the length that the sizes ask for."""
    real, fake = told(REAL), told(FAKE)
    known, length = subtrees(real, fake), len(real.proof(old, 5))
    assert convincing(known, length, partial(check_consistency, old, real.root(old), 5, real.root(5))) != []
    assert convincing(known, length, partial(check_consistency, old, real.root(old), 5, fake.root(5))) == []
    assert convincing(known, length, partial(check_consistency, old, fake.root(old), 5, real.root(5))) == []


def test_linear_fake_a_proof_of_the_ends_alone_is_too_short() -> None:
    """Both histories begin and end alike. Only what is between them differs, and no proof can leave it out."""
    real, fake = told(REAL), told(FAKE)
    assert real.hash_at(0, 0) == fake.hash_at(0, 0)
    assert real.hash_at(0, 2) == fake.hash_at(0, 2)
    for proof in ([real.hash_at(0, 2)], [real.hash_at(0, 0), real.hash_at(0, 2)], fake.proof(3, 5), real.proof(3, 5)):
        with refused("consistency: "):
            check_consistency(3, real.root(3), 5, fake.root(5), proof)


def test_linear_fake_the_other_entry_is_in_no_tree_that_follows_from_the_clients() -> None:
    real, fake = told(REAL), told(FAKE)
    known = subtrees(real, fake)
    for word, proofs in ((REAL[1], 1), (FAKE[1], 0)):
        check = partial(check_inclusion, leaf_hash(word.encode()), 1, 5, real.root(5))
        assert len(convincing(known, 3, check)) == proofs


@steady
@given(one=histories, other=histories, data=st.data())
def test_a_stranger_who_kept_an_older_root_is_convinced_by_one_history_only(
    one: list[bytes], other: list[bytes], data: st.DataObject
) -> None:
    """Whatever prefix was seen: the other history is accepted where it begins with that prefix, and only there."""
    old = data.draw(st.integers(1, min(len(one), len(other))))
    seen, shown = Naive(one), Naive(other)
    proofs = [prove_consistency(old, len(other), shown.hash_at)]
    proofs += [seen.proof(old, len(one))] if len(one) == len(other) else []
    check = partial(check_consistency, old, seen.root(old), len(other), shown.root(len(other)))
    convinced = [holds(partial(check, proof)) for proof in proofs]
    assert any(convinced) == (one[:old] == other[:old])


@steady
@given(one=histories, other=histories, at=st.integers(0, 39))
def test_a_leaf_is_proven_under_the_root_of_its_own_history_only(one: list[bytes], other: list[bytes], at: int) -> None:
    size = min(len(one), len(other))
    index = at % size
    mine, theirs = Naive(one), Naive(other)
    proof = prove_inclusion(index, size, mine.hash_at)
    check_inclusion(leaf_hash(one[index]), index, size, mine.root(size), proof)
    crossed = holds(lambda: check_inclusion(leaf_hash(one[index]), index, size, theirs.root(size), proof))
    assert crossed == (one[:size] == other[:size])


@pytest.mark.parametrize("size", range(1, 33))
def test_dropping_doubling_or_swapping_any_leaf_shows_in_the_root_and_against_every_older_one(size: int) -> None:
    leaves = leaves_of(size)
    honest = Naive(leaves)
    for at in range(size):
        swapped = [*leaves[:at], *leaves[at : at + 2][::-1], *leaves[at + 2 :]]
        for changed in ([*leaves[:at], *leaves[at + 1 :], b"new"], [*leaves[: at + 1], *leaves[at:-1]], swapped):
            if changed != leaves:
                forged = Naive(changed)
                assert forged.root(size) != honest.root(size)
                first = next(i for i in range(size) if changed[i] != leaves[i])
                for old in range(first + 1, size):
                    with refused("consistency: the proof leads to other roots"):
                        check_consistency(old, honest.root(old), size, forged.root(size), forged.proof(old, size))
