"""The long lane: thousands of damaged recordings through the walker, hundreds through the confined child."""

import random
from collections.abc import Callable

import pytest

from shared.adapters.media.boxes import TooManyBoxes
from shared.adapters.media.structure import read_structure
from tests.media.asking import inspect
from tests.media.conftest import Clip
from tests.media.made import Bytes, borders

pytestmark = pytest.mark.slow

LAYOUTS = ("end", "front", "fragmented", "fragmented-bare", "hybrid")
SMALL = {"seconds": 1, "width": 160, "height": 90, "rate": 5}
WALKS, CHILDREN = 3000, 60  # for each layout

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


DAMAGES: tuple[Damage, ...] = (flip, cut, splice, lie)


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
async def test_every_damage_ends_in_an_answer_of_the_child(clip: Clip, layout: str) -> None:
    chance = random.Random(f"child {layout}")  # noqa: S311 - the same damage every time
    whole = clip(layout, **SMALL)
    for _ in range(CHILDREN):
        found = await inspect(damaged(whole, chance))
        assert found.media is not None or found.problems
