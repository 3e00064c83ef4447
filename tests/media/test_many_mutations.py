"""The long lane: thousands of damaged recordings through the walker, hundreds through the confined child.

Some ten minutes on two cores; MUTATIONS=1 in the environment does a sixth of it, MUTATIONS=60 ten times as much. The
same number is the same damage every time.
"""

import os
import random
from collections.abc import Callable

import pytest

from shared.adapters.media.boxes import TooManyBoxes
from shared.adapters.media.structure import read_structure
from tests.media.asking import inspect
from tests.media.conftest import Clip
from tests.media.corpus.good import GOOD
from tests.media.corpus.ingredients import Ingredients
from tests.media.corpus.odd import ODD
from tests.media.corpus.shape import Shape
from tests.media.made import Bytes, borders
from tests.media.said import said

pytestmark = pytest.mark.slow

LAYOUTS = ("end", "front", "fragmented", "fragmented-bare", "fragmented-sidx", "hybrid")
SMALL_ENOUGH = 1 << 20  # of the corpus: what is as quickly damaged as inspected
SMALL = {"seconds": 1, "width": 160, "height": 90, "rate": 5}
MANY = int(os.environ.get("MUTATIONS", "6"))
WALKS, CHILDREN, ROWS = 3000 * MANY, 60 * MANY, 5 * MANY  # for each layout, and for each row of the corpus
MATROSKA = b"\x1a\x45\xdf\xa3"  # has no boxes to lie about
NUMBERS = (0, 1, 2, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)

Damage = Callable[[bytearray, random.Random], bytearray]


def flip(data: bytearray, chance: random.Random) -> bytearray:
    for _ in range(chance.randrange(1, 8)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return data


def cut(data: bytearray, chance: random.Random) -> bytearray:
    return data[: chance.randrange(len(data))]


def splice(data: bytearray, chance: random.Random) -> bytearray:
    """A piece of it again, somewhere else."""
    start, at = chance.randrange(len(data)), chance.randrange(len(data))
    piece = data[start : start + chance.randrange(1, 4000)]
    return data[:at] + piece + data[at:]


def lie(data: bytearray, chance: random.Random) -> bytearray:
    """A box says another size, or is another box."""
    _, start, _ = chance.choice(list(borders(bytes(data))))
    size = chance.choice((0, 1, 7, 8, 0x7FFFFFFF, 0xFFFFFFFF, chance.randrange(2**32)))
    data[start : start + 4] = size.to_bytes(4, "big")
    if chance.random() < 0.3:
        data[start + 4 : start + 8] = chance.choice((b"moov", b"moof", b"mdat", b"free", b"uuid", b"\0\0\0\0"))
    return data


def exaggerate(data: bytearray, chance: random.Random) -> bytearray:
    """A number in front of the media or behind it, where the tables are, is another."""
    _, start, end = chance.choice([one for one in borders(bytes(data)) if one[0] != "mdat"])
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(start, end)
        data[at : at + 4] = chance.choice(NUMBERS).to_bytes(4, "big")
    return data


DAMAGES: tuple[Damage, ...] = (flip, cut, splice, lie, exaggerate)


def damaged(whole: bytes, chance: random.Random) -> bytes:
    return bytes(chance.choice(DAMAGES)(bytearray(whole), chance))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_damage_surprises_the_walk(clip: Clip, layout: str) -> None:
    chance = random.Random(layout)  # noqa: S311 - the same damage every time
    whole = clip(layout, **SMALL)
    for _ in range(WALKS):
        source = Bytes(damaged(whole, chance))
        try:
            found = read_structure(source)
        except TooManyBoxes:
            continue
        assert found.shown <= source.size
        assert source.reads < 20_000


@pytest.mark.parametrize("layout", LAYOUTS)
async def test_every_damage_ends_in_an_answer_of_the_child(
    clip: Clip, layout: str, caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(f"child {layout}")  # noqa: S311 - the same damage every time
    whole = clip(layout, **SMALL)
    for _ in range(CHILDREN):
        found = await inspect(damaged(whole, chance))
        assert found.media is not None or found.problems
    assert said(caplog) == [], "a child crashed, hung, or said what it may not"


@pytest.fixture(scope="module")
def of(tmp_path_factory: pytest.TempPathFactory) -> Ingredients:
    return Ingredients(folder=tmp_path_factory.mktemp("corpus"), address="http://127.0.0.1:9")


@pytest.mark.parametrize("shape", (*GOOD.rows, *ODD.rows), ids=lambda shape: shape.name)
async def test_every_damage_to_a_row_of_the_corpus_ends_in_an_answer(
    shape: Shape, of: Ingredients, caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(shape.name)  # noqa: S311 - the same damage every time
    recording = shape.made(of)
    whole = recording.at(0, min(recording.size, SMALL_ENOUGH))
    for _ in range(ROWS):
        damage = chance.choice((flip, cut, splice) if shape.suffix == ".mkv" or whole[:4] == MATROSKA else DAMAGES)
        found = await inspect(bytes(damage(bytearray(whole), chance)))
        assert found.media is not None or found.problems
    assert said(caplog) == [], "a child crashed, hung, or said what it may not"
