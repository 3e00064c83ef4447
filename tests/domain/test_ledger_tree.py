"""The Merkle tree (RFC 6962 section 2.1) against its own definition and against published vectors.

The vectors are retyped from transparency-dev/merkle, Apache-2.0: rfc6962/rfc6962_test.go and proof/verify_test.go.
"""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.ledger import (
    EMPTY_ROOT,
    LARGEST,
    Tree,
    from_base64,
    grown,
    leaf_hash,
    leaf_line,
    node_hash,
    parsed_leaf_line,
    root_of,
    tree_at,
)
from tests.domain.chance import steady
from tests.domain.naive_tree import Naive, alike, leaves_of, refused

SIZES = 600
LEAVES = [b"", b"\x00", b"\x10", b" !", b"01", b"@ABC", b"PQRSTUVW", b"`abcdefghijklmno"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
ENTRY = "0190c5a2-7b1e-8f00-8000-00000000000a"
COMMITTED = base64.b64encode(bytes(range(32))).decode()


def tree_of(leaves: list[bytes]) -> Tree:
    return grown(Tree(), map(leaf_hash, leaves))


def test_the_published_hashes_of_a_leaf_a_node_and_nothing() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert leaf_hash(b"L123456").hex() == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    assert node_hash(b"N123", b"N456").hex() == "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"


@pytest.mark.parametrize("size", range(1, 9))
def test_the_published_roots_are_ours_and_those_of_the_definition(size: int) -> None:
    assert root_of(tree_of(LEAVES[:size])).hex() == ROOTS[size - 1]
    assert Naive(LEAVES).root(size).hex() == ROOTS[size - 1]


def test_every_tree_up_to_600_leaves_has_the_root_of_the_definition() -> None:
    leaves = leaves_of(SIZES)
    naive, tree = Naive(leaves), Tree()
    for size in range(SIZES + 1):
        assert root_of(tree) == naive.root(size), size
        assert tree_at(size, naive.hash_at) == tree, size
        tree = grown(tree, [leaf_hash(leaf) for leaf in leaves[size : size + 1]])
    assert tree.size == SIZES


@steady
@given(cuts=st.lists(st.integers(0, 700), max_size=5))
def test_a_tree_is_the_same_however_it_has_grown(cuts: list[int]) -> None:
    tree, leaves = Tree(), leaves_of(sum(cuts))
    for cut in cuts:
        tree = grown(tree, map(leaf_hash, leaves[tree.size : tree.size + cut]))
    assert tree == tree_of(leaves)
    assert root_of(tree) == Naive(leaves).root(len(leaves))


@steady
@given(size=st.integers(0, 2**40))
def test_a_tree_is_never_more_than_one_hash_for_each_bit_of_its_size(size: int) -> None:
    before, after = tree_at(size, alike()), tree_at(size + 1, alike())
    assert len(before.peaks) <= 40
    assert grown(before, [leaf_hash(b"the same")]) == after


@pytest.mark.parametrize("size, peaks", [(1, 0), (0, 1), (3, 1), (2, 2), (-1, 1), (LARGEST + 1, 1)])
def test_hashes_that_are_no_tree_of_their_size_are_refused(size: int, peaks: int) -> None:
    with refused("tree: there are not as many hashes"):
        Tree(size=size, peaks=(bytes(32),) * peaks)


def test_a_tree_of_fewer_leaves_than_none_is_refused() -> None:
    with refused("tree: "):
        tree_at(-1, alike())


def test_a_leaf_cannot_pass_for_a_node() -> None:
    left, right = leaf_hash(b"left"), leaf_hash(b"right")
    assert leaf_hash(left + right) != node_hash(left, right)
    assert node_hash(left, right) != node_hash(right, left)


def test_the_line_of_an_entry_reads_back_as_its_id_and_commitment() -> None:
    line = leaf_line(ENTRY, COMMITTED)
    assert line == f"v1 {ENTRY} {COMMITTED}".encode()
    assert parsed_leaf_line(line) == (ENTRY, COMMITTED)


@pytest.mark.parametrize(
    "line",
    [
        "",
        f"v2 {ENTRY} {COMMITTED}",
        f"v1 {ENTRY} {COMMITTED}\n",
        f"v1  {ENTRY} {COMMITTED}",
        f"v1 {ENTRY.upper()} {COMMITTED}",
        f"v1 {ENTRY[:-1]} {COMMITTED}",
        f"v1 {ENTRY} {COMMITTED[:-1]}",
        f"v1 {ENTRY} {COMMITTED[:-2]}9=",  # the same bytes, written in another way
        f"v1 {ENTRY} {COMMITTED}=",
        f"v1 {ENTRY} AAAA",
        f"v1 {ENTRY}",
        f"v1 {ENTRY} {COMMITTED} more",
        f"v1 {ENTRY} \u0661{COMMITTED[1:]}",
    ],
)
def test_what_is_no_line_of_the_ledger_is_refused(line: str) -> None:
    with refused("^leaf: "):
        parsed_leaf_line(line.encode())


def test_a_line_that_would_not_read_back_is_not_made() -> None:
    with refused("leaf: the line"):
        leaf_line("an id", COMMITTED)


def test_every_byte_of_a_line_counts() -> None:
    line = leaf_line(ENTRY, COMMITTED)
    for position in range(len(line)):
        for flipped in (1, 128):
            changed = bytearray(line)
            changed[position] ^= flipped
            assert leaf_hash(bytes(changed)) != leaf_hash(line)


@pytest.mark.parametrize("text", ["A", "AA", "AAA", "AB==", "AAB=", "AA==\n", "AA= =", "A\u0141==", "AA-_", "===="])
def test_base64_that_is_not_the_one_text_for_its_bytes_is_refused(text: str) -> None:
    with refused("^here: "):
        from_base64("here", text)
