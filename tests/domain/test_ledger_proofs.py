"""Proofs (RFC 6962 sections 2.1.1 and 2.1.2) made and verified: every small one, large ones by chance, hostile ones.

The vectors are retyped from transparency-dev/merkle, Apache-2.0: proof/verify_test.go.
"""

from collections.abc import Iterator

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.domain.ledger import (
    EMPTY_ROOT,
    LARGEST,
    check_consistency,
    check_inclusion,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    root_of,
    tree_at,
)
from tests.domain.chance import steady
from tests.domain.naive_tree import Naive, alike, leaves_of, refused
from tests.domain.test_ledger_tree import LEAVES, ROOTS

PAIRS = 130
NAIVE = Naive(leaves_of(PAIRS))
HASHES = {
    "a": "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "b": "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "c": "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    "d": "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "e": "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "f": "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "g": "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "h": "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "i": "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "j": "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
}
INCLUSION = [(0, 1, ""), (0, 8, "abc"), (5, 8, "def"), (2, 3, "g"), (1, 5, "hbd")]
CONSISTENCY = [(1, 1, ""), (1, 8, "abc"), (6, 8, "ief"), (2, 5, "bd"), (6, 7, "ijf")]


def published(names: str) -> list[bytes]:
    return [bytes.fromhex(HASHES[name]) for name in names]


def root(size: int) -> bytes:
    return NAIVE.root(size)


@pytest.mark.parametrize("index, size, names", INCLUSION)
def test_the_published_inclusion_proofs_are_ours_and_verify(index: int, size: int, names: str) -> None:
    proof = prove_inclusion(index, size, Naive(LEAVES).hash_at)
    assert proof == Naive(LEAVES).path(index, 0, size) == published(names)
    check_inclusion(leaf_hash(LEAVES[index]), index, size, bytes.fromhex(ROOTS[size - 1]), proof)


@pytest.mark.parametrize("old, new, names", CONSISTENCY)
def test_the_published_consistency_proofs_are_ours_and_verify(old: int, new: int, names: str) -> None:
    proof = prove_consistency(old, new, Naive(LEAVES).hash_at)
    assert proof == Naive(LEAVES).proof(old, new) == published(names)
    check_consistency(old, bytes.fromhex(ROOTS[old - 1]), new, bytes.fromhex(ROOTS[new - 1]), proof)


def test_every_leaf_of_every_tree_up_to_130_is_proven_as_the_definition_says() -> None:
    for size in range(1, PAIRS + 1):
        for index in range(size):
            proof = prove_inclusion(index, size, NAIVE.hash_at)
            assert proof == NAIVE.path(index, 0, size), (index, size)
            check_inclusion(NAIVE.hash_at(0, index), index, size, root(size), proof)


def test_every_pair_of_trees_up_to_130_is_proven_as_the_definition_says() -> None:
    for new in range(1, PAIRS + 1):
        for old in range(1, new + 1):
            proof = prove_consistency(old, new, NAIVE.hash_at)
            assert proof == NAIVE.proof(old, new), (old, new)
            check_consistency(old, root(old), new, root(new), proof)


def test_no_inclusion_proof_serves_for_another_leaf_or_size() -> None:
    for size in range(1, 20):
        for index in range(size):
            leaf, proof = NAIVE.hash_at(0, index), NAIVE.path(index, 0, size)
            for other in range(size + 2):
                if other != index:
                    with refused("inclusion: "):
                        check_inclusion(leaf, other, size, root(size), proof)
                    if other < size:
                        with refused("inclusion: the proof leads to another root|inclusion: the proof is too"):
                            check_inclusion(NAIVE.hash_at(0, other), index, size, root(size), proof)
                if other != size:
                    with refused("inclusion: "):
                        check_inclusion(leaf, index, other, root(other), proof)


def test_no_consistency_proof_serves_for_other_trees() -> None:
    for new in range(1, 14):
        for old in range(1, new + 1):
            proof = NAIVE.proof(old, new)
            for other in range(1, 14):
                if other != old:
                    with refused("consistency: "):
                        check_consistency(old, root(other), new, root(new), proof)
                    if not (other == new and not proof):
                        with refused("consistency: "):
                            check_consistency(other, root(old), new, root(new), proof)
                if other != new:
                    with refused("consistency: "):
                        check_consistency(old, root(old), new, root(other), proof)


