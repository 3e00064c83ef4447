"""An independent implementation, aics-tlog from PyPI, reads what ours makes, and ours what it makes. Tests only."""

from itertools import pairwise

import aics_tlog
import pytest
from aics_tlog import tiles as theirs
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from shared.domain import note as ours
from shared.domain.ledger import (
    Tree,
    check_consistency,
    check_inclusion,
    grown,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    root_of,
)
from shared.domain.tiles import (
    ENTRIES,
    Tile,
    bundle,
    hashes_in_tiles,
    new_tiles,
    parsed_bundle,
    parsed_tile_path,
)
from tests.domain.chance import steady
from tests.domain.followed import check_tiles
from tests.domain.naive_tree import leaves_of
from tests.domain.test_ledger_checkpoints import lines
from tests.domain.test_ledger_notes import check
from tests.domain.test_ledger_tiles import stored

SIZES = [1, 2, 7, 255, 256, 257, 600]
LEAVES = leaves_of(max(SIZES))
KEY = Ed25519PrivateKey.from_private_bytes(b"K" * 32)
PUBLIC = KEY.public_key().public_bytes_raw()
words = st.from_regex(r"[a-z.]{1,12}(/[a-z0-9]{1,6})?", fullmatch=True)


@steady
@given(entries=st.lists(st.binary(max_size=4), min_size=1, max_size=300), data=st.data())
def test_both_make_the_same_roots_and_proofs_and_verify_each_others(entries: list[bytes], data: st.DataObject) -> None:
    size, their_tree = len(entries), aics_tlog.MerkleTree(entries)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    hash_at = hashes_in_tiles(size, stored(entries).__getitem__)
    root, old_root = (
        root_of(grown(Tree(), map(leaf_hash, entries))),
        root_of(grown(Tree(), map(leaf_hash, entries[:old]))),
    )
    assert (their_tree.root(), their_tree.root(old)) == (root, old_root)
    inclusion, consistency = prove_inclusion(index, size, hash_at), prove_consistency(old, size, hash_at)
    assert aics_tlog.verify_inclusion(leaf_hash(entries[index]), index, size, inclusion, root)
    assert aics_tlog.verify_consistency(old, size, old_root, root, consistency)
    check_inclusion(leaf_hash(entries[index]), index, size, root, their_tree.inclusion_proof(index))
    check_consistency(old, old_root, size, root, their_tree.consistency_proof(old))


@pytest.mark.parametrize("size", SIZES)
def test_both_write_the_same_files_under_the_same_paths(size: int) -> None:
    mine = {str(tile): raw for tile, raw in stored(LEAVES[:size]).items()}
    assert mine == theirs.materialise_tiles(LEAVES[:size])


def test_both_write_the_same_files_as_a_log_grows() -> None:
    store = aics_tlog.MemoryTileStore()
    writer = aics_tlog.IncrementalTileWriter(store, prune_partials=False)
    for old, new in pairwise([0, *SIZES]):
        appended = writer.append(LEAVES[old:new])
        assert set(appended.written) == {str(tile) for tile in new_tiles(old, new)}
    steps = [new - old for old, new in pairwise([0, *SIZES])]
    assert {str(tile): raw for tile, raw in stored(LEAVES, *steps[:-1]).items()} == store.tiles


@pytest.mark.parametrize("size", SIZES)
def test_each_verifies_every_file_the_other_wrote(size: int) -> None:
    root = aics_tlog.MerkleTree(LEAVES[:size]).root()
    check_tiles(size, root, lambda tile: theirs.materialise_tiles(LEAVES[:size])[str(tile)])
    mine = {str(tile): raw for tile, raw in stored(LEAVES[:size]).items()}
    aics_tlog.audit_tiles(aics_tlog.MemoryTileReader(mine), size, root)
    assert theirs.tree_root_from_tiles(aics_tlog.MemoryTileReader(mine), size) == root


@steady
@given(level=st.integers(0, 63), index=st.integers(0, 10**15), width=st.integers(1, 255) | st.none())
def test_both_write_and_read_the_same_paths(level: int, index: int, width: int | None) -> None:
    tile = Tile(level=level, index=index, width=width or 256)
    assert str(tile) == theirs.tile_path(level, index, width)
    assert theirs.parse_tile_path(str(tile)) == (level, index, width)
    assert parsed_tile_path(theirs.entry_bundle_path(index, width)) == Tile(
        level=ENTRIES, index=index, width=width or 256
    )


@steady
@given(entries=st.lists(st.binary(max_size=50), min_size=1, max_size=20))
def test_both_write_and_read_the_same_bundles(entries: list[bytes]) -> None:
    raw = bundle(entries)
    assert raw == theirs.build_entry_bundle(entries)
    assert theirs.parse_entry_bundle(raw) == parsed_bundle(Tile(level=ENTRIES, index=0, width=len(entries)), raw)


@steady
@given(
    origin=words,
    size=st.integers(0, 2**63 - 1),
    root=st.binary(min_size=32, max_size=32),
    extension=st.lists(lines, max_size=2),
)
def test_both_write_and_verify_the_same_checkpoints(origin: str, size: int, root: bytes, extension: list[str]) -> None:
    made = ours.Checkpoint(origin=origin, size=size, root=root, extension=tuple(extension))
    their_checkpoint = aics_tlog.Checkpoint(origin, size, root, tuple(extension))
    assert str(made) == their_checkpoint.text()
    key = ours.VerifierKey(name=origin, public=PUBLIC)
    mine = ours.signed(str(made), key, KEY.sign(str(made).encode()))
    assert mine == aics_tlog.sign_checkpoint(their_checkpoint, KEY, origin).serialise()
    assert aics_tlog.verify_checkpoint(aics_tlog.parse_note(mine), aics_tlog.parse_vkey(str(key))).ok
    assert ours.signers(ours.parsed_note(mine.encode()), [key], check) == {key: None}


@steady
@given(origin=words, witness=words, size=st.integers(0, 2**40), seconds=st.integers(0, 2**40))
def test_both_write_and_verify_the_same_cosignatures(origin: str, witness: str, size: int, seconds: int) -> None:
    key = ours.VerifierKey(name=witness, public=PUBLIC, kind=ours.COSIGNATURE)
    text = str(ours.Checkpoint(origin=origin, size=size, root=bytes(32)))
    mine = ours.cosignature(seconds, KEY.sign(ours.cosigned_text(text, seconds).encode()))
    blob, _ = aics_tlog.sign_cosignature(KEY, witness, seconds, origin, size, bytes(32))
    assert mine == blob
    assert aics_tlog.verify_cosignature(mine, witness, PUBLIC, origin, size, bytes(32))
    assert str(key) == aics_tlog.format_vkey(aics_tlog.cosignature_vkey(witness, PUBLIC))
    note = f"{text}\n{ours.signature_line(key, blob)}"
    assert ours.signers(ours.parsed_note(note.encode()), [key], check) == {key: seconds}
