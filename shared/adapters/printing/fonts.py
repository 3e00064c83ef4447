"""Which fonts print, and which characters they have: what no font has is printed as its number, never left out.

Typst sets a character with its marks in one font, so they are looked for together.
"""

import struct
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from shared.domain.visible import JOINERS, number_of

PACKAGES = ("manimgx_fonts", "manimgx_fonts_cjk")
LATIN, HAN, LAST = "Noto Sans", "Noto Sans CJK SC", ("Noto Sans Symbols", "Noto Emoji")
COLLECTION = b"ttcf"
Ranges = Sequence[tuple[int, int]]


def folders() -> list[str]:
    """Where the fonts lie, found without importing anything."""
    specs = [find_spec(name) for name in PACKAGES]
    return [str(Path(spec.origin).parent) for spec in specs if spec and spec.origin]


def in_order(families: Iterable[str]) -> list[str]:
    """Noto's families, in the order in which a character is looked for in them."""
    scripts = [each for each in families if each.startswith(f"{LATIN} ") and "CJK" not in each and each not in LAST]
    return [LATIN, *sorted(scripts), HAN, *LAST]


def printable(text: str) -> str:
    """`text` with the number of each character that no font has, in place of it."""
    return text if text.isascii() else "".join(map(_shown, _clusters(text)))


def numbered(text: str) -> str:
    """`text` with the number of every character that is not ASCII: what certainly prints."""
    return "".join(each if each.isascii() else number_of(each) for each in text)


def _shown(cluster: str) -> str:
    wanted = [ord(each) for each in cluster]
    return cluster if any(all(_has(font, each) for each in wanted) for font in _covered()) else numbered(cluster)


def _clusters(text: str) -> Iterator[str]:
    cluster = ""
    for each in text:
        if cluster and not (unicodedata.category(each)[0] == "M" or each in JOINERS or cluster[-1] in JOINERS):
            yield cluster
            cluster = ""
        cluster += each
    yield cluster


def _has(font: Ranges, code: int) -> bool:
    at = bisect_right(font, (code, 0x7FFFFFFF)) - 1
    return at >= 0 and font[at][0] <= code <= font[at][1]


@cache
def _covered() -> list[Ranges]:
    files = sorted(file for folder in folders() for file in Path(folder).iterdir() if file.suffix in (".ttf", ".ttc"))
    return [_ranges(file) for file in files]


def _ranges(file: Path) -> Ranges:
    """The characters of the first font in the file (OpenType, `cmap`)."""
    with file.open("rb") as font:
        raw = font.read(16)
        font.seek(struct.unpack_from(">I", raw, 12)[0] if raw[:4] == COLLECTION else 0)
        head = font.read(12)
        for _ in range(struct.unpack_from(">H", head, 4)[0]):
            name, _, offset, length = struct.unpack(">4sIII", font.read(16))
            if name == b"cmap":
                font.seek(offset)
                return _characters(font.read(length))
    return []


def _characters(cmap: bytes) -> Ranges:
    """The widest table of the characters: format 12 where there is one, else format 4."""
    count = struct.unpack_from(">H", cmap, 2)[0]
    offsets = [struct.unpack_from(">HHI", cmap, 4 + 8 * at)[2] for at in range(count)]
    formats = {struct.unpack_from(">H", cmap, offset)[0]: offset for offset in offsets}
    if 12 in formats:  # noqa: PLR2004 - the number of the format
        at = formats[12]
        groups = struct.unpack_from(">I", cmap, at + 12)[0]
        return sorted(
            (first, last) for first, last, _ in struct.iter_unpack(">III", cmap[at + 16 : at + 16 + 12 * groups])
        )
    return _segments(cmap, formats[4])


def _segments(cmap: bytes, at: int) -> Ranges:
    doubled = struct.unpack_from(">H", cmap, at + 6)[0]
    shape = f">{doubled // 2}H"
    lasts, firsts, deltas, indirect = (
        struct.unpack_from(shape, cmap, at + start) for start in (14, 16 + doubled, 16 + 2 * doubled, 16 + 3 * doubled)
    )
    found = []
    for number, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
        base = at + 16 + 3 * doubled + 2 * number + indirect[number]
        for code in range(first, last + 1):
            glyph = struct.unpack_from(">H", cmap, base + 2 * (code - first))[0] if indirect[number] else code
            if glyph and (indirect[number] or (code + deltas[number]) % 0x10000):
                found.append((code, code))
    return sorted(found)
