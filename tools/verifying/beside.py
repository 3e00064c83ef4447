"""What lies in a ledger's folder that the pass over its entries does not come upon: nothing may lie there unnamed.

A file of a size to come is no fault, for the folder may have been copied while it grew; but it follows from nothing
that is signed here, and the report says so.
"""

from bisect import bisect_left
from collections.abc import Sequence

from shared.domain.ledger import Unproven
from shared.domain.note import Checkpoint
from shared.domain.tiles import parsed_tile_path, tile_in
from tools.verifying.places import Folder
from tools.verifying.report import Report
from tools.verifying.stored import CHECKPOINT, COSIGNATURE, DIGITS, NEXT, Stored

TILE = "tile"
SERVED = {CHECKPOINT, COSIGNATURE, TILE}
MOST_NAMED = 20  # of what is no part of a ledger


def check_others(place: Folder, newest: Checkpoint, stored: Stored, report: Report) -> None:
    """`stored` has been read. Raises Unproven, naming the file."""
    parts = SERVED | {NEXT} if stored.sizes else SERVED
    for name in sorted(parts):
        if (place.folder / name).is_symlink():
            raise Unproven(f"{name}: it is a link, and no part of a ledger")
    beyond = sum(_is_beyond(path, newest.size) for path in place.under(TILE))
    beyond += sum(_is_early(path, newest.size, stored.sizes) for path in place.under(COSIGNATURE))
    beyond += sum(_is_later(path, newest, stored) for path in place.under(NEXT)) if stored.sizes else 0
    report.checked.append("that nothing else lies among the files of the ledger")
    if beyond:
        report.unchecked.append(f"{beyond} files that are of a later size than the newest checkpoint")
    if stored.unfollowed and any(True for _ in place.names(NEXT)):
        told = f"{stored.unfollowed} times it is not written down"
        report.unchecked.append(f"which checkpoint was to follow another: {told} in {NEXT}/, where others are")
    _tell_others(sorted({*place.names("")} - parts), report)


def _tell_others(names: Sequence[str], report: Report) -> None:
    if names:
        more = f", and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        report.beside.append(f"in the folder, and no part of a ledger: {', '.join(names[:MOST_NAMED])}{more}")


def _is_beyond(path: str, size: int) -> bool:
    """A tile of a later size. One of this size was read from the folder when the entries came to it."""
    try:
        tile = parsed_tile_path(path)
    except Unproven as no:
        raise Unproven(f"{path}: it is no file of a ledger ({no})") from None
    return tile.width > tile_in(size, tile.level, tile.index).width


def _is_early(path: str, size: int, sizes: Sequence[int]) -> bool:
    """A cosignature to a checkpoint that is not here, of a later size. Of an earlier one there should be one."""
    seen = _size(path)
    if _is_among(seen, sizes) and path.count("/") == 2:  # noqa: PLR2004 - cosignature/<size>/<key id>
        return False
    if seen > size:
        return True
    raise Unproven(f"{path}: it is a cosignature to no checkpoint that is here")


def _is_later(path: str, newest: Checkpoint, stored: Stored) -> bool:
    """What follows a checkpoint that is not here yet, or the newest. What follows an earlier one was read with it."""
    before = _size(path)
    is_here = before == 0 or _is_among(before, stored.sizes)
    if path.count("/") != 1 or before < 0 or (before < newest.size and not is_here):
        raise Unproven(f"{path}: it follows no checkpoint that is here")
    if before < newest.size:
        return False
    stored.check_later(before, newest)
    return True


def _size(path: str) -> int:
    """By which the second part of a path is called; less than any if it is called otherwise."""
    at = path.split("/")[1]
    return int(at) if len(at) == DIGITS and at.isdecimal() and at.isascii() else -1


def _is_among(size: int, sizes: Sequence[int]) -> bool:
    place = bisect_left(sizes, size)
    return place < len(sizes) and sizes[place] == size
