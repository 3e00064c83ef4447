"""The whole ledger, in a folder or at an address: every file follows from its entries, every checkpoint is of it.

A folder is laid out as the ledger is served (`checkpoint`, `tile/...`) or as the force stores it, where `checkpoint` is
a folder of all the checkpoints there ever were, by size.
"""

import urllib.error
import urllib.request
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from shared.domain.ledger import Unproven, root_of, tree_at
from shared.domain.note import Checkpoint
from shared.domain.tiles import (
    ENTRIES,
    FULL,
    TILE_HEIGHT,
    Read,
    Tile,
    bundle,
    check_tiles,
    hashes_in_tiles,
    parsed_bundle,
    parsed_tile_path,
    tile_in,
)
from tools.verifying.report import Report
from tools.verifying.signed import Keys, checked_checkpoint

PATIENCE_SECONDS = 60
CHECKPOINT = "checkpoint"
KEPT_TILES = 1024  # of a tile's or a bundle's bytes in memory, 8 KB and 21 KB at most

Files = Callable[[str], bytes | None]  # the file at a path of the ledger; None if there is none


def check_ledger(place: str, keys: Keys, report: Report, earlier: bytes | None) -> None:
    remote = place.startswith(("https://", "http://"))
    folder = None if remote else Path(place)
    files = _at_address(place) if folder is None else _in_folder(folder)
    checkpoint = checked_checkpoint(_newest(files, folder), keys, report)
    read = lru_cache(KEPT_TILES)(_reader(files))
    check_tiles(checkpoint.size, checkpoint.root, read)
    report.checked.append("every entry bundle, every tile and the root, computed again from the entries")
    if earlier is not None:
        _check_earlier("the checkpoint kept", earlier, keys, checkpoint, read, report)
    if folder is not None:
        _check_checkpoints(folder, keys, checkpoint, read, report)
        _check_other_files(folder, checkpoint.size, read, report)


def _at_address(base: str) -> Files:
    def fetch(path: str) -> bytes | None:
        address = f"{base.rstrip('/')}/{path}"
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - http(s), by its name
                return bytes(answer.read())
        except urllib.error.HTTPError as no:
            with no:
                if no.code == 404:  # noqa: PLR2004 - Not Found
                    return None
            raise OSError(f"{address} answered {no.code}") from None

    return fetch


def _in_folder(folder: Path) -> Files:
    def fetch(path: str) -> bytes | None:
        file = folder / path
        return file.read_bytes() if file.is_file() else None

    return fetch


def _newest(files: Files, folder: Path | None) -> bytes:
    stored = sorted((folder / CHECKPOINT).glob("*")) if folder else []
    raw = stored[-1].read_bytes() if stored else files(CHECKPOINT)
    if raw is None:
        raise Unproven("checkpoint: it is not there")
    return raw


def _reader(files: Files) -> Read:
    """A partial tile may be gone once the full one is there (tlog-tiles, "Partial Tiles")."""

    def read(tile: Tile) -> bytes:
        raw = files(str(tile))
        if raw is None and tile.width < FULL:
            whole = Tile(level=tile.level, index=tile.index)
            raw = files(str(whole))
            raw = None if raw is None else _cut(whole, raw, tile.width)
        if raw is None:
            raise Unproven(f"{tile}: it is not there")
        return raw

    return read


def _cut(whole: Tile, raw: bytes, width: int) -> bytes:
    return (
        bundle(parsed_bundle(whole, raw)[:width]) if whole.level == ENTRIES else raw[: len(raw) // whole.width * width]
    )


def _check_earlier(name: str, raw: bytes, keys: Keys, newest: Checkpoint, read: Read, report: Report) -> None:
    """Of the one history: what was shown to somebody then is how the ledger began."""
    before = checked_checkpoint(raw, keys, Report(given=name, keys=[]))
    if before.origin != newest.origin or before.size > newest.size:
        raise Unproven(f"{name}: it is of another ledger, or of a larger one than is here")
    if root_of(tree_at(before.size, hashes_in_tiles(newest.size, read))) != before.root:
        raise Unproven(f"{name}: the ledger that it shows is not how this one began: there are two histories")
    if name == "the checkpoint kept":
        report.checked.append(f"{name}, of {before.size} entries: this ledger begins with exactly those")


def _check_checkpoints(folder: Path, keys: Keys, newest: Checkpoint, read: Read, report: Report) -> None:
    stored = sorted((folder / CHECKPOINT).glob("*"))
    for file in stored:
        name = f"{CHECKPOINT}/{file.name}"
        _check_earlier(name, file.read_bytes(), keys, newest, read, report)
        if not file.name.isdecimal() or f"\n{int(file.name)}\n" not in file.read_text(encoding="utf-8"):
            raise Unproven(f"{name}: it is not of the size that it is called by")
    if stored:
        report.checked.append(f"all {len(stored)} checkpoints of the folder are of this one history")


def _check_other_files(folder: Path, size: int, read: Read, report: Report) -> None:
    """Partial tiles of earlier sizes; a file of a size to come is no fault, but follows from nothing signed."""
    beyond = 0
    for file in sorted((folder / "tile").rglob("*")):
        if not file.is_file():
            continue
        tile = parsed_tile_path(file.relative_to(folder).as_posix())
        there = (size >> TILE_HEIGHT * max(tile.level, 0)) - tile.index * FULL
        if tile.width > there:
            beyond += 1
        elif file.read_bytes() != _narrowed(tile_in(size, tile.level, tile.index), tile.width, read):
            raise Unproven(f"{tile}: it is not what the ledger has in its place")
    report.checked.append("every other file under tile/")
    if beyond:
        report.unchecked.append(f"{beyond} files under tile/ that are of a later size than the newest checkpoint")


def _narrowed(there: Tile, width: int, read: Read) -> bytes:
    return _cut(there, read(there), width)
