"""What happens when a file of the ledger is not what it was: it is found, and the file named."""

from collections.abc import Callable, Mapping

import pytest

from shared.domain.tiles import ENTRIES, Tile, bundle, new_tiles
from tests.domain.followed import check_tiles
from tests.domain.naive_tree import refused
from tests.domain.test_ledger_tiles import Files, root_of_leaves, stored, wide

SMALL = wide(3)
LARGER = wide(520)


def spoilt(files: Files, tile: Tile, raw: bytes) -> Callable[[Tile], bytes]:
    return ({**files, tile: raw}).__getitem__


@pytest.mark.parametrize("tile", list(new_tiles(0, 3)), ids=str)
def test_any_byte_flipped_added_or_lost_in_any_file_of_a_small_ledger_is_found_and_the_file_named(tile: Tile) -> None:
    files, root = stored(SMALL), root_of_leaves(SMALL)
    check_tiles(3, root, files.__getitem__)
    raw = files[tile]
    for at in range(len(raw)):
        for worse in (
            raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :],
            raw[:at] + raw[at + 1 :],
            raw[:at] + b"\0" + raw[at:],
        ):
            if worse != raw:
                with refused("^tile/(entries|0)/000.p/3: "):
                    check_tiles(3, root, spoilt(files, tile, worse))


@pytest.mark.parametrize("tile", list(new_tiles(0, 520)), ids=str)
def test_a_byte_flipped_in_any_file_of_a_larger_ledger_is_found_and_the_file_named(tile: Tile) -> None:
    files, root = stored(LARGER), root_of_leaves(LARGER)
    raw = files[tile]
    named = (
        f"^{tile}: entry [0-9]+, from byte [0-9]+ on, is not the one that was signed: tile/0/00{tile.index}(.p/8)? has"
        if tile.level == ENTRIES
        else f"^{tile}: byte [0-9]+ is not what follows from entr"
    )
    for at in (2, len(raw) // 2 + 2, len(raw) - 1):
        with refused(named):
            check_tiles(520, root, spoilt(files, tile, raw[:at] + bytes([raw[at] ^ 128]) + raw[at + 1 :]))


@pytest.mark.parametrize("at", range(3))
def test_an_entry_dropped_doubled_or_moved_in_a_bundle_is_found_and_the_file_named(at: int) -> None:
    files, root, first = stored(SMALL), root_of_leaves(SMALL), Tile(level=ENTRIES, index=0, width=3)
    dropped = [*SMALL[:at], *SMALL[at + 1 :]]
    doubled = [*SMALL[: at + 1], *SMALL[at:]]
    moved = [*SMALL[at:], *SMALL[:at]]
    for worse in (dropped, doubled, [*dropped, dropped[0]], *([moved] if at else [])):
        with refused("^tile/(entries|0)/000.p/3: "):
            check_tiles(3, root, spoilt(files, first, bundle(worse)))


def test_two_tiles_or_two_bundles_that_changed_places_are_found() -> None:
    files, root = stored(LARGER), root_of_leaves(LARGER)
    for level, named in (
        (ENTRIES, "tile/entries/000: entry 0, from byte 0 on,"),
        (0, "tile/0/000: byte 0 is not what"),
    ):
        one, other = Tile(level=level, index=0), Tile(level=level, index=1)
        swapped = {**files, one: files[other], other: files[one]}
        with refused(f"^{named}"):
            check_tiles(520, root, swapped.__getitem__)


def test_files_that_were_all_forged_to_agree_are_found_by_the_root() -> None:
    forged = stored([*LARGER[:100], b"forged", *LARGER[101:]])
    with refused("^root: the first 520 entries here have another root"):
        check_tiles(520, root_of_leaves(LARGER), forged.__getitem__)


def test_checking_a_ledger_keeps_no_more_than_its_right_edge() -> None:
    """Every file is asked for once, in order, so that a ledger of any size can be read as a stream."""
    asked: list[Tile] = []
    files: Mapping[Tile, bytes] = stored(LARGER)

    def read(tile: Tile) -> bytes:
        asked.append(tile)
        return files[tile]

    check_tiles(520, root_of_leaves(LARGER), read)
    assert sorted(map(str, asked)) == sorted(map(str, new_tiles(0, 520)))
    assert [tile.index for tile in asked if tile.level == ENTRIES] == [0, 1, 2]


def test_an_empty_ledger_has_no_files() -> None:
    check_tiles(0, root_of_leaves([]), stored([]).__getitem__)
    assert list(new_tiles(0, 0)) == []
    with refused("^root: "):
        check_tiles(0, bytes(32), stored([]).__getitem__)