@pytest.mark.parametrize("old, new", [(2, 5), (4, 8), (6, 7), (6, 8), (5, 8), (1, 8), (3, 3)])
def test_a_consistency_proof_with_any_byte_flipped_or_hash_dropped_doubled_or_moved_is_refused(
    old: int, new: int
) -> None:
    proof = NAIVE.proof(old, new)
    for worse in spoiled(proof):
        with refused("consistency: "):
            check_consistency(old, root(old), new, root(new), worse)


@pytest.mark.parametrize("index, size", [(0, 8), (5, 8), (2, 3), (1, 5), (6, 7), (0, 1)])
def test_an_inclusion_proof_with_any_byte_flipped_or_hash_dropped_doubled_or_moved_is_refused(
    index: int, size: int
) -> None:
    proof = NAIVE.path(index, 0, size)
    for worse in spoiled(proof):
        with refused("inclusion: "):
            check_inclusion(NAIVE.hash_at(0, index), index, size, root(size), worse)


def spoiled(proof: list[bytes]) -> list[list[bytes]]:
    """Every way of flipping a byte, dropping, doubling or moving a hash, or adding one at either end."""
    worse = [[*proof, bytes(32)], [bytes(32), *proof], [*proof, b""]]
    for at, whole in enumerate(proof):
        before, after = proof[:at], proof[at + 1 :]
        flipped = [whole[:byte] + bytes([whole[byte] ^ 1]) + whole[byte + 1 :] for byte in range(32)]
        worse += [[*before, other, *after] for other in (*flipped, whole[:-1], whole + b"\x00", b"")]
        worse += [[*before, *after], [*before, whole, whole, *after]]
        worse += [[*before, after[0], whole, *after[1:]]] if after else []
    return worse


@steady
@given(size=st.integers(1, 2**40), chance=st.integers(0))
def test_a_leaf_of_a_tree_of_any_size_is_proven_in_as_many_hashes_as_it_is_high(size: int, chance: int) -> None:
    index, hash_at = chance % size, alike()
    proof = prove_inclusion(index, size, hash_at)
    assert len(proof) <= (size - 1).bit_length()
    check_inclusion(hash_at(0, 0), index, size, root_of(tree_at(size, hash_at)), proof)
    with refused("inclusion: the proof leads to another root"):
        check_inclusion(leaf_hash(b"another"), index, size, root_of(tree_at(size, hash_at)), proof)


@steady
@given(new=st.integers(1, 2**40), chance=st.integers(0))
def test_trees_of_any_size_are_proven_consistent(new: int, chance: int) -> None:
    old, hash_at = 1 + chance % new, alike()
    proof = prove_consistency(old, new, hash_at)
    assert len(proof) <= (new - 1).bit_length() + 1
    older, newer = (root_of(tree_at(size, hash_at)) for size in (old, new))
    check_consistency(old, older, new, newer, proof)
    with refused("consistency: "):
        check_consistency(old, leaf_hash(b"another"), new, newer, proof)


@steady
@given(data=st.data(), size=st.integers(131, 3000))
def test_leaves_and_pairs_of_trees_of_thousands_are_proven_as_the_definition_says(
    data: st.DataObject, size: int
) -> None:
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    proof = prove_inclusion(index, size, THOUSANDS.hash_at)
    assert proof == THOUSANDS.path(index, 0, size)
    check_inclusion(THOUSANDS.hash_at(0, index), index, size, THOUSANDS.root(size), proof)
    proof = prove_consistency(old, size, THOUSANDS.hash_at)
    assert proof == THOUSANDS.proof(old, size)
    check_consistency(old, THOUSANDS.root(old), size, THOUSANDS.root(size), proof)


THOUSANDS = Naive(leaves_of(3000, word="one of thousands"))


def test_an_empty_tree_is_the_beginning_of_every_tree_and_needs_no_proof() -> None:
    for new in (0, 1, 5):
        assert prove_consistency(0, new, NAIVE.hash_at) == []
        check_consistency(0, EMPTY_ROOT, new, root(new), [])
    with refused("consistency: an empty tree has another root"):
        check_consistency(0, root(1), 5, root(5), [])
    with refused("consistency: an empty tree has another root"):
        check_consistency(0, EMPTY_ROOT, 0, root(1), [])
    with refused("consistency: two trees of one size differ, or a proof is too long"):
        check_consistency(0, EMPTY_ROOT, 5, root(5), [root(1)])


