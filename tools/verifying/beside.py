"""What lies in a ledger's folder that the pass over its entries does not come upon: nothing may lie there unnamed.

A file of a size to come is no fault, for the folder may have been copied while it grew; but it follows from nothing
that is signed here, and the report says so.
"""

import os
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from shared.domain.ledger import Unproven
from shared.domain.tiles import parsed_tile_path, tile_in
from tools.verifying.places import Folder
from tools.verifying.report import Report
from tools.verifying.stored import CHECKPOINT, COSIGNATURE, DIGITS

TILE = "tile"


def check_others(place: Folder, size: int, sizes: Sequence[int], report: Report) -> None:
    """`sizes`: of the stored checkpoints, in order. Raises Unproven, naming the file."""
    beyond = sum(_is_beyond(path, size) for path in _under(place, TILE))
    beyond += sum(_is_early(path, size, sizes) for path in _under(place, COSIGNATURE))
    report.checked.append("that nothing else lies among the files of the ledger")
    if beyond:
        report.unchecked.append(f"{beyond} files that are of a later size than the newest checkpoint")
    if others := sorted({*place.names("")} - {CHECKPOINT, COSIGNATURE, TILE}):
        report.beside.append(f"in the folder, and no part of a ledger: {', '.join(others)}")


def _under(place: Folder, top: str) -> Iterator[str]:
    """Every file there, in order; of one folder at a time is more than the name in memory."""
    for folder, folders, files in os.walk(place.folder / top):
        folders.sort()
        at = os.path.relpath(folder, place.folder)
        yield from (f"{at}/{name}".replace(os.sep, "/") for name in sorted(files))


def _is_beyond(path: str, size: int) -> bool:
    """A tile of a later size. One of this size was read from the folder when the entries came to it."""
    try:
        tile = parsed_tile_path(path)
    except Unproven as no:
        raise Unproven(f"{path}: it is no file of a ledger ({no})") from None
    return tile.width > tile_in(size, tile.level, tile.index).width


def _is_early(path: str, size: int, sizes: Sequence[int]) -> bool:
    """A cosignature to a checkpoint that is not here, of a later size. Of an earlier one there should be one."""
    at = path.split("/")[1]
    seen = int(at) if len(at) == DIGITS and at.isdecimal() and at.isascii() else -1
    place = bisect_left(sizes, seen)
    if place < len(sizes) and sizes[place] == seen and path.count("/") == 2:  # noqa: PLR2004 - cosignature/<size>/<key id>
        return False
    if seen > size:
        return True
    raise Unproven(f"{path}: it is a cosignature to no checkpoint that is here")
