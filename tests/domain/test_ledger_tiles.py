"""The tree in files, rules T1 to T4 of tiles.py, and what happens when one of them is not what it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.ledger import (
    LARGEST,
    Tree,
    check_consistency,
    check_inclusion,
    grown,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    root_of,
    tree_at,
)
from shared.domain.tiles import (
    ENTRIES,
    Tile,
    bundle,
    hashes_in_tiles,
    new_tiles,
    parsed_bundle,
    parsed_tile_path,
    tile_hashes,
    tile_in,
    tiles_grown,
)
from tests.domain.chance import steady
from tests.domain.followed import check_tiles
from tests.domain.naive_tree import Naive, leaves_of, refused

Files = dict[Tile, bytes]
PATHS = {
    "tile/0/000": Tile(level=0, index=0),
    "tile/0/x001/x234/067": Tile(level=0, index=1234067),
    "tile/1/x001/x234/067.p/12": Tile(level=1, index=1234067, width=12),
    "tile/63/255.p/255": Tile(level=63, index=255, width=255),
    "tile/entries/x001/000.p/1": Tile(level=ENTRIES, index=1000, width=1),
    "tile/entries/999": Tile(level=ENTRIES, index=999),
}


def wide(size: int) -> list[bytes]:
    return leaves_of(size, word="entry")


def stored(leaves: list[bytes], *steps: int) -> Files:
    """What a log that grew by these steps has written: only what each step needs, each file once."""
    files: Files = {}
    size = 0
    for step in (*steps, len(leaves) - sum(steps)):
        fresh = leaves[size : size + step]
        hashed = tiles_grown(size, [leaf_hash(leaf) for leaf in fresh], files.__getitem__)
        written = dict(hashed)
        assert not written.keys() & files.keys(), "no file is ever written twice"
        files |= written
        for tile in new_tiles(size, size + step):
            if tile.level == ENTRIES:
                files[tile] = bundle(leaves[tile.index * 256 : tile.index * 256 + tile.width])
        size += step
    return files


def root_of_leaves(leaves: list[bytes]) -> bytes:
    return root_of(grown(Tree(), map(leaf_hash, leaves)))


@pytest.mark.parametrize("path", PATHS)
def test_t3_a_path_is_written_and_read_as_the_standard_says(path: str) -> None:
    assert str(PATHS[path]) == path
    assert parsed_tile_path(path) == PATHS[path]


@steady
@given(level=st.integers(ENTRIES, 63), index=st.integers(0, 10**18), width=st.integers(1, 256))
def test_t3_every_path_reads_back(level: int, index: int, width: int) -> None:
    tile = Tile(level=level, index=index, width=width)
    assert parsed_tile_path(str(tile)) == tile


@pytest.mark.parametrize(
    "path",
    [
        "", "tile/0", "tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/00/000", "tile/01/000", "tile/64/000",
        "tile/-1/000", "tile/0/x000/000", "tile/0/x000/001", "tile/0/001/067", "tile/0/x001", "tile/0/x001/x067",
        "tile/0/X001/067", "tile/0/000.p/0", "tile/0/000.p/00", "tile/0/000.p/01", "tile/0/000.p/256",
        "tile/0/000.p/999", "tile/0/000.p/", "tile/0/000.p", "tile/0/000/", "/tile/0/000", "tile/0/000\n",
        "tile/0/000.p/1\n", "tile/0/../000", "tile/0/\u0661\u0661\u0661", "tile/\u0661/000", "tile/0/000.p/\u0661",
        "tile/entries/0", "tile/entry/000", "tile/data/000", "tile/0/" + "x001/" * 7 + "001", "tile/0/ 01",
        "tile/0/+01",
    ],
)  # fmt: skip
def test_t3_a_path_written_in_any_other_way_is_refused(path: str) -> None:
    with refused("^tile path: "):
        parsed_tile_path(path)


def test_t2_the_example_of_the_standard_a_tree_of_70_000() -> None:
    tiles = [tile for tile in new_tiles(0, 70_000) if tile.level != ENTRIES]
    assert [tile for tile in tiles if tile.width < 256] == [
        Tile(level=0, index=273, width=112),
        Tile(level=1, index=1, width=17),
        Tile(level=2, index=0, width=1),
    ]
    assert sum(tile.level == 0 for tile in tiles) == 273 + 1
    assert sum(tile.level == 1 for tile in tiles) == 1 + 1
    assert list(new_tiles(0, 256)) == [
        Tile(level=ENTRIES, index=0),
        Tile(level=0, index=0),
        Tile(level=1, index=0, width=1),
    ]


@steady
@given(old=st.integers(0, 2**40), step=st.integers(0, 2000))
def test_t2_no_tile_is_empty_and_none_is_made_of_partial_ones(old: int, step: int) -> None:
    size = old + step
    for tile in new_tiles(old, size):
        whole = 256 ** max(tile.level, 0)
        assert 1 <= tile.width <= 256
        assert (tile.index * 256 + tile.width) * whole <= size, "all of it is complete"
        assert tile.width == 256 or (tile.index * 256 + tile.width + 1) * whole > size, "none is left out"
        assert old < (tile.index * 256 + tile.width) * whole, "it was not there before"


@pytest.mark.parametrize(
    "old, new",
    [(0, 0), (5, 5), (0, 1), (0, 255), (0, 256), (255, 256), (256, 257), (250, 770), (511, 513), (1, 66_000)],
)
def test_t1_t2_a_growth_writes_the_tiles_that_the_rule_names_and_with_the_hashes_it_names(old: int, new: int) -> None:
    leaves = LEAVES[:new]
    files = stored(leaves[:old])
    made = dict(tiles_grown(old, [leaf_hash(leaf) for leaf in leaves[old:]], files.__getitem__))
    assert set(made) == {tile for tile in new_tiles(old, new) if tile.level != ENTRIES}
    for tile, raw in made.items():
        first = tile.index * 256
        assert raw == b"".join(NAIVE.hash_at(8 * tile.level, first + i) for i in range(tile.width)), str(tile)


LEAVES = wide(66_000)
NAIVE = Naive(LEAVES)


@steady
@given(steps=st.lists(st.integers(1, 300), max_size=4))
def test_t2_however_a_log_has_grown_its_full_and_last_tiles_are_the_same(steps: list[int]) -> None:
    leaves = wide(sum(steps) + 1)
    at_once, in_steps = stored(leaves), stored(leaves, *steps)
    assert at_once.items() <= in_steps.items()
    check_tiles(len(leaves), root_of_leaves(leaves), in_steps.__getitem__)


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 300, 512, 1000])
def test_proofs_and_roots_made_from_tiles_are_those_of_the_tree(size: int) -> None:
    leaves = wide(size)
    naive, hash_at = Naive(leaves), hashes_in_tiles(size, stored(leaves).__getitem__)
    assert root_of(tree_at(size, hash_at)) == naive.root(size)
    for other in {1, size // 3 + 1, size // 2 + 1, size}:
        proof = prove_consistency(other, size, hash_at)
        assert proof == naive.proof(other, size)
        check_consistency(other, naive.root(other), size, naive.root(size), proof)
        proof = prove_inclusion(other - 1, size, hash_at)
        assert proof == naive.path(other - 1, 0, size)
        check_inclusion(leaf_hash(leaves[other - 1]), other - 1, size, naive.root(size), proof)


@pytest.mark.parametrize("height, index", [(0, 300), (1, 150), (8, 1), (9, 0), (16, 0), (63, 0), (0, LARGEST)])
def test_a_hash_that_the_tree_has_not_is_refused(height: int, index: int) -> None:
    with refused("tiles: a tree of 300 has no such subtree"):
        hashes_in_tiles(300, stored(wide(300)).__getitem__)(height, index)


def test_t4_a_bundle_is_each_entry_after_its_length_larger_byte_first() -> None:
    raw = bundle([b"", b"a", b"b" * 258])
    assert raw == b"\x00\x00" + b"\x00\x01a" + b"\x01\x02" + b"b" * 258
    assert parsed_bundle(Tile(level=ENTRIES, index=0, width=3), raw) == [b"", b"a", b"b" * 258]


def test_t4_an_entry_of_65_535_bytes_fits_and_one_more_does_not() -> None:
    longest = b"x" * 65_535
    assert parsed_bundle(Tile(level=ENTRIES, index=0, width=1), bundle([longest])) == [longest]
    with refused("bundle: a line is longer than 65,535 bytes"):
        bundle([longest + b"x"])


@steady
@given(
    lines=st.lists(st.binary(max_size=40), min_size=1, max_size=8), cut=st.integers(1, 400), more=st.binary(min_size=1)
)
def test_t4_a_bundle_reads_back_and_never_with_less_more_or_another_width(
    lines: list[bytes], cut: int, more: bytes
) -> None:
    raw, tile = bundle(lines), Tile(level=ENTRIES, index=7, width=len(lines))
    assert parsed_bundle(tile, raw) == lines
    for worse in (raw[:-cut], raw + more):
        if worse != raw:
            with refused(r"^tile/entries/007\.p/\d: it is not \d lines after their lengths"):
                parsed_bundle(tile, worse)
    with refused("^tile/entries/007.p/"):
        parsed_bundle(Tile(level=ENTRIES, index=7, width=len(lines) + 1), raw)


@pytest.mark.parametrize("length", [0, 31, 33, 63, 65, 96])
def test_a_tile_of_another_length_is_refused_by_name(length: int) -> None:
    with refused(f"^tile/0/000.p/2: it is {length} bytes long, not 64"):
        tile_hashes(Tile(level=0, index=0, width=2), bytes(length))


@pytest.mark.parametrize(
    "size, level, index, width", [(1, 0, 0, 1), (256, 0, 0, 256), (300, 0, 1, 44), (70_000, 1, 1, 17)]
)
def test_a_tile_is_as_wide_as_the_tree_makes_it(size: int, level: int, index: int, width: int) -> None:
    assert tile_in(size, level, index).width == width
    assert tile_in(size, ENTRIES, index).width == min(256, size - 256 * index)