def test_the_same_tree_needs_no_proof_and_takes_none() -> None:
    check_consistency(5, root(5), 5, root(5), [])
    for proof in ([root(1)], NAIVE.proof(3, 5)):
        with refused("consistency: two trees of one size differ, or a proof is too long"):
            check_consistency(5, root(5), 5, root(5), proof)
    with refused("consistency: two trees of one size differ"):
        check_consistency(5, root(5), 5, root(6), [])


@pytest.mark.parametrize("index, size", [(0, 0), (1, 1), (-1, 5), (5, 5), (6, 5)])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with refused("inclusion: "):
        prove_inclusion(index, size, NAIVE.hash_at)
    with refused("inclusion: "):
        check_inclusion(bytes(32), index, size, root(1), [])


def test_a_leaf_beyond_the_size_is_refused_even_where_the_hashes_would_lead_to_the_root() -> None:
    """A log that signed a size smaller than its root is caught at the size."""
    with refused("inclusion: the tree has no such leaf"):
        check_inclusion(NAIVE.hash_at(0, 1), 1, 1, root(2), [NAIVE.hash_at(0, 0)])


@pytest.mark.parametrize("old, new", [(2, 1), (-1, 3), (1, 0), (5, -1)])
def test_there_is_no_proof_that_a_tree_has_shrunk(old: int, new: int) -> None:
    with refused("consistency: "):
        prove_consistency(old, new, NAIVE.hash_at)
    with refused("consistency: "):
        check_consistency(old, root(1), new, root(1), [])


NUMBERS = [-1, LARGEST + 1, 10**5000, 1.0, True, "1", None]
HASHES_NOT = [b"", bytes(31), bytes(33), "0" * 32, None, 5]


@pytest.mark.parametrize("number", NUMBERS, ids=range(len(NUMBERS)))
def test_what_is_no_size_or_index_is_refused_and_nothing_else_is_raised(number: int) -> None:
    for index, size in ((number, 8), (1, number)):
        with refused("inclusion: a size or an index is none"):
            check_inclusion(bytes(32), index, size, root(8), NAIVE.path(1, 0, 8))
    for old, new in ((number, 8), (1, number)):
        with refused("consistency: a size or an index is none"):
            check_consistency(old, root(1), new, root(8), NAIVE.proof(1, 8))


@pytest.mark.parametrize("raw", HASHES_NOT, ids=range(len(HASHES_NOT)))
def test_what_is_no_hash_is_refused_and_nothing_else_is_raised(raw: bytes) -> None:
    for leaf, above, beside in ((raw, root(2), root(1)), (root(1), raw, root(1)), (root(1), root(2), raw)):
        with refused("inclusion: a hash is not 32 bytes"):
            check_inclusion(leaf, 0, 2, above, [beside])
        with refused("consistency: a hash is not 32 bytes"):
            check_consistency(1, leaf, 2, above, [beside])


def test_a_proof_longer_than_that_of_the_largest_tree_is_refused_before_it_is_looked_at() -> None:
    class Endless(list[bytes]):
        def __len__(self) -> int:
            return 10**9

        def __iter__(self) -> Iterator[bytes]:
            raise AssertionError("nobody should read this")

    with refused("inclusion: the proof is too long"):
        check_inclusion(bytes(32), 0, LARGEST, bytes(32), Endless())
    with refused("consistency: the proof is too long"):
        check_consistency(1, bytes(32), LARGEST, bytes(32), Endless())


@steady
@given(data=st.data(), numbers=st.tuples(*[st.integers(-2, 2**63)] * 2), count=st.integers(0, 70))
def test_whatever_is_handed_in_by_a_stranger_is_refused_with_the_one_error(
    data: st.DataObject, numbers: tuple[int, int], count: int
) -> None:
    hashes = st.binary(min_size=32, max_size=32) | st.binary(max_size=40)
    proof = [data.draw(hashes) for _ in range(count % 5)] + [bytes(32)] * count
    first, second = data.draw(hashes), data.draw(hashes)
    with refused("inclusion: "):
        check_inclusion(first, *numbers, second, proof)
    assume(numbers[0] != numbers[1] or first != second)
    with refused("consistency: "):
        check_consistency(numbers[0], first, numbers[1], second, proof)
