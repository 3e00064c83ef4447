"""The whole ledger checked from its files, in a folder and at an address; of every wrong file the first wrong byte."""

from pathlib import Path

import pytest

from shared.domain.seal import checkpoint_path
from shared.domain.tiles import Tile, bundle, parsed_bundle, parsed_tile_path, tile_in
from tests.builders import NOW
from tests.domain.test_ledger_tiles import stored, wide
from tests.tools.cosigned import Cosigned
from tests.tools.folders import IN_PART, NOT_VERIFIED, UNREADABLE, VERIFIED, verified, wrong
from tests.usecases.sealing import lines_in

HASH = 32


def files(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()]


def tiles(folder: Path) -> list[Tile]:
    return [parsed_tile_path(name) for name in files(folder) if name.startswith("tile/")]


def full(folder: Path, tile: Tile) -> bool:
    """Whether the tile is a partial one that was left lying."""
    return tile.width == 256 or not (folder / str(tile).partition(".p/")[0]).exists()


def test_a_folder_as_it_is_stored_is_verified_with_what_witnesses_saw(
    genuine: Cosigned, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = verified(capsys, folder)
    assert (code, "all 2 checkpoints of the folder are of this one history" in said) == (VERIFIED, True)
    for witness, size in zip(("one", "two"), genuine.sizes, strict=True):
        seen = f"saw at {NOW:%Y-%m-%dT%H:%M:%SZ} a ledger of {size} lines, with which this one begins"
        assert f"witness witness.test/{witness} {seen}" in said


def test_the_first_byte_that_is_wrong_in_a_tile_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for tile in [tile for tile in tiles(folder) if tile.level >= 0]:
        path, raw = folder / str(tile), (folder / str(tile)).read_bytes()
        for at in {0, min(HASH, len(raw) - 1), len(raw) // 2, len(raw) - 1}:
            path.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + bytes(len(raw) - at - 1))
            code, said = verified(capsys, folder)
            number = tile.index * 256 + at // HASH
            of = f"entry {number}" if tile.level == 0 else f"entries {number * 256} to {number * 256 + 255}"
            whole = full(folder, tile)
            follows = f"follows from {of}" if whole else f"{str(tile).partition('.p/')[0]} begins with"
            assert (code, wrong(said)) == (NOT_VERIFIED, f"{tile}: byte {at} is not what {follows}")
        path.write_bytes(raw)
    assert verified(capsys, folder)[0] == VERIFIED


def test_an_entry_that_was_changed_is_named_with_its_bundle_and_where_the_tile_above_has_another_hash(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for tile in [tile for tile in tiles(folder) if tile.level < 0 and full(folder, tile)]:
        path, raw = folder / str(tile), (folder / str(tile)).read_bytes()
        length = len(raw) // tile.width
        for place in {0, 1, tile.width // 2, tile.width - 1}:
            start = place * length
            above = Tile(level=0, index=tile.index, width=tile.width)
            named = f"{tile}: entry {tile.index * 256 + place}, from byte {start} on, is not the one that was signed"
            for at in {start, start + 1, start + 2, start + length - 1}:
                path.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
                code, said = verified(capsys, folder)
                assert (code, wrong(said)) == (
                    NOT_VERIFIED,
                    f"{named}: {above} has another hash for it, at byte {place * HASH}",
                )
        path.write_bytes(raw)


def test_an_entry_that_was_dropped_doubled_or_moved_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tile,) = [tile for tile in tiles(folder) if tile.level < 0 and tile.width == 256]
    raw = (folder / str(tile)).read_bytes()
    lines, length = parsed_bundle(tile, raw), len(raw) // 256
    for at in (0, 1, 100, 254):
        dropped = [*lines[:at], *lines[at + 1 :]]
        for worse, first in (
            (dropped, at),
            ([*lines[: at + 1], *lines[at:]], at + 1),
            ([*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]], at),
            ([*dropped, lines[at]], at),
        ):
            (folder / str(tile)).write_bytes(bundle(worse))
            code, said = verified(capsys, folder)
            named = f"{tile}: entry {first}, from byte {first * length} on, is not the one that was signed"
            assert (code, wrong(said).startswith(named)) == (NOT_VERIFIED, True), said


def test_bytes_too_many_or_too_few_are_named_in_every_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for tile in tiles(folder):
        path, raw = folder / str(tile), (folder / str(tile)).read_bytes()
        path.write_bytes(raw + b"\0")
        code, said = verified(capsys, folder)
        assert (code, f"{tile}: from byte {len(raw)} on " in said) == (NOT_VERIFIED, True), said
        path.write_bytes(raw[:-1])
        code, said = verified(capsys, folder)
        assert (code, wrong(said).startswith(f"{tile}: ")) == (NOT_VERIFIED, True), said
        if tile.level >= 0 or not full(folder, tile):
            assert f"{tile}: it ends at byte {len(raw) - 1}, and should have {len(raw)}" in said
        path.write_bytes(b"")
        code, said = verified(capsys, folder)
        assert (code, wrong(said).startswith(f"{tile}: ")) == (NOT_VERIFIED, True), said
        path.write_bytes(raw)


def test_a_partial_tile_or_bundle_that_is_not_how_the_full_one_begins_is_named_with_the_byte(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    left = [tile for tile in tiles(folder) if not full(folder, tile)]
    assert {tile.level for tile in left} == {-1, 0}
    for tile in left:
        path, raw = folder / str(tile), (folder / str(tile)).read_bytes()
        for at in {0, len(raw) // 2, len(raw) - 1}:
            path.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
            code, said = verified(capsys, folder)
            whole = Tile(level=tile.level, index=tile.index)
            assert (code, wrong(said)) == (NOT_VERIFIED, f"{tile}: byte {at} is not what {whole} begins with")
        path.write_bytes(raw)


@pytest.mark.parametrize("forged_from", [0, 1])
def test_entries_and_tiles_that_were_all_forged_to_agree_are_found_by_the_first_checkpoint_after_them(
    genuine: Cosigned, folder: Path, capsys: pytest.CaptureFixture[str], forged_from: int
) -> None:
    """Somebody who may write every file but cannot sign: which checkpoints stand in the way is said."""
    true, known = lines_in(genuine.shown.world, genuine.sizes[1]), (0, *genuine.sizes)[forged_from]
    for tile, raw in stored([*true[:known], *wide(len(true))[known:]], genuine.sizes[0]).items():
        (folder / str(tile)).write_bytes(raw)
    code, said = verified(capsys, folder)
    first = genuine.sizes[forged_from]
    named = f"{checkpoint_path(first)}: the first {first} entries here have another root: there are two histories, or "
    assert (code, wrong(said)) == (NOT_VERIFIED, f"{named}what came after the first {known} is not what was signed")


def test_a_byte_of_a_checkpoint_or_of_a_cosignature_counts_and_the_file_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in files(folder) if not name.startswith("tile")]:
        path, raw = folder / name, (folder / name).read_bytes()
        for at in range(0, len(raw), 7):
            path.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
            code, said = verified(capsys, folder)
            assert (code, wrong(said).startswith(f"{name}: ")) == (NOT_VERIFIED, True), (at, said)
        path.write_bytes(raw)


def test_a_file_that_is_gone_is_named_but_for_partial_ones_that_a_full_one_makes_up_for(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for tile in tiles(folder):
        path, raw = folder / str(tile), (folder / str(tile)).read_bytes()
        path.unlink()
        code, said = verified(capsys, folder)
        expected = (NOT_VERIFIED, f"{tile}: it is not there") if full(folder, tile) else (VERIFIED, "")
        if full(folder, tile) and (folder / f"{tile}.p").exists():
            assert (code, f"{tile}" in wrong(said)) == (NOT_VERIFIED, True)
        else:
            assert (code, wrong(said)) == expected
        path.write_bytes(raw)


def test_of_files_of_a_later_size_than_the_newest_checkpoint_it_is_told_that_they_could_not_be_checked(
    genuine: Cosigned, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    max((folder / "checkpoint").iterdir()).unlink()
    later = [tile for tile in tiles(folder) if tile.width > tile_in(genuine.sizes[0], tile.level, tile.index).width]
    code, said = verified(capsys, folder)
    assert (code, later != []) == (IN_PART, True)
    assert f"{len(later) + 1} files that are of a later size than the newest checkpoint" in said, "and one cosignature"


@pytest.mark.parametrize("name", ["tile/0/notes.txt", "tile/0/000.p/007.txt", "tile/00/000", "tile/0/000.p/0"])
def test_a_file_beside_the_tiles_is_named(folder: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("", encoding="utf-8")
    code, said = verified(capsys, folder)
    assert (code, f"{name}: it is no file of a ledger" in said) == (NOT_VERIFIED, True)


def test_what_lies_beside_the_ledger_is_told_and_no_fault(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "covering-letter.txt").write_text("", encoding="utf-8")
    code, said = verified(capsys, folder)
    assert (code, "no part of a ledger: covering-letter.txt" in said) == (VERIFIED, True)


def test_a_folder_that_is_not_there_is_unreadable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verified(capsys, tmp_path / "nothing")[0] == UNREADABLE


def test_a_folder_without_a_checkpoint_shows_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = verified(capsys, tmp_path)
    assert (code, wrong(said)) == (NOT_VERIFIED, "checkpoint: it is not there")
